"""Many questions at once: how often a finding among them is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.statistics.numbers import share, vector


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One p with what it became, and whether it still counts at the rate that was asked for."""

    p: float
    adjusted: float
    rejected: bool


def benjamini_hochberg(p_values: Sequence[float], *, rate: float = 0.05) -> list[Adjusted]:
    """p values adjusted so that of those rejected at most `rate` are false on average, in the order given.

    Benjamini, Y. & Hochberg, Y. (1995), J R Stat Soc B 57, 289–300: the k-th smallest of m times m / k, made to rise.
    An empty list gives an empty list. Raises ValueError for a p outside 0 to 1 or a rate outside it.
    """
    share(rate, "rate")
    if not len(p_values):
        return []
    p = vector(p_values, "p values")
    if p.min() < 0 or p.max() > 1:
        raise ValueError("p values: each lies between 0 and 1")
    order = np.argsort(p, kind="stable")
    # p · m / m may round to less than p.
    raised = np.maximum(p[order] * p.size / np.arange(1, p.size + 1), p[order])
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(raised[::-1])[::-1].clip(max=1)
    return [Adjusted(float(a), float(b), bool(b <= rate)) for a, b in zip(p, adjusted, strict=True)]
