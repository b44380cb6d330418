"""How many relationships a question needs."""

import math
from collections.abc import Callable

import numpy as np
import scipy

from reports.statistics.numbers import finite, share, t_quantile

# Above this many units an arm the answer is "more than any program has".
MOST = 1_000_000


def _smallest(enough: Callable[[int], bool]) -> int | None:
    """The smallest n from 2 to MOST that is enough, where every greater one is too; None if there is none."""
    low, high = 1, 2
    while not enough(high):
        low, high = high, high * 2
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _above_zero(value: float, name: str) -> float:
    if finite(value, name) <= 0:
        raise ValueError(f"{name}: a number above 0 is needed")
    return float(value)


def more_needed(sd: float, target: float, *, level: float = 0.95) -> int | None:
    """The smallest number of units in each arm with t(1 − α/2, 2n − 2) · sd · √(2/n) ≤ target.

    sd, target  the spread of unit values and the half width wanted, in the same unit
    None where it would take more than a million. Raises ValueError for what is not above 0.
    """
    ratio = _above_zero(target, "target") / _above_zero(sd, "sd")
    tail = (1 + share(level, "level")) / 2
    return _smallest(lambda n: t_quantile(tail, 2 * n - 2) * math.sqrt(2 / n) <= ratio)


def units_for_interval(half_width: float, *, level: float = 0.95) -> int | None:
    """Units an arm for an interval of ± half_width standard deviations. Raises ValueError as `more_needed` does."""
    return more_needed(1.0, half_width, level=level)


def units_for_power(effect: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Units an arm for a two-sided t test to find a difference of `effect` standard deviations so often.

    By the noncentral t distribution: Cohen, J. (1988), Statistical Power Analysis, 2nd ed., chapter 2.
    """
    size = _above_zero(effect, "effect")
    share(power, "power")
    share(alpha, "alpha")

    def enough(n: int) -> bool:
        df, limit = 2 * n - 2, t_quantile(1 - alpha / 2, 2 * n - 2)
        shift = size * math.sqrt(n / 2)
        return float(scipy.stats.nct.sf(limit, df, shift) + scipy.stats.nct.cdf(-limit, df, shift)) >= power

    return _smallest(enough)


def units_for_equivalence(margin: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Units an arm for two one-sided tests to find "similar" so often where there is no difference at all.

    margin in standard deviations. The power is exact: Phillips, K. F. (1990), J Pharmacokinet Biopharm 18, 137–144,
    as an integral over the standard error.
    """
    size = _above_zero(margin, "margin")
    share(power, "power")
    share(alpha, "alpha")
    return _smallest(lambda n: equivalence_power(size, n, alpha=alpha) >= power)


def equivalence_power(margin: float, n: int, *, alpha: float = 0.05) -> float:
    """How often two one-sided tests say "similar" with n units an arm, no difference, margin in standard deviations.

    With s the estimated over the true deviation, both tests pass where |difference| < margin − t·s·√(2/n); the
    normal probability of that is averaged over the distribution of s.
    """
    df, error = 2 * n - 2, math.sqrt(2 / n)
    limit = t_quantile(1 - alpha, df)
    # Quantiles of s at the midpoints of 4,000 equal parts of its distribution.
    s = np.sqrt(2 * scipy.special.gammaincinv(df / 2, (np.arange(4000) + 0.5) / 4000) / df)
    room = np.maximum(margin - limit * s * error, 0) / error
    return float((2 * scipy.special.ndtr(room) - 1).mean())
