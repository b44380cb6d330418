"""Learners made to measure, for tests of what is said of them."""

from collections.abc import Sequence
from fractions import Fraction

from reports.statistics import Learner
from reports.verdicts import Analysis, Plan, Verdict, analyse, decide

FIRST, SECOND = "mentor-led", "peer"
BOTH = (FIRST, SECOND)


def arm(
    name: str,
    units: int,
    *,
    gain: float = 0.5,
    spread: float = 0.4,
    size: int = 1,
    missing: Fraction = Fraction(0),
    start: float = 4.0,
    starts: float = 1.0,
    follows: float = 0.0,
    cohorts: Sequence[str] = ("",),
) -> list[Learner]:
    """So many units whose changes lie `spread` around `gain`, and first answers `starts` around `start`.

    missing  the share of learners, unit by unit from the last, who did not answer the second time
    follows  how much of a first answer's distance from `start` is in the change
    """
    people = []
    for number in range(units):
        # Two patterns of different period, so that starts and changes go with each other as little as can be.
        off, change = (-starts, starts)[number % 2], (-spread, -spread, spread, spread)[number % 4]
        for seat in range(size):
            before = start + off + (0.2 * (seat - (size - 1) / 2))
            after = before + gain + change + follows * off
            people.append(Learner(f"{name} {number}", name, before, after, cohorts[number % len(cohorts)]))
    lost = int(missing * len(people))
    kept = len(people) - lost
    return people[:kept] + [Learner(one.unit, one.arm, one.before, None, one.cohort) for one in people[kept:]]


def judge(first: list[Learner], second: list[Learner], plan: Plan | None = None) -> tuple[Analysis, Verdict]:
    analysis = analyse([*first, *second], BOTH, plan or Plan())
    return analysis, decide(analysis)
