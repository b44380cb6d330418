"""A place for somebody who comes late, while everybody else stays, or all but one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.assigning.problem import AssignProblem, pairs_of
from matching.engine.assigning.solver import rematch, solve_assignment
from matching.engine.explaining import Move
from matching.engine.numbers import Ints, PairsLike, lots
from matching.engine.results import Assignment

# Cells of a table of moves that are looked at together.
CELLS = 2_000_000


@dataclass(frozen=True)
class Placement:
    """One way to place a newcomer.

    taker, giver    the new pair: the newcomer and who they get (for a new giver with a move: the one left over, and
                    the giver whom the move sets free for them)
    move            the one pair that changes to make room; None where nobody moves
    points          what the total changes by
    price           points by which everything anew would be better, seats_lost the pairs it would have more
    """

    taker: int
    giver: int
    move: Move | None
    points: float
    price: float
    seats_lost: int


@dataclass(frozen=True)
class Insertion:
    """placements: best first, of equally good ones those without a move. best: everything anew, for comparison."""

    placements: tuple[Placement, ...]
    best: Assignment


def insert(
    problem: AssignProblem,
    solution: Assignment | PairsLike,
    *,
    taker: int | None = None,
    giver: int | None = None,
    most: int = 10,
) -> Insertion:
    """The best ways to give a newcomer one pair, moving nobody, or one pair of others to make room.

    `problem` includes the newcomer, `solution` does not: an Assignment of the problem before (people are known by their
    ids) or pairs of row and column numbers. Room is made where a giver is full: one of theirs moves to a giver with
    room. A new giver takes someone left over, or someone whose giver then takes someone left over. Locked pairs never
    move. Exact: every single move is looked at. Raises ValueError unless exactly one of `taker` and `giver` is given,
    and where the pairs break the problem's rules or the newcomer has no room; Infeasible as `assign` does.
    """
    if (taker is None) == (giver is None):
        raise ValueError("insert either a taker or a giver")
    seats = _Seats.of(problem, solution)
    found = list(seats.for_taker(taker)) if giver is None and taker is not None else list(seats.for_giver(giver or 0))
    best = rematch(problem, solution) if isinstance(solution, Assignment) else solve_assignment(problem)
    now = int(problem.value(seats.pairs).sum())
    anew = int(problem.value(best.pairs).sum())
    drawn = lots(problem.taker_lots[[one[1] for one in found]], problem.giver_lots[[one[2] for one in found]], 60)
    order = sorted(range(len(found)), key=lambda at: (-found[at][0], found[at][3] is not None, drawn[at]))
    return Insertion(
        tuple(
            Placement(
                row,
                column,
                move,
                problem.grid.score(gain),
                problem.grid.score(anew - now - gain),
                best.filled - len(seats.pairs) - 1,
            )
            for gain, row, column, move in (found[at] for at in order[:most])
        ),
        best,
    )


_Way = tuple[int, int, int, Move | None]


@dataclass(frozen=True)
class _Seats:
    """Who sits where, and who still has room."""

    problem: AssignProblem
    pairs: Ints
    row_room: Ints
    column_room: Ints

    @classmethod
    def of(cls, problem: AssignProblem, solution: Assignment | PairsLike) -> "_Seats":
        if isinstance(solution, Assignment):
            pairs = problem.translated(solution.problem, solution.pairs)
        else:
            pairs = pairs_of(solution, problem.takers, problem.givers, "solution")
        row = problem.taker_demand - np.bincount(pairs[:, 0], minlength=problem.takers)
        column = problem.giver_capacity - np.bincount(pairs[:, 1], minlength=problem.givers)
        forbidden = [pair for pair in map(tuple, pairs.tolist()) if not problem.may(*pair)]
        if forbidden or (row < 0).any() or (column < 0).any():
            raise ValueError(
                f"the solution breaks the rules of the problem{f' at {forbidden[0]}' if forbidden else ''}"
            )
        return cls(problem, pairs, row, column)

    def for_taker(self, person: int) -> Iterator[_Way]:
        self._has_room("taker", person, self.row_room)
        own = self._worth(np.array([person]), np.arange(self.problem.givers))[0]
        free = np.flatnonzero(self.column_room > 0)
        yield from ((int(own[giver]), person, giver, None) for giver in free.tolist() if np.isfinite(own[giver]))
        movable = self._movable()
        movable = movable[(movable[:, 0] != person) & np.isfinite(own[movable[:, 1]])]
        movable = movable[self.column_room[movable[:, 1]] == 0]
        for some in self._parts(movable, len(free)):
            gain, at = _highest(self._worth(some[:, 0], free))
            gain = gain + own[some[:, 1]] - self.problem.value(some)
            for (moved, giver), worth, target in zip(some.tolist(), gain.tolist(), at.tolist(), strict=True):
                if np.isfinite(worth):
                    yield int(worth), person, giver, Move(moved, giver, int(free[target]))

    def for_giver(self, person: int) -> Iterator[_Way]:
        self._has_room("giver", person, self.column_room)
        own = self._worth(np.arange(self.problem.takers), np.array([person]))[:, 0]
        free = np.flatnonzero(self.row_room > 0)
        yield from ((int(own[taker]), taker, person, None) for taker in free.tolist() if np.isfinite(own[taker]))
        movable = self._movable()
        movable = movable[(movable[:, 1] != person) & np.isfinite(own[movable[:, 0]])]
        for some in self._parts(movable, len(free)):
            worth = self._worth(free, some[:, 1]).T
            worth[some[:, :1] == free] = -np.inf
            gain, at = _highest(worth)
            gain = gain + own[some[:, 0]] - self.problem.value(some)
            for (moved, giver), points, new in zip(some.tolist(), gain.tolist(), at.tolist(), strict=True):
                if np.isfinite(points):
                    yield int(points), int(free[new]), giver, Move(moved, giver, person)

    def _has_room(self, side: str, person: int, room: Ints) -> None:
        if not 0 <= person < len(room):
            raise ValueError(f"there is no {side} {person}")
        if room[person] <= 0:
            raise ValueError(f"{side} {person} has no room for another pair")

    def _movable(self) -> Ints:
        fixed = {tuple(pair) for pair in self.problem.fixed.tolist()}
        keep = [pair for pair in self.pairs.tolist() if tuple(pair) not in fixed]
        return np.array(keep, dtype=np.int64).reshape(-1, 2)

    def _parts(self, movable: Ints, width: int) -> Iterator[Ints]:
        step = max(1, CELLS // max(width, 1))
        for start in range(0, len(movable) if width else 0, step):
            yield movable[start : start + step]

    def _worth(self, rows: Ints, columns: Ints) -> NDArray[np.float64]:
        """Scores in units of the grid; minus infinity where a pair is forbidden or made already."""
        problem = self.problem
        taken = sparse.csr_array(
            (np.ones(len(self.pairs), dtype=bool), (self.pairs[:, 0], self.pairs[:, 1])), shape=problem.score.shape
        )
        worth = np.where(taken[rows][:, columns].toarray(), -np.inf, self._scores(rows, columns))
        return np.asarray(worth, dtype=np.float64)

    def _scores(self, rows: Ints, columns: Ints) -> NDArray[Any]:
        problem = self.problem
        if not sparse.issparse(problem.score):
            cells = np.ix_(rows, columns)
            units = problem.grid.units(problem.score[cells])
            return units if problem.allowed is None else np.where(problem.allowed[cells], units, -np.inf)
        part = sparse.coo_array(problem.score[rows][:, columns])
        table = np.full(part.shape, -np.inf)
        table[part.row, part.col] = problem.grid.units(part.data)
        return table


def _highest(table: NDArray[np.float64]) -> tuple[NDArray[np.float64], Ints]:
    """The largest entry of each row, and where it stands."""
    at = np.argmax(table, axis=1)
    return table[np.arange(len(table)), at], at
