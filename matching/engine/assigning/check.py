"""Whether an assignment keeps the rules: reads the statement of the problem and the pairs, nothing else."""

import numpy as np

from matching.engine.assigning.problem import AssignProblem
from matching.engine.numbers import Ints
from matching.engine.results import Assignment, Violation


def check_assignment(problem: AssignProblem, solution: Assignment) -> list[Violation]:
    """Every rule that the solution breaks; empty if it is feasible and says the truth about itself."""
    pairs = np.asarray(solution.pairs)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        return [Violation("shape", f"pairs must be whole numbers of shape [k, 2], not {pairs.dtype} {pairs.shape}")]
    outside = (pairs < 0).any(axis=1) | (pairs[:, 0] >= problem.takers) | (pairs[:, 1] >= problem.givers)
    if outside.any():
        return [Violation("outside", f"pair {_pair(row)} does not exist", _pair(row)) for row in pairs[outside]]
    return [*_pairs(problem, pairs), *_loads(problem, pairs), *_statements(problem, solution, pairs)]


def _pair(row: Ints) -> tuple[int, int]:
    return int(row[0]), int(row[1])


def _pairs(problem: AssignProblem, pairs: Ints) -> list[Violation]:
    found = [
        Violation("allowed", f"taker {taker} and giver {giver} are a forbidden pair", (taker, giver))
        for taker, giver in map(_pair, pairs)
        if not problem.may(taker, giver)
    ]
    unique, times = np.unique(pairs, axis=0, return_counts=True)
    found += [Violation("twice", f"pair {_pair(row)} stands twice", _pair(row)) for row in unique[times > 1]]
    kept = {_pair(row) for row in pairs}
    locked = [_pair(row) for row in problem.fixed]
    found += [Violation("fixed", f"fixed pair {pair} is missing", pair) for pair in locked if pair not in kept]
    return found


def _loads(problem: AssignProblem, pairs: Ints) -> list[Violation]:
    taker = np.bincount(pairs[:, 0], minlength=problem.takers)
    giver = np.bincount(pairs[:, 1], minlength=problem.givers)
    rules = [
        ("taker_demand", taker > problem.taker_demand, taker, problem.taker_demand, "asked for"),
        ("giver_capacity", giver > problem.giver_capacity, giver, problem.giver_capacity, "may have"),
        ("giver_minimum", giver < problem.giver_minimum, giver, problem.giver_minimum, "must have"),
    ]
    return [
        Violation(rule, f"{rule.split('_')[0]} {one} has {load[one]} and {word} {limit[one]}", (one,))
        for rule, broken, load, limit, word in rules
        for one in np.flatnonzero(broken).tolist()
    ]


def _statements(problem: AssignProblem, solution: Assignment, pairs: Ints) -> list[Violation]:
    found = []
    units = int(problem.value(pairs).sum())
    tolerance = 0.0 if problem.grid.exact else len(pairs) * problem.grid.unit
    if abs(problem.grid.score(units) - solution.total) > tolerance:
        found.append(Violation("total", f"the pairs are worth {problem.grid.score(units)}, not {solution.total}"))
    if solution.filled != len(pairs):
        found.append(Violation("filled", f"there are {len(pairs)} pairs, not {solution.filled}"))
    load = np.bincount(pairs[:, 0], minlength=problem.takers)
    unfilled = np.flatnonzero(load < problem.taker_demand)
    if not np.array_equal(unfilled, solution.unfilled):
        found.append(Violation("unfilled", "the list of takers who lack a pair is wrong", tuple(unfilled.tolist())))
    return found
