"""Programs and tracks out of a choice of models, by the advisor or by hand, with every default in place."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from participants.models import User
from participants.zones import zone
from programs.catalogue import registry
from programs.catalogue.advisor import Answers, Plan, advise, plan_of, refusal
from programs.catalogue.base import MentoringModel
from programs.errors import ProgramError
from programs.models import Program, Track
from programs.services.fields import add_standard_fields
from programs.services.programs import Basics, create_program
from programs.services.tracks import add_track


def default_plan(*, models: Sequence[str], answers: Answers, by: User, now: dt.datetime) -> Plan:
    """Name and dates for these models, by the calendar of whoever sets them up. Raises ProgramError."""
    return plan_of(_known(models), answers, now.astimezone(zone(by.timezone)).date())


@transaction.atomic
def create_from_advice(*, answers: Answers, models: Sequence[str], by: User, now: dt.datetime) -> Program:
    """A program with a track for each of these models, the questions their recipes ask, and defaults for the rest.

    Raises ProgramError for an unknown model, and for models the advice refuses: they are ruled out, or need more than
    the mentors have pledged; the sentence has the numbers.
    """
    plan = default_plan(models=models, answers=answers, by=by, now=now)
    _refuse(plan.models, answers)
    basics = Basics(
        name=plan.name,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        timezone=by.timezone,
        description=" ".join(model.one_line for model in plan.models),
        contact_name=by.name,
        contact_email=by.email,
    )
    return create_program(basics=basics, models=[model.slug for model in plan.models], by=by, now=now)


@transaction.atomic
def add_from_advice(
    *, program: Program, answers: Answers, models: Sequence[str], by: User, now: dt.datetime
) -> list[Track]:
    """One more track for each model, with defaults. Raises ProgramError as create_from_advice does."""
    chosen = _known(models)
    _refuse(chosen, answers)
    return [add_model_track(program=program, model=model.slug, by=by, now=now) for model in chosen]


@transaction.atomic
def add_model_track(*, program: Program, model: str, by: User | None, now: dt.datetime, name: str = "") -> Track:
    """A track and the questions its model's recipe asks, unless the program asks them. Raises as add_track does."""
    track = add_track(program=program, model=model, by=by, now=now, name=name)
    add_standard_fields(program=program, model=model)
    return track


def _known(slugs: Sequence[str]) -> list[MentoringModel]:
    known = {model.slug: model for model in registry.all_models()}
    unknown = next((slug for slug in slugs if slug not in known), None)
    if unknown is not None or not slugs:
        raise ProgramError(f"“{unknown}” is not a mentoring model" if slugs else "Choose at least one model")
    return [known[slug] for slug in dict.fromkeys(slugs)]


def _refuse(models: Sequence[MentoringModel], answers: Answers) -> None:
    reason = refusal(advise(answers), models)
    if reason:
        raise ProgramError(reason)
