"""From advice to what is set up: which models, when, and under which name. Everything has a default."""

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from programs.catalogue.advisor.advising import Advice
from programs.catalogue.advisor.capacity import together
from programs.catalogue.advisor.questions import Answers
from programs.catalogue.base import MentoringModel

WEEKS_AHEAD = 4
MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Plan:
    """What one press sets up: a track for each model, from a Monday some weeks ahead."""

    models: tuple[MentoringModel, ...]
    name: str
    starts_on: dt.date
    ends_on: dt.date


def plan_of(models: Sequence[MentoringModel], answers: Answers, today: dt.date) -> Plan:
    """The plan with its defaults: time to find people first, then as long as the answers or else the models say."""
    starts_on = first_day(today)
    ends_on = months_later(starts_on, _months(models, answers)) - dt.timedelta(days=1)
    return Plan(tuple(models), f"{names_of(models)}, {starts_on:%B %Y}", starts_on, ends_on)


def refusal(advice: Advice, models: Sequence[MentoringModel]) -> str:
    """Why these models cannot be set up with these answers, with the numbers; "" if they can."""
    for model in models:
        out = next((entry for entry in advice.excluded if entry.model.slug == model.slug), None)
        if out:
            return f"{model.name}: {'; '.join(out.reasons)}"
        short = next((entry for entry in advice.refused if entry.model.slug == model.slug), None)
        if short and short.capacity:
            return f"{model.name}: {short.capacity.sentence}"
    total = together(models, advice.answers) if len(models) > 1 else None
    return total.sentence if total and not total.fits else ""


def names_of(models: Sequence[MentoringModel]) -> str:
    """“Peer learning pods and flash mentoring”."""
    first, *others = (model.name for model in models)
    return " and ".join([first, *map(in_a_sentence, others)])


def in_a_sentence(name: str) -> str:
    """A name as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def first_day(today: dt.date) -> dt.date:
    """The first Monday that leaves four weeks to find people."""
    earliest = today + dt.timedelta(weeks=WEEKS_AHEAD)
    return earliest + dt.timedelta(days=-earliest.weekday() % 7)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _months(models: Sequence[MentoringModel], answers: Answers) -> int:
    """One conversation takes no months, but the program that offers it does."""
    wanted = math.ceil(answers.months or 0) or max(model.months for model in models)
    return min(wanted, MOST_MONTHS)
