"""What earlier proposals of a track leave behind: places that are taken, and pairs that are not proposed again."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, product

from django.db.models import QuerySet

from matching.models import Match, Seat
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, Role, Track

# These ended without anybody having said no to anybody, so the same people may be proposed again.
NO_OBSTACLE = (
    Match.EndReason.EXPIRED,
    Match.EndReason.REPLACED,
    Match.EndReason.WITHDRAWN,
    Match.EndReason.TOO_FEW,
)
# One-off sessions run over so many calendar months at once: those of the weeks ahead, and the one not closed yet.
MONTHS_AT_ONCE = 3
MOST_PLACES = 50


@dataclass(frozen=True)
class Held:
    """A one-off session that was agreed on: it counts for monthly caps, against repeats and against other sessions."""

    asker: int
    helper: int
    start: dt.datetime
    minutes: int


@dataclass
class Standing:
    """`taken` counts live seats by enrolment; `barred` has pairs of enrolments that are joined, were, or said no."""

    taken: Counter[int] = field(default_factory=Counter)
    barred: set[frozenset[int]] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class _Chair:
    enrolment: int
    role: str
    live: bool
    accepted: bool


def open_offers(track: Track) -> QuerySet[Match]:
    """Offers nobody has said yes to: a later proposal takes their place."""
    return Match.objects.filter(track=track, state=Match.State.OFFERED).exclude(seats__answer=Seat.Answer.ACCEPTED)


def standing_of(track: Track, model: MentoringModel) -> Standing:
    """Offers nobody has said yes to count for nothing: a later proposal takes their place. One query."""
    found = Seat.objects.filter(match__track=track).exclude(match__state=Match.State.DRAFT).select_related("match")
    matches: dict[int, Match] = {}
    around: dict[int, list[_Chair]] = {}
    for seat in found.order_by("pk"):
        matches[seat.match_id] = seat.match
        chair = _Chair(seat.enrolment_id, seat.role, seat.live, seat.answer == Seat.Answer.ACCEPTED)
        around.setdefault(seat.match_id, []).append(chair)
    standing = Standing()
    for pk, match in matches.items():
        if match.state != Match.State.OFFERED or any(chair.accepted for chair in around[pk]):
            _count(standing, match, around[pk], model)
    return standing


def _count(standing: Standing, match: Match, chairs: list[_Chair], model: MentoringModel) -> None:
    standing.taken.update(chair.enrolment for chair in chairs if chair.live)
    happened = match.state in Match.LIVE or match.end_reason == Match.EndReason.DONE
    if match.starts_at and match.minutes and happened:
        asker, helper = sorted(chairs, key=lambda chair: chair.role == Role.MENTOR)
        standing.held.append(Held(asker.enrolment, helper.enrolment, match.starts_at, match.minutes))
    # The same expert may be asked again after a while, which is what `held` is for.
    again = match.end_reason in NO_OBSTACLE or (model.shape == Shape.SLOTS and match.end_reason == Match.EndReason.DONE)
    if not again:
        standing.barred.update(_acquainted(chairs, model))


def _acquainted(chairs: Iterable[_Chair], model: MentoringModel) -> list[frozenset[int]]:
    """Who met whom. The helpers of one network do not know one another by it."""
    if model.shape != Shape.CONSTELLATION:
        return [frozenset(pair) for pair in combinations([chair.enrolment for chair in chairs], 2)]
    centre = [chair.enrolment for chair in chairs if chair.role == Role.MENTEE]
    helpers = [chair.enrolment for chair in chairs if chair.role != Role.MENTEE]
    return [frozenset(pair) for pair in product(centre, helpers)]


def default_places(track: Track, model: MentoringModel, capacity: int | None) -> int:
    """How many matches a mentor has unless agreed otherwise. In groups the track's number is the size of a group."""
    return 1 if model.shape == Shape.GROUPS else capacity or track.capacity


def places_of(enrolment: Enrolment, model: MentoringModel, default: int) -> int:
    """How many matches at once: as agreed with the person, else as the track says; who asks for help has one.

    In groups nobody is in two. For one-off sessions it is the number in a calendar month.
    """
    if enrolment.role == Role.MENTEE or (enrolment.role == Role.PEER and model.shape != Shape.CONSTELLATION):
        return 1
    agreed = default if enrolment.capacity is None else enrolment.capacity
    return min(1, agreed) if model.shape == Shape.GROUPS else agreed


def numbered_places(places: int, role: str, starts_at: dt.datetime | None) -> tuple[range, int]:
    """The places a live seat may take, and how many there are in all. `starts_at` is by the program's clock.

    A helper's one-off sessions take places of their calendar month, so that the database itself keeps the cap.
    """
    if starts_at is None or role != Role.MENTOR:
        return range(1, places + 1), places
    stride = MOST_PLACES // MONTHS_AT_ONCE
    first = 1 + (starts_at.month % MONTHS_AT_ONCE) * stride
    return range(first, first + min(places, stride)), MOST_PLACES
