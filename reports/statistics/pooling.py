"""Several models at once: each estimate is drawn toward their common mean as far as its own data leave it open."""

import math
from dataclasses import dataclass

import numpy as np

from reports.statistics.numbers import Values, finite, share, vector, z_quantile

# How much models differ in truth, in standard deviations, as far as research tells.
TAU = 0.25


@dataclass(frozen=True, slots=True)
class Pooled:
    """One model's estimate after pooling. `own_weight` is how much of it comes from its own data, 0 to 1."""

    value: float
    low: float
    high: float
    own_weight: float


def partial_pooling(
    values: Values, standard_errors: Values, *, sd: float, tau: float = TAU, level: float = 0.95
) -> list[Pooled]:
    """Estimates pooled toward the grand mean, in the order given: a ranking would say more than the data do.

    values, standard_errors  one a model, in scale points
    sd                       of the outcome, in scale points: the models' true spread is tau · sd
    Lindley, D. V. & Smith, A. F. M. (1972), J R Stat Soc B 34, 1–41, with a known spread and a flat prior for the grand
    mean: weight τ²/(τ² + se²) on the model's own value; the interval includes the doubt about the grand mean.

    An empty list gives an empty list. Raises ValueError for lists of unequal length, a standard error, sd or tau that
    is not above 0, and what is not finite.
    """
    if len(values) != len(standard_errors):
        raise ValueError("values and standard_errors: lists of one length are needed")
    if not len(values):
        return []
    own, errors = vector(values, "values"), vector(standard_errors, "standard_errors")
    spread = finite(sd, "sd") * finite(tau, "tau")
    if errors.min() <= 0 or sd <= 0 or tau <= 0:
        raise ValueError("standard_errors, sd and tau: numbers above 0 are needed")
    between, within = spread**2, errors**2
    precision = 1 / (between + within)
    grand = float((precision * own).sum() / precision.sum())
    kept = between / (between + within)
    variance = kept * within + (1 - kept) ** 2 / precision.sum()
    z = z_quantile((1 + share(level, "level")) / 2)
    middle = grand + kept * (own - grand)
    return [
        Pooled(float(m), float(m - z * math.sqrt(v)), float(m + z * math.sqrt(v)), float(k))
        for m, v, k in zip(np.asarray(middle), np.asarray(variance), np.asarray(kept), strict=True)
    ]
