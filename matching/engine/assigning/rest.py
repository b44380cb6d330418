"""What is left to decide once the fixed pairs are taken out: read by solvers and checkers alike."""

import numpy as np

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.transport import Limits
from matching.engine.numbers import Ints


def remaining(problem: AssignProblem, total: int | None = None) -> Limits:
    """Everyone's limits, less their fixed pairs."""
    row = np.bincount(problem.fixed[:, 0], minlength=problem.takers)
    column = np.bincount(problem.fixed[:, 1], minlength=problem.givers)
    return Limits(
        np.zeros(problem.takers, dtype=np.int64),
        problem.taker_demand - row,
        np.maximum(problem.giver_minimum - column, 0),
        problem.giver_capacity - column,
        total,
    )


def not_fixed(problem: AssignProblem, pairs: Ints) -> Ints:
    """The pairs of a solution that a solver chose."""
    keys = problem.fixed[:, 0] * problem.givers + problem.fixed[:, 1]
    return pairs[~np.isin(pairs[:, 0] * problem.givers + pairs[:, 1], keys)]
