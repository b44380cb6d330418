"""What every estimator gives: a difference with its standard error and degrees of freedom, and what follows."""

from dataclasses import dataclass, replace

import numpy as np

from reports.statistics.numbers import Values, is_rounding, share, t_quantile, t_two_sided, vector

NO_SPREAD = "no spread"
NO_OVERLAP = "the arms do not overlap at the start"


@dataclass(frozen=True, slots=True)
class Summary:
    """A sample by its size, mean and standard deviation (n − 1)."""

    n: int
    mean: float
    sd: float

    @property
    def constant(self) -> bool:
        return is_rounding(self.sd, self.mean)


def summary(values: Values, name: str = "sample") -> Summary:
    """Raises ValueError for fewer than two values or one that is not finite."""
    array = vector(values, name, least=2)
    mean = float(array.mean())
    # A constant sample has no spread at all, whatever its mean was rounded to.
    sd = 0.0 if np.ptp(array) == 0 else float(array.std(ddof=1))
    return Summary(array.size, mean, 0.0 if is_rounding(sd, float(np.abs(array).max())) else sd)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference between two arms, first minus second, in the unit of the values.

    se, df   standard error and degrees of freedom; of no use where there is a `problem`.
    level    of the interval `low` to `high`, such as 0.95.
    problem  empty, or why there is no test and no interval: then t, p, low and high are None.
    """

    difference: float
    se: float
    df: float
    level: float = 0.95
    problem: str = ""

    def at(self, level: float) -> "Estimate":
        """The same with the interval of another level. Raises ValueError for a level outside 0 and 1."""
        return replace(self, level=share(level, "level"))

    @property
    def t(self) -> float | None:
        return None if self.problem else self.difference / self.se

    @property
    def p(self) -> float | None:
        """Two-sided."""
        return None if self.t is None else t_two_sided(self.t, self.df)

    @property
    def half_width(self) -> float | None:
        return None if self.problem else t_quantile((1 + self.level) / 2, self.df) * self.se

    @property
    def low(self) -> float | None:
        return None if self.half_width is None else self.difference - self.half_width

    @property
    def high(self) -> float | None:
        return None if self.half_width is None else self.difference + self.half_width

    @property
    def excludes_none(self) -> bool:
        """Whether the interval lies on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)
