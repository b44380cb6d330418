"""The statement of a two-sided problem, checked when it is made; solvers and checkers read nothing else."""

from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matching.engine.errors import Infeasible
from matching.engine.numbers import (
    Grid,
    Ints,
    Mask,
    Numbers,
    PairsLike,
    TableLike,
    counts,
    fingerprints,
    grid_of,
    picked,
)

Objective = Literal["cover", "floor", "score", "stable"]
STATED = (
    "score",
    "allowed",
    "giver_capacity",
    "giver_minimum",
    "taker_demand",
    "objective",
    "fixed",
    "previous",
)


@dataclass(frozen=True, eq=False)
class AssignProblem:
    """Takers × givers. The arguments are those of `assign`; see there.

    After construction: `score` is a 2-D array or a CSR matrix whose stored entries are the only possible pairs,
    `allowed` a bool array or None, and capacities, minimums and demands hold one number a person.
    """

    score: Any
    allowed: Any = None
    giver_capacity: Any = 1
    giver_minimum: Any = 0
    taker_demand: Any = 1
    objective: Objective = "cover"
    fixed: Any = ()
    previous: Any = None
    taker_ids: InitVar[Sequence[Hashable] | None] = None
    giver_ids: InitVar[Sequence[Hashable] | None] = None
    grid: Grid = field(init=False)
    taker_lots: NDArray[np.uint64] = field(init=False)
    giver_lots: NDArray[np.uint64] = field(init=False)

    def __post_init__(self, taker_ids: Sequence[Hashable] | None, giver_ids: Sequence[Hashable] | None) -> None:
        if self.objective not in get_args(Objective):
            raise ValueError(f"objective must be one of {', '.join(get_args(Objective))}, not {self.objective!r}")
        put = object.__setattr__
        score = _table(self.score)
        takers, givers = score.shape
        put(self, "score", score)
        put(self, "allowed", _permission(self.allowed, score))
        put(self, "giver_capacity", counts(self.giver_capacity, givers, "giver_capacity"))
        put(self, "giver_minimum", counts(self.giver_minimum, givers, "giver_minimum"))
        put(self, "taker_demand", counts(self.taker_demand, takers, "taker_demand"))
        put(self, "fixed", pairs_of(self.fixed, takers, givers, "fixed"))
        put(self, "taker_lots", fingerprints(taker_ids, takers, "taker_ids"))
        put(self, "giver_lots", fingerprints(giver_ids, givers, "giver_ids"))
        put(self, "previous", self._earlier(self.previous))
        values = score.data[:, None] if sparse.issparse(score) else score
        put(self, "grid", grid_of(values, self.seats, "score"))
        self._consistent()

    @property
    def takers(self) -> int:
        return int(self.score.shape[0])

    @property
    def givers(self) -> int:
        return int(self.score.shape[1])

    @property
    def seats(self) -> int:
        """The most pairs that capacities and demands leave room for."""
        return int(min(self.taker_demand.sum(), self.giver_capacity.sum()))

    def changed(self, **changes: Any) -> "AssignProblem":
        """The same problem with some arguments of `assign` changed; everybody keeps their id.

        Raises what `assign` raises, and ValueError where the table changes its shape without ids for its people.
        """
        shape = np.shape(changes.get("score", self.score))
        for side, size, people in ("taker", self.takers, shape[:1]), ("giver", self.givers, shape[1:]):
            if f"{side}_ids" not in changes and people != (size,):
                raise ValueError(f"there are no longer {size} {side}s: {side}_ids must say who they are")
        other = AssignProblem(**{name: getattr(self, name) for name in STATED} | changes)
        for lots_ in ("taker_lots", "giver_lots"):
            if lots_.replace("lots", "ids") not in changes:
                object.__setattr__(other, lots_, getattr(self, lots_))
        return other.after(changes.get("previous", self.previous))

    def after(self, previous: Any) -> "AssignProblem":  # noqa: ANN401 - None, pairs, or any result with pairs
        """The same problem, to be solved close to an earlier solution."""
        other = copy(self)
        object.__setattr__(other, "previous", self._earlier(previous))
        return other

    def aimed(self, objective: Objective) -> "AssignProblem":
        """The same problem with another objective."""
        other = copy(self)
        object.__setattr__(other, "objective", objective)
        return other

    def known(self, earlier: "AssignProblem") -> tuple[Ints, Ints]:
        """Where the takers and givers of another problem stand in this one, by their ids; -1 for those who do not."""
        return _places(earlier.taker_lots, self.taker_lots), _places(earlier.giver_lots, self.giver_lots)

    def translated(self, earlier: "AssignProblem", pairs: Ints) -> Ints:
        """The pairs of another problem's solution, as far as both people are still here; sorted."""
        row, column = self.known(earlier)
        there = np.stack([row[pairs[:, 0]], column[pairs[:, 1]]], axis=1)
        there = there[(there >= 0).all(axis=1)]
        return there[np.lexsort((there[:, 1], there[:, 0]))]

    def _earlier(self, previous: Any) -> Any:  # noqa: ANN401 - None, pairs, or any result with pairs
        if previous is None:
            return None
        problem = getattr(previous, "problem", None)
        if isinstance(problem, AssignProblem):
            return pairs_of(self.translated(problem, previous.pairs), self.takers, self.givers, "previous")
        return pairs_of(getattr(previous, "pairs", previous), self.takers, self.givers, "previous")

    def may(self, taker: int, giver: int) -> bool:
        """Whether nothing but the numbers stands against this pair."""
        if sparse.issparse(self.score):
            row = self.score.indices[self.score.indptr[taker] : self.score.indptr[taker + 1]]
            return bool((row == giver).any())
        return self.allowed is None or bool(self.allowed[taker, giver])

    def value(self, pairs: Ints) -> Ints:
        """The scores of pairs, in units of the grid."""
        return self.grid.units(picked(self.score, pairs)).astype(np.int64)

    def _consistent(self) -> None:
        short = np.flatnonzero(self.giver_minimum > self.giver_capacity)
        if len(short):
            giver = int(short[0])
            raise Infeasible(
                f"giver {giver} must have at least {self.giver_minimum[giver]} "
                f"but may have no more than {self.giver_capacity[giver]}",
                rule="giver_minimum",
                givers=tuple(short.tolist()),
            )
        for taker, giver in self.fixed.tolist():
            if not self.may(taker, giver):
                raise Infeasible(
                    f"taker {taker} is fixed with giver {giver}, but the pair is forbidden",
                    rule="fixed",
                    takers=(taker,),
                    givers=(giver,),
                )
        self._fits("taker", self.fixed[:, 0], self.taker_demand)
        self._fits("giver", self.fixed[:, 1], self.giver_capacity)

    def _fits(self, side: str, people: Ints, room: Ints) -> None:
        load = np.bincount(people, minlength=len(room))
        over = tuple(np.flatnonzero(load > room).tolist())
        if over:
            raise Infeasible(
                f"{side} {over[0]} is fixed in {load[over[0]]} pairs but has room for {room[over[0]]}",
                rule="fixed",
                **{f"{side}s": over},
            )


def _places(people: NDArray[np.uint64], among: NDArray[np.uint64]) -> Ints:
    if not len(among):
        return np.full(len(people), -1, dtype=np.int64)
    order = np.argsort(among)
    place = np.minimum(np.searchsorted(among[order], people), len(among) - 1)
    return np.where(among[order][place] == people, order[place], -1)


def _table(score: TableLike) -> TableLike:
    if sparse.issparse(score):
        rows: Any = sparse.csr_array(score)
        rows.sum_duplicates()
        rows.sort_indices()
        return rows
    table = np.asarray(score)
    if table.ndim != 2:
        raise ValueError(f"score must be takers × givers, not of {table.ndim} dimensions")
    return table


def _permission(allowed: ArrayLike | None, score: TableLike) -> Mask | None:
    if allowed is None:
        return None
    if sparse.issparse(score):
        raise ValueError("a sparse score already says which pairs are allowed: leave out the entries of the others")
    mask: Numbers = np.asarray(allowed)
    if mask.dtype != bool:
        raise ValueError(f"allowed must hold truth values, not {mask.dtype}")
    if mask.shape != score.shape:
        raise ValueError(f"allowed is of shape {mask.shape} and score of shape {score.shape}")
    return None if mask.all() else mask


def pairs_of(pairs: PairsLike, takers: int, givers: int, name: str) -> Ints:
    """Pairs of row and column numbers as int[k, 2], sorted; ValueError names one that is outside or repeated."""
    table = np.array([tuple(pair) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    outside = (table < 0).any(axis=1) | (table[:, 0] >= takers) | (table[:, 1] >= givers)
    if outside.any():
        raise ValueError(f"{name} holds {tuple(table[outside][0].tolist())}, which is outside {takers} × {givers}")
    unique, times = np.unique(table, axis=0, return_counts=True)
    if (times > 1).any():
        raise ValueError(f"{name} holds the pair {tuple(unique[times > 1][0].tolist())} twice")
    return unique
