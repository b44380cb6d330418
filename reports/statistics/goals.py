"""How far people came toward goals of their own."""

import math
from collections.abc import Sequence

import numpy as np

from reports.statistics.numbers import finite, vector


def goal_attainment(
    scores: Sequence[float], weights: Sequence[float] | None = None, *, correlation: float = 0.3
) -> float:
    """A person's T score over all of their goals: 50 where every goal came out as expected, about 10 a deviation.

    scores   −2 (much less than expected) to +2 (much more), one a goal
    weights  how much each matters, above 0; equal if not given
    Kiresuk, T. J. & Sherman, R. E. (1968), Community Ment Health J 4, 443–453:
    T = 50 + 10·Σ(w·x) / √((1 − r)·Σw² + r·(Σw)²), r the assumed correlation of goals.

    Raises ValueError for no goals, a score outside −2 to 2, a weight not above 0, lists of unequal length or a
    correlation outside 0 to 1.
    """
    x = vector(scores, "scores")
    w = np.ones_like(x) if weights is None else vector(weights, "weights")
    if x.size != w.size:
        raise ValueError("scores and weights: lists of one length are needed")
    if np.abs(x).max() > 2 or w.min() <= 0 or not 0 <= finite(correlation, "correlation") <= 1:
        raise ValueError("scores lie between −2 and 2, weights above 0, the correlation between 0 and 1")
    scaled = w / w.max()
    below = (1 - correlation) * float(scaled @ scaled) + correlation * float(scaled.sum()) ** 2
    return 50 + 10 * float(scaled @ x) / math.sqrt(below)
