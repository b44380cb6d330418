"""What cannot be computed is refused by name or comes back with its problem; nothing comes back as NaN."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from reports.statistics import (
    NO_SPREAD,
    BinaryUnit,
    Learner,
    Stratum,
    Summary,
    ancova,
    benjamini_hochberg,
    change,
    compare_shares,
    components,
    crossover,
    exact_j,
    fisher,
    goal_attainment,
    hedges_g,
    largest_share,
    more_needed,
    newcombe,
    partial_pooling,
    reliability,
    standardised_difference,
    stratified,
    summary,
    tipping_point,
    tost,
    units_for_equivalence,
    units_for_power,
    units_of,
    welch,
    welch_of_summaries,
    wilson,
)
from reports.statistics.estimates import NO_OVERLAP
from reports.statistics.pooling import Pooled

pytestmark = pytest.mark.pure
SOME = [1.0, 2.0, 4.0]
NO = Fraction(0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: welch([], SOME), "first arm: 0 values; 2 are needed"),
        (lambda: welch(SOME, [1.0]), "second arm: 1 values; 2 are needed"),
        (lambda: welch([1.0, nan], SOME), "first arm: value 2 is not a finite number"),
        (lambda: welch(SOME, [inf, 1.0]), "second arm: value 1 is not a finite number"),
        (lambda: welch(np.ones((2, 2)), SOME), "a flat list of numbers"),
        (lambda: welch(SOME, SOME, level=1), "level: 1 is not between 0 and 1"),
        (lambda: welch(SOME, SOME).at(95), "level: 95 is not between 0 and 1"),
        (lambda: welch_of_summaries(Summary(1, 0, 1), Summary(9, 0, 1)), "first arm: two values"),
        (lambda: welch_of_summaries(Summary(9, 0, 1), Summary(9, 0, -1)), "second arm: two values"),
        (lambda: crossover((SOME, SOME[:2]), (SOME, SOME)), "first order: both periods"),
        (lambda: exact_j(1), "df: more than 1"),
        (lambda: tost(welch(SOME, SOME), 0), "margin: a number above 0"),
        (lambda: tost(welch(SOME, SOME), nan), "margin: not a finite number"),
        (lambda: stratified([]), "strata: one is needed"),
        (lambda: stratified([Stratum(SOME, SOME), Stratum([1.0], SOME)]), "first arm: 1 values"),
        (lambda: ancova(SOME, SOME[:2], [True, False, True]), "lists of one length"),
        (lambda: ancova(SOME, SOME, [True, False, True]), "two units in each arm"),
        (lambda: ancova([1.0, nan, 2.0, 3.0], [1.0] * 4, [True, True, False, False]), "before: value 2"),
        (lambda: wilson(0, 0), "0 of 0"),
        (lambda: wilson(3, 2), "3 of 2"),
        (lambda: newcombe((1, 2), (-1, 2)), "-1 of 2"),
        (lambda: fisher((1, 2), (1, 0)), "1 of 0"),
        (lambda: compare_shares([], [BinaryUnit(1, 1)]), "each arm needs a unit"),
        (lambda: compare_shares([BinaryUnit(1, 2)], [BinaryUnit(1, 1)] * 2), "first arm: 1 values"),
        (lambda: benjamini_hochberg([0.5, 1.1]), "between 0 and 1"),
        (lambda: benjamini_hochberg([0.5, nan]), "p values: value 2"),
        (lambda: partial_pooling([1], [1, 2], sd=1), "lists of one length"),
        (lambda: partial_pooling([1], [0], sd=1), "numbers above 0"),
        (lambda: goal_attainment([]), "scores: 0 values"),
        (lambda: goal_attainment([3]), "between −2 and 2"),
        (lambda: goal_attainment([1], [0]), "weights above 0"),
        (lambda: goal_attainment([1, 1], [1]), "lists of one length"),
        (lambda: reliability([]), "rows of one length"),
        (lambda: reliability([[1], [2], [3]]), "of two items or more"),
        (lambda: reliability([[1, 2], [1, None], [2, 2]]), "2 people answered all items"),
        (lambda: more_needed(0, 1), "sd: a number above 0"),
        (lambda: more_needed(1, -1), "target: a number above 0"),
        (lambda: units_for_power(0.5, power=1), "power: 1"),
        (lambda: units_for_equivalence(0), "margin: a number above 0"),
        (lambda: tipping_point(-1, 1, (NO, NO), bounds=(0, inf)), "within the bounds"),
        (lambda: tipping_point(1, 2, (Fraction(1), NO), bounds=(0, inf)), "below 1"),
        (lambda: change(nan, 1), "before: not a finite number"),
        (lambda: units_of([Learner("u", "a", 1, 2), Learner("u", "b", 1, 2)]), "one arm"),
        (lambda: units_of([Learner("u", "a", 1, inf)]), "after: not a finite number"),
    ],
)
def test_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        call()


def test_arms_in_which_nothing_varies_have_a_difference_and_no_test():
    for constant in (welch([0.1] * 3, [0.3] * 4), stratified([Stratum([0.1] * 3, [0.3] * 4)] * 2)):
        assert constant.problem == NO_SPREAD
        assert constant.difference == pytest.approx(-0.2)
        assert (constant.t, constant.p, constant.low, constant.high) == (None, None, None, None)
        assert not constant.excludes_none
        assert not tost(constant, 5).passes
        assert tost(constant, 5).p is None


def test_rounding_is_no_spread():
    """0.1 + 0.2 is not 0.3 in binary; three people who all changed by 0.3 still did not vary."""
    assert summary([0.1 + 0.2, 0.3, 0.3]).sd == 0
    assert welch([0.1 + 0.2, 0.3], [0.3, 0.3]).problem == NO_SPREAD


def test_one_arm_that_varies_is_enough():
    found = welch([1.0, 1.0], SOME)
    assert found.problem == ""
    assert found.df == 2


def test_effects_without_spread():
    assert hedges_g(Summary(3, 1, 0), Summary(3, 1, 0)) == 0
    assert hedges_g(Summary(3, 1, 0), Summary(3, 2, 0)) is None
    assert standardised_difference(Summary(3, 1, 0), Summary(3, 2, 0)) is None


def test_covariance_that_cannot_tell_the_arms_from_their_start():
    arms = [True, True, True, False, False, False]
    assert ancova([1, 1, 1, 2, 2, 2], [1, 2, 3, 4, 5, 7], arms).problem == NO_OVERLAP
    assert ancova([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], arms).problem == NO_SPREAD
    assert ancova([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 4], arms, cohorts=list("aaabbb")).problem == NO_OVERLAP


def test_items_that_say_nothing():
    assert reliability([[3, 3, 3]] * 4).problem == NO_SPREAD
    assert reliability([[1, 5], [2, 4], [3, 3]]).problem == NO_SPREAD
    assert reliability([[1, 2, 3], [1, 3, 2], [1, 4, 5]]).item_rest[0] is None


def test_nothing_to_adjust_or_pool():
    assert benjamini_hochberg([]) == []
    assert partial_pooling([], [], sd=1) == []
    assert partial_pooling([0.4], [0.1], sd=1)[0].value == pytest.approx(0.4)
    assert isinstance(partial_pooling([0.4], [0.1], sd=1)[0], Pooled)
    assert components([]) == {}
    assert largest_share([]) == 0


def test_more_than_any_program_has():
    assert more_needed(1, 1e-6) is None
    assert more_needed(1e-9, 1) == 2


def test_half_answers_are_no_change_and_no_unit():
    people = [Learner("u", "a", 4, None), Learner("u", "a", 4, 5), Learner("v", "a", None, 5)]
    assert [(unit.name, unit.learners, unit.change) for unit in units_of(people)] == [("u", 1, 1)]
    assert change(4, None) is None
    assert change(4, 5.5) == 1.5


def test_tipping_points_of_higher_and_of_similar():
    some, none = (Fraction(1, 4), Fraction(1, 2)), (NO, NO)
    higher = tipping_point(0.3, 0.9, some, bounds=(0, inf))
    assert (higher.arm, higher.shift) == (1, pytest.approx(0.6))
    lower = tipping_point(-0.9, -0.3, (Fraction(1, 4), NO), bounds=(-inf, 0))
    assert (lower.arm, lower.shift) == (0, pytest.approx(1.2))
    similar = tipping_point(-0.2, 0.4, (Fraction(1, 4), NO), bounds=(-0.5, 0.5))
    assert (similar.arm, similar.shift) == (0, pytest.approx(0.4))
    assert tipping_point(0.3, 0.9, none, bounds=(0, inf)) is None
