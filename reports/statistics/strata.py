"""One difference from several cohorts, each compared within itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.statistics.estimates import NO_SPREAD, Estimate, Summary, summary
from reports.statistics.numbers import Values, share


@dataclass(frozen=True, slots=True)
class Stratum:
    """The unit values of one cohort's two arms."""

    first: Values
    second: Values


def stratified(strata: Sequence[Stratum], *, level: float = 0.95) -> Estimate:
    """The mean of the cohorts' differences, first minus second, weighted by the inverse of their variances.

    A cohort's variance is s1²/n1 + s2²/n2 with s1 and s2 pooled over the cohorts, arm by arm; degrees of freedom after
    Satterthwaite (1946). Weights from each cohort's own variance would be the textbook's, but with a handful of units
    they follow the noise: Meier, P. (1953), Biometrics 9, 59–73; docs/statistics.md has the false positives of both.
    With one stratum this is Welch's test.

    Raises ValueError for no stratum, fewer than two units in an arm of one, or what is not finite.
    """
    if not strata:
        raise ValueError("strata: one is needed")
    share(level, "level")
    firsts = [summary(each.first, "first arm") for each in strata]
    seconds = [summary(each.second, "second arm") for each in strata]
    (var_1, df_1), (var_2, df_2) = _within(firsts), _within(seconds)
    differences = np.array([a.mean - b.mean for a, b in zip(firsts, seconds, strict=True)])
    shares_1 = np.array([1 / each.n for each in firsts])
    shares_2 = np.array([1 / each.n for each in seconds])
    if not var_1 and not var_2:
        return Estimate(float(differences.mean()), 0.0, float(df_1 + df_2), level, NO_SPREAD)
    weights = 1 / (var_1 * shares_1 + var_2 * shares_2)
    weights /= weights.sum()
    part_1 = var_1 * float((weights**2 * shares_1).sum())
    part_2 = var_2 * float((weights**2 * shares_2).sum())
    most = max(part_1, part_2)
    df = ((part_1 + part_2) / most) ** 2 / ((part_1 / most) ** 2 / df_1 + (part_2 / most) ** 2 / df_2)
    return Estimate(float((weights * differences).sum()), math.sqrt(part_1 + part_2), df, level)


def _within(arms: Sequence[Summary]) -> tuple[float, int]:
    """An arm's variance within cohorts, and its degrees of freedom."""
    df = sum(arm.n - 1 for arm in arms)
    return sum((arm.n - 1) * arm.sd**2 for arm in arms) / df, df
