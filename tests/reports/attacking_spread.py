"""An attacker who solves for whole numbers in what is no sum of answers: intervals, t, degrees of freedom, g.

From a difference, its interval and its degrees of freedom follow the variances of both groups; from a mean and a
variance, for few units, which whole numbers they can have been made of. Of those who are in a group the attacker knows
their own answers, as one of them would.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scipy.stats import t as student

# Changes of single people are sixths of a scale point between −6 and 6.
PARTS, MOST = 6, 36


@dataclass(frozen=True)
class Told:
    """What a comparison says, to two decimals: sizes, both means of changes, the interval's ends and its freedom."""

    sizes: tuple[int, int]
    means: tuple[float, float]
    low: float
    high: float
    df: float


def variances(told: Told) -> list[tuple[float, float]]:
    """The variances of both groups' changes that have this interval and these degrees of freedom.

    With v = s²/n and V = v1 + v2 the equation of Satterthwaite, V²/df = v1²/(n1 − 1) + (V − v1)²/(n2 − 1), is a
    quadratic in v1.
    """
    (one, other), df = told.sizes, told.df
    whole = ((told.high - told.low) / 2 / float(student.ppf(0.975, df))) ** 2
    a, b = 1 / (one - 1) + 1 / (other - 1), -2 * whole / (other - 1)
    c = whole**2 * (1 / (other - 1) - 1 / df)
    under = b * b - 4 * a * c
    roots = {(-b + sign * math.sqrt(max(under, 0))) / (2 * a) for sign in (-1, 1)}
    return [(one * v, other * (whole - v)) for v in roots if -1e-9 <= v <= whole + 1e-9]


def fitting(size: int, total: int, squares: tuple[float, float]) -> Iterator[tuple[int, ...]]:
    """Every way, in rising order, in which so many changes in sixths have this sum and a sum of squares in between."""
    yield from _fit(size, total, squares, -MOST)


def _fit(size: int, total: int, squares: tuple[float, float], least: int) -> Iterator[tuple[int, ...]]:
    if size == 1:
        if least <= total <= MOST and squares[0] <= total * total <= squares[1]:
            yield (total,)
        return
    for value in range(least, min(MOST, total // size) + 1):
        rest = (squares[0] - value * value, squares[1] - value * value)
        # Of the rest the squares are fewest where all are alike.
        if (total - value) ** 2 / (size - 1) <= rest[1] + 1e-9:
            for more in _fit(size - 1, total - value, rest, value):
                yield value, *more


def known(told: Told, own: Sequence[int | None]) -> list[list[tuple[int, ...]]]:
    """For each group what the others in it can have said: every fitting list of changes without one's own.

    own  one's own change in sixths, in the group in which one is, None in the other
    """
    found = []
    for group, mine in enumerate(own):
        size, mean = told.sizes[group], told.means[group]
        fits: set[tuple[int, ...]] = set()
        for variance in {each[group] for each in variances(told)}:
            middle = (size - 1) * variance * PARTS**2
            # An interval to two decimals and degrees of freedom likewise leave some per cent of a variance open.
            width = max(0.05 * middle, 1.0)
            for total in _totals(size, mean):
                squares = total * total / size
                fits |= set(fitting(size, total, (middle + squares - width, middle + squares + width)))
        found.append([_without(fit, mine) for fit in sorted(fits) if mine is None or mine in fit])
    return found


def _totals(size: int, mean: float) -> range:
    low, high = ((mean + rounded) * size * PARTS for rounded in (-0.005, 0.005))
    return range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)


def _without(fit: tuple[int, ...], mine: int | None) -> tuple[int, ...]:
    left = list(fit)
    if mine is not None:
        left.remove(mine)
    return tuple(left)


def caught(found: Sequence[Sequence[tuple[int, ...]]]) -> int:
    """In how many groups it is sure what each of the others said: one list is left, and all in it are alike."""
    return sum(len(lists) == 1 and len(set(lists[0])) == 1 for lists in found)
