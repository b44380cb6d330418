"""Differences in standard deviations, for comparing with what is published."""

import math

import scipy

from reports.statistics.estimates import Summary
from reports.statistics.numbers import finite, is_rounding


def exact_j(df: float) -> float:
    """The factor that takes the bias out of a standardised difference; 1 in the limit, 0.564 at df = 2.

    Hedges, L. V. (1981), J Educ Stat 6, 107–128, equation 6d: J(m) = Γ(m/2) / (√(m/2) · Γ((m − 1)/2)).
    Raises ValueError for df of 1 or less, where it has no value above 0.
    """
    if finite(df, "df") <= 1:
        raise ValueError("df: more than 1 is needed")
    return math.exp(float(scipy.special.gammaln(df / 2) - scipy.special.gammaln((df - 1) / 2)) - math.log(df / 2) / 2)


def pooled_sd(*samples: Summary) -> float:
    """√(Σ(n − 1)s² / Σ(n − 1)). Raises ValueError where no sample has two values."""
    df = sum(sample.n - 1 for sample in samples)
    if df < 1:
        raise ValueError("a sample of two values is needed")
    return math.sqrt(sum((sample.n - 1) * sample.sd**2 for sample in samples) / df)


def standardised_difference(first: Summary, second: Summary) -> float | None:
    """(m1 − m2) / pooled standard deviation; 0 for equal means, None for unequal ones without any spread.

    What Works Clearinghouse, Procedures and Standards Handbook 5.0 (2022): groups whose first answers differ by more
    than 0.25 are not comparable by adjustment alone.
    """
    sd, difference = pooled_sd(first, second), first.mean - second.mean
    if is_rounding(sd, max(abs(first.mean), abs(second.mean))):
        return 0.0 if is_rounding(difference, first.mean) else None
    return difference / sd


def hedges_g(first: Summary, second: Summary) -> float | None:
    """The standardised difference, first minus second, without small-sample bias: J(n1 + n2 − 2) · d, J exact.

    Hedges (1981), as above. None for unequal means without spread.
    """
    d = standardised_difference(first, second)
    return None if d is None else exact_j(first.n + second.n - 2) * d
