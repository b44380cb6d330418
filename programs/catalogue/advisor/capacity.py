"""Whether the mentors' time and number are enough: plain arithmetic, shown with its numbers, and a hard limit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from programs.catalogue.advisor.questions import Answers
from programs.catalogue.base import MENTOR, MentoringModel, Shape

PREPARATION_MINUTES = 30
DAYS_A_MONTH = 365 / 12


@dataclass(frozen=True, slots=True)
class Load:
    """What a model asks of its mentors: sessions and hours in a month, all together, and how many mentors share
    them.
    """

    sessions: float
    hours: float
    mentors: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is needed beside what was pledged, in hours a month and in mentors. `fits` is False if either falls
    short.
    """

    needed: Load
    hours_pledged: float
    mentors_there: int
    sentence: str

    @property
    def fits(self) -> bool:
        return self.needed.hours <= self.hours_pledged and self.needed.mentors <= self.mentors_there


def mentor_load(model: MentoringModel, learners: int, months: float | None = None) -> Load:
    """Hours a month = learners ÷ learners a session × sessions a month × (length + 30 minutes of preparation).

    Learners a session: a whole circle (a part-filled one takes as long), otherwise one. Sessions a month follow the
    model's cadence; of one-off sessions each learner has one within the plan's `months` (the model's own if not
    given). In a network only the mentors' part of the helpers is counted. Without mentors all are 0.
    """
    if MENTOR not in model.roles:
        return Load(0, 0, 0)
    if model.shape is Shape.GROUPS:
        circles = math.ceil(learners / model.capacity)
        return _load(model, circles * DAYS_A_MONTH / model.cadence_days, circles)
    if model.shape is Shape.SLOTS:
        monthly = learners / (months or model.months)
        return _load(model, monthly, math.ceil(monthly / model.capacity))
    share = model.network.mix["mentor"] / sum(model.network.mix.values()) if model.network else 1
    return _load(model, learners * share * DAYS_A_MONTH / model.cadence_days, math.ceil(learners / model.capacity))


def _load(model: MentoringModel, sessions: float, mentors: int) -> Load:
    return Load(round(sessions, 1), round(sessions * (model.session_minutes + PREPARATION_MINUTES) / 60, 1), mentors)


def check(model: MentoringModel, answers: Answers) -> Capacity | None:
    """The arithmetic for a model, or None while learners, mentors or hours are not known."""
    given = _given(answers)
    if given is None:
        return None
    needed = mentor_load(model, given.learners, answers.months)
    return Capacity(needed, given.hours, given.mentors, _sentence(model, given.learners, needed, given.words))


def together(models: Sequence[MentoringModel], answers: Answers) -> Capacity | None:
    """The same for several models in one program: hours add up, while the same mentors may serve in each."""
    given = _given(answers)
    if given is None:
        return None
    loads = [mentor_load(model, given.learners, answers.months) for model in models]
    needed = Load(
        round(sum(load.sessions for load in loads), 1),
        round(sum(load.hours for load in loads), 1),
        max(load.mentors for load in loads),
    )
    sentence = (
        f"Together they need {_mentors(needed.mentors)} and {_hours(needed.hours)} a month for {given.learners:,} "
        f"learners, with {PREPARATION_MINUTES} minutes to prepare each session. Pledged: {given.words}."
    )
    return Capacity(needed, given.hours, given.mentors, sentence if needed.mentors else "They need no mentors.")


@dataclass(frozen=True, slots=True)
class _Given:
    learners: int
    mentors: int
    hours: float

    @property
    def words(self) -> str:
        return f"{_mentors(self.mentors)} with {_hours(self.hours)}"


def _given(answers: Answers) -> _Given | None:
    """What was pledged, in whole people."""
    if answers.learners is None or answers.seniors is None or answers.hours is None:
        return None
    learners = math.ceil(answers.learners)
    there = math.floor(learners * answers.seniors + 1e-9)
    return _Given(learners, there, round(there * answers.hours, 1))


def _sentence(model: MentoringModel, learners: int, needed: Load, pledged: str) -> str:
    if not needed.mentors:
        return "It needs no mentors."
    return (
        f"{learners:,} learners need {_mentors(needed.mentors)} and {_hours(needed.hours)} a month: "
        f"{needed.sessions:,g} sessions of {model.session_minutes} minutes, "
        f"with {PREPARATION_MINUTES} minutes to prepare. Pledged: {pledged}."
    )


def _mentors(number: int) -> str:
    return f"{number:,} mentor{'' if number == 1 else 's'}"


def _hours(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0") + f" hour{'' if number == 1 else 's'}"
