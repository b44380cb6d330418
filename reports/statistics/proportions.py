"""Shares of people: intervals for one, for the difference of two, and the comparison of two arms."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import scipy

from reports.statistics.estimates import Estimate
from reports.statistics.numbers import share, z_quantile
from reports.statistics.welch import welch


@dataclass(frozen=True, slots=True)
class Share:
    """A share or a difference of shares with its interval, from 0 to 1 or −1 to 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BinaryUnit:
    """Of `people` in a unit, how many have done it."""

    done: int
    people: int


def _counts(done: int, people: int) -> tuple[int, int]:
    if people < 1 or not 0 <= done <= people or int(done) != done or int(people) != people:
        raise ValueError(f"{done} of {people}: whole numbers are needed, at least one person, and not more done")
    return int(done), int(people)


def wilson(done: int, people: int, *, level: float = 0.95) -> Share:
    """The score interval of one share: Wilson, E. B. (1927), J Am Stat Assoc 22, 209–212.

    Raises ValueError for no people, or counts that are none.
    """
    k, n = _counts(done, people)
    return _score(k / n, n, level)


def wilson_clustered(done: int, people: int, units: int, *, level: float = 0.95) -> Share:
    """The same of people who are in so many units, as if each unit had answered as one: the widest there can be, with a
    design effect of people a unit (Kish, L. (1965), Survey Sampling, 5.4; an intraclass correlation of 1).

    Raises ValueError as `wilson` does, and for no units.
    """
    k, n = _counts(done, people)
    if units < 1:
        raise ValueError("a share needs a unit")
    return _score(k / n, min(n, units), level)


def _score(value: float, n: int, level: float) -> Share:
    z = z_quantile((1 + share(level, "level")) / 2)
    middle = value * n + z**2 / 2
    reach = z * math.sqrt(n * value * (1 - value) + z**2 / 4)
    low, high = (middle - reach) / (n + z**2), (middle + reach) / (n + z**2)
    return Share(value, 0.0 if value == 0 else max(low, 0.0), 1.0 if value == 1 else min(high, 1.0))


def newcombe(first: tuple[int, int], second: tuple[int, int], *, level: float = 0.95) -> Share:
    """The difference of two independent shares (done, people), first minus second.

    Newcombe, R. G. (1998), Stat Med 17, 873–890, method 10, without continuity correction.
    Raises ValueError as `wilson` does.
    """
    a, b = wilson(*first, level=level), wilson(*second, level=level)
    low = math.hypot(a.value - a.low, b.high - b.value)
    high = math.hypot(a.high - a.value, b.value - b.low)
    difference = a.value - b.value
    return Share(difference, max(difference - low, -1.0), min(difference + high, 1.0))


def fisher(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The two-sided p of Fisher's exact test of two shares (done, people): Fisher (1935), J R Stat Soc 98, 39–82.

    Raises ValueError as `wilson` does.
    """
    (a, m), (b, n) = _counts(*first), _counts(*second)
    return float(scipy.stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue)


def compare_shares(
    first: Sequence[BinaryUnit], second: Sequence[BinaryUnit], *, level: float = 0.95
) -> tuple[Share, float] | Estimate:
    """A yes-or-no outcome of two arms, first minus second.

    Where every unit is one person: Newcombe's interval and Fisher's p. Where some are more, people are not
    independent, and the units' shares are compared by Welch's test. Raises ValueError for an arm without units, counts
    that are none, and (where units are of several people) fewer than two units in an arm.
    """
    if not first or not second:
        raise ValueError("each arm needs a unit")
    for unit in (*first, *second):
        _counts(unit.done, unit.people)
    if all(unit.people == 1 for unit in (*first, *second)):
        a, b = ((sum(unit.done for unit in arm), len(arm)) for arm in (first, second))
        return newcombe(a, b, level=level), fisher(a, b)
    shares = [[unit.done / unit.people for unit in arm] for arm in (first, second)]
    return welch(shares[0], shares[1], level=level)
