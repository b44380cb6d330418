"""The pairs of a problem, seen in blocks of rows, so that no more than a few rows are ever held in full precision.

A `Table` answers three questions about all allowed pairs without listing them: which are not priced high enough, which
are priced exactly, and which a cover leaves open.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.assigning.problem import AssignProblem
from matching.engine.numbers import Grid, Ints, Mask, TableLike

FORBIDDEN = -np.inf
# float32 holds whole numbers up to 2^24; scores and prices below 2^22 leave room for the sum of the four.
SINGLE = 2**22
Values = NDArray[Any]


@dataclass(frozen=True)
class Edges:
    """Some pairs, sorted by row, then column, each once; weight in units of the grid."""

    row: Ints
    column: Ints
    weight: Ints

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, which: Mask | Ints) -> "Edges":
        return Edges(self.row[which], self.column[which], self.weight[which])

    def keys(self, width: int) -> Ints:
        """One number a pair, ascending."""
        return self.row * width + self.column

    def within(self, other: "Edges", width: int) -> Mask:
        """Which of these pairs are among the others."""
        keys, wanted = other.keys(width), self.keys(width)
        if not len(keys):
            return np.zeros(len(wanted), dtype=bool)
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.asarray(keys[place] == wanted)

    def merged(self, other: "Edges", width: int) -> "Edges":
        """Both, without repeats."""
        key = np.concatenate([self.row * width + self.column, other.row * width + other.column])
        unique, first = np.unique(key, return_index=True)
        return Edges(unique // width, unique % width, np.concatenate([self.weight, other.weight])[first])


@dataclass(frozen=True)
class Table:
    """All pairs that may still be chosen: not forbidden, not fixed already, and not below `least`.

    `shift` is added to every score; it makes a pair as such worth something.
    """

    score: TableLike
    allowed: Mask | None
    grid: Grid
    fixed: Ints
    least: int | None = None
    shift: int = 0

    @classmethod
    def of(cls, problem: AssignProblem) -> "Table":
        return cls(problem.score, problem.allowed, problem.grid, problem.fixed)

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.score.shape[0]), int(self.score.shape[1])

    @property
    def sparse(self) -> bool:
        return bool(sparse.issparse(self.score))

    @property
    def light(self) -> bool:
        """Whether float32 holds every score."""
        return self.grid.plain and self.grid.largest < SINGLE and not self.shift

    def at_least(self, least: int) -> "Table":
        return replace(self, least=least)

    def size(self) -> int:
        """How many pairs there are at most."""
        return int(self.score.nnz) if self.sparse else int(np.prod(self.shape))

    def edges(self) -> Edges:
        """Every pair."""
        height, width = self.shape
        return self.open(np.zeros(height, dtype=bool), np.zeros(width, dtype=bool))

    def above(self, row_price: Values, column_price: Values) -> Edges:
        """Pairs whose score exceeds the sum of their prices."""
        return self._select(row_price, column_price, np.greater, 0)

    def tight(self, row_price: Values, column_price: Values) -> Edges:
        """Pairs whose score is exactly the sum of their prices."""
        return self._select(row_price, column_price, np.equal, 0)

    def tight_count(self, row_price: Values, column_price: Values) -> int:
        """How many of them there are."""
        gaps = (block - column_price - row_price[rows, None] for rows, block in self.blocks())
        return sum(int(np.count_nonzero(gap == 0)) for gap in gaps)

    def open(self, rows: Mask, columns: Mask) -> Edges:
        """Pairs that touch neither the marked rows nor the marked columns."""
        return self._select(np.where(rows, np.inf, 0.0), np.where(columns, np.inf, 0.0), np.greater, FORBIDDEN)

    def _select(
        self, row_price: Values, column_price: Values, test: Callable[[Values, float], Mask], to: float
    ) -> Edges:
        if self.sparse:
            stored = self._stored()
            return stored[test(stored.weight - row_price[stored.row] - column_price[stored.column], to)]
        found = []
        single = self.light and _small(row_price, column_price)
        column_price = column_price.astype(np.float32 if single else np.float64)
        for rows, block in self.blocks(single=single):
            gap = np.subtract(block, column_price, out=block)
            gap -= row_price[rows, None].astype(gap.dtype)
            where = np.flatnonzero(test(gap, to))
            row, column = where // gap.shape[1], where % gap.shape[1]
            found.append(Edges(row + rows.start, column, self.weights(row + rows.start, column)))
        return chained(found)

    def weights(self, row: Ints, column: Ints) -> Ints:
        """The scores of some pairs of an array, read from it and not computed back from a difference."""
        return self.grid.units(self.score[row, column]).astype(np.int64) + self.shift

    def blocks(self, *, single: bool = False) -> Iterator[tuple[slice, Values]]:
        """Runs of rows of whole scores in float64, or in float32 where the caller knows that this loses nothing."""
        height, width = self.shape
        step = max(1, min(height, 400_000 // max(width, 1)))
        for start in range(0, height, step):
            rows = slice(start, min(start + step, height))
            yield rows, self.block(rows, np.float32 if single else np.float64)

    def block(self, rows: slice, kind: type[np.floating[Any]]) -> Values:
        units = self.score[rows] if self.grid.plain else self.grid.units(self.score[rows])
        block = np.array(units, dtype=kind)
        if self.allowed is not None:
            np.copyto(block, FORBIDDEN, where=~self.allowed[rows])
        if self.least is not None:
            np.copyto(block, FORBIDDEN, where=block < self.least)
        if self.shift:
            block += self.shift
        low, high = np.searchsorted(self.fixed[:, 0], [rows.start, rows.stop])
        block[self.fixed[low:high, 0] - rows.start, self.fixed[low:high, 1]] = FORBIDDEN
        return block

    def _stored(self) -> Edges:
        row = np.repeat(np.arange(self.shape[0], dtype=np.int64), np.diff(self.score.indptr))
        column = self.score.indices.astype(np.int64)
        weight = self.grid.units(self.score.data).astype(np.int64)
        keep = ~np.isin(row * self.shape[1] + column, self.fixed[:, 0] * self.shape[1] + self.fixed[:, 1])
        if self.least is not None:
            keep &= weight >= self.least
        return Edges(row, column, weight + self.shift)[keep]


def _small(*many: Values) -> bool:
    return all(float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)) < SINGLE for values in many)


def chained(parts: list[Edges]) -> Edges:
    """Runs of pairs, one after the other."""
    if not parts:
        return Edges(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    return Edges(
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.column for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def empty() -> Edges:
    return chained([])
