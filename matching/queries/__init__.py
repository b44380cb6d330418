"""All reads of matching that other apps use."""

from matching.queries.offers import (
    HasName,
    MyMatch,
    Other,
    by_seat,
    is_over_for,
    matches_of,
    my_match,
    named,
    seen_from,
)

__all__ = ["HasName", "MyMatch", "Other", "by_seat", "is_over_for", "matches_of", "my_match", "named", "seen_from"]
