"""What those who did not answer would have had to say to change the verdict."""

from dataclasses import dataclass
from fractions import Fraction

from reports.statistics.numbers import finite


@dataclass(frozen=True, slots=True)
class Tipping:
    """In arm `arm` (0 the first, 1 the second) the people without answers would have had to change by `shift` points
    more (or, if negative, less) than those who answered."""

    arm: int
    shift: float


def tipping_point(
    low: float, high: float, missing: tuple[Fraction, Fraction], *, bounds: tuple[float, float]
) -> Tipping | None:
    """The smallest shift in one arm that brings an interval's end to a bound it keeps clear of now.

    low, high  the interval of the difference, first minus second
    missing    the share of each arm's learners without both answers, 0 to below 1
    bounds     what the interval lies between now, such as (0, inf) for "higher" or (−margin, margin) for "similar"
    Delta adjustment: Yan, X., Lee, S. & Li, N. (2009), J Biopharm Stat 19, 1085–1098. An arm's mean over everybody is
    the mean of those who answered plus missing · shift; the width of the interval is taken as it is.

    None where nobody is missing. Raises ValueError where the interval is not within the bounds, or a share is 1.
    """
    below, above = bounds
    if not below <= finite(low, "low") <= finite(high, "high") <= above:
        raise ValueError("the interval has to lie within the bounds")
    if not all(0 <= part < 1 for part in missing):
        raise ValueError("missing: shares from 0 to below 1 are needed")
    # Down by the first arm's missing doing worse or the second's doing better, and up the other way round.
    ways = [
        Tipping(arm, sign * room / float(missing[arm]))
        for room, signs in ((low - below, (-1, 1)), (above - high, (1, -1)))
        for arm, sign in enumerate(signs)
        if missing[arm] and room != float("inf")
    ]
    return min(ways, key=lambda way: abs(way.shift), default=None)
