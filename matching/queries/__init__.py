"""All reads of matching that other apps use."""

from matching.queries.offers import MyMatch, Other, by_seat, is_over_for, matches_of, my_match

__all__ = ["MyMatch", "Other", "by_seat", "is_over_for", "matches_of", "my_match"]
