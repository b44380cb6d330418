"""Whether the people of a match that came to its planned end would go on, and what stands against it.

Who would is for nobody else, coordinators included, until all of them would.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from matching.models import GoesOn, Match, Seat
from matching.queries.inputs import apart_among, model_of
from matching.queries.offers import listed
from matching.queries.standing import default_places, places_of
from programs.catalogue.base import Shape
from programs.models import Enrolment, Program, Role

OPEN_FOR = dt.timedelta(days=30)
"""So long after its end the people of a match can say that they would go on."""


@dataclass(frozen=True)
class Obstacle:
    """Why a match cannot simply go on: `code` for the people in it, `words` for their coordinator."""

    # closed, over (the program); gone, full, apart (its people)
    code: str
    words: str


@dataclass(frozen=True)
class MyWish:
    """Going on as one person of the match sees it: `said` is what they have said, None for nothing yet."""

    said: bool | None
    with_goals: bool
    # All of them would; `following` is the match they go on in, None where that is for a coordinator.
    agreed: bool
    following: Match | None
    settled: bool
    until: dt.datetime
    # The program has no time left: a coordinator has to decide, which is said before somebody answers.
    obstacle: Obstacle | None


def seats_of(match: Match) -> list[Seat]:
    """The people who were in it when it came to its end."""
    seats = match.seats.filter(left_at=None, answer=Seat.Answer.ACCEPTED)
    return list(seats.select_related("enrolment__user", "goes_on", "match__continued_by").order_by("pk"))


def may_be_asked(match: Match, seats: Sequence[Seat]) -> bool:
    """Whether there are people to go on together: a planned end of something longer, with nobody out of the program."""
    planned = match.state == Match.State.ENDED and match.end_reason == Match.EndReason.FINISHED
    here = all(seat.enrolment.state == Enrolment.State.ACTIVE and seat.enrolment.user.is_active for seat in seats)
    # Who has changed over to another track since goes on there with others.
    same = all(seat.enrolment.track_id == match.track_id for seat in seats)
    return planned and match.starts_at is None and len(seats) > 1 and here and same


def wish_of(seat: Seat) -> GoesOn | None:
    """What somebody has said so far."""
    return getattr(seat, "goes_on", None)


def all_wish(seats: Sequence[Seat]) -> bool:
    return all((wish := wish_of(seat)) is not None and wish.wishes for seat in seats)


def my_wish(match: Match, seat: Seat, now: dt.datetime) -> MyWish | None:
    """What the person in this seat sees about going on; None where it is not asked, or the time for it is over."""
    seats = seats_of(match)
    mine = next((each for each in seats if each.pk == seat.pk), None)
    following: Match | None = getattr(mine.match, "continued_by", None) if mine else None
    if mine is None or (following is None and not may_be_asked(match, seats)):
        return None
    agreed, until = all_wish(seats), open_until(match)
    if now >= until and not agreed:
        return None
    said = wish_of(mine)
    return MyWish(
        said=said.wishes if said else None,
        with_goals=said.with_goals if said else False,
        agreed=agreed,
        following=following,
        settled=bool(said and said.settled_at),
        until=until,
        obstacle=_of_program(match, now) or (_of_people(match, seats) if agreed and not following else None),
    )


def open_until(match: Match) -> dt.datetime:
    return (match.ended_at or match.created_at) + OPEN_FOR


def obstacle_to(
    match: Match, seats: Sequence[Seat], now: dt.datetime, *, ends_on: dt.date | None = None
) -> Obstacle | None:
    """What stands against a new match of these people; `ends_on` is a last day that a coordinator has given it."""
    return _of_program(match, now, ends_on=ends_on) or _of_people(match, seats)


def today(match: Match, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(match.track.program.timezone)).date()


def _of_program(match: Match, now: dt.datetime, *, ends_on: dt.date | None = None) -> Obstacle | None:
    program = match.track.program
    if program.state == Program.State.CLOSED:
        return Obstacle("closed", "The program is closed: nobody is matched in it any more.")
    # Less than one turn of the agreed rhythm is no time to go on in.
    if ends_on is None and today(match, now) + dt.timedelta(days=match.track.cadence_days) > program.ends_on:
        return Obstacle("over", "The program has no time left for it: give them a last day of their own.")
    return None


def _of_people(match: Match, seats: Sequence[Seat]) -> Obstacle | None:
    gone = [seat.enrolment.user.name for seat in seats if seat.enrolment.state != Enrolment.State.ACTIVE]
    if gone:
        return Obstacle("gone", f"{listed(gone)} {'does' if len(gone) == 1 else 'do'} not take part any more.")
    full = _without_place(match, seats)
    if full:
        return Obstacle("full", f"{listed(full)} {'has' if len(full) == 1 else 'have'} no free place.")
    if _kept_apart(match, seats):
        return Obstacle("apart", "It is not possible by a rule of this program.")
    return None


def _without_place(match: Match, seats: Sequence[Seat]) -> list[str]:
    model = model_of(match.track)
    default = default_places(match.track, model, match.proposal.capacity)
    taken = Counter(
        Seat.objects.filter(live=True, enrolment__in=[seat.enrolment_id for seat in seats]).values_list(
            "enrolment", flat=True
        )
    )
    return [
        seat.enrolment.user.name
        for seat in seats
        if taken[seat.enrolment_id] >= places_of(seat.enrolment, model, default)
    ]


def _kept_apart(match: Match, seats: Sequence[Seat]) -> bool:
    """A reporting line, or people who are never to be matched, since they were. Helpers of a network do not meet."""
    apart = apart_among(match.track, (seat.enrolment_id for seat in seats))
    network = model_of(match.track).shape == Shape.CONSTELLATION
    return any(
        frozenset((one.enrolment_id, other.enrolment_id)) in apart
        for one, other in combinations(seats, 2)
        if not network or Role.MENTEE in (one.role, other.role)
    )


@dataclass(frozen=True)
class Wishing:
    """People who all would go on, for their coordinator."""

    match: Match
    seats: list[Seat]

    @property
    def names(self) -> str:
        return listed([seat.enrolment.user.name for seat in self.seats])


def wishing_in(program: Program) -> list[Wishing]:
    """The matches of a program whose people all would go on and wait for a coordinator; two queries more for any."""
    ids = list(all_wishing(program).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    matches = Match.objects.filter(pk__in=ids).select_related("track__program").order_by("ended_at", "pk")
    return [Wishing(match, seats_of(match)) for match in matches]


def all_wishing(program: Program) -> QuerySet[Match, Any]:
    """The same as rows."""
    present = Q(seats__left_at=None, seats__answer=Seat.Answer.ACCEPTED)
    counted = Match.objects.filter(
        track__program=program, end_reason=Match.EndReason.FINISHED, continued_by=None
    ).annotate(
        people=Count("seats", filter=present),
        wishing=Count("seats", filter=present & Q(seats__goes_on__wishes=True, seats__goes_on__settled_at=None)),
    )
    return counted.filter(people__gt=1, wishing=F("people"))
