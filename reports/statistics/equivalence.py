"""Whether a difference is small enough not to matter."""

from dataclasses import dataclass

from reports.statistics.estimates import Estimate
from reports.statistics.numbers import finite, share, t_below


@dataclass(frozen=True, slots=True)
class Equivalence:
    """p is the greater of the two one-sided ones, None where the estimate has a problem."""

    margin: float
    p: float | None
    alpha: float

    @property
    def passes(self) -> bool:
        return self.p is not None and self.p < self.alpha


def tost(estimate: Estimate, margin: float, *, alpha: float = 0.05) -> Equivalence:
    """Two one-sided tests that the difference lies between −margin and +margin (in the unit of the difference).

    Schuirmann, D. J. (1987), J Pharmacokinet Biopharm 15, 657–680. The same as asking whether the interval of level
    1 − 2·alpha lies between the margins. Raises ValueError for a margin that is not above 0.
    """
    if finite(margin, "margin") <= 0:
        raise ValueError("margin: a number above 0 is needed")
    share(alpha, "alpha")
    if estimate.problem:
        return Equivalence(margin, None, alpha)
    above = t_below(-(estimate.difference + margin) / estimate.se, estimate.df)
    below = t_below((estimate.difference - margin) / estimate.se, estimate.df)
    return Equivalence(margin, max(above, below), alpha)
