"""How often a comparison of two models calls one of them higher although there is no difference at all.

    python benchmarks/verdicts.py [--case solo-circles,…] [--times 20000] [--seed 1] [--json]

Made-up programs: learners of a mentor, who may have several, against learners in circles. Six answers each on a scale
from 1 to 7, most of them near the top, before and after; who is together goes up or down together; nobody gains more
by model. Every finding is false. The product's own functions say what would be said, and four usual tests on the same
answers what they would have said. The standard error of a rate r over n programs is √(r(1 − r)/n).
"""

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.statistics import Learner, components
from reports.verdicts import Analysis, Assignment, Kind, Look, Plan, analyse, decide

Floats = npt.NDArray[np.float64]
SOLO, CIRCLE = "mentor-led", "circles"
SCALE = (1.0, 7.0)
FOLLOWING = 0.8
# Where the answer changes along what people feel: three of four answers are 5 or more.
CUTS = np.array([-2.6, -2.1, -1.5, -0.9, -0.2, 0.7])


@dataclass(frozen=True)
class Case:
    """mentees, mentors   solo mentees and the mentors they are dealt out to, so that some have several
    circles, size      circles and people in each
    shared             circles whose leader mentors one of the solo mentees too
    cohorts            how many cohorts the relationships are dealt out to; each gains differently
    answering          the share of people who answer twice
    together           the standard deviation of what a relationship changes for all in it; a person's own is 0.6
    """

    mentees: int
    mentors: int
    circles: int
    size: int
    shared: int = 0
    cohorts: int = 1
    answering: float = 1.0
    together: float = 0.5
    assignment: Assignment = Assignment.CHOOSE
    # Of a crossover: whether the same mentors lead in both halves.
    same_mentors: bool = False


CASES = {
    "solo-circles": Case(20, 20, 4, 5),
    "overlap": Case(20, 13, 4, 5, shared=1),
    "overlap-missing": Case(20, 13, 4, 6, answering=0.75),
    "verdict": Case(40, 22, 12, 5, shared=2),
    "verdict-missing": Case(40, 22, 12, 6, answering=0.75),
    "few-solo": Case(12, 12, 30, 6),
    "lottery": Case(40, 22, 12, 5, assignment=Assignment.LOTTERY),
    "lottery-few-solo": Case(12, 12, 30, 6, assignment=Assignment.LOTTERY),
    # Those who wait are units of one; mentors of those who begin have several mentees.
    "waitlist": Case(40, 22, 40, 1, assignment=Assignment.WAITLIST),
    "waitlist-few-places": Case(12, 12, 60, 1, assignment=Assignment.WAITLIST),
    # Compared by whom lots invited where: four of five follow, so that units reach into both arms.
    "nudge": Case(60, 33, 18, 5, assignment=Assignment.NUDGE),
    "nudge-missing": Case(60, 33, 18, 6, answering=0.75, assignment=Assignment.NUDGE),
    # As many mentees are in circles in the first half and with a mentor in the second, and the other way round.
    "crossover": Case(60, 60, 0, 5, assignment=Assignment.CROSSOVER),
    "crossover-missing": Case(60, 60, 0, 5, answering=0.75, assignment=Assignment.CROSSOVER),
    "crossover-same-mentors": Case(60, 60, 0, 5, same_mentors=True, assignment=Assignment.CROSSOVER),
    "cohorts": Case(48, 30, 12, 5, cohorts=3),
}


def likert(feeling: Floats, rng: np.random.Generator) -> Floats:
    """The mean of six answers of 1 to 7 to what people feel (one value a person)."""
    items = feeling[:, None] + rng.normal(0, 0.7, (feeling.size, 6))
    return np.asarray(1 + np.searchsorted(CUTS, items).mean(axis=1), dtype=np.float64)


def program(case: Case, rng: np.random.Generator) -> tuple[list[list[str]], list[str]]:
    """Relationships as lists of people, the leader first, and the arm of each."""
    dealt = np.concatenate([np.arange(case.mentors), rng.integers(0, case.mentors, case.mentees - case.mentors)])
    pairs = [[f"mentor {mentor}", f"mentee {number}"] for number, mentor in enumerate(dealt)]
    circles = [
        [f"mentor {number}" if number < case.shared else f"leader {number}"]
        + [f"member {number}.{seat}" for seat in range(case.size)]
        for number in range(case.circles)
    ]
    return pairs + circles, [SOLO] * len(pairs) + [CIRCLE] * len(circles)


def answers(case: Case, rng: np.random.Generator) -> list[Learner]:
    """One program's learners. What a leader does for one mentee they do for all of theirs."""
    if case.assignment is Assignment.CROSSOVER:
        return crossed(case, rng)
    relationships, arms = program(case, rng)
    unit = components(relationships)
    of_unit = rng.normal(0, case.together, max(unit.values()) + 1)
    cohort_of = rng.permutation(len(of_unit)) % case.cohorts
    rows = [(person, arm) for people, arm in zip(relationships, arms, strict=True) for person in people[1:]]
    units = np.array([unit[person] for person, _ in rows])
    start = rng.normal(0, 1, len(rows))
    gain = 0.3 + 0.3 * cohort_of[units] + of_unit[units] + rng.normal(0, 0.6, len(rows))
    before, after = likert(start, rng), likert(start + gain, rng)
    answered = rng.random(len(rows)) < case.answering
    if case.assignment is Assignment.NUDGE:
        rows = [(person, invited(arm, rng)) for person, arm in rows]
    return [
        Learner(
            str(units[k]), arm, float(before[k]), float(after[k]) if answered[k] else None, str(cohort_of[units[k]])
        )
        for k, (_, arm) in enumerate(rows)
    ]


def crossed(case: Case, rng: np.random.Generator) -> list[Learner]:
    """So many mentees of each order, with as many mentors in each half; those of one half may lead in the other too.
    Each half adds what its relationship does, a person's own, and what all gain in it.
    """
    people: list[Learner] = []
    mentors = rng.normal(0, case.together, case.mentors)
    for order in (SOLO, CIRCLE):
        led = np.arange(case.mentees) % case.mentors
        circle = rng.permutation(case.mentees) // case.size
        if not case.same_mentors:
            mentors = rng.normal(0, case.together, case.mentors)
        with_mentor, with_peers = mentors[led], rng.normal(0, case.together, case.mentees)[circle]
        halves = (with_mentor, with_peers) if order == SOLO else (with_peers, with_mentor)
        start = rng.normal(0, 1, case.mentees)
        middle = start + 0.4 + halves[0] + rng.normal(0, 0.6, case.mentees)
        end = middle + 0.2 + halves[1] + rng.normal(0, 0.6, case.mentees)
        said = [likert(each, rng) for each in (start, middle, end)]
        answered = rng.random((2, case.mentees)) < case.answering
        pairs = [[f"mentor {led[n]}", n] for n in range(case.mentees)]
        unit = components([*pairs, *([f"circle {circle[n]}", n] for n in range(case.mentees))])
        people += [
            Learner(
                f"{order} {unit[n]}",
                order,
                float(said[0][n]),
                float(said[2][n]) if answered[1, n] else None,
                middle=float(said[1][n]) if answered[0, n] else None,
            )
            for n in range(case.mentees)
        ]
    return people


def invited(arm: str, rng: np.random.Generator) -> str:
    """To which arm somebody was invited who is in this one."""
    followed = rng.random() < FOLLOWING
    return arm if followed else (CIRCLE if arm == SOLO else SOLO)


def naive(learners: list[Learner], analysis: Analysis) -> dict[str, bool]:
    """Whether usual tests at 5 % would have found a difference."""
    full = [(one.arm, one.before, one.after) for one in learners if one.before is not None and one.after is not None]
    change = [np.array([after - before for arm, before, after in full if arm == name]) for name in (SOLO, CIRCLE)]
    end = [np.array([after for arm, _, after in full if arm == name]) for name in (SOLO, CIRCLE)]
    units = [arm.changes for arm in analysis.arms]
    return {
        "people, t test": stats.ttest_ind(*change).pvalue < 0.05,
        "people, Welch": stats.ttest_ind(*change, equal_var=False).pvalue < 0.05,
        "people, Mann–Whitney": stats.mannwhitneyu(*change).pvalue < 0.05,
        "people, last answers": stats.ttest_ind(*end).pvalue < 0.05,
        "units, equal spread": stats.ttest_ind(*units).pvalue < 0.05,
    }


def judged(case: Case, learners: list[Learner]) -> tuple[Analysis, dict[str, bool]]:
    """What the product says: a verdict, or (where a gate is closed) a difference whose interval leaves none out."""
    uptake = (Fraction(4, 5), Fraction(1, 5)) if case.assignment is Assignment.NUDGE else None
    analysis = analyse(learners, (SOLO, CIRCLE), Plan(assignment=case.assignment, scale=SCALE, uptake=uptake))
    verdict = decide(analysis)
    found = analysis.primary is not None and analysis.primary.excludes_none
    return analysis, {
        "said to be higher": verdict.kind is Kind.HIGHER,
        "interval without 0, all": found,
        "said to be similar": verdict.kind is Kind.SIMILAR,
        "cannot separate": verdict.kind is Kind.INSEPARABLE,
        "early": verdict.kind is Kind.EARLY,
    }


def rates(case: Case, times: int, seed: int, *, with_naive: bool = True) -> dict[str, float]:
    """How often each of the product's words and of the naive tests came up, 0 to 1."""
    rng = np.random.default_rng(seed)
    counts: dict[str, int] = {}
    for _ in range(times):
        learners = answers(case, rng)
        analysis, said = judged(case, learners)
        for name, yes in {**said, **(naive(learners, analysis) if with_naive else {})}.items():
            counts[name] = counts.get(name, 0) + bool(yes)
    return {name: count / times for name, count in counts.items()}


def looks(times: int, seed: int) -> dict[str, float]:
    """Two looks at one program: at the mid-point, and at the close with the change from start to close."""
    rng, case = np.random.default_rng(seed), CASES["verdict"]
    either = twice_at_5 = 0
    for _ in range(times):
        close = answers(case, rng)
        # At the mid-point half of the change is there, on answers of its own.
        middle = [_halfway(one, rng) for one in close]
        found = [
            decide(analyse(people, (SOLO, CIRCLE), Plan(look=look, scale=SCALE))).kind is Kind.HIGHER
            for people, look in ((middle, Look.MIDPOINT), (close, Look.CLOSE))
        ]
        open_look = analyse(middle, (SOLO, CIRCLE), Plan(scale=SCALE)).primary
        either += any(found)
        twice_at_5 += found[1] or (open_look is not None and open_look.excludes_none)
    return {"either locked look": either / times, "two looks at 5 %": twice_at_5 / times}


def _halfway(one: Learner, rng: np.random.Generator) -> Learner:
    if one.before is None or one.after is None:
        return one
    half = (one.before + one.after) / 2 + rng.normal(0, 0.4)
    return replace(one, after=float(np.clip(round(6 * half) / 6, *SCALE)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", default=",".join([*CASES, "looks"]), help="one or more, separated by commas")
    parser.add_argument("--times", type=int, default=20_000, help="programs a case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print machine-readable results")
    chosen = parser.parse_args()
    work: dict[str, Callable[[], dict[str, float]]] = {
        name: partial(rates, case, chosen.times, chosen.seed) for name, case in CASES.items()
    }
    work["looks"] = partial(looks, chosen.times, chosen.seed)
    results = {name: work[name]() for name in chosen.case.split(",")}
    if chosen.json:
        print(json.dumps({"times": chosen.times, "seed": chosen.seed, "rates": results}, indent=2))
        return
    print(f"{chosen.times} programs a case; standard error at 5 %: {100 * math.sqrt(0.05 * 0.95 / chosen.times):.2f} %")
    for name, found in results.items():
        print(f"{name}: " + ", ".join(f"{what} {100 * rate:.2f} %" for what, rate in found.items()))


if __name__ == "__main__":
    main()
