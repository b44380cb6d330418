"""Which matches rest since somebody in them has paused, and since when they are back: silence is counted from there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from matching.models import Seat

PAIR = 2


@dataclass(frozen=True)
class Rest:
    """Whether fewer than two people of a match are there at this moment, and when the last pause of a pair ended."""

    resting: bool = False
    back_at: dt.datetime | None = None


AWAKE = Rest()


def rests_of(matches: Collection[int], now: dt.datetime) -> dict[int, Rest]:
    """By match, for those in which somebody pauses or has paused; one query."""
    seats = Seat.objects.filter(match__in=matches, left_at=None, answer=Seat.Answer.ACCEPTED)
    columns = ("match", "enrolment__user", "enrolment__user__pauses__begins_at", "enrolment__user__pauses__ends_at")
    return rests_among(seats.values_list(*columns), now)


def rests_among(
    rows: Iterable[tuple[int, int, dt.datetime | None, dt.datetime | None]], now: dt.datetime
) -> dict[int, Rest]:
    """The same from rows of match, person, and when a pause of theirs begins and ends, if there is one.

    A group meets without one who pauses; a pair does not, so that its clocks begin anew when both are back.
    """
    people: dict[int, set[int]] = defaultdict(set)
    away: dict[int, set[int]] = defaultdict(set)
    back: dict[int, list[dt.datetime]] = defaultdict(list)
    for match, user, begins, ends in rows:
        people[match].add(user)
        if begins and ends and begins <= now < ends:
            away[match].add(user)
        elif begins and ends and ends <= now:
            back[match].append(ends)
    return {pk: _rest(people[pk], away[pk], back[pk]) for pk in people if away[pk] or back[pk]}


def _rest(people: set[int], away: set[int], back: list[dt.datetime]) -> Rest:
    return Rest(len(people - away) < PAIR, max(back, default=None) if len(people) == PAIR else None)
