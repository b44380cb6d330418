"""Every figure that somebody else has published, to the digits they printed."""

import numpy as np
import pytest

from reports.statistics import (
    Summary,
    benjamini_hochberg,
    components,
    goal_attainment,
    hedges_g,
    newcombe,
    units_for_equivalence,
    units_for_interval,
    units_for_power,
    welch_of_summaries,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("expert", "peer", "expected"),
    [
        # Khan et al. 2021, J Pak Med Assoc: randomised, expert against peer teaching, two sessions.
        ((39, 7.54, 1.76), (41, 6.85, 1.99), ("1.64466", "77.599", "0.104085", "-0.1453", "1.5253", "0.3632")),
        ((41, 6.12, 2.06), (39, 4.82, 2.01), ("2.85666", "77.947", "0.005486", "0.394", "2.206", "0.63241")),
    ],
)
def test_expert_against_peer_teaching(expert, peer, expected):
    first, second = Summary(*expert), Summary(*peer)
    found = welch_of_summaries(first, second)
    numbers = (found.t, found.df, found.p, found.low, found.high, hedges_g(first, second))
    assert tuple(_rounded_as(printed, number) for printed, number in zip(expected, numbers, strict=True)) == expected


def _rounded_as(printed: str, number: float | None) -> str:
    return f"{number:.{len(printed.partition('.')[2])}f}"


def test_mentoring_trial_with_nine_outcomes_rejects_none():
    """US Department of Education, Student Mentoring Program, NCEE 2009-4047, table ES.1."""
    found = benjamini_hochberg([0.08, 0.04, 0.04, 0.23, 0.40, 0.48, 0.78, 0.41, 0.37])
    assert [f"{each.adjusted:.4f}" for each in found] == (
        ["0.2400", "0.1800", "0.1800", "0.5175", "0.5271", "0.5400", "0.7800", "0.5271", "0.5271"]
    )
    assert not any(each.rejected for each in found)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, Stat Med 17, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_shares(first, second, low, high):
    found = newcombe(first, second)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_goal_attainment_of_three_goals():
    assert round(goal_attainment([1, 1, 0], [3, 2, 1]), 3) == 61.016
    assert goal_attainment([0, 0, 0], [3, 2, 1]) == 50


def test_units_an_arm():
    assert (units_for_interval(0.5), units_for_power(0.5), units_for_equivalence(0.5)) == (32, 64, 70)


def test_a_mentor_with_three_is_one_unit_and_so_is_a_circle():
    unit = components([("ann", "a"), ("ann", "b"), ("ann", "c"), ("lea", "d", "e", "f"), ("tom", "g")])
    assert [len({unit[person] for person in people}) for people in ("abc", "def", "g")] == [1, 1, 1]
    assert len(set(unit.values())) == 3
    assert list(unit) == ["ann", "a", "b", "c", "lea", "d", "e", "f", "tom", "g"]
    bridged = components([("ann", "a"), ("lea", "d", "e"), ("ann", "lea")])
    assert np.ptp(list(bridged.values())) == 0
