"""Checker and certificate of a pairing: the statement of the problem, the pairs and the prices, and no solver."""

from dataclasses import replace
from math import ceil, fsum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matching.engine.assigning.certify import certify_assignment
from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.scores import Table
from matching.engine.numbers import Grid, Ints, Mask, picked
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.results import Pairing, PairProof
from matching.engine.results import Certificate, Violation


def sides_of(triads: Ints) -> Ints:
    """The three pairs within each triad."""
    return np.concatenate([triads[:, [0, 1]], triads[:, [0, 2]], triads[:, [1, 2]]])


def worth_of(problem: PairProblem, pairs: Ints) -> float:
    """The sum of the scores as they were given: a whole number where they are whole."""
    if problem.grid.plain:
        return int(problem.value(pairs).sum())
    return fsum(picked(problem.score, pairs).tolist())


def third_table(problem: PairProblem, pairs: Ints) -> tuple[Ints, Mask, NDArray[np.float64]]:
    """People who are left over, which of them may join which pair, and what that would add."""
    left = np.setdiff1d(np.arange(problem.people), pairs)
    joins = np.array(
        [[problem.may(one, a) and problem.may(one, b) for a, b in pairs.tolist()] for one in left.tolist()]
    )
    joins = joins.reshape(len(left), len(pairs)).astype(bool)
    worth = np.zeros(joins.shape)
    for row, column in np.argwhere(joins).tolist():
        both = np.array([[left[row], pairs[column, 0]], [left[row], pairs[column, 1]]])
        worth[row, column] = worth_of(problem, both)
    return left, joins, worth


def ones_of(table: Table) -> Table:
    """The same pairs, each weighing 1."""
    edges = table.edges()
    score = sparse.csr_array((np.ones(len(edges), dtype=np.int64), (edges.row, edges.column)), shape=table.shape)
    return Table(score, None, Grid(largest=1.0), table.fixed)


def check_pairing(problem: PairProblem, solution: Pairing) -> list[Violation]:
    """Every rule that the solution breaks; empty if it is feasible and says the truth about itself."""
    pairs, triads = np.asarray(solution.pairs), np.asarray(solution.triads)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or triads.ndim != 2 or triads.shape[1] != 3:
        return [Violation("shape", "pairs must be of shape [k, 2] and triads of shape [t, 3]")]
    people = np.concatenate([pairs.reshape(-1), triads.reshape(-1)])
    outside = people[(people < 0) | (people >= problem.people)]
    if len(outside):
        return [Violation("outside", f"person {one} does not exist", (one,)) for one in outside.tolist()]
    found = [
        Violation("allowed", f"{one} and {other} are a forbidden pair", (one, other))
        for one, other in np.concatenate([pairs, sides_of(triads)]).tolist()
        if not problem.may(one, other)
    ]
    times = np.bincount(people, minlength=problem.people)
    found += [
        Violation("once", f"{one} is in {times[one]} groups", (one,)) for one in np.flatnonzero(times > 1).tolist()
    ]
    if len(triads) and not problem.triads:
        found.append(Violation("triads", "triads were not asked for", tuple(triads[0].tolist())))
    together = {frozenset(pair) for pair in np.concatenate([pairs, sides_of(triads)]).tolist()}
    found += [
        Violation("fixed", f"the fixed pair {one} and {other} is missing", (one, other))
        for one, other in problem.fixed.tolist()
        if frozenset((one, other)) not in together
    ]
    return found + _statements(problem, solution, times)


def _statements(problem: PairProblem, solution: Pairing, times: Ints) -> list[Violation]:
    found = []
    if worth_of(problem, base_pairs(solution)) != solution.pair_total:
        found.append(Violation("pair_total", f"the pairs alone are not worth {solution.pair_total}"))
    worth = worth_of(problem, np.concatenate([solution.pairs, sides_of(solution.triads)]))
    if worth != solution.total:
        found.append(Violation("total", f"the pairs are worth {worth}, not {solution.total}"))
    if solution.filled != int((times > 0).sum()):
        found.append(Violation("filled", f"{int((times > 0).sum())} people are placed, not {solution.filled}"))
    if not np.array_equal(np.flatnonzero(times == 0), solution.unfilled):
        found.append(Violation("unfilled", "the list of people left over is wrong"))
    return found


def certify_pairing(problem: PairProblem, solution: Pairing) -> Certificate:
    """What is proved: that the pairing is feasible, has as many pairs as it must, and reaches its bound.

    `total` and `bound` are about the pairs before thirds joined (the first two of each triad); that nobody could have
    joined better is proved by the prices of that assignment. `possible` counts people in pairs.
    """
    broken = [violation.message for violation in check_pairing(problem, solution)]
    if broken:
        return Certificate(optimal=False, total=solution.total, bound=np.inf, reasons=tuple(broken))
    proof, table = solution.prices, problem.table()
    base = _without_fixed(problem, base_pairs(solution))
    values = problem.value(base)
    worth, number = int(values.sum()), len(base)
    reasons = _third_reasons(problem, solution)
    if problem.objective == "floor" and number:
        reasons += _floor_reasons(table, int(values.min()), number, proof)
        table = table.at_least(int(values.min()))
    if proof.shift != shift_of(problem):
        reasons.append(f"the prices are for pairs raised by {proof.shift}, not {shift_of(problem)}")
    if len(proof.prices.person) != problem.people or not proof.prices.covers(replace(table, shift=proof.shift)):
        reasons.append("the prices do not cover every pair")
        return Certificate(optimal=False, total=solution.pair_total, bound=np.inf, reasons=tuple(reasons))
    most = proof.prices.bound()
    gap = most - worth - number * proof.shift
    if gap:
        reasons.append(f"the prices leave {problem.grid.score(gap)} open")
    fixed = int(problem.value(problem.fixed).sum())
    slack = 0 if problem.grid.exact else problem.grid.unit * problem.people / 4
    return Certificate(
        optimal=not reasons,
        total=solution.pair_total,
        bound=problem.grid.score(worth + gap + fixed) + slack,
        possible=_possible(problem, most, proof.shift),
        reasons=tuple(reasons),
    )


def shift_of(problem: PairProblem) -> int:
    """More than the totals of any two pairings can differ, so that one pair more is worth more than all scores."""
    return 0 if problem.objective == "score" else problem.people * ceil(problem.grid.largest) + 1


def base_pairs(solution: Pairing) -> Ints:
    """The pairs before thirds joined."""
    return np.concatenate([solution.pairs, solution.triads[:, :2]])


def _possible(problem: PairProblem, most: int, shift: int) -> int | None:
    """People in pairs: with one pair more than this, even the lowest scores would exceed the bound."""
    if not shift:
        return None
    return 2 * ((most + problem.people // 2 * ceil(problem.grid.largest)) // shift + len(problem.fixed))


def _without_fixed(problem: PairProblem, pairs: Ints) -> Ints:
    keys = problem.fixed[:, 0] * problem.people + problem.fixed[:, 1]
    ordered = np.sort(pairs, axis=1)
    return ordered[~np.isin(ordered[:, 0] * problem.people + ordered[:, 1], keys)]


def _floor_reasons(table: Table, floor: int, number: int, proof: PairProof) -> list[str]:
    prices, above = proof.floor_prices, table.at_least(floor + 1)
    if proof.floor != floor or prices is None:
        return [f"the lowest score is {floor}, and the proof is about {proof.floor}"]
    if not prices.covers(ones_of(above)) or prices.bound() >= number:
        return ["a higher lowest score is not ruled out"]
    return []


def _third_reasons(problem: PairProblem, solution: Pairing) -> list[str]:
    if not problem.triads:
        return []
    pairs = base_pairs(solution)
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    left, joins, worth = third_table(problem, pairs)
    joined = solution.prices.thirds
    if joined is None:
        return ["nothing proves who joined whom"]
    taken = np.concatenate([pairs[joined.pairs[:, 1]], left[joined.pairs[:, :1]]], axis=1)
    if {tuple(row) for row in taken.tolist()} != {tuple(row) for row in solution.triads.tolist()}:
        return ["the thirds are not those that were proved"]
    return list(certify_assignment(AssignProblem(worth, joins), joined).reasons)
