"""Writes of reports: what a comparison is fixed on, and what it came to."""

import datetime as dt
from typing import Any

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.models import Draw, Program
from programs.services.drawing import announce_lots
from reports.models import ComparisonLook, ComparisonPlan, LookView
from reports.queries.across import Across, across, compared_across
from reports.queries.goals import ROWS, settled_goals
from reports.queries.looks import content_of, due_at
from surveys.models import Response, Survey


class TooLate(Exception):
    """Something was to be fixed beforehand, and the answers are there already."""


class TooEarly(Exception):
    """A look before its date."""


@transaction.atomic
def fix_plan(
    *, program: Program, assignment: str, margin: float | None, by: User | None, now: dt.datetime
) -> ComparisonPlan:
    """Say how people come to their model, and which difference would matter (in points of the scale, or None).

    Raises TooLate once somebody has sent answers at the end, or the results have been looked at: what counts as a
    difference is not chosen by what came out; and for another way of coming to a model once lots were drawn.
    """
    Program.objects.select_for_update().get(pk=program.pk)
    if not may_fix_plan(program):
        raise TooLate("The first answers at the end are in, so this is fixed.")
    try:
        announce_lots(program=program, by_lot=assignment if assignment in Draw.Kind.values else "")
    except ProgramError as error:
        raise TooLate(str(error)) from error
    values = {"assignment": assignment, "margin": margin, "set_at": now, "set_by": by}
    plan, _ = ComparisonPlan.objects.update_or_create(program=program, defaults=values)
    record(
        by=by,
        verb="comparison planned",
        now=now,
        program_id=program.pk,
        subject=program,
        assignment=assignment,
        margin=margin,
    )
    return plan


def may_fix_plan(program: Program) -> bool:
    """Whether nobody has answered at the end yet, and nobody has looked. Queries: two."""
    answered = Response.objects.filter(
        survey__program=program, survey__kind=Survey.Kind.CLOSING, submitted_at__isnull=False
    )
    return not answered.exists() and not program.looks.exists()


@transaction.atomic
def open_look(*, program: Program, kind: str, by: User, now: dt.datetime) -> ComparisonLook:
    """Show somebody what the answers came to at one of the two dates ("midpoint" or "close"), and write that down.

    Worked out when first opened, of the answers sent until its date; whoever opens it later sees the same. Raises
    TooEarly before the date, and where there is no such look; TooLate for a mid-point nobody opened before the close.
    """
    Program.objects.select_for_update().get(pk=program.pk)
    due = due_at(program, kind)
    if due is None or now < due:
        raise TooEarly("Its date has not come.")
    look = program.looks.filter(kind=kind).first() or _lock(program, kind, due, now)
    _, first = LookView.objects.get_or_create(look=look, by=by, defaults={"at": now})
    if first:
        record(by=by, verb="comparison opened", now=now, program_id=program.pk, subject=look, look=kind)
    return look


def _lock(program: Program, kind: str, due: dt.datetime, now: dt.datetime) -> ComparisonLook:
    close = due_at(program, ComparisonLook.Kind.CLOSE)
    if kind == ComparisonLook.Kind.MIDPOINT and close and now >= close:
        raise TooLate("The close is there, and its answer counts.")
    plan = ComparisonPlan.objects.filter(program=program).first()
    content = content_of(program, kind, plan, due, list(program.looks.all()))
    if kind == ComparisonLook.Kind.CLOSE:
        content[ROWS] = settled_goals(program)
    return ComparisonLook.objects.create(program=program, kind=kind, as_of=due, locked_at=now, content=content)


@transaction.atomic
def open_comparison(*, by: User | None, now: dt.datetime) -> tuple[Across, dict[str, Any]]:
    """The organisation's report with what comparing its programs came to, written down as seen.

    Only programs whose close somebody has opened are in it: their answers are fixed, so it moves by whole programs.
    """
    found = across(now)
    content = compared_across(found)
    record(by=by, verb="programs compared", now=now, programs=[each.program.slug for each in found.looked_at])
    return found, content
