"""What each objective would give for the same problem, and which givers come nearest for each taker."""

from dataclasses import dataclass
from typing import get_args

import numpy as np

from matching.engine.assigning.again import start_of
from matching.engine.assigning.blocking import blocking_pairs
from matching.engine.assigning.problem import AssignProblem, Objective
from matching.engine.assigning.residual import view_of
from matching.engine.assigning.rest import not_fixed, remaining
from matching.engine.assigning.scores import Edges, Table, chained
from matching.engine.assigning.solver import solve_assignment
from matching.engine.numbers import Ints, Numbers
from matching.engine.results import Assignment

# How many passes over the table look for near pairs, each reaching twice as far, before single rows are read.
PASSES = 4


@dataclass(frozen=True)
class Outcome:
    """What one objective gives.

    total, filled   the sum of the scores, and the number of pairs
    lowest          the lowest score among pairs that are not fixed (None without any)
    blocking        pairs of people who would both rather have each other than (one of) those they got
    cost            points by which the total is below that of "cover", the best total among the fullest solutions;
                    negative for "score" where empty seats pay
    seats           how many pairs more "cover" makes
    optimal         whether this is proved; for "stable" it is where nobody blocks, and not where fewer might
    """

    total: float
    filled: int
    lowest: float | None
    blocking: int
    cost: float
    seats: int
    optimal: bool


def compare(problem: AssignProblem, solution: Assignment | None = None) -> dict[Objective, Outcome]:
    """The outcome of every objective for one problem: what a floor, full seats, the best total or stability cost.

    Each is solved from the prices of "cover" (or of `solution`, an Assignment of this problem with any objective, which
    is not solved again), so that all four take little longer than the first. Raises what `assign` raises.
    """
    found: dict[Objective, Assignment] = {}
    if solution is not None:
        found[solution.problem.objective] = solution
    if "cover" not in found:
        start = None if solution is None else start_of(problem, solution)
        found["cover"] = solve_assignment(problem.aimed("cover"), start)
    cover = found["cover"]
    for objective in get_args(Objective):
        if objective not in found:
            found[objective] = solve_assignment(problem.aimed(objective), start_of(problem, cover))
    return {objective: _outcome(found[objective], cover) for objective in get_args(Objective)}


def _outcome(one: Assignment, cover: Assignment) -> Outcome:
    problem = one.problem
    chosen = not_fixed(problem, one.pairs)
    edges = Edges(chosen[:, 0], chosen[:, 1], problem.value(chosen))
    blocking = len(blocking_pairs(Table.of(problem), remaining(problem), edges))
    cost, seats = cover.total - one.total, cover.filled - one.filled
    return Outcome(one.total, one.filled, one.floor, blocking, cost, seats, one.optimal)


@dataclass(frozen=True)
class Alternatives:
    """For each taker the givers who come nearest, best first: int[takers, most], -1 where there are no more.

    at_least    what forcing that pair would cost in points, or more (`why_not` says exactly); 0 beside a -1
    """

    givers: Ints
    at_least: Numbers


def alternatives(problem: AssignProblem, solution: Assignment, *, most: int = 3) -> Alternatives:
    """The next best givers for every taker at once, by how much the prices of the two exceed their score.

    One pass over the table. Givers a taker has, forbidden ones and those below a floor are left out, and so is
    everybody whose fixed pairs leave no room. Raises ValueError where the prices do not prove the solution.
    """
    if problem.objective == "stable" or not solution.optimal:
        raise ValueError("alternatives are known where the prices prove the solution: solve for cover, floor or score")
    near = _near(problem, solution, most)
    gap = near.weight
    order = np.lexsort((near.column, gap, near.row))
    row = near.row[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    first = rank < most
    givers = np.full((problem.takers, most), -1, dtype=np.int64)
    at_least = np.zeros((problem.takers, most))
    givers[row[first], rank[first]] = near.column[order][first]
    at_least[row[first], rank[first]] = np.ldexp(gap[order][first].astype(np.float64), problem.grid.exponent)
    return Alternatives(givers, at_least)


def _near(problem: AssignProblem, solution: Assignment, most: int) -> Edges:
    """Pairs that hold the nearest ones of every taker, with the gap to their prices in place of a weight.

    First those within reach of their prices; for the takers who lack some then, the whole row.
    """
    table, limits = view_of(problem, solution), remaining(problem)
    bars = solution.prices.prices.to_beat(limits)
    chosen = not_fixed(problem, solution.pairs)
    if table.sparse:
        return _gaps(table.edges(), bars, chosen, problem.givers)
    found, lacking = [], limits.row_high > 0
    reach = max(1.0, problem.grid.largest // 30)
    for _ in range(PASSES):
        near = table.above(np.where(lacking, bars[0] - np.floor(reach), np.inf), bars[1])
        near = _gaps(near, bars, chosen, problem.givers)
        enough = np.bincount(near.row, minlength=problem.takers) >= most
        found.append(near[enough[near.row]])
        lacking, reach = lacking & ~enough, 2 * reach
    for taker in np.flatnonzero(lacking).tolist():
        gap = bars[0][taker] + bars[1] - table.row(taker)
        gap[chosen[slice(*np.searchsorted(chosen[:, 0], [taker, taker + 1])), 1]] = np.inf
        here = np.flatnonzero(gap <= np.partition(gap, min(most, len(gap)) - 1)[min(most, len(gap)) - 1])
        here = here[np.isfinite(gap[here])]
        found.append(Edges(np.full(len(here), taker), here, gap[here].astype(np.int64)))
    return chained(found)


def _gaps(edges: Edges, bars: tuple[Numbers, Numbers], chosen: Ints, width: int) -> Edges:
    """Pairs of people with room, other than those chosen, with their gap in place of their score."""
    gap = bars[0][edges.row] + bars[1][edges.column] - edges.weight
    keep = np.isfinite(gap) & ~np.isin(edges.keys(width), chosen[:, 0] * width + chosen[:, 1])
    return Edges(edges.row[keep], edges.column[keep], gap[keep].astype(np.int64))
