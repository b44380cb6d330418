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
# Entries a run of rows holds: few enough for the processor's cache.
BLOCK = 200_000
ALL = slice(None)
Values = NDArray[Any]
Test = Callable[..., Mask]


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
        found = self._select(row_price, column_price, np.greater, None)
        return empty() if found is None else found

    def reaching(self, row_price: Values, column_price: Values, most: int | None = None) -> Edges | None:
        """Pairs whose score is at least the sum of their prices; None where there are more than `most`."""
        return self._select(row_price, column_price, np.greater_equal, most)

    def tight(self, row_price: Values, column_price: Values) -> Edges:
        """Pairs whose score is exactly the sum of their prices."""
        found = self._select(row_price, column_price, np.equal, None)
        return empty() if found is None else found

    def tight_count(self, row_price: Values, column_price: Values) -> int:
        """How many of them there are."""
        return sum(int(np.count_nonzero(hit)) for _, hit in self._hits(row_price, column_price, np.equal))

    def open(self, rows: Mask, columns: Mask) -> Edges:
        """Pairs that touch neither the marked rows nor the marked columns."""
        if self.sparse:
            stored = self._stored()
            return stored[~rows[stored.row] & ~columns[stored.column]]
        free, across = np.flatnonzero(~rows), np.flatnonzero(~columns)
        step = max(1, BLOCK // max(len(across), 1))
        parts = [free[start : start + step] for start in range(0, len(free) if len(across) else 0, step)]
        return chained([self._crossing(part, across) for part in parts])

    def listed(self, pairs: Ints) -> Edges:
        """Those of some pairs (sorted by row, then column) that may be chosen."""
        keys = pairs[:, 0] * self.shape[1] + pairs[:, 1]
        if self.sparse:
            stored = self._stored()
            return stored[np.isin(stored.keys(self.shape[1]), keys)]
        keep = ~np.isin(keys, self.fixed[:, 0] * self.shape[1] + self.fixed[:, 1])
        if self.allowed is not None:
            keep &= self.allowed[pairs[:, 0], pairs[:, 1]]
        found = Edges(pairs[:, 0], pairs[:, 1], self.weights(pairs[:, 0], pairs[:, 1]))[keep]
        return found if self.least is None else found[found.weight >= self.least + self.shift]

    def _crossing(self, rows: Ints, columns: Ints) -> Edges:
        """The pairs of some rows with some columns."""
        cells = np.ix_(rows, columns)
        hit = np.ones((len(rows), len(columns)), dtype=bool) if self.allowed is None else self.allowed[cells]
        if self.least is not None:
            hit &= self.grid.units(self.score[cells]) >= self.least
        row, column = np.nonzero(hit)
        found = Edges(rows[row], columns[column], self.weights(rows[row], columns[column]))
        if not len(self.fixed):
            return found
        return found[~np.isin(found.keys(self.shape[1]), self.fixed[:, 0] * self.shape[1] + self.fixed[:, 1])]

    def _select(self, row_price: Values, column_price: Values, test: Test, most: int | None) -> Edges | None:
        if self.sparse:
            stored = self._stored()
            return stored[test(stored.weight - row_price[stored.row] - column_price[stored.column], 0)]
        found, count = [], 0
        for rows, hit in self._hits(row_price, column_price, test):
            where = np.flatnonzero(hit)
            count += len(where)
            if most is not None and count > most:
                return None
            row, column = np.divmod(where, hit.shape[1])
            row += rows.start
            found.append(Edges(row, column, self.weights(row, column)))
        return chained(found)

    def _hits(self, row_price: Values, column_price: Values, test: Test) -> Iterator[tuple[slice, Mask]]:
        """Which pairs stand in the relation `test` to their prices, by runs of rows.

        The column's price is taken off and the rest compared with the row's: three passes over memory that is still
        in the processor's cache, and no copy of the table.
        """
        single = self.light and _small(row_price, column_price)
        kind: type[np.floating[Any]] = np.float32 if single else np.float64
        column_price, row_price = column_price.astype(kind), row_price.astype(kind)
        room: Values = np.empty((0, 0))
        for rows in self._runs():
            block = self.whole(rows, ALL, kind)
            room = np.empty(block.shape, dtype=kind) if len(room) < len(block) else room
            left = np.subtract(block, column_price, out=room[: len(block)])
            hit = test(left, row_price[rows, None])
            mask = self.usable(rows, ALL, block)
            if mask is not None:
                np.logical_and(hit, mask, out=hit)
            hit[self._taken(rows)] = False
            yield rows, hit

    def whole(self, rows: slice, columns: slice, kind: type[np.floating[Any]]) -> Values:
        """A part of the whole scores, forbidden pairs included: a view where the table holds just these numbers."""
        part = self.score[rows, columns]
        units = np.asarray(part if self.grid.plain else self.grid.units(part), dtype=kind)
        return units + kind(self.shift) if self.shift else units

    def usable(self, rows: slice, columns: slice, block: Values) -> Mask | None:
        """Which pairs of a part of the table may be chosen (fixed pairs apart); None if all of them."""
        mask = None if self.allowed is None else self.allowed[rows, columns]
        if self.least is None:
            return mask
        enough = block >= self.least + self.shift
        return enough if mask is None else enough & mask

    def _taken(self, rows: slice) -> tuple[Ints, Ints]:
        """Where the fixed pairs stand in a run of rows."""
        low, high = np.searchsorted(self.fixed[:, 0], [rows.start, rows.stop])
        return self.fixed[low:high, 0] - rows.start, self.fixed[low:high, 1]

    def weights(self, row: Ints, column: Ints) -> Ints:
        """The scores of some pairs of an array, read from it and not computed back from a difference."""
        return self.grid.units(self.score[row, column]).astype(np.int64) + self.shift

    def _runs(self) -> Iterator[slice]:
        height, width = self.shape
        step = max(1, BLOCK // max(width, 1))
        for start in range(0, height, step):
            yield slice(start, min(start + step, height))

    @property
    def kind(self) -> type[np.floating[Any]]:
        """The smallest type that holds every score."""
        return np.float32 if self.light else np.float64

    def blocks(self) -> Iterator[tuple[slice, Values]]:
        """Runs of rows of whole scores, minus infinity where a pair may not be chosen."""
        for rows in self._runs():
            block = self._masked(rows, ALL)
            block[self._taken(rows)] = FORBIDDEN
            yield rows, block

    def row(self, number: int) -> Values:
        """One row of an array, minus infinity where a pair may not be chosen."""
        rows = slice(number, number + 1)
        line = self._masked(rows, ALL)[0]
        line[self._taken(rows)[1]] = FORBIDDEN
        return line

    def column(self, number: int) -> Values:
        """The same of a column."""
        line = self._masked(ALL, slice(number, number + 1))[:, 0]
        line[self.fixed[self.fixed[:, 1] == number, 0]] = FORBIDDEN
        return line

    def highest(self) -> tuple[Values, Values]:
        """The best score of every row and every column; minus infinity for someone without pairs."""
        row, column = (np.full(size, FORBIDDEN) for size in self.shape)
        if self.sparse:
            stored = self._stored()
            np.maximum.at(row, stored.row, stored.weight)
            np.maximum.at(column, stored.column, stored.weight)
            return row, column
        for rows, block in self.blocks():
            row[rows] = block.max(axis=1, initial=FORBIDDEN)
            np.maximum(column, block.max(axis=0, initial=FORBIDDEN), out=column)
        return row, column

    def sample(self, row_step: int, column_step: int) -> Values:
        """Every so many rows and columns of the same (fixed pairs are not struck out)."""
        parts = []
        for rows in self._runs():
            first = rows.start + -rows.start % row_step
            if first < rows.stop:
                parts.append(self._masked(slice(first, rows.stop, row_step), slice(None, None, column_step)))
        return np.concatenate(parts)

    def _masked(self, rows: slice, columns: slice) -> Values:
        block = self.whole(rows, columns, self.kind)
        mask = self.usable(rows, columns, block)
        return block.copy() if mask is None else np.where(mask, block, block.dtype.type(FORBIDDEN))

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
