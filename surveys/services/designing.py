"""What a program asks, and when. Each change of questions is a new version; answers given stay with the old words."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.models import Program
from surveys import definition
from surveys.errors import QuestionFixed
from surveys.models import Survey, Timing

MOST_QUESTIONS = 40


@transaction.atomic
def change_questions(
    *, program: Program, items: list[dict[str, Any]], by: User, now: dt.datetime, kind: str = Survey.Kind.PULSE
) -> Survey:
    """Other questions at one moment, as a new version.

    Raises QuestionFixed if an item of the product's own is changed or left out, or there are more than forty.
    """
    Program.objects.select_for_update().get(pk=program.pk)
    survey = definition.survey_of(program, kind)
    _refuse_own_items(definition.items_of(survey), items)
    definition.load_part(program, [{"kind": kind, "name": survey.name, "questions": items}])
    changed = definition.survey_of(program, kind)
    record(by=by, verb="survey changed", now=now, program_id=program.pk, subject=changed, version=changed.version)
    return changed


def _refuse_own_items(present: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> None:
    own = [[item for item in items if item.get("construct")] for items in (present, wanted)]
    if own[0] != own[1]:
        raise QuestionFixed("These items are asked in the same words before and after, so they stay as they are")
    if len(wanted) > MOST_QUESTIONS:
        raise QuestionFixed(f"A survey has {MOST_QUESTIONS} questions at most")


@transaction.atomic
def add_questions(
    *, program: Program, kind: str, items: Sequence[dict[str, Any]], by: User, now: dt.datetime
) -> Survey:
    """Questions of the program's own, or the items of a scale it holds a licence for (with their `source`), after
    those there are; whoever adds such a scale confirms the licence, which is written down. Raises QuestionFixed.
    """
    present = definition.items_of(definition.survey_of(program, kind))
    taken = {item["slug"] for item in present}
    added = [{**item, "slug": slug} for item, slug in zip(items, _free(taken, len(items)), strict=True)]
    survey = change_questions(program=program, kind=kind, items=[*present, *added], by=by, now=now)
    for source in dict.fromkeys(item["source"] for item in items if item.get("source")):
        record(by=by, verb="scale licence confirmed", now=now, program_id=program.pk, subject=survey, name=source)
    return survey


def _free(taken: set[str], count: int) -> list[str]:
    """Slugs that no question of this version has."""
    names = (f"own-{number}" for number in range(1, len(taken) + count + 1))
    return [name for name in names if name not in taken][:count]


def remove_question(*, program: Program, kind: str, slug: str, by: User, now: dt.datetime) -> Survey:
    """Ask one thing less from now on. Raises QuestionFixed for an item of the product's own, and for the last one."""
    present = definition.items_of(definition.survey_of(program, kind))
    kept = [item for item in present if item["slug"] != slug]
    if not kept:
        raise QuestionFixed("A survey asks one thing at least; switch it off instead")
    return change_questions(program=program, kind=kind, items=kept, by=by, now=now)


@transaction.atomic
def set_timing(
    *,
    program: Program,
    kind: str,
    on: bool,
    after_days: int | None,
    reminder_days: Sequence[int],
    by: User,
    now: dt.datetime,
) -> Timing:
    """Whether and when to ask from now on. Who has been asked already keeps their reminders, unless it is off."""
    values = {"on": on, "after_days": after_days, "reminder_days": sorted(set(reminder_days))}
    timing, _ = Timing.objects.update_or_create(program=program, kind=kind, defaults=values)
    record(by=by, verb="survey times changed", now=now, program_id=program.pk, subject=timing, kind=kind, on=on)
    return timing
