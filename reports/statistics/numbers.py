"""What may go into a formula, and the distributions that every formula needs.

In this package scipy's parts are named in full where they are used: it loads each only then, and the processes that
serve pages or send mail do without the second and the 60 MB that they take.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

Vector = npt.NDArray[np.float64]
Values = Sequence[float] | Vector

# Below this share of the values' own size a spread is rounding, not data.
_ROUNDING = 1e-13


def vector(values: Values, name: str, *, least: int = 1) -> Vector:
    """The values as an array of floats. Raises ValueError where they are too few, or one is no finite number."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name}: a flat list of numbers is needed")
    if array.size < least:
        raise ValueError(f"{name}: {array.size} values; {least} are needed")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: value {int(np.flatnonzero(~np.isfinite(array))[0]) + 1} is not a finite number")
    return array


def finite(value: float, name: str) -> float:
    """The value as a float. Raises ValueError for NaN and infinity."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name}: not a finite number")
    return number


def share(value: float, name: str) -> float:
    """A number strictly between 0 and 1, such as a confidence level. Raises ValueError for any other."""
    if not 0 < finite(value, name) < 1:
        raise ValueError(f"{name}: {value:g} is not between 0 and 1")
    return float(value)


def is_rounding(spread: float, size: float) -> bool:
    """Whether a spread or a difference is nothing but the rounding of values of this size."""
    return abs(spread) <= _ROUNDING * abs(size)


def t_quantile(probability: float, df: float) -> float:
    return float(scipy.special.stdtrit(df, probability))


def t_two_sided(t: float, df: float) -> float:
    return float(2 * scipy.special.stdtr(df, -abs(t)))


def t_below(t: float, df: float) -> float:
    return float(scipy.special.stdtr(df, t))


def z_quantile(probability: float) -> float:
    return float(scipy.special.ndtri(probability))
