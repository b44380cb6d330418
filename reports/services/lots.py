"""Letting chance decide: who is in which model, who begins now, or to which model somebody is invited."""

import datetime as dt
import secrets

from django.db import transaction

from matching.models import Match, Seat
from participants.models import User
from programs.errors import ProgramError
from programs.models import Draw, ProfileField, Program, Track
from programs.queries.drawing import standing
from programs.services.drawing import draw_invitations, draw_lots, draw_orders, undo_draw
from programs.services.waiting import Places, draw_places
from reports.models import ComparisonPlan
from reports.queries.lots import candidates, places_in

Assignment = ComparisonPlan.Assignment
SAY_FIRST = {
    Assignment.LOTTERY: "Say first that lots decide between the models",
    Assignment.NUDGE: "Say first that lots decide between the models",
    Assignment.CROSSOVER: "Say first that lots decide who begins with which model",
    Assignment.WAITLIST: "Say first that lots decide who begins now",
}


@transaction.atomic
def draw(
    *,
    first: Track,
    second: Track,
    stratum: ProfileField | None,
    by: User,
    now: dt.datetime,
    changes_on: dt.date | None = None,
) -> Draw:
    """Draw lots between two tracks for everybody who can be drawn now, with a seed nobody has seen before: they are
    moved there, or where the program invites only, invited. Where lots decide orders, all change over on a day.

    Raises ProgramError where the comparison does not go by lots between models, the tracks cannot be compared, a
    proposal of theirs is not out yet, there are fewer than two people, or a day to change over is missing.
    """
    kind = _decided(first, Assignment.LOTTERY, Assignment.NUDGE, Assignment.CROSSOVER)
    found = candidates(first, second, stratum, standing(first.program_id))
    if found.obstacle:
        raise ProgramError(found.obstacle)
    if kind == Assignment.CROSSOVER:
        if changes_on is None:
            raise ProgramError("Choose the day on which all change over", field="changes_on")
        return draw_orders(pool=found.pool, changes_on=changes_on, seed=secrets.token_hex(16), by=by, now=now)
    make = draw_invitations if kind == Assignment.NUDGE else draw_lots
    return make(pool=found.pool, seed=secrets.token_hex(16), by=by, now=now)


@transaction.atomic
def draw_who_begins(*, track: Track, number: int, stratum: ProfileField | None, by: User, now: dt.datetime) -> Draw:
    """Draw lots for so many places among everybody who learns in a track, has no lot and no match; the rest wait.

    Raises ProgramError where the comparison does not go by it, a proposal of the track is not out yet, or there is a
    place for everybody.
    """
    _decided(track, Assignment.WAITLIST)
    found = places_in(track, standing(track.program_id))
    if found.obstacle:
        raise ProgramError(found.obstacle)
    places = Places(track, number, stratum, found.people)
    return draw_places(places=places, seed=secrets.token_hex(16), by=by, now=now)


def _decided(track: Track, *ways: str) -> str:
    """What lots decide in the program, which is locked. Raises ProgramError where it is none of these."""
    program = Program.objects.select_for_update().get(pk=track.program_id)
    plan = ComparisonPlan.objects.filter(program=program, assignment__in=ways).first()
    if plan is None:
        raise ProgramError(SAY_FIRST[Assignment(ways[0])])
    return plan.assignment


@transaction.atomic
def take_back(*, draw: Draw, by: User, now: dt.datetime) -> Draw:
    """Undo a draw before anybody is told. Raises ProgramError after that, and once somebody drawn is in a match."""
    users = draw.lots.values_list("user", flat=True)
    seats = Seat.objects.filter(match__track__program=draw.program_id, enrolment__user__in=users)
    if seats.exclude(match__state=Match.State.DRAFT).filter(match__created_at__gte=draw.at).exists():
        raise ProgramError("Somebody who was drawn has been matched since. The draw stands.")
    return undo_draw(draw=draw, by=by, now=now)
