"""What earlier proposals of a track leave behind: places that are taken, and pairs that are not proposed again."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, NamedTuple

from django.db.models import QuerySet

from matching.models import Match, Seat
from programs.catalogue import registry
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, Role, Track

# These ended without anybody having said no to anybody, so the same people may be proposed again.
NO_OBSTACLE = (
    Match.EndReason.EXPIRED,
    Match.EndReason.REPLACED,
    Match.EndReason.WITHDRAWN,
    Match.EndReason.TOO_FEW,
)
# These came to their end, or their people left: a plan may allow that they are proposed to each other again. Who has
# said no, or whose match was ended before its time, is never proposed to the same person again, wherever that was.
REPEATABLE = (Match.EndReason.FINISHED, Match.EndReason.DONE, Match.EndReason.LEFT)
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


@dataclass(frozen=True)
class OpenOffer:
    """An offer nobody has said yes to: who has not left it, and who of them has not said no either."""

    pk: int
    people: frozenset[int]
    listening: tuple[int, ...]
    starts_at: dt.datetime | None


@dataclass
class Standing:
    """`taken` counts live seats by enrolment; `barred` has pairs of enrolments that are joined, were, or said no.

    `resting` are enrolments whose match has ended and who have not asked for somebody else, `offers` those that stand.
    """

    repeats: bool = False
    taken: Counter[int] = field(default_factory=Counter)
    resting: set[int] = field(default_factory=set)
    barred: set[frozenset[int]] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)
    offers: list[OpenOffer] = field(default_factory=list)


@dataclass(frozen=True)
class _Chair:
    enrolment: int
    role: str
    live: bool = False
    accepted: bool = False
    rests: bool = False
    present: bool = True
    declined: bool = False


def open_offers(track: Track) -> QuerySet[Match]:
    """Offers nobody has said yes to: a later proposal takes their place."""
    return Match.objects.filter(track=track, state=Match.State.OFFERED).exclude(seats__answer=Seat.Answer.ACCEPTED)


def standing_of(
    track: Track, model: MentoringModel, present: Iterable[Enrolment], *, repeats: bool = False
) -> Standing:
    """Offers nobody has said yes to count for nothing: a later proposal takes their place. One query.

    `present` are the people who take part in the track; `repeats` says that the people of matches that came to their
    planned end may be proposed to each other again.
    """
    matches: dict[int, _Past] = {}
    around: dict[int, list[_Chair]] = {}
    met: dict[tuple[int, str], list[_Chair]] = {}
    for seat in _own_seats(track).union(_seats_elsewhere(track, repeats=repeats), all=True):
        pk, where, slug, enrolment, user, role, live, answer, rests, left_at, *rest = seat
        if where != track.pk:
            met.setdefault((pk, slug), []).append(_Chair(user, role))
            continue
        matches[pk] = _Past(pk, *rest)
        said = answer == Seat.Answer.ACCEPTED, rests, left_at is None, answer == Seat.Answer.DECLINED
        around.setdefault(pk, []).append(_Chair(enrolment, role, live, *said))
    standing = Standing(repeats)
    for pk, match in sorted(matches.items()):
        if match.state != Match.State.OFFERED or any(chair.accepted for chair in around[pk]):
            _count(standing, match, around[pk], model)
        else:
            standing.offers.append(_offer(match, around[pk]))
    standing.barred.update(_met_elsewhere(present, met))
    return standing


class _Past(NamedTuple):
    """What the columns of a match say that count here."""

    pk: int
    state: str
    end_reason: str
    starts_at: dt.datetime | None
    minutes: int | None
    ended_at: dt.datetime | None


_COLUMNS = (
    "match", "match__track", "match__track__model", "enrolment", "enrolment__user", "role", "live", "answer", "rests",
    "left_at", "match__state", "match__end_reason", "match__starts_at", "match__minutes", "match__ended_at",
)  # fmt: skip


def _own_seats(track: Track) -> QuerySet[Seat, Any]:
    seats = Seat.objects.filter(match__track=track).exclude(match__state=Match.State.DRAFT)
    return seats.order_by().values_list(*_COLUMNS)


def _offer(match: _Past, chairs: Iterable[_Chair]) -> OpenOffer:
    here = [chair for chair in chairs if chair.present]
    listening = tuple(chair.enrolment for chair in here if not chair.declined)
    return OpenOffer(match.pk, frozenset(chair.enrolment for chair in here), listening, match.starts_at)


def _count(standing: Standing, match: _Past, chairs: list[_Chair], model: MentoringModel) -> None:
    standing.taken.update(chair.enrolment for chair in chairs if chair.live)
    standing.resting.update(chair.enrolment for chair in chairs if chair.rests)
    happened = match.state in Match.LIVE or match.end_reason == Match.EndReason.DONE or _began(match)
    if match.starts_at and match.minutes and happened:
        asker, helper = sorted(chairs, key=lambda chair: chair.role == Role.MENTOR)
        standing.held.append(Held(asker.enrolment, helper.enrolment, match.starts_at, match.minutes))
    # The same expert may be asked again after a while, which is what `held` is for.
    again = match.end_reason in NO_OBSTACLE or (model.shape == Shape.SLOTS and match.end_reason == Match.EndReason.DONE)
    again = again or (standing.repeats and match.end_reason in REPEATABLE)
    if not again:
        standing.barred.update(_acquainted(chairs, model))


def _began(match: _Past) -> bool:
    """Whether a one-off session had begun when its match ended."""
    return match.starts_at is not None and match.ended_at is not None and match.starts_at <= match.ended_at


def _seats_elsewhere(track: Track, *, repeats: bool) -> QuerySet[Seat, Any]:
    """Seats of people of this track in matches of other tracks or programs that have ended.

    Matches that are on elsewhere do not count: one may have a mentor and be in a pod with them.
    """
    # One session elsewhere is no match one has had: who met for it may go on with each other.
    reasons = {Match.EndReason.ENDED, *(() if repeats else REPEATABLE)} - {Match.EndReason.DONE}
    present = Enrolment.objects.filter(track=track, state=Enrolment.State.ACTIVE, user__is_active=True)
    seats = Seat.objects.filter(match__end_reason__in=reasons, enrolment__user__in=present.values("user"))
    seats = seats.exclude(match__track=track).filter(match__activated_at__isnull=False, answer=Seat.Answer.ACCEPTED)
    return seats.order_by().values_list(*_COLUMNS)


def _met_elsewhere(present: Iterable[Enrolment], met: Mapping[tuple[int, str], list[_Chair]]) -> set[frozenset[int]]:
    """Pairs of enrolments of this track whose people met in these matches; the chairs there are accounts."""
    mine: dict[int, list[int]] = {}
    for each in present:
        mine.setdefault(each.user_id, []).append(each.pk)
    pairs = {pair for (_, model), chairs in met.items() for pair in _acquainted(chairs, registry.get(model))}
    return {
        frozenset((one, other))
        for a, b in (sorted(pair) for pair in pairs if len(pair) == 2)
        for one, other in product(mine[a], mine[b])
    }


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
