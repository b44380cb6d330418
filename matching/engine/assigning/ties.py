"""Ties are decided by ids: one solution stands for all that are equally good.

Optimal solutions are exactly those that use only tight pairs (score equal to the prices), fill whoever has a positive
price, leave at the minimum whoever has a negative one, and keep every pair that is worth more than its prices. Which
prices proved optimality does not matter: each set of optimal prices describes the same solutions. Among these a second
problem of the same kind is solved, whose weights are drawn from the ids alone, so that the order of rows has no say.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matching.engine.assigning.core import core_of, solve
from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.scores import Edges, Table, Values
from matching.engine.assigning.transport import Limits, Prices, solve_edges
from matching.engine.numbers import Grid, Ints, Mask, lots

Weigh = Callable[[Edges], Ints]
MOST_LISTED = 2_000_000


def decide(problem: AssignProblem, table: Table, limits: Limits, chosen: Edges, prices: Prices) -> Edges:
    """Of all solutions as good as the chosen one: most pairs, then closest to `previous`, then by the ids' lots."""
    stages = [by_lots(problem, limits)]
    if problem.previous is not None and len(problem.previous):
        stages.insert(0, _earlier(problem))
    if limits.total is None:
        stages.insert(0, lambda some: np.ones(len(some), dtype=np.int64))
    bars = prices.to_beat(limits)
    if len(stages) == 1 and table.size() > MOST_LISTED and not table.sparse and table.tight_count(*bars) > MOST_LISTED:
        return _unlisted(problem, table, limits, chosen, prices)
    return among_equals(table.tight(*bars), limits, chosen, prices, stages)


@dataclass(frozen=True)
class _LotTable(Table):
    """The tight pairs of a table, each worth its lot; nothing is listed."""

    base: Table | None = None
    prices: tuple[Values, Values] = (np.zeros(0), np.zeros(0))
    drawn: tuple[NDArray[np.uint64], NDArray[np.uint64]] = (np.zeros(0, np.uint64), np.zeros(0, np.uint64))
    bits: int = 0

    @property
    def light(self) -> bool:
        return False

    def whole(self, rows: slice, columns: slice, kind: type[np.floating[Any]]) -> Values:
        return lots(self.drawn[0][rows, None], self.drawn[1][columns], self.bits).astype(kind)

    def usable(self, rows: slice, columns: slice, block: Values) -> Mask | None:
        del block
        if self.base is None:
            raise TypeError("tight pairs are those of another table")
        scores = self.base.whole(rows, columns, np.float64)
        tight = scores - self.prices[1][columns] == self.prices[0][rows, None]
        mask = self.base.usable(rows, columns, scores)
        return tight if mask is None else tight & mask

    def weights(self, row: Ints, column: Ints) -> Ints:
        return lots(self.drawn[0][row], self.drawn[1][column], self.bits)


def _unlisted(problem: AssignProblem, table: Table, limits: Limits, chosen: Edges, prices: Prices) -> Edges:
    """The same decision where very many scores are equal: by core and pricing, with the lots as scores."""
    width = limits.shape[1]
    kept = chosen[chosen.weight > _value(chosen, prices)]
    face = _without(_narrowed(limits, prices), kept)
    drawn = problem.taker_lots, problem.giver_lots
    bits = 48 - sum(limits.shape).bit_length()
    grid = Grid(largest=2.0**bits)
    draw = _LotTable(
        table.score, None, grid, table.fixed, base=table, prices=prices.to_beat(limits), drawn=drawn, bits=bits
    )
    rest = chosen[~chosen.within(kept, width)]
    mine = replace(rest, weight=lots(drawn[0][rest.row], drawn[1][rest.column], bits))
    best, _ = solve(draw, face, core_of(draw, face).merged(mine, width))
    weight = problem.value(np.stack([best.row, best.column], axis=1)) if len(best) else best.weight
    return replace(best, weight=weight).merged(kept, width)


def among_equals(tight: Edges, limits: Limits, chosen: Edges, prices: Prices, stages: list[Weigh]) -> Edges:
    """Of all solutions as good as the chosen one, the best by one weight after the other."""
    width = limits.shape[1]
    kept = chosen[chosen.weight > _value(chosen, prices)]
    face = _Face(_narrowed(limits, prices), tight.merged(chosen, width), chosen, kept)
    for weigh in stages:
        face = face.pruned()
        if not len(face.free):
            break
        face = face.best(weigh)
    return face.chosen


@dataclass(frozen=True)
class _Face:
    """All optimal solutions: those within the limits that use these edges and all kept ones; one of them is chosen."""

    limits: Limits
    edges: Edges
    chosen: Edges
    kept: Edges

    @property
    def free(self) -> Edges:
        """Edges about which there is a choice."""
        return self.edges[~self._among(self.edges, self.kept)]

    def _among(self, some: Edges, others: Edges) -> Mask:
        width = self.limits.shape[1]
        return np.isin(some.row * width + some.column, others.row * width + others.column)

    def pruned(self) -> "_Face":
        """Keep or drop what no solution can change: only edges on a circuit of the residual network can change."""
        edges = self.free
        used = self._among(edges, self.chosen)
        part = _components(edges, used, _without(self.limits, self.kept))
        open_ = part[edges.row] == part[self.limits.shape[0] + edges.column]
        kept = self.kept.merged(edges[used & ~open_], self.limits.shape[1])
        return replace(self, edges=edges[open_].merged(kept, self.limits.shape[1]), kept=kept)

    def best(self, weigh: Weigh) -> "_Face":
        """Choose by one more weight, and narrow the face to the solutions that are best in it, too."""
        free, width = self.free, self.limits.shape[1]
        weighed = replace(free, weight=weigh(free))
        solved = solve_edges(weighed, _without(self.limits, self.kept))
        if solved is None:
            raise ArithmeticError("the face of optimal solutions does not hold the solution that defines it")
        used, prices = solved
        value = _value(weighed, prices)
        forced = used & (weighed.weight > value)
        kept = self.kept.merged(free[forced], width)
        edges = free[weighed.weight == value].merged(kept, width)
        return _Face(_narrowed(self.limits, prices), edges, self.kept.merged(free[used], width), kept)


def _components(edges: Edges, used: Mask, limits: Limits) -> Ints:
    """The strongly connected part of the residual network that each row, then each column, belongs to."""
    height, width = limits.shape
    source, sink = height + width, height + width + 1
    row, column = np.arange(height), height + np.arange(width)
    row_load = np.bincount(edges.row[used], minlength=height)
    column_load = np.bincount(edges.column[used], minlength=width)
    arcs = [
        (edges.row[~used], height + edges.column[~used]),
        (height + edges.column[used], edges.row[used]),
        (np.full(height, source), np.where(row_load < limits.row_high, row, source)),
        (np.where(row_load > limits.row_low, row, source), np.full(height, source)),
        (np.where(column_load < limits.column_high, column, sink), np.full(width, sink)),
        (np.full(width, sink), np.where(column_load > limits.column_low, column, sink)),
    ]
    if limits.total is None:
        arcs.append((np.array([source, sink]), np.array([sink, source])))
    tail, head = np.concatenate([tail for tail, _ in arcs]), np.concatenate([head for _, head in arcs])
    graph = sparse.csr_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(sink + 1, sink + 1))
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], dtype=np.int64)


def _value(edges: Edges, prices: Prices) -> Ints:
    return prices.row[edges.row] + prices.column[edges.column] + prices.seat


def _narrowed(limits: Limits, prices: Prices) -> Limits:
    return Limits(
        np.where(prices.row > 0, limits.row_high, limits.row_low),
        np.where(prices.row < 0, limits.row_low, limits.row_high),
        np.where(prices.column > 0, limits.column_high, limits.column_low),
        np.where(prices.column < 0, limits.column_low, limits.column_high),
        limits.total,
    )


def _without(limits: Limits, kept: Edges) -> Limits:
    row = np.bincount(kept.row, minlength=limits.shape[0])
    column = np.bincount(kept.column, minlength=limits.shape[1])
    return Limits(
        np.maximum(limits.row_low - row, 0),
        limits.row_high - row,
        np.maximum(limits.column_low - column, 0),
        limits.column_high - column,
        None if limits.total is None else limits.total - len(kept),
    )


def by_lots(problem: AssignProblem, limits: Limits) -> Weigh:
    """Weights drawn from the ids of the two people."""
    # Solvers multiply costs by the number of nodes and add them up along paths; what is left of 60 bits is for lots.
    bits = 60 - (sum(limits.shape) + 2).bit_length()

    def weigh(edges: Edges) -> Ints:
        return lots(problem.taker_lots[edges.row], problem.giver_lots[edges.column], bits)

    return weigh


def _earlier(problem: AssignProblem) -> Weigh:
    def weigh(edges: Edges) -> Ints:
        old = problem.previous[:, 0] * problem.givers + problem.previous[:, 1]
        return np.isin(edges.row * problem.givers + edges.column, old).astype(np.int64)

    return weigh
