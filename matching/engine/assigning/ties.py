"""Ties are decided by ids: one solution stands for all that are equally good.

Optimal solutions are exactly those that use only tight pairs (score equal to the prices), fill whoever has a positive
price, leave at the minimum whoever has a negative one, and keep every pair that is worth more than its prices. Which
prices proved optimality does not matter: each set of optimal prices describes the same solutions. Among these a second
problem of the same kind is solved, whose weights are drawn from the ids alone, so that the order of rows has no say.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.transport import Limits, Prices, solve_edges
from matching.engine.numbers import Ints, lots

Weigh = Callable[[Edges], Ints]


def decide(problem: AssignProblem, table: Table, limits: Limits, chosen: Edges, prices: Prices) -> Edges:
    """Of all solutions as good as the chosen one: most pairs, then closest to `previous`, then by the ids' lots."""
    edges = table.tight(*prices.to_beat(limits))
    value = prices.row[chosen.row] + prices.column[chosen.column] + prices.seat
    kept = chosen[chosen.weight > value]
    face = _face(limits, prices)
    stages = [_lots(problem, limits)]
    if problem.previous is not None and len(problem.previous):
        stages.insert(0, _earlier(problem))
    if limits.total is None:
        stages.insert(0, lambda some: np.ones(len(some), dtype=np.int64))
    edges = edges.merged(chosen, table.shape[1])
    best = kept
    for weigh in stages:
        edges, face, kept, best = _stage(edges, face, kept, weigh)
    return best.merged(kept, table.shape[1])


def _stage(edges: Edges, face: Limits, kept: Edges, weigh: Weigh) -> tuple[Edges, Limits, Edges, Edges]:
    """Solve for one more weight within the optimal face, and narrow the face to the solutions best in it, too."""
    width = face.shape[1]
    free = edges[~np.isin(edges.row * width + edges.column, kept.row * width + kept.column)]
    limits = _without(face, kept)
    weighed = replace(free, weight=weigh(free))
    solved = solve_edges(weighed, limits)
    if solved is None:
        raise ArithmeticError("the face of optimal solutions does not hold the solution that defines it")
    used, prices = solved
    value = prices.row[weighed.row] + prices.column[weighed.column] + prices.seat
    forced = used & (weighed.weight > value)
    tight = free[(weighed.weight == value) | forced]
    return tight, _face(face, prices), kept.merged(free[forced], width), free[used]


def _face(limits: Limits, prices: Prices) -> Limits:
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


def _lots(problem: AssignProblem, limits: Limits) -> Weigh:
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
