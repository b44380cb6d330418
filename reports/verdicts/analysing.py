"""From learners to the numbers of a comparison. What of them may be said is decided elsewhere."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from reports.statistics import (
    Equivalence,
    Estimate,
    Learner,
    Stratum,
    Summary,
    Unit,
    ancova,
    hedges_g,
    largest_share,
    more_needed,
    pooled_sd,
    stratified,
    summary,
    tost,
    units_for_interval,
    units_of,
    welch,
)
from reports.statistics.numbers import finite, is_rounding
from reports.verdicts.plan import DEFAULT_MARGIN, Assignment, Look, Plan

# A cohort is compared within itself where both arms have so many units in it, in so many cohorts.
LEAST_IN_COHORT = 2
LEAST_COHORTS = 2


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: everybody who should have answered, and the units of those who answered both times."""

    name: str
    learners: int
    answered: int
    units: tuple[Unit, ...]
    starts: tuple[float, ...]
    # Of each unit; the units of a crossover stand for the difference of its periods.
    firsts: tuple[float, ...]

    @property
    def response(self) -> Fraction:
        return Fraction(self.answered, self.learners) if self.learners else Fraction(0)

    @property
    def largest(self) -> Fraction:
        return largest_share(self.units)

    @property
    def changes(self) -> list[float]:
        return [unit.change for unit in self.units]

    @property
    def mean_change(self) -> float:
        return sum(self.changes) / len(self.units) if self.units else 0.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """primary      the estimate the verdict rests on: the change score, or by lot the adjusted difference
    change       the difference of mean changes (Welch, within cohorts where there are enough)
    adjusted     the difference at the end with the start taken out; None below two units an arm
    cohorts      those compared within themselves; empty where all are compared together
    outside      units in cohorts in which nothing could be compared
    baseline     the standardised difference of the first answers, infinite where they do not vary; None without units
    margin       in scale points; None where nobody set it and the first answers do not vary
    needed       units in each arm for an interval of ± margin
    dominated    one unit holds more than half of an arm's learners, so that no interval is given
    order        of a crossover: by how much more those of the first order gained in both periods together
    """

    plan: Plan
    arms: tuple[Arm, Arm]
    primary: Estimate | None
    change: Estimate | None
    adjusted: Estimate | None
    equivalence: Equivalence | None
    g: float | None
    baseline: float | None
    margin: float | None
    needed: int
    cohorts: tuple[str, ...]
    outside: int
    dominated: str
    order: Estimate | None = None

    @property
    def other(self) -> Estimate | None:
        """The sensitivity check of groups that people chose."""
        return None if self.plan.assignment.by_lot else self.adjusted


def analyse(learners: Iterable[Learner], arms: tuple[str, str], plan: Plan) -> Analysis:
    """Compare the first arm with the second, over units. In a crossover the arms are the orders, each by the name of
    the model it begins with, and the difference is that of the models within people, as statistics.crossover has it.

    Raises ValueError for arms of one name, a learner of another arm, an answer that is not finite, a margin not above
    0 and a nudge without uptake.
    """
    _check(arms, plan)
    people, crossed = list(learners), plan.assignment is Assignment.CROSSOVER
    if {person.arm for person in people} - set(arms):
        raise ValueError("a learner is in neither arm")
    both = _arm(arms[0], people, crossed=crossed), _arm(arms[1], people, crossed=crossed)
    cohorts = _cohorts(both)
    kept = [[unit for unit in arm.units if not cohorts or unit.cohort in cohorts] for arm in both]
    level = 1 - plan.look.alpha
    enough = min(len(units) for units in kept) >= 2
    change = _change(kept, cohorts, level) if enough else None
    adjusted = _adjusted(kept, cohorts, level) if enough and not crossed else None
    primary = adjusted if plan.assignment.by_lot and not crossed else change
    margin = plan.margin if plan.margin is not None else _default_margin(both)
    summaries = [summary(arm.changes) for arm in both] if enough else []
    return Analysis(
        plan=plan,
        arms=both,
        primary=primary,
        change=change,
        adjusted=adjusted,
        equivalence=similarity(primary, margin, plan.look),
        g=hedges_g(*summaries) if summaries else None,
        baseline=_baseline(both),
        margin=margin,
        needed=_needed(summaries, margin),
        cohorts=cohorts,
        outside=sum(len(arm.units) for arm in both) - sum(map(len, kept)),
        dominated=next((arm.name for arm in both if arm.largest > Fraction(1, 2)), ""),
        order=_order(people, arms) if enough and crossed else None,
    )


def similarity(estimate: Estimate | None, margin: float | None, look: Look) -> Equivalence | None:
    """The test of "similar" at a look's error, where there is something to test and a margin."""
    return None if estimate is None or margin is None else tost(estimate, margin, alpha=look.alpha)


def _check(arms: tuple[str, str], plan: Plan) -> None:
    if arms[0] == arms[1]:
        raise ValueError("two arms of different names are needed")
    if plan.margin is not None and finite(plan.margin, "margin") <= 0:
        raise ValueError("margin: a number above 0 is needed")
    if plan.assignment is Assignment.NUDGE and plan.uptake is None:
        raise ValueError("a nudge is compared only where the uptake of both arms is known")


def _arm(name: str, people: Sequence[Learner], *, crossed: bool) -> Arm:
    own = [person for person in people if person.arm == name]
    starts = tuple(finite(person.before, "before") for person in own if person.before is not None)
    whole = [person for person in own if person.answered and (person.middle is not None or not crossed)]
    units, firsts = units_of(map(_halved, whole) if crossed else whole), [unit.before for unit in units_of(whole)]
    return Arm(name, len(own), len(whole), tuple(units), starts, tuple(firsts))


def _halved(person: Learner) -> Learner:
    """Somebody with all three answers b, m and a, as one whose change is half of what they gained more in the first
    period than in the second: ((m - b) - (a - m)) / 2 = m - (b + a) / 2. Welch's test of it is statistics.crossover.
    """
    return replace(person, before=((person.before or 0) + (person.after or 0)) / 2, after=person.middle)


def _order(people: Sequence[Learner], arms: tuple[str, str]) -> Estimate:
    """What both periods together came to, by order: without carry-over it is the same. Hills & Armitage (1979), with
    the 90 % interval that is usual for it.
    """
    whole = [person for person in people if person.answered and person.middle is not None]
    one, two = ([unit.change for unit in units_of(each for each in whole if each.arm == name)] for name in arms)
    return welch(one, two, level=0.9)


def _cohorts(arms: tuple[Arm, Arm]) -> tuple[str, ...]:
    """The cohorts with enough units in both arms; none if there are not enough such cohorts."""
    one, two = (Counter(unit.cohort for unit in arm.units) for arm in arms)
    enough = sorted(cohort for cohort in one if min(one[cohort], two[cohort]) >= LEAST_IN_COHORT)
    return tuple(enough) if len(enough) >= LEAST_COHORTS else ()


def _change(kept: Sequence[Sequence[Unit]], cohorts: Sequence[str], level: float) -> Estimate:
    if not cohorts:
        return welch([unit.change for unit in kept[0]], [unit.change for unit in kept[1]], level=level)
    return stratified(
        [Stratum(*([unit.change for unit in units if unit.cohort == cohort] for units in kept)) for cohort in cohorts],
        level=level,
    )


def _adjusted(kept: Sequence[Sequence[Unit]], cohorts: Sequence[str], level: float) -> Estimate:
    units = [*kept[0], *kept[1]]
    return ancova(
        [unit.before for unit in units],
        [unit.after for unit in units],
        [True] * len(kept[0]) + [False] * len(kept[1]),
        cohorts=[unit.cohort for unit in units] if cohorts else None,
        level=level,
    )


def _spread_at_start(arms: tuple[Arm, Arm]) -> float:
    """The learners' standard deviation within arms at the start; 0 where it cannot be said."""
    known = [summary(arm.starts) for arm in arms if len(arm.starts) >= 2]
    return pooled_sd(*known) if known else 0.0


def _default_margin(arms: tuple[Arm, Arm]) -> float | None:
    """Of the first answers, which are known before any closing answer is."""
    return DEFAULT_MARGIN * _spread_at_start(arms) or None


def _baseline(arms: tuple[Arm, Arm]) -> float | None:
    """How far the arms' units were apart at the start, in standard deviations of learners; infinite without spread."""
    if not all(arm.units for arm in arms):
        return None
    one, two = (sum(arm.firsts) / len(arm.firsts) for arm in arms)
    spread, difference = _spread_at_start(arms), one - two
    if is_rounding(difference, max(abs(one), abs(two))):
        return 0.0
    return difference / spread if spread else math.copysign(math.inf, difference)


def _needed(summaries: Sequence[Summary], margin: float | None) -> int:
    """Units an arm for an interval of ± margin, from the spread seen; of ± 0.5 standard deviations where none is."""
    spread = pooled_sd(*summaries) if summaries else 0.0
    planned = units_for_interval(DEFAULT_MARGIN) or 0
    return (more_needed(spread, margin) or planned) if spread and margin else planned
