"""A program's matches before they are closed in one go: how many of each track, who gets what, what is called off."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from matching.models import Seat
from matching.services.finishing import running
from programs.models import Program, Track
from sessions.models import Session


@dataclass(frozen=True)
class TrackToClose:
    """One track: matches that are on, their people, planned sessions to come, and those who have not met once."""

    track: Track
    matches: int
    people: int
    to_come: int
    never_met: int


@dataclass(frozen=True)
class ClosingAll:
    tracks: list[TrackToClose]
    # Matches that are being closed at this moment, and when; they can still stay open until then.
    closing: int
    closes_at: dt.datetime | None


def closing_all(program: Program, now: dt.datetime) -> ClosingAll:
    """What closing each track of a program would do, in a fixed number of queries."""
    on = list(running(program).values_list("pk", "track", "closes_at"))
    ids = [pk for pk, _, _ in on]
    track_of = {pk: track for pk, track, _ in on}
    seats = Seat.objects.filter(match__in=ids, left_at=None, answer=Seat.Answer.ACCEPTED).values_list(
        "match", flat=True
    )
    sessions = Session.objects.filter(match__in=ids)
    to_come = sessions.filter(state=Session.State.PLANNED, ends_at__gt=now).values_list("match", flat=True)
    met = set(sessions.filter(state=Session.State.HELD).values_list("match", flat=True))
    matches = Counter(track_of.values())
    people, planned = (Counter(track_of[pk] for pk in found) for found in (seats, to_come))
    never = Counter(track for pk, track in track_of.items() if pk not in met)
    tracks = [
        TrackToClose(each, matches[each.pk], people[each.pk], planned[each.pk], never[each.pk])
        for each in Track.objects.filter(program=program, pk__in=matches).order_by("pk")
    ]
    closing = [at for _, _, at in on if at is not None]
    return ClosingAll(tracks, len(closing), min(closing, default=None))
