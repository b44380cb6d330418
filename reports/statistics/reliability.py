"""How well a set of items hangs together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from reports.statistics.estimates import NO_SPREAD
from reports.statistics.numbers import share, vector

Method = Literal["alpha", "Spearman–Brown"]


@dataclass(frozen=True, slots=True)
class Reliability:
    """value, low, high  None where there is a `problem`. `low` and `high` are None for two items as well.
    item_rest         each item's correlation with the mean of the others; None where one of both does not vary
    people, left_out  who answered all items, and who did not and is therefore not counted
    """

    method: Method
    value: float | None
    low: float | None
    high: float | None
    item_rest: tuple[float | None, ...]
    people: int
    left_out: int
    problem: str = ""


def reliability(answers: Sequence[Sequence[float | None]], *, level: float = 0.95) -> Reliability:
    """The reliability of a mean over items: one row a person, one column an item; None is no answer.

    Three items or more: alpha = k/(k − 1) · (1 − Σ item variances / variance of the sum), Cronbach, L. J. (1951),
    Psychometrika 16, 297–334, interval after Feldt, L. S. (1965), Psychometrika 30, 357–370. Two items: 2r/(1 + r),
    which Eisinga, te Grotenhuis & Pelzer (2013), Int J Public Health 58, 637–642, recommend there.

    Raises ValueError for fewer than two items, rows of unequal length, fewer than three people who answered all items,
    and what is not finite.
    """
    share(level, "level")
    width = {len(row) for row in answers}
    if len(width) != 1 or min(width) < 2:
        raise ValueError("answers: rows of one length, of two items or more, are needed")
    full = [[float(cell) for cell in row if cell is not None] for row in answers if None not in row]
    if len(full) < 3:
        raise ValueError(f"answers: {len(full)} people answered all items; 3 are needed")
    table = np.array([vector(row, f"row {number}") for number, row in enumerate(full, start=1)])
    items, total = table.var(axis=0, ddof=1), table.sum(axis=1)
    people, count = table.shape
    method: Method = "alpha" if count > 2 else "Spearman–Brown"
    rest = tuple(_correlation(table[:, k], total - table[:, k]) for k in range(count))
    left_out = len(answers) - people
    value = _alpha(items, total) if method == "alpha" else _spearman_brown(rest[0])
    if value is None:
        return Reliability(method, None, None, None, rest, people, left_out, NO_SPREAD)
    low, high = _feldt(value, people, count, level) if method == "alpha" else (None, None)
    return Reliability(method, value, low, high, rest, people, left_out)


def _alpha(items: np.ndarray, total: np.ndarray) -> float | None:
    whole = float(total.var(ddof=1))
    if np.ptp(total) == 0:
        return None
    return items.size / (items.size - 1) * (1 - float(items.sum()) / whole)


def _spearman_brown(r: float | None) -> float | None:
    """None also for r = −1, where two items say the opposite and their mean says nothing."""
    return None if r is None or r <= -1 + 1e-12 else 2 * r / (1 + r)


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1].clip(-1, 1))


def _feldt(alpha: float, people: int, items: int, level: float) -> tuple[float, float]:
    """(1 − alpha) times quantiles of F with n − 1 and (n − 1)(k − 1) degrees of freedom."""
    df_1, df_2 = people - 1, (people - 1) * (items - 1)
    high, low = (float(scipy.special.fdtri(df_1, df_2, tail)) for tail in ((1 - level) / 2, (1 + level) / 2))
    return 1 - (1 - alpha) * low, 1 - (1 - alpha) * high
