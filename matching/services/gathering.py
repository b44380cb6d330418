"""How many have to say yes, and what becomes of a group when somebody does not.

A pair or a triad begins when everybody has said yes, and one no ends it. A group or a network begins when as many as
its model needs have said yes; who says no, or nothing until the time is over, leaves it, and the rest are told. Once it
is on it goes on as long as three are in it (in a circle with somebody to lead it, in a network with the person at its
centre), and the coordinator sees how many there are.
"""

import datetime as dt
from collections.abc import Iterable

from mail.quiet import shift
from mail.services import enqueue
from matching.models import Match, Seat
from matching.queries.inputs import model_of
from participants.zones import zone
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, Role

JOINED, LEFT = "match-joined", "match-left"
# How long news about an offer is worth sending.
NEWS = dt.timedelta(days=7)
GOES_ON_WITH = 3
"""Whoever is left of a group goes on with no fewer than so many."""


def may_shrink(match: Match) -> bool:
    """Whether somebody can leave this match without ending it."""
    return model_of(match.track).shape in (Shape.GROUPS, Shape.CONSTELLATION)


def is_centre(seat: Seat, model: MentoringModel) -> bool:
    """Whether a network stands and falls with this person."""
    return model.shape == Shape.CONSTELLATION and seat.role == Role.MENTEE


def enough_to_begin(match: Match, seats: Iterable[Seat]) -> bool:
    """Whether these people are as many as the model needs in one match: members, and those who lead or mentor."""
    model, present = model_of(match.track), list(seats)
    size = model.size
    mentors = sum(seat.role == Role.MENTOR for seat in present)
    if model.shape == Shape.CONSTELLATION:
        centre = any(is_centre(seat, model) for seat in present)
        return centre and len(present) >= size.least and mentors >= size.mentors_least
    return len(present) - mentors >= size.least and mentors >= size.mentors_least


def enough_to_go_on(match: Match, seats: Iterable[Seat]) -> bool:
    """Whether these people are still a group."""
    model, present = model_of(match.track), list(seats)
    mentors = sum(seat.role == Role.MENTOR for seat in present)
    led = model.shape != Shape.GROUPS or mentors >= model.size.mentors_least
    centred = model.shape != Shape.CONSTELLATION or any(is_centre(seat, model) for seat in present)
    return led and centred and len(present) >= GOES_ON_WITH


def goes_on_without(match: Match, seat: Seat) -> bool:
    """Whether the others of an active match still are one without this person: a group, a network, or two of three."""
    rest = [each for each in accepted_in(match) if each.pk != seat.pk]
    if may_shrink(match):
        return not is_centre(seat, model_of(match.track)) and enough_to_go_on(match, rest)
    return len(rest) >= 2


def present_in(match: Match) -> list[Seat]:
    """The seats of a match whose people have not left it, as they sit."""
    return list(match.seats.filter(left_at=None).select_related("enrolment__user").order_by("pk"))


def accepted_in(match: Match) -> list[Seat]:
    return [seat for seat in present_in(match) if seat.answer == Seat.Answer.ACCEPTED]


def people_key(seats: Iterable[Seat]) -> str:
    return "-".join(str(pk) for pk in sorted(seat.enrolment_id for seat in seats))


def take_leave(match: Match, seat: Seat, *, now: dt.datetime) -> list[Seat]:
    """This person goes, the others stay: their place is free, the rest are told. Returns who is left.

    Called inside the caller's transaction with the match locked.
    """
    Seat.objects.filter(pk=seat.pk).update(left_at=now, live=False)
    rest = [each for each in present_in(match) if each.pk != seat.pk]
    match.people_key = people_key(rest)
    match.save(update_fields=["people_key"])
    return rest


def by_day(now: dt.datetime, timezone: str, until: dt.datetime) -> dt.datetime:
    """When news about a match leaves: now, and at night in the morning, unless it were of no use by then."""
    morning = shift(now, zone(timezone), "later")
    return morning if morning < until else now


def tell_of(seat: Seat, kind: str, rest: Iterable[Seat], *, now: dt.datetime) -> None:
    """Tell the others that this person has joined, or is no longer in it: one mail each."""
    for each in rest:
        if each.enrolment.state == Enrolment.State.ACTIVE:
            enqueue(
                kind=kind,
                subject_type="seat",
                subject_id=seat.pk,
                recipient=each.enrolment.user_id,
                not_before=by_day(now, each.enrolment.user.timezone, now + NEWS),
                expires_at=now + NEWS,
                program_id=seat.match.track.program_id,
                now=now,
            )
