"""Exact pairing: the linear relaxation first, a blossom algorithm on what it leaves open.

1. The relaxation, in which a person may be half with one and half with another, is a two-sided assignment of everyone
   to everyone; its prices y bound every pairing.
2. A pair that is priced more than t above its weight can only be in pairings worth less than bound - t. So with the
   pairs within t, an exact blossom algorithm finds the best pairing of all as soon as bound - its weight <= t.
3. Otherwise t grows and step 2 is repeated. At most all pairs are in.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.engine.assigning.core import core_of, solve
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.solver import assign
from matching.engine.assigning.transport import Limits
from matching.engine.numbers import Ints, PairsLike, TableLike, lots
from matching.engine.pairing.blossom import LOT_BITS, heaviest
from matching.engine.pairing.certify import certify_pairing, ones_of, shift_of, sides_of, third_table, worth_of
from matching.engine.pairing.problem import PairObjective, PairProblem
from matching.engine.pairing.proof import PairPrices, prove
from matching.engine.pairing.results import Pairing, PairProof
from matching.engine.results import Assignment

ROUNDS = 20


def pair(
    score: TableLike,
    *,
    allowed: TableLike = None,
    triads: bool = False,
    objective: PairObjective = "cover",
    fixed: PairsLike = (),
    ids: Sequence[Hashable] | None = None,
) -> Pairing:
    """Pair people with one another.

    score       people × people, symmetric where allowed (array or scipy.sparse); the diagonal is not looked at. Where
                two directions differ, what the weaker gets is np.minimum(score, score.T)
    allowed     bool people × people; a pair needs both directions
    triads      let whoever is left over join a pair, if allowed with both of its people: as many as possible, then the
                best total, one to a pair
    objective   "cover": as many pairs as possible, then the best total. "floor": as many, then the highest lowest
                score, then the best total. "score": the best total
    fixed       pairs that are locked
    ids         decide between equally good pairings in any order of rows

    Raises ValueError for what is not a symmetric table of numbers, and its subclass Infeasible for locks that
    contradict the rules or one another.
    """
    return solve_pairing(PairProblem(score, allowed, triads, objective, fixed, ids))


@dataclass(frozen=True)
class _Found:
    chosen: Edges
    near: Edges
    prices: PairPrices


def solve_pairing(problem: PairProblem) -> Pairing:
    """Solve a stated problem."""
    table = problem.table()
    shift = shift_of(problem)
    found = _heaviest(problem, replace(table, shift=shift))
    proof = PairProof(_proved(found, replace(table, shift=shift)), shift)
    price = None
    if problem.objective == "floor" and len(found.chosen):
        free = int(found.chosen.weight.sum())
        found, proof = _floored(problem, table, shift, len(found.chosen))
        price = problem.grid.score(free - int(found.chosen.weight.sum()))
    return _result(problem, found.chosen, proof, price)


def _proved(found: _Found, table: Table) -> PairPrices:
    """Prices whose bound is the total: those of the relaxation, or else with odd sets, priced over the whole table."""
    total = int(found.chosen.weight.sum())
    near, best, sets = found.near, found.prices, found.prices.sets
    for _ in range(ROUNDS):
        if best.bound() == total:
            break
        prices = prove(near, total, found.prices, sets)
        sets = prices.sets
        missed = prices.uncovered(table)
        if not len(missed):
            return prices
        near = near.merged(missed, table.shape[1])
    return best


def _heaviest(problem: PairProblem, table: Table) -> _Found:
    """Steps 1 to 3 above."""
    one = np.ones(problem.people, dtype=np.int64)
    limits = Limits(0 * one, one, 0 * one, one)
    core = core_of(table, limits)
    _, prices = solve(table, limits, core)
    twice = prices.row + prices.column
    scale = 2**20 if int(twice.max(initial=0)) < 2**40 else 2**8
    reach = 2 * max(1, int(problem.grid.largest) // 100)
    while True:
        near = _within(table, twice, reach)
        chosen = near[heaviest(near, problem.people, _lots(problem, near))]
        gap = int(twice.sum()) - 2 * int(chosen.weight.sum())
        if gap <= reach:
            return _Found(chosen, near, PairPrices(twice * (scale // 2), scale))
        reach = max(gap, 4 * reach) if gap < 64 * reach else 8 * reach


def _within(table: Table, twice: Ints, reach: int) -> Edges:
    """Pairs (lower, higher) of positive weight whose prices exceed it by at most half of `reach`."""
    near = table.above((twice - reach) // 2 - 1, twice // 2)
    return near[(near.row < near.column) & (near.weight > 0)]


def _lots(problem: PairProblem, edges: Edges) -> Ints:
    return lots(problem.lots[edges.row], problem.lots[edges.column], LOT_BITS) ^ lots(
        problem.lots[edges.column], problem.lots[edges.row], LOT_BITS
    )


def _floored(problem: PairProblem, table: Table, shift: int, pairs: int) -> tuple[_Found, PairProof]:
    """Bisect the scores for the highest floor with as many pairs."""
    values = np.unique(table.edges().weight)
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _count(problem, table.at_least(int(values[middle]))) == pairs:
            low = middle
        else:
            high = middle - 1
    floor = int(values[low])
    view = replace(table.at_least(floor), shift=shift)
    found = _heaviest(problem, view)
    above = ones_of(table.at_least(floor + 1))
    floor_prices = _proved(_heaviest(problem, above), above)
    return found, PairProof(_proved(found, view), shift, floor, floor_prices)


def _count(problem: PairProblem, table: Table) -> int:
    """The most pairs there can be."""
    return len(_heaviest(problem, ones_of(table)).chosen)


def _result(problem: PairProblem, chosen: Edges, proof: PairProof, price: float | None) -> Pairing:
    pairs = _sorted(np.concatenate([problem.fixed, np.stack([chosen.row, chosen.column], axis=1)]))
    before = pairs
    triads = np.zeros((0, 3), dtype=np.int64)
    if problem.triads:
        joined, triads = _thirds(problem, pairs)
        pairs, proof = np.delete(pairs, joined.pairs[:, 1], axis=0), replace(proof, thirds=joined)
    placed = np.zeros(problem.people, dtype=bool)
    placed[pairs.reshape(-1)] = placed[triads.reshape(-1)] = True
    free = chosen.weight - proof.shift
    result = Pairing(
        problem=problem,
        pairs=pairs,
        triads=triads,
        total=worth_of(problem, np.concatenate([pairs, sides_of(triads)])),
        pair_total=worth_of(problem, before),
        filled=int(placed.sum()),
        possible=None,
        optimal=False,
        bound=0,
        prices=proof,
        unfilled=np.flatnonzero(~placed),
        floor=problem.grid.score(int(free.min())) if len(free) else None,
        price=price,
    )
    certificate = certify_pairing(problem, result)
    return replace(result, optimal=certificate.optimal, bound=certificate.bound, possible=certificate.possible)


def _sorted(rows: Ints) -> Ints:
    return rows[np.lexsort(rows.T[::-1])]


def _thirds(problem: PairProblem, pairs: Ints) -> tuple[Assignment, Ints]:
    """Whoever is left joins a pair: an assignment of people to pairs, worth the two scores that it adds."""
    left, joins, worth = third_table(problem, pairs)
    joined = assign(
        worth,
        allowed=joins,
        taker_ids=problem.lots[left].tolist(),
        giver_ids=[tuple(sorted(one)) for one in problem.lots[pairs].tolist()],
    )
    return joined, _sorted(np.concatenate([pairs[joined.pairs[:, 1]], left[joined.pairs[:, :1]]], axis=1))
