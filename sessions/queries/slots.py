"""Times that experts offer for one-off sessions: their own, those somebody may ask for, and what stands of it all.

A time that the rules, a reporting line or somebody's wish keeps from the reader is not listed, like one that is taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mail.prepared import prepared
from matching.models import Match, Seat
from matching.queries.between import scores_between
from matching.queries.inputs import Inputs, inputs_of, model_of
from matching.queries.standing import default_places, places_of
from participants.models import User
from programs.catalogue import registry
from programs.catalogue.base import Booking, Shape
from programs.models import Enrolment, Program, Role, Track
from programs.queries.enrolling import parts_of
from sessions.models import Session, Slot, SlotAsk, SlotReview

# The least time an expert has for an answer before the notice begins.
TO_ANSWER = timedelta(hours=12)
MOST_SHOWN = 60
# Figures of what people said go up in steps of so many, so that no single answer shows.
STEP = 5
State = SlotAsk.State
OPEN_FOR = (Program.State.OPEN, Program.State.RUNNING)
BOOLEAN = BooleanField()


def booked_models() -> list[str]:
    """The models whose sessions are booked one by one."""
    return [model.slug for model in registry.all_models() if model.shape == Shape.SLOTS]


def terms_of(track: Track) -> Booking:
    """Notice, cap and deadlines of a track whose sessions are booked. Raises ValueError for others."""
    terms = model_of(track).booking
    if terms is None:
        raise ValueError(f"{track} books no sessions")
    return terms


@dataclass(frozen=True)
class Desk:
    """One enrolment in a track whose sessions are booked; `waiting` counts those who wait for this expert's answer."""

    enrolment: Enrolment
    waiting: int

    @property
    def is_expert(self) -> bool:
        return self.enrolment.role == Role.MENTOR


def parts_with_waiting(user: User) -> list[Enrolment]:
    """Where somebody takes part, each with how many wait for their answer to an ask for a session. One query."""
    return _parts_with_waiting(user.pk)


@prepared
def _parts_with_waiting(user: int) -> QuerySet[Enrolment]:
    asks = SlotAsk.objects.filter(slot__enrolment=OuterRef("pk"), state=State.WAITING).order_by()
    counted = asks.values("slot__enrolment").annotate(waiting=Count("pk")).values("waiting")
    return parts_of(user).annotate(waiting_asks=Coalesce(Subquery(counted), 0))


def desks_of(parts: Iterable[Enrolment]) -> list[Desk]:
    """Where somebody offers times or may ask for one, of parts_with_waiting."""
    booked, open_for = booked_models(), OPEN_FOR
    here = [
        each
        for each in parts
        if each.state == Enrolment.State.ACTIVE and each.track.model in booked and each.track.program.state in open_for
    ]
    in_order = sorted(here, key=lambda each: (each.track.program.name, each.role, each.pk))
    return [Desk(each, getattr(each, "waiting_asks", 0)) for each in in_order]


def desk(user: User, enrolment_id: int, role: str) -> Enrolment | None:
    """This person's own enrolment in such a track in that role, while they take part and the program is open."""
    return _taking_part(user).filter(pk=enrolment_id, role=role).first()


def _taking_part(user: User) -> QuerySet[Enrolment]:
    found = Enrolment.objects.filter(user=user, state=Enrolment.State.ACTIVE, track__model__in=booked_models())
    return found.filter(track__program__state__in=OPEN_FOR).select_related("track__program", "track__plan", "user")


@dataclass(frozen=True)
class OfferedSlot:
    """A slot as its expert sees it, with the ask that holds it."""

    slot: Slot
    ask: SlotAsk | None


def offered_by(enrolment: Enrolment, now: datetime) -> list[OfferedSlot]:
    """What this expert offers from now on, by time."""
    holding = SlotAsk.objects.filter(state__in=SlotAsk.HOLDS).select_related("asker__user")
    slots = Slot.objects.filter(enrolment=enrolment, withdrawn_at=None, starts_at__gt=now)
    found = slots.prefetch_related(Prefetch("asks", holding, to_attr="holding"))
    return [OfferedSlot(slot, next(iter(slot.holding), None)) for slot in found]


def cap_of(enrolment: Enrolment) -> int:
    """How many sessions a calendar month this expert holds."""
    model = model_of(enrolment.track)
    return places_of(enrolment, model, default_places(enrolment.track, model, None))


def bookable(asker: Enrolment, now: datetime) -> list[Slot]:
    """The slots `asker` may ask for, by time: free, far enough ahead, and with somebody they may meet again.

    A fixed number of queries: that of the slots, and what a run of the matching reads.
    """
    track, terms = asker.track, terms_of(asker.track)
    if not hasattr(track, "plan"):
        return []
    offered = list(_offered(asker, now + timedelta(hours=terms.notice_hours) + TO_ANSWER))
    slots: list[Slot] = [slot for slot in offered if slot.is_free]
    inputs = inputs_of(track, now=now)
    # Whoever gives none at all at present has no month that could be full.
    giving = {giver.enrolment_id for giver in inputs.givers if giver.places}
    scores = scores_between(inputs, [asker.pk], sorted({slot.enrolment_id for slot in slots} & giving))
    apart = timedelta(days=terms.no_repeat_days)
    met = [(each.helper, each.start) for each in inputs.held if each.asker == asker.pk]
    full = _full(inputs, track, [slot for slot in offered if slot.waiting])
    return [
        slot
        for slot in slots
        if scores.get((asker.pk, slot.enrolment_id)) is not None
        and not any(helper == slot.enrolment_id and abs(slot.starts_at - at) < apart for helper, at in met)
        and (slot.enrolment_id, _month(slot.starts_at, track)) not in full
    ]


def _offered(asker: Enrolment, after: datetime) -> QuerySet[Slot, Any]:
    """The slots of others, each with whether it is free from then on for both, and those that somebody waits for."""
    asks = SlotAsk.objects.filter(slot=OuterRef("pk"))
    both = Q(match__seats__enrolment__user=asker.user_id) | Q(match__seats__enrolment__user=OuterRef("enrolment__user"))
    taken = Session.objects.filter(
        both,
        match__seats__left_at=None,
        match__state=Match.State.ACTIVE,
        state=Session.State.PLANNED,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    free = Q(
        ~Exists(asks.filter(state__in=SlotAsk.HOLDS)),
        ~Exists(taken),
        withdrawn_at=None,
        starts_at__gte=after,
        enrolment__state=Enrolment.State.ACTIVE,
        enrolment__user__is_active=True,
    )
    slots = Slot.objects.filter(enrolment__track=asker.track_id).exclude(enrolment__user=asker.user_id)
    found = slots.annotate(waiting=Exists(asks.filter(state=State.WAITING)), is_free=ExpressionWrapper(free, BOOLEAN))
    return found.filter(Q(waiting=True) | Q(is_free=True)).select_related("enrolment__user").order_by("starts_at", "pk")


def _full(inputs: Inputs, track: Track, waiting: Iterable[Slot]) -> set[tuple[int, tuple[int, int]]]:
    """The months of experts that are full, with those counted that somebody has asked for."""
    taken = Counter(
        (helper, _month(at, track))
        for helper, at in [
            *((each.helper, each.start) for each in inputs.held),
            *((slot.enrolment_id, slot.starts_at) for slot in waiting),
        ]
    )
    places = {giver.enrolment_id: giver.places for giver in inputs.givers}
    return {each for each, count in taken.items() if count >= places.get(each[0], 0)}


def _month(at: datetime, track: Track) -> tuple[int, int]:
    """The calendar month by the program's clock, in which the cap is counted."""
    there = at.astimezone(ZoneInfo(track.program.timezone))
    return there.year, there.month


def asked_by(asker: Enrolment) -> list[SlotAsk]:
    """What this person has asked for, the last first."""
    found = SlotAsk.objects.filter(asker=asker).select_related("slot__enrolment__user", "match")
    return list(found.order_by("-created_at", "-pk")[:10])


def ask_for(user: User, ask_id: int) -> SlotAsk | None:
    """An ask that was put to this person, whatever became of it, as long as they take part."""
    found = SlotAsk.objects.select_related("slot__enrolment__track__program", "slot__enrolment__user", "asker__user")
    ask = found.filter(pk=ask_id, slot__enrolment__user=user, asker__state=Enrolment.State.ACTIVE).first()
    return ask if ask and ask.slot.enrolment.state == Enrolment.State.ACTIVE else None


def review_of(user: User, review_id: int) -> tuple[SlotReview, User, bool] | None:
    """What this person is asked two weeks after a session: with whom it was, and whether they had the question."""
    review = SlotReview.objects.select_related("match__track__program").filter(pk=review_id, user=user).first()
    if review is None:
        return None
    seats = list(Seat.objects.filter(match=review.match_id).select_related("enrolment__user"))
    mine = next((seat for seat in seats if seat.enrolment.user_id == user.pk), None)
    other = next((seat for seat in seats if seat.enrolment.user_id != user.pk), None)
    if mine is None or other is None or mine.enrolment.state != Enrolment.State.ACTIVE:
        return None
    return review, other.enrolment.user, mine.role == Role.MENTEE


@dataclass(frozen=True)
class GoingOn:
    """Two people who both want to go on after their session, and where a longer match could be.

    `pair` are their enrolments in a track of pairs that both are in, mentee first; None where there is no such track.
    """

    match: Match
    names: tuple[str, str]
    track: Track | None
    pair: tuple[int, int] | None


@dataclass(frozen=True)
class Bookings:
    """What a coordinator sees of a program's booked sessions: numbers, and who wants to go on; no question."""

    has_tracks: bool
    open_slots: int
    waiting: int
    booked: int
    expired: int
    said: int
    helped: int
    going_on: list[GoingOn]


def bookings_of(program: Program, now: datetime) -> Bookings:
    """A fixed number of queries."""
    asks = Counter(SlotAsk.objects.filter(slot__enrolment__track__program=program).values_list("state", flat=True))
    free = Slot.objects.filter(enrolment__track__program=program, withdrawn_at=None, starts_at__gt=now)
    held = SlotAsk.objects.filter(slot=OuterRef("pk"), state__in=SlotAsk.HOLDS)
    said = SlotReview.objects.filter(match__track__program=program, helped__isnull=False).order_by("answered_at", "pk")
    answers = list(said.values_list("helped", flat=True))
    shown = answers[: len(answers) // STEP * STEP]
    return Bookings(
        has_tracks=program.tracks.filter(model__in=booked_models()).exists(),
        open_slots=free.exclude(Exists(held)).count(),
        waiting=asks[State.WAITING],
        booked=asks[State.ACCEPTED],
        expired=asks[State.EXPIRED],
        said=len(shown),
        helped=sum(map(bool, shown)),
        going_on=going_on_in(program),
    )


def going_on_in(program: Program) -> list[GoingOn]:
    """The pairs that both want to go on and that no coordinator has seen to."""
    wishing = Counter(wishes_to_go_on(program).values_list("match", flat=True))
    ids = [pk for pk, count in wishing.items() if count == 2]
    if not ids:
        return []
    seats = Seat.objects.filter(match__in=ids, enrolment__state=Enrolment.State.ACTIVE).select_related(
        "enrolment__user", "match"
    )
    people: dict[int, list[Seat]] = {}
    for seat in sorted(seats, key=lambda each: (each.match_id, each.role == Role.MENTOR)):
        people.setdefault(seat.match_id, []).append(seat)
    pairs = [(both[0].match, both) for both in people.values() if len(both) == 2]
    tracks = _long_tracks(program)
    elsewhere = _enrolled(tracks, (seat.enrolment.user_id for _, both in pairs for seat in both))
    return [_going_on(match, both, tracks, elsewhere) for match, both in pairs]


def wishes_to_go_on(program: Program) -> QuerySet[SlotReview]:
    """A row for each person of a single session who wants to go on and has heard nothing yet."""
    return SlotReview.objects.filter(match__track__program=program, goes_on=True, settled_at=None)


def _long_tracks(program: Program) -> list[Track]:
    """The tracks in which one mentor meets one mentee for longer."""
    return [each for each in program.tracks.all() if model_of(each).shape == Shape.TWO_SIDED]


def _enrolled(tracks: Sequence[Track], users: Iterable[int]) -> dict[tuple[int, int, str], int]:
    found = Enrolment.objects.filter(track__in=tracks, user__in=list(users), state=Enrolment.State.ACTIVE)
    return {(track, user, role): pk for pk, track, user, role in found.values_list("pk", "track", "user", "role")}


def _going_on(
    match: Match, both: Sequence[Seat], tracks: Sequence[Track], elsewhere: dict[tuple[int, int, str], int]
) -> GoingOn:
    asker, expert = (seat.enrolment.user for seat in both)
    names = (asker.name, expert.name)
    for track in tracks:
        mentee = elsewhere.get((track.pk, asker.pk, Role.MENTEE))
        mentor = elsewhere.get((track.pk, expert.pk, Role.MENTOR))
        if mentee and mentor:
            return GoingOn(match, names, track, (mentee, mentor))
    return GoingOn(match, names, next(iter(tracks), None), None)
