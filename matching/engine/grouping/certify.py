"""Recompute the bound of a grouping by the method it names."""

import numpy as np

from matching.engine.grouping.bound import all_partitions, degree_bound, enumerable, price_bound, priceable
from matching.engine.grouping.check import check_grouping
from matching.engine.grouping.problem import GroupProblem
from matching.engine.grouping.results import Grouping
from matching.engine.results import Certificate


def certify_grouping(problem: GroupProblem, solution: Grouping) -> Certificate:
    """What is proved: that the rules are kept, and how far the total can be from the best.

    "all partitions" tries every grouping again; "prices" recomputes their bound by finding the dearest group exactly;
    "degrees" needs no search. Nothing else is believed.
    """
    reasons = [violation.message for violation in check_grouping(problem, solution)]
    bound = _bound(problem, solution)
    worth = sum(problem.worth(group) for group in solution.groups)
    if bound is None:
        reasons.append(f"the bound by {solution.method} cannot be recomputed")
    elif bound > worth:
        reasons.append(f"the bound leaves {problem.grid.score(bound - worth)} open")
    plan = problem.plan()
    slack = 0 if problem.grid.exact else problem.grid.unit * problem.people * (problem.size[1] + 10) / 4
    return Certificate(
        optimal=not reasons,
        total=solution.total,
        bound=np.inf if bound is None else problem.grid.score(bound) + slack,
        possible=plan.members + plan.leaders,
        reasons=tuple(reasons),
    )


def _bound(problem: GroupProblem, solution: Grouping) -> int | None:
    plan = problem.plan()
    if plan.groups == 0:
        return 0
    if solution.method == "all partitions" and enumerable(problem, plan):
        best = all_partitions(problem, plan)
        return None if best is None else best[0]
    if solution.method == "prices" and solution.prices is not None and priceable(problem, plan):
        return price_bound(problem, plan, solution.prices) if len(solution.prices) == problem.people else None
    return degree_bound(problem, plan) if solution.method == "degrees" else None
