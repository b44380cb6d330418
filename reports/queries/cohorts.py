"""Two programs side by side, as two cohorts of mentoring: how far people came in each, and how sure a difference is.

Cohorts had other people and other times, so a difference says nothing about its cause, and the words never do.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from programs.models import Program
from reports.figures import LEAST_PEOPLE
from reports.queries.base import MatchRow, ProgramData, load_all
from reports.queries.bounds import part_of
from reports.queries.outcome import ENDED_AS_PLANNED
from reports.statistics import BinaryUnit, Estimate, compare_shares, components
from reports.verdicts.gates import FOR_A_VERDICT, LEAST_UNITS, TO_SHOW
from surveys.coding import words_of

# What is compared, as a share, and of whom.
MEASURES = (
    ("met", "Met", "people ever matched"),
    ("met_3", "Met 3 times", "people ever matched"),
    ("finished", "Came to the planned end", "people ever matched"),
    ("goal_people", "Reached a goal", "people who set one"),
)


@dataclass(frozen=True)
class Side:
    """One cohort's share; None where it is of fewer than five people or three units.

    bound  "or more" or "or less" where it would else tell what everybody said of themselves
    """

    share: float | None
    people: int | None
    bound: str = ""


@dataclass(frozen=True)
class Compared:
    """low, high  of the difference, first minus second, as shares; None where there are too few units for it"""

    label: str
    out_of: str
    first: Side
    second: Side
    difference: float | None
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class _People:
    """By person: whether they did it; and in which unit they are."""

    done: dict[int, bool]
    unit: dict[int, int]
    # Whether they say it of themselves.
    told: bool = False

    def units(self) -> list[BinaryUnit]:
        found: dict[int, list[bool]] = {}
        for person, did in self.done.items():
            found.setdefault(self.unit[person], []).append(did)
        return [BinaryUnit(sum(each), len(each)) for each in found.values()]

    @property
    def few(self) -> bool:
        return len(self.done) < LEAST_PEOPLE or len({self.unit[person] for person in self.done}) < LEAST_UNITS

    @property
    def side(self) -> Side:
        count, people = sum(self.done.values()), len(self.done)
        if self.few or not self.told:
            return Side(None, None) if self.few else Side(count / people, people)
        shown = part_of(count, people)
        return Side(shown.value / people, people, words_of(shown.end)) if shown else Side(None, None)


def compare_cohorts(first: Program, second: Program, today: dt.date) -> list[Compared]:
    """Every measure of both; who came to the planned end only where both are over. Queries: those of load()."""
    data = load_all([first, second])
    one, two = data[first.pk], data[second.pk]
    return [
        _compared(label, out_of, _people(one, slug), _people(two, slug), (first.name, second.name))
        for slug, label, out_of in MEASURES
        if slug != "finished" or max(first.ends_on, second.ends_on) < today
    ]


def finding_of(rows: Sequence[Compared]) -> str:
    """The heading: what was found, in a few words."""
    told = [row for row in rows if row.low is not None]
    apart = sum(not _fits_none(row) for row in told)
    if not told:
        return "Too few people to compare the two cohorts"
    if not apart:
        return "No clear difference between the two cohorts"
    return f"The two cohorts differ in {apart} of {len(told)} shares"


def _fits_none(row: Compared) -> bool:
    return row.low is not None and row.high is not None and row.low <= 0 <= row.high


def _people(data: ProgramData, slug: str) -> _People:
    began = [match for match in data.matches if match.began]
    unit = components([[member.user for member in match.members] for match in began if match.members])
    if slug == "goal_people":
        goals = [goal for goal in data.goals if not goal.dropped and goal.owner in unit]
        reached = {goal.owner for goal in goals if goal.reached}
        return _People({goal.owner: goal.owner in reached for goal in goals}, unit, told=True)
    did = _who(began, slug)
    return _People({person: person in did for person in unit}, unit)


def _who(began: Iterable[MatchRow], slug: str) -> set[int]:
    least = {"met": 1, "met_3": 3}.get(slug)
    if least:
        return {each.user for match in began for each in match.members if match.met_by(each.user) >= least}
    return {
        each.user
        for match in began
        for each in match.members
        if not match.live and match.end_reason in ENDED_AS_PLANNED
    }


def _compared(label: str, out_of: str, one: _People, two: _People, names: tuple[str, str]) -> Compared:
    first, second = one.side, two.side
    if first.share is None or second.share is None:
        few = "Too few people in one of them."
        return Compared(label, out_of, first, second, None, None, None, few)
    if first.bound or second.bound:
        return Compared(label, out_of, first, second, None, None, None, "Too near an end for a difference in numbers.")
    units = one.units(), two.units()
    least = min(len(each) for each in units)
    if least < TO_SHOW:
        return Compared(label, out_of, first, second, None, None, None, "Too few relationships for a difference.")
    difference, low, high = _difference(*units)
    words = _words(difference, low, high, names, early=least < FOR_A_VERDICT)
    return Compared(label, out_of, first, second, difference, low, high, words)


def _difference(one: Sequence[BinaryUnit], two: Sequence[BinaryUnit]) -> tuple[float, float | None, float | None]:
    """With its 95 % interval, by units: those who share a match are not independent of each other."""
    found = compare_shares(one, two)
    if isinstance(found, Estimate):
        return found.difference, found.low, found.high
    return found[0].value, found[0].low, found[0].high


def _words(difference: float, low: float | None, high: float | None, names: tuple[str, str], *, early: bool) -> str:
    if low is None or high is None:
        return "How far this can be trusted cannot be said."
    fits = f"anything from {_points(low)} to {_points(high)} fits"
    if early:
        return f"Early: {fits}. That is not enough for a conclusion."
    if low <= 0 <= high:
        return f"{fits[0].upper()}{fits[1:]}, including none. This is not proof that they are equal."
    higher = names[0] if difference > 0 else names[1]
    return f"Higher in {higher}: {fits}. Other people and other times may be all there is to it."


def _points(share: float) -> str:
    text = f"{share * 100:+.0f}".replace("-", "−")
    return f"{'0' if text in {'+0', '−0'} else text} points"


def cohorts_to_choose() -> list[Program]:
    """Every program that has begun to be set up, the newest first; samples only where there is nothing else."""
    every = list(Program.objects.exclude(state=Program.State.DRAFT))
    return [each for each in every if not each.is_sample] or every
