"""From a stated problem to a proven assignment."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from matching.engine.assigning.again import Start, seatless, start_of
from matching.engine.assigning.blocking import TURNS, Settled, blocking_pairs, fewest_blocking, settled_greedily
from matching.engine.assigning.certify import certify_assignment
from matching.engine.assigning.core import core_of, most_pairs, solve, usable
from matching.engine.assigning.floors import FloorSearch
from matching.engine.assigning.problem import AssignProblem, Objective
from matching.engine.assigning.rest import not_fixed, remaining
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.ties import decide
from matching.engine.assigning.transport import Cut, Limits, Prices
from matching.engine.errors import Infeasible, names
from matching.engine.numbers import EachLike, Ints, PairsLike, TableLike, picked
from matching.engine.results import Assignment, AssignProof


def assign(
    score: TableLike,
    *,
    allowed: TableLike = None,
    giver_capacity: EachLike = 1,
    giver_minimum: EachLike = 0,
    taker_demand: EachLike = 1,
    objective: Objective = "cover",
    fixed: PairsLike = (),
    previous: PairsLike = None,
    taker_ids: Sequence[Hashable] | None = None,
    giver_ids: Sequence[Hashable] | None = None,
) -> Assignment:
    """Give takers their givers.

    score           takers × givers, higher is better: an array, or a scipy.sparse matrix in which a missing entry is a
                    forbidden pair and a stored 0 is a pair. Whole numbers are exact, see matching.engine.numbers
    allowed         bool takers × givers; a forbidden pair is never chosen, whatever its score
    giver_capacity, giver_minimum, taker_demand
                    how many pairs a giver may have and must have, and how many a taker asks for: one number or one each
    objective       "cover": as many pairs as possible, then the best total. "floor": as many, then the highest lowest
                    score, then the best total. "score": the best total, then as many as possible. "stable": as many,
                    then few blocking pairs (proven only where none is left)
    fixed           pairs (taker, giver) that are locked
    previous        an earlier Assignment (people are known by their ids) or pairs of row and column numbers: of equally
                    good solutions the one that keeps most of them. The prices of an Assignment shorten the search
    taker_ids, giver_ids
                    decide what is still equal after that, in any order of rows; row numbers where there are none

    Raises ValueError for numbers that are not numbers, wrong shapes and negative limits, and its subclass Infeasible,
    naming the people, for fixed pairs or minimums that cannot be kept.
    """
    problem = AssignProblem(
        score, allowed, giver_capacity, giver_minimum, taker_demand, objective, fixed, previous, taker_ids, giver_ids
    )
    return solve_assignment(problem, start_of(problem, previous) if isinstance(previous, Assignment) else None)


def rematch(problem: AssignProblem, solution: Assignment) -> Assignment:
    """Solve a problem that differs little from the one that `solution` answers, from its prices.

    One row or column edited, a lock, someone more or less, another weight: where few pairs have to move, each costs one
    shortest path. The answer is that of `assign`, with its proof; of equally good ones it keeps most of the earlier
    pairs, unless the problem has a `previous` of its own. `problem.changed(...)` states a small change. People
    are known by their ids. Raises what `assign` raises.
    """
    if problem.previous is None:
        problem = problem.after(solution)
    return solve_assignment(problem, start_of(problem, solution))


@dataclass(frozen=True)
class _Found:
    chosen: Edges
    proof: AssignProof
    price: int | None = None
    blocking: int | None = None


def solve_assignment(problem: AssignProblem, start: Start | None = None) -> Assignment:
    """Solve a stated problem; `start` may hold the prices and pairs of a similar one, which shortens the search."""
    table, limits = Table.of(problem), remaining(problem)
    prices = None if start is None else start.prices
    before = None if start is None else table.listed(start.pairs)
    core = core_of(table, limits, prices)
    if before is not None:
        core = core.merged(usable(before, limits), problem.givers)
    core = _with_minimums(table, limits, core)
    possible, cover, core = most_pairs(table, core, limits.row_high, limits.column_high)
    limits = limits if problem.objective == "score" else replace(limits, total=possible)
    solver = {"cover": _by_cover, "floor": _by_floor, "score": _by_score, "stable": _by_stability}[problem.objective]
    return _result(problem, solver(_Task(problem, table, limits, core, cover, prices, before)), possible)


def _with_minimums(table: Table, limits: Limits, core: Edges) -> Edges:
    needed = int(limits.column_low.sum())
    if not needed:
        return core
    count, cut, core = most_pairs(table, core, limits.row_high, limits.column_low)
    if count == needed:
        return core
    givers = np.flatnonzero(~cut.columns & (limits.column_low > 0))
    takers = np.flatnonzero(cut.rows & (limits.row_high > 0))
    asked = int(limits.column_low[givers].sum())
    raise Infeasible(
        f"the minimums cannot be kept: givers {names(givers.tolist())} must have {asked} pairs together, "
        f"but the takers open to them ({names(takers.tolist()) or 'none'}) leave {needed - count} of them short",
        rule="giver_minimum",
        takers=tuple(takers.tolist()),
        givers=tuple(givers.tolist()),
    )


@dataclass(frozen=True)
class _Task:
    """A stated problem on its way to a solution; `prices` and `before` are those of a similar one, if there is one."""

    problem: AssignProblem
    table: Table
    limits: Limits
    core: Edges
    cover: Cut
    prices: Prices | None
    before: Edges | None

    def best(self) -> tuple[Edges, Prices]:
        return solve(self.table, self.limits, self.core, self.prices, self.before)


def _by_cover(task: _Task) -> _Found:
    chosen, prices = task.best()
    price = _price_of_cover(task, prices, chosen)
    return _Found(decide(task.problem, task.table, task.limits, chosen, prices), AssignProof(prices, task.cover), price)


def _price_of_cover(task: _Task, prices: Prices, chosen: Edges) -> int:
    """Points that filling every seat costs against the best total; a seat price of at least 0 proves that it is 0."""
    if prices.seat >= 0:
        return 0
    free = replace(task.limits, total=None)
    best, _ = solve(task.table, free, task.core.merged(chosen, free.shape[1]), seatless(prices), chosen)
    return int(best.weight.sum()) - int(chosen.weight.sum())


def _by_score(task: _Task) -> _Found:
    start = None if task.prices is None else seatless(task.prices)
    chosen, prices = solve(task.table, task.limits, task.core, start, task.before)
    return _Found(decide(task.problem, task.table, task.limits, chosen, prices), AssignProof(prices, task.cover))


def _by_floor(task: _Task) -> _Found:
    limits = task.limits
    if not limits.total:
        return _by_cover(task)
    free, free_prices = task.best()
    search = FloorSearch(task.table, limits, task.core.merged(free, limits.shape[1]))
    floor, failure = search.highest(int(free.weight.min()))
    view = task.table.at_least(floor)
    chosen, prices = solve(view, limits, search.core[search.core.weight >= floor], free_prices, free)
    chosen = decide(task.problem, view, limits, chosen, prices)
    proof = AssignProof(prices, task.cover, floor, failure.cut, failure.by_minimum)
    return _Found(chosen, proof, int(free.weight.sum()) - int(chosen.weight.sum()))


def _by_stability(task: _Task) -> _Found:
    problem, table, limits = task.problem, task.table, task.limits
    free, prices = task.best()
    core = task.core
    for turn in range(TURNS):
        plain, core = settled_greedily(problem, table, limits, core, turn)
        if len(plain) == limits.total and not _misses_minimum(plain, limits):
            settled = Settled(plain, blocking_pairs(table, limits, plain))
            break
    else:
        settled = fewest_blocking(problem, table, limits, core, decide(problem, table, limits, free, prices))
    price = int(free.weight.sum()) - int(settled.chosen.weight.sum())
    return _Found(settled.chosen, AssignProof(prices, task.cover), price, len(settled.blocking))


def _misses_minimum(chosen: Edges, limits: Limits) -> bool:
    return bool((np.bincount(chosen.column, minlength=limits.shape[1]) < limits.column_low).any())


def _result(problem: AssignProblem, found: _Found, possible: int) -> Assignment:
    pairs = _sorted(np.concatenate([problem.fixed, np.stack([found.chosen.row, found.chosen.column], axis=1)]))
    load = np.bincount(pairs[:, 0], minlength=problem.takers)
    grid, free = problem.grid, not_fixed(problem, pairs)
    result = Assignment(
        problem=problem,
        pairs=pairs,
        total=total_of(problem, pairs),
        filled=len(pairs),
        possible=possible + len(problem.fixed),
        optimal=False,
        bound=0,
        prices=found.proof,
        unfilled=np.flatnonzero(load < problem.taker_demand),
        floor=grid.score(int(problem.value(free).min())) if len(free) else None,
        blocking=found.blocking,
        price=None if found.price is None else grid.score(found.price),
    )
    certificate = certify_assignment(problem, result)
    return replace(result, optimal=certificate.optimal, bound=certificate.bound)


def _sorted(pairs: Ints) -> Ints:
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def total_of(problem: AssignProblem, pairs: Ints) -> float:
    """The sum of the scores as they were given: a whole number where they are whole."""
    if problem.grid.plain:
        return int(problem.value(pairs).sum())
    return fsum(picked(problem.score, pairs).tolist())
