"""Whether what somebody changes is still what they looked at: a short mark over the texts of a form."""

import hashlib
import json
from collections.abc import Mapping

from programs.errors import Outdated
from programs.models import Enrolment, ProfileField, Track

TRACK = ("name", "capacity", "cadence_days", "session_minutes")
FIELD = ("label", "kind", "help", "options", "asked_of", "required", "shared")


def mark_of(item: Track | ProfileField | Enrolment, manager: str = "") -> str:
    """The same for the same texts. For an enrolment the line manager's address belongs to them."""
    if isinstance(item, Enrolment):
        return _mark({"answers": item.answers, "capacity": item.capacity, "manager": manager})
    names = TRACK if isinstance(item, Track) else FIELD
    return _mark({name: getattr(item, name) for name in names})


def _mark(texts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:16]


def check_seen(item: Track | ProfileField | Enrolment, seen: str, manager: str = "") -> None:
    """Raises Outdated if the mark is not that of how the item, locked, is now. Without a mark nothing was looked at."""
    if seen and seen != mark_of(item, manager):
        raise Outdated(item)
