"""A small run of benchmarks/verdicts.py: where there is no difference, few are found, and usual tests find many."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import verdicts
from reports.statistics import Learner

pytestmark = pytest.mark.pure
TIMES = 400
# Of 400 programs with 5.6 % false findings, 35 or more come up in one of a hundred runs.
MOST = 35 / TIMES


@pytest.mark.parametrize(
    "case", ["solo-circles", "overlap", "verdict", "lottery-few-solo", "waitlist", "nudge", "crossover", "cohorts"]
)
def test_few_differences_are_found_where_there_are_none(case):
    found = verdicts.rates(verdicts.CASES[case], TIMES, seed=11, with_naive=False)
    assert found["interval without 0, all"] < MOST
    assert found["said to be higher"] <= found["interval without 0, all"]
    assert (found["early"] == 1) is (case in {"solo-circles", "overlap"})


def test_usual_tests_find_what_is_not_there():
    """Circles in which all gain or lose together, which a test over people takes for many opinions."""
    together = replace(verdicts.CASES["solo-circles"], together=1.0)
    found = verdicts.rates(together, 200, seed=11)
    assert found["interval without 0, all"] < MOST
    assert min(found["people, t test"], found["people, Mann–Whitney"]) > 0.1


def better(one: Learner) -> Learner:
    """Eight tenths of a point more for those in circles."""
    return replace(one, after=(one.after or 0) + 0.8) if one.arm == verdicts.CIRCLE else one


def test_a_real_difference_is_found():
    case, rng = verdicts.CASES["verdict"], np.random.default_rng(11)
    programs = [list(map(better, verdicts.answers(case, rng))) for _ in range(60)]
    assert sum(verdicts.judged(case, people)[1]["said to be higher"] for people in programs) > 40
