"""The rest against scipy, or against the same thing computed the long way round."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from reports.statistics import (
    BinaryUnit,
    Estimate,
    Stratum,
    ancova,
    benjamini_hochberg,
    compare_shares,
    crossover,
    exact_j,
    fisher,
    more_needed,
    newcombe,
    partial_pooling,
    reliability,
    stratified,
    tost,
    units_for_power,
    welch,
    wilson,
)
from reports.statistics.planning import equivalence_power

pytestmark = pytest.mark.pure
RNG = np.random.default_rng(20)
FIRST, SECOND = RNG.normal(0.4, 1.2, 14), RNG.normal(0, 0.5, 9)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_welch(level):
    found = welch(FIRST, SECOND, level=level)
    expected = stats.ttest_ind(FIRST, SECOND, equal_var=False)
    interval = expected.confidence_interval(level)
    assert (found.t, found.p, found.df) == pytest.approx((expected.statistic, expected.pvalue, expected.df), rel=1e-12)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-12)
    assert found.excludes_none == (expected.pvalue < 1 - level)


def test_j_is_one_in_the_limit_and_near_the_usual_approximation():
    assert exact_j(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert exact_j(1e6) == pytest.approx(1, abs=1e-6)
    assert exact_j(78) == pytest.approx(1 - 3 / (4 * 78 - 1), abs=1e-5)


def test_similar_is_the_greater_of_two_one_sided_tests():
    found = tost(welch(FIRST, SECOND), 0.9)
    above = stats.ttest_ind(FIRST + 0.9, SECOND, equal_var=False, alternative="greater").pvalue
    below = stats.ttest_ind(FIRST - 0.9, SECOND, equal_var=False, alternative="less").pvalue
    assert found.p == pytest.approx(max(above, below), rel=1e-10)


@pytest.mark.parametrize("margin", [0.2, 0.5, 0.9, 1.0, 1.1, 1.2, 2.0])
def test_similar_is_the_90_percent_interval_within_the_margin(margin):
    narrow = welch(FIRST, SECOND, level=0.9)
    assert tost(welch(FIRST, SECOND), margin).passes == (-margin < narrow.low and narrow.high < margin)


def test_one_stratum_is_welch():
    found, expected = stratified([Stratum(FIRST, SECOND)]), welch(FIRST, SECOND)
    assert (found.difference, found.se, found.df) == pytest.approx((expected.difference, expected.se, expected.df))


def test_strata_are_weighted_by_the_inverse_of_their_variance():
    parts = [(FIRST[:9], SECOND[:3]), (FIRST[9:] + 5, SECOND[3:] + 5)]
    s1, s2 = (
        sum(arm.var(ddof=1) * (arm.size - 1) for arm in arms) / sum(arm.size - 1 for arm in arms)
        for arms in zip(*parts, strict=True)
    )
    variances = np.array([s1 / one.size + s2 / two.size for one, two in parts])
    differences = np.array([one.mean() - two.mean() for one, two in parts])
    found = stratified([Stratum(*part) for part in parts])
    assert found.difference == pytest.approx(np.average(differences, weights=1 / variances), rel=1e-12)
    assert found.se == pytest.approx(1 / math.sqrt((1 / variances).sum()), rel=1e-12)
    assert min(FIRST.size - 2, SECOND.size - 2) <= found.df <= FIRST.size + SECOND.size - 4


BEFORE = RNG.normal(4, 1, 23)
AFTER = 0.6 * BEFORE + np.concatenate([FIRST, SECOND])
ARM = [True] * 14 + [False] * 9


def test_covariance_against_two_regressions():
    """Frisch, Waugh & Lovell: the arm's coefficient is that of what the first answers leave of both."""
    indicator = np.array(ARM, dtype=float)
    fits = [stats.linregress(BEFORE, y) for y in (indicator, AFTER)]
    rests = [y - fit.intercept - fit.slope * BEFORE for y, fit in zip((indicator, AFTER), fits, strict=True)]
    expected = stats.linregress(*rests)
    found = ancova(BEFORE, AFTER, ARM, equal_variances=True)
    assert found.difference == pytest.approx(expected.slope, rel=1e-10)
    assert (found.se, found.df) == pytest.approx((expected.stderr * math.sqrt(21 / 20), 20), rel=1e-10)


def test_covariance_without_a_covariate_is_welch_with_one_unit_less_an_arm():
    """HC3 divides each arm's variance by n − 1 where Welch divides it by n."""
    v1, v2 = FIRST.var(ddof=1) / 13, SECOND.var(ddof=1) / 8
    found = ancova([3.0] * 23, np.concatenate([FIRST, SECOND]), ARM)
    assert found.difference == pytest.approx(FIRST.mean() - SECOND.mean())
    assert found.se == pytest.approx(math.sqrt(v1 + v2), rel=1e-10)
    assert found.df == pytest.approx((v1 + v2) ** 2 / (v1**2 / 13 + v2**2 / 8), rel=1e-9)


def test_freedom_of_unequal_variances_against_the_full_matrices():
    cohorts = ["a", "b", "c"] * 7 + ["a", "b"]
    x = np.column_stack(
        [np.array(ARM, float), np.ones(23), BEFORE, *([each == c for each in cohorts] for c in ("b", "c"))]
    )
    inverse = np.linalg.inv(x.T @ x)
    maker = np.eye(23) - x @ inverse @ x.T
    rest, spare = maker @ AFTER, np.diag(maker)
    arm = np.array(ARM)
    spread = np.where(arm, (rest**2 / spare)[arm].mean(), (rest**2 / spare)[~arm].mean())
    weights = (x @ inverse[0]) / spare
    form = np.diag(weights) @ maker @ np.diag(spread) @ maker @ np.diag(weights)
    found = ancova(BEFORE, AFTER, ARM, cohorts=cohorts)
    assert found.se == pytest.approx(math.sqrt(((weights * rest) ** 2).sum()), rel=1e-10)
    assert found.df == pytest.approx(np.trace(form) ** 2 / np.trace(form @ form), rel=1e-9)


@pytest.mark.parametrize(("done", "people"), [(0, 1), (1, 1), (0, 7), (7, 7), (3, 17), (81, 263)])
def test_wilson(done, people):
    expected = stats.binomtest(done, people).proportion_ci(method="wilson")
    found = wilson(done, people)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_fisher_and_the_lady_tasting_tea():
    assert fisher((3, 4), (1, 4)) == pytest.approx(34 / 70)


def test_shares_of_single_people_and_of_circles_are_compared_differently():
    first, second = [BinaryUnit(1, 1)] * 9 + [BinaryUnit(0, 1)], [BinaryUnit(1, 1)] * 3 + [BinaryUnit(0, 1)] * 7
    assert compare_shares(first, second) == (newcombe((9, 10), (3, 10)), fisher((9, 10), (3, 10)))
    circles = [BinaryUnit(4, 5), BinaryUnit(1, 5), BinaryUnit(3, 6)]
    found = compare_shares(first, circles)
    assert isinstance(found, Estimate)
    assert found == welch([1.0] * 9 + [0.0], [0.8, 0.2, 0.5])


def test_adjusted_p_values():
    rng = np.random.default_rng(40)
    p = rng.random(40) ** 2
    found = benjamini_hochberg(list(p))
    assert [each.adjusted for each in found] == pytest.approx(stats.false_discovery_control(p), rel=1e-12)
    assert [each.rejected for each in found] == [each.adjusted <= 0.05 for each in found]
    assert any(each.rejected for each in found)


def test_pooling_is_the_posterior_of_a_normal_model():
    values, errors = np.array([0.9, 0.1, -0.4, 0.3]), np.array([0.4, 0.1, 0.3, 0.2])
    spread = 0.25 * 1.2
    # A grand mean about which next to nothing is known beforehand.
    prior = spread**2 * np.eye(4) + 1e3
    gain = prior @ np.linalg.inv(prior + np.diag(errors**2))
    mean, sd = gain @ values, np.sqrt(np.diag(prior - gain @ prior))
    found = partial_pooling(values, errors, sd=1.2)
    assert [each.value for each in found] == pytest.approx(mean, abs=1e-3)
    assert [(each.high - each.low) / 2 for each in found] == pytest.approx(1.959964 * sd, rel=1e-3)
    assert [each.own_weight for each in found] == pytest.approx(spread**2 / (spread**2 + errors**2))


def test_alpha_by_the_mean_covariance():
    rng = np.random.default_rng(42)
    table = rng.normal(0, 1, (30, 1)) + rng.normal(0, 1, (30, 4))
    matrix = np.cov(table.T)
    between = (matrix.sum() - np.trace(matrix)) / 12
    expected = 4 * between / (np.trace(matrix) / 4 + 3 * between)
    found = reliability([*table.tolist(), [1, None, 2, 3]])
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert (found.method, found.people, found.left_out) == ("alpha", 30, 1)
    ends = [1 - (1 - expected) * stats.f.ppf(tail, 29, 87) for tail in (0.975, 0.025)]
    assert (found.low, found.high) == pytest.approx(ends, rel=1e-10)
    others = [stats.pearsonr(table[:, k], np.delete(table, k, 1).sum(1)).statistic for k in range(4)]
    assert found.item_rest == pytest.approx(others)


def test_two_items_are_judged_by_their_correlation():
    rng = np.random.default_rng(43)
    table = rng.normal(0, 1, (25, 1)) + rng.normal(0, 1, (25, 2))
    r = stats.pearsonr(table[:, 0], table[:, 1]).statistic
    found = reliability(table.tolist())
    assert (found.method, found.low, found.high) == ("Spearman–Brown", None, None)
    assert found.value == pytest.approx(2 * r / (1 + r))


@pytest.mark.parametrize(("sd", "target"), [(1, 0.5), (0.8, 0.5), (2, 0.3), (0.01, 5)])
def test_more_needed_is_the_first_that_is_enough(sd, target):
    n = next(n for n in range(2, 10_000) if stats.t.ppf(0.975, 2 * n - 2) * sd * math.sqrt(2 / n) <= target)
    assert more_needed(sd, target) == n


def test_power_by_simulation():
    """64 an arm find half a standard deviation in four of five programs."""
    draws = np.random.default_rng(3).normal(0, 1, (2, 4000, 64))
    found = stats.ttest_ind(draws[0] + 0.5, draws[1], axis=1).pvalue < 0.05
    assert units_for_power(0.5) == 64
    assert found.mean() == pytest.approx(0.8015, abs=0.02)


@pytest.mark.parametrize("n", [12, 70])
def test_power_of_similar_by_an_integral(n):
    df, error = 2 * n - 2, math.sqrt(2 / n)
    limit = stats.t.ppf(0.95, df)

    def passing(s: float) -> float:
        room = max(0.5 - limit * s * error, 0) / error
        return (2 * stats.norm.cdf(room) - 1) * 2 * df * s * stats.chi2.pdf(df * s * s, df)

    expected, _ = integrate.quad(passing, 0, 0.5 / limit / error)
    assert equivalence_power(0.5, n) == pytest.approx(expected, abs=1e-5)


def test_crossover_takes_out_what_everybody_gains():
    rng = np.random.default_rng(47)
    ab, ba = rng.normal(0, 1, (2, 8)), rng.normal(0, 1, (2, 6))
    found = crossover((ab[0] + 1 + 5, ab[1]), (ba[0] + 5, ba[1] + 1))
    plain = crossover((ab[0], ab[1]), (ba[0], ba[1]))
    assert found.difference == pytest.approx(plain.difference + 1)
    assert found.p == pytest.approx(
        stats.ttest_ind((ab[0] - ab[1]) / 2 + 1, (ba[0] - ba[1]) / 2, equal_var=False).pvalue
    )
