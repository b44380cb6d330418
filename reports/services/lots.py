"""Deciding by lot who is in which model."""

import datetime as dt
import secrets

from django.db import transaction

from participants.models import User
from programs.errors import ProgramError
from programs.models import Draw, ProfileField, Program, Track
from programs.services.drawing import draw_lots
from reports.models import ComparisonPlan
from reports.queries.lots import candidates


@transaction.atomic
def draw(*, first: Track, second: Track, stratum: ProfileField | None, by: User, now: dt.datetime) -> Draw:
    """Draw lots between two tracks for everybody who can be drawn now, with a seed nobody has seen before.

    Raises ProgramError where the comparison does not go by lot, the tracks cannot be compared, a proposal of theirs is
    not out yet, or there are fewer than two people.
    """
    program = Program.objects.select_for_update().get(pk=first.program_id)
    if not ComparisonPlan.objects.filter(program=program, assignment=ComparisonPlan.Assignment.LOTTERY).exists():
        raise ProgramError("Say first that lots decide between the models")
    found = candidates(first, second, stratum)
    if found.obstacle:
        raise ProgramError(found.obstacle)
    return draw_lots(pool=found.pool, seed=secrets.token_hex(16), by=by, now=now)
