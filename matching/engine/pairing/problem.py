"""The statement of a one-sided problem: who may be with whom, and what each pair is worth."""

from collections.abc import Hashable, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.assigning.problem import pairs_of
from matching.engine.assigning.scores import Table
from matching.engine.errors import Infeasible
from matching.engine.numbers import Grid, Ints, Mask, PairsLike, TableLike, fingerprints, grid_of, picked

PairObjective = Literal["cover", "floor", "score"]


@dataclass(frozen=True, eq=False)
class PairProblem:
    """People × people, symmetric. The arguments are those of `pair`; see there.

    After construction `allowed` (arrays) has no diagonal and holds only what both directions allow, and the score of a
    forbidden pair is not looked at.
    """

    score: TableLike
    allowed: TableLike = None
    triads: bool = False
    objective: PairObjective = "cover"
    fixed: PairsLike = ()
    ids: InitVar[Sequence[Hashable] | None] = None
    grid: Grid = field(init=False)
    lots: NDArray[np.uint64] = field(init=False)

    def __post_init__(self, ids: Sequence[Hashable] | None) -> None:
        if self.objective not in get_args(PairObjective):
            raise ValueError(f"objective must be one of {', '.join(get_args(PairObjective))}, not {self.objective!r}")
        put = object.__setattr__
        score, allowed = _square(self.score, self.allowed)
        put(self, "score", score)
        put(self, "allowed", allowed)
        put(self, "fixed", np.sort(pairs_of(self.fixed, self.people, self.people, "fixed"), axis=1))
        put(self, "lots", fingerprints(ids, self.people, "ids"))
        values = score.data[:, None] if sparse.issparse(score) else score
        # A shift by more than any total makes the number of pairs count first (see the solver).
        put(self, "grid", grid_of(values, self.people**2 // 4 + self.people, "score"))
        self._consistent()

    @property
    def people(self) -> int:
        return int(self.score.shape[0])

    def may(self, one: int, other: int) -> bool:
        """Whether nothing stands against these two."""
        if sparse.issparse(self.score):
            row = self.score.indices[self.score.indptr[one] : self.score.indptr[one + 1]]
            return bool((row == other).any())
        return bool(self.allowed[one, other])

    def value(self, pairs: Ints) -> Ints:
        """The scores of pairs in units of the grid."""
        return self.grid.units(picked(self.score, pairs)).astype(np.int64)

    def table(self) -> Table:
        """All pairs, in both directions, among people who are not in a fixed pair."""
        locked = np.zeros(self.people, dtype=bool)
        locked[self.fixed.reshape(-1)] = True
        none = np.zeros((0, 2), dtype=np.int64)
        if sparse.issparse(self.score):
            entries = sparse.coo_array(self.score)
            keep = ~locked[entries.row] & ~locked[entries.col]
            free = (entries.data[keep], (entries.row[keep], entries.col[keep]))
            return Table(sparse.csr_array(free, shape=self.score.shape), None, self.grid, none)
        allowed = self.allowed
        if locked.any():
            allowed = allowed & ~locked[:, None] & ~locked
        return Table(self.score, allowed, self.grid, none)

    def _consistent(self) -> None:
        for one, other in self.fixed.tolist():
            if not self.may(one, other):
                raise Infeasible(
                    f"{one} is fixed with {other}, but the pair is forbidden", rule="fixed", takers=(one, other)
                )
        times = np.bincount(self.fixed.reshape(-1), minlength=self.people)
        if (times > 1).any():
            person = int(np.argmax(times > 1))
            raise Infeasible(f"{person} is fixed in {times[person]} pairs", rule="fixed", takers=(person,))


def _square(score: object, allowed: object) -> tuple[Any, Mask | None]:
    if sparse.issparse(score):
        return _square_sparse(score, allowed), None
    table = np.asarray(score)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"score must be people × people, not of shape {table.shape}")
    mask = np.ones(table.shape, dtype=bool) if allowed is None else np.array(allowed)
    if mask.dtype != bool or mask.shape != table.shape:
        raise ValueError(f"allowed must hold truth values of shape {table.shape}, not {mask.dtype} {mask.shape}")
    mask = mask & mask.T
    np.fill_diagonal(mask, val=False)
    for row in range(len(table)):
        wrong = np.flatnonzero(mask[row] & (table[row] != table[:, row]) & (table[row] == table[row]))
        if len(wrong):
            raise ValueError(
                f"score[{row}, {wrong[0]}] is {table[row, wrong[0]]} and score[{wrong[0]}, {row}] is "
                f"{table[wrong[0], row]}: a pair has one score, for example the lower of the two"
            )
    return table, mask


def _square_sparse(score: TableLike, allowed: object) -> TableLike:
    if allowed is not None:
        raise ValueError("a sparse score already says which pairs are allowed: leave out the entries of the others")
    if score.shape[0] != score.shape[1]:
        raise ValueError(f"score must be people × people, not of shape {score.shape}")
    entries = sparse.coo_array(score)
    keep = entries.row != entries.col
    rows = sparse.csr_array((entries.data[keep], (entries.row[keep], entries.col[keep])), shape=score.shape)
    rows.sort_indices()
    turned = sparse.csr_array(rows.T)
    turned.sort_indices()
    same = np.array_equal(rows.indices, turned.indices) and np.array_equal(rows.indptr, turned.indptr)
    if not same or not np.array_equal(rows.data, turned.data, equal_nan=rows.dtype.kind == "f"):
        raise ValueError("a sparse score must be symmetric: a pair has one score, for example the lower of the two")
    return rows
