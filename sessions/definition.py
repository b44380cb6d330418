"""The curriculum's part of a program's JSON file."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from participants.models import User
from programs.catalogue import registry
from programs.models import Track
from sessions.errors import SessionError
from sessions.services.curriculum import WeekSpec, set_weeks


def dump_part(track: Track) -> list[dict[str, str]]:
    """The weeks in their order, without what a week does not have; empty where nobody has written any."""
    return [
        {key: words for key in ("title", "deliverable", "reading", "link") if (words := getattr(week, key))}
        for week in track.weeks.all()
    ]


def load_part(track: Track, items: Sequence[Mapping[str, Any]], *, by: User | None, now: dt.datetime) -> None:
    """Bring the track's weeks to the file's. Raises SessionError with the place for what cannot be: weeks of a model
    that has none, an address that is none, a week left out that has been handed in.
    """
    if items and not registry.get(track.model).curriculum:
        raise SessionError("weeks: this model works without a curriculum")
    set_weeks(track=track, specs=[WeekSpec(**item) for item in items], by=by, now=now)
