"""Several givers of different kinds for each taker.

A taker who wants one mentor and two peers is two takers, one of whom only mentors are open to, and the other only
peers. So a constellation is an assignment, and its proof is that assignment's.
"""

from collections.abc import Hashable, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from matching.engine.assigning.again import start_of
from matching.engine.assigning.problem import AssignProblem, Objective, pairs_of
from matching.engine.assigning.solver import solve_assignment
from matching.engine.numbers import EachLike, Ints, PairsLike, TableLike
from matching.engine.results import Assignment


@dataclass(frozen=True, eq=False)
class ConstellationProblem:
    """The arguments are those of `constellation`; see there. `stated` is the same problem as an assignment."""

    score: Any
    kind: Any
    wanted: Any
    allowed: Any = None
    giver_capacity: Any = 1
    giver_minimum: Any = 0
    objective: Objective = "cover"
    fixed: Any = ()
    previous: Any = None
    taker_ids: InitVar[Sequence[Hashable] | None] = None
    giver_ids: InitVar[Sequence[Hashable] | None] = None
    stated: AssignProblem = field(init=False)

    def __post_init__(self, taker_ids: Sequence[Hashable] | None, giver_ids: Sequence[Hashable] | None) -> None:
        plain = AssignProblem(self.score, self.allowed)
        put = object.__setattr__
        put(self, "wanted", _wanted(self.wanted, plain.takers))
        put(self, "kind", _kinds(self.kind, plain, self.kinds))
        ids = range(plain.takers) if taker_ids is None else taker_ids
        earlier = self.previous
        if isinstance(earlier, Constellation):
            earlier = earlier.assignment
        elif earlier is not None:
            earlier = self._rows(earlier, plain)
        stated = AssignProblem(
            self._split(plain),
            None,
            self.giver_capacity,
            self.giver_minimum,
            self.wanted.reshape(-1),
            self.objective,
            self._rows(self.fixed, plain),
            earlier,
            [(one, kind) for one in ids for kind in range(self.kinds)],
            giver_ids,
        )
        put(self, "stated", stated)

    @property
    def kinds(self) -> int:
        return int(self.wanted.shape[1])

    def kinds_of(self, pairs: Ints) -> Ints:
        """The kind that each giver is to the taker beside them."""
        return self.kind[pairs[:, 1]] if self.kind.ndim == 1 else self.kind[pairs[:, 0], pairs[:, 1]]

    def _rows(self, pairs: PairsLike, plain: AssignProblem) -> Ints:
        known = pairs_of(pairs, plain.takers, plain.givers, "fixed")
        return np.stack([known[:, 0] * self.kinds + self.kinds_of(known), known[:, 1]], axis=1)

    def _split(self, plain: AssignProblem) -> sparse.csr_array:
        if sparse.issparse(plain.score):
            entries = sparse.coo_array(plain.score)
            pairs, data = np.stack([entries.row, entries.col], axis=1).astype(np.int64), entries.data
        else:
            mask = np.ones(plain.score.shape, dtype=bool) if plain.allowed is None else plain.allowed
            pairs = np.argwhere(mask)
            data = plain.score[mask]
        rows = pairs[:, 0] * self.kinds + self.kinds_of(pairs)
        return sparse.csr_array((data, (rows, pairs[:, 1])), shape=(plain.takers * self.kinds, plain.givers))


def _wanted(wanted: EachLike, takers: int) -> Ints:
    table = np.asarray(wanted)
    if table.dtype.kind not in "iu" or table.ndim not in (1, 2) or (table.ndim == 2 and len(table) != takers):
        raise ValueError(
            f"wanted must hold whole numbers, one a kind or takers × kinds, not {table.dtype} {table.shape}"
        )
    if (table < 0).any():
        raise ValueError("wanted must not be negative")
    return np.array(np.broadcast_to(table, (takers, table.shape[-1])), dtype=np.int64)


def _kinds(kind: EachLike, plain: AssignProblem, kinds: int) -> Ints:
    table = np.asarray(kind)
    if table.dtype.kind not in "iu" or table.shape not in ((plain.givers,), (plain.takers, plain.givers)):
        raise ValueError(
            f"kind must hold whole numbers, one a giver or takers × givers, not {table.dtype} {table.shape}"
        )
    if table.size and not 0 <= table.min() <= table.max() < kinds:
        raise ValueError(f"kinds must lie from 0 to {kinds - 1}")
    return table.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Constellation:
    """pairs int[k, 2] (taker, giver) with the kind of each; the rest stands in `assignment`, row by taker and kind.

    missing     int[takers, kinds]: how many givers of each kind are still wanted
    """

    problem: ConstellationProblem = field(repr=False)
    assignment: Assignment
    pairs: Ints
    kinds: Ints
    missing: Ints


def constellation(
    score: TableLike,
    *,
    kind: TableLike,
    wanted: EachLike,
    allowed: TableLike = None,
    giver_capacity: EachLike = 1,
    giver_minimum: EachLike = 0,
    objective: Objective = "cover",
    fixed: PairsLike = (),
    previous: PairsLike = None,
    taker_ids: Sequence[Hashable] | None = None,
    giver_ids: Sequence[Hashable] | None = None,
) -> Constellation:
    """Give each taker several givers, so many of each kind.

    kind      what each giver is, from 0: one number a giver, or takers × givers where it depends on the two (a peer to
              one is a near-peer to another)
    wanted    how many givers of each kind: one number a kind, or takers × kinds

    Everything else, and the errors raised, as in `assign`; total, bound and proof stand in `assignment`.
    """
    problem = ConstellationProblem(
        score, kind, wanted, allowed, giver_capacity, giver_minimum, objective, fixed, previous, taker_ids, giver_ids
    )
    start = start_of(problem.stated, previous.assignment) if isinstance(previous, Constellation) else None
    found = solve_assignment(problem.stated, start)
    have = np.bincount(found.pairs[:, 0], minlength=problem.wanted.size).reshape(problem.wanted.shape)
    pairs = np.stack([found.pairs[:, 0] // problem.kinds, found.pairs[:, 1]], axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    kinds = found.pairs[:, 0] % problem.kinds
    return Constellation(problem, found, pairs[order], kinds[order], problem.wanted - have)
