"""Recompute the bound of a grouping by the method it names."""

import numpy as np

from matching.engine.grouping.bound import all_partitions, degree_bound, enumerable, rank_of
from matching.engine.grouping.check import check_grouping
from matching.engine.grouping.problem import GroupProblem
from matching.engine.grouping.proof import proved_bound
from matching.engine.grouping.results import Grouping
from matching.engine.grouping.space import space_of
from matching.engine.results import Certificate


def certify_grouping(problem: GroupProblem, solution: Grouping) -> Certificate:
    """What is proved: that the rules are kept, and how far the total can be from the best.

    "all partitions" tries every grouping again; "prices" lists every group that could exceed the prices again, and goes
    through the tree; "degrees" needs no search. Nothing else is believed. For "floor" only the first proves that the
    lowest of several groups could not be raised; the others bound the total all the same.
    """
    reasons = [violation.message for violation in check_grouping(problem, solution)]
    plan = problem.plan()
    slack = slack_of(problem)
    if reasons:
        return Certificate(optimal=False, total=solution.total, bound=np.inf, reasons=tuple(reasons))
    bound = _bound(problem, solution)
    worth = sum(problem.worth(group) for group in solution.groups)
    if bound is None:
        reasons.append(f"the bound by {solution.method} cannot be recomputed")
    elif bound > worth:
        reasons.append(f"the bound leaves {problem.grid.score(bound - worth)} open")
    reasons += _floor_reasons(problem, solution)
    return Certificate(
        optimal=not reasons,
        total=solution.total,
        bound=np.inf if bound is None else problem.grid.score(bound) + slack,
        possible=plan.members + plan.leaders,
        reasons=tuple(reasons),
    )


def slack_of(problem: GroupProblem) -> float:
    """What reading scores on a grid may have changed."""
    if problem.grid.exact:
        return 0
    most = problem.size[1] + (0 if problem.seats is None else problem.seats.most)
    return problem.grid.unit * problem.people * (most - 1) / 4


def _bound(problem: GroupProblem, solution: Grouping) -> int | None:
    plan = problem.plan()
    if plan.groups == 0:
        return 0
    if solution.method == "all partitions":
        best = all_partitions(problem, plan) if enumerable(problem, plan) else None
        return None if best is None else best[0]
    if solution.method == "prices":
        space = space_of(problem.canonical()[0], plan)
        return None if solution.prices is None or not space.scale else proved_bound(space, solution.prices)
    return degree_bound(problem, plan) if solution.method == "degrees" else None


def _floor_reasons(problem: GroupProblem, solution: Grouping) -> list[str]:
    plan = problem.plan()
    if problem.objective != "floor" or plan.groups < 2:  # a single group is its own lowest
        return []
    best = all_partitions(problem, plan) if enumerable(problem, plan) else None
    if best is None or rank_of(problem, best[1]) != rank_of(problem, solution.groups):
        return ["a higher lowest group is not ruled out"]
    return []
