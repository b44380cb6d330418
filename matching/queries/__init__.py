"""All reads of matching that other apps use."""

from matching.queries.offers import MyMatch, Other, by_seat, matches_of, my_match

__all__ = ["MyMatch", "Other", "by_seat", "matches_of", "my_match"]
