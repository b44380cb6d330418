"""From a stated grouping problem to groups with a bound."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.errors import Infeasible
from matching.engine.grouping.bound import all_partitions, best_prices, degree_bound, enumerable, price_bound
from matching.engine.grouping.check import Groups, broken_rules, total_of
from matching.engine.grouping.problem import GroupObjective, GroupProblem, Plan, Seats, Spread
from matching.engine.grouping.results import Grouping
from matching.engine.grouping.search import search
from matching.engine.numbers import Ints, PairsLike, TableLike


def group(
    score: TableLike,
    *,
    size: tuple[int, int],
    seats: Seats | None = None,
    apart: PairsLike = None,
    together: PairsLike = None,
    spread: Sequence[Spread] | None = None,
    objective: GroupObjective = "cover",
    fixed: PairsLike = (),
    seed: int = 0,
    effort: int = 1,
    ids: Sequence[Hashable] | None = None,
) -> Grouping:
    """Divide people into groups: everyone the sizes have room for, in as few groups as they allow, sizes even to one.

    score     people × people, symmetric; a group is worth the sum over its pairs
    size      lowest and highest number of members (without those who lead)
    seats     who may lead, and how many of them each group needs; they are never plain members
    apart, together
              pairs of people; fixed pairs are together, too
    spread    attributes that are balanced over groups, or of which nobody may be the only one
    seed, effort
              the search is a fixed number of steps; the same seed finds the same groups, more effort may find better

    Up to 10 people every grouping is tried; beyond, a search with assignment steps finds groups, and column generation
    (up to about 100 members) or everyone's best partners give the bound. Raises ValueError for bad numbers, and
    Infeasible where rules contradict one another; rules the search could not keep are named in `broken`.
    """
    problem = GroupProblem(score, size, seats, apart, together, spread or (), objective, fixed, seed, effort, ids)
    return solve_grouping(problem)


@dataclass(frozen=True)
class _Bound:
    value: int
    method: str
    prices: Ints | None = None


def solve_grouping(problem: GroupProblem) -> Grouping:
    """Solve a stated problem."""
    if problem.effort < 1:
        raise ValueError(f"effort must be at least 1, not {problem.effort}")
    plan = problem.plan()
    if plan.groups == 0:
        return _result(problem, plan, (), _Bound(0, "degrees"))
    if enumerable(problem, plan):
        best = all_partitions(problem, plan)
        if best is None:
            raise Infeasible(
                f"no way to form {plan.groups} groups keeps every rule",
                rule="groups",
                takers=tuple(range(problem.people)),
            )
        return _result(problem, plan, best[1], _Bound(best[0], "all partitions"))
    groups = tuple(search(problem, plan, problem.effort))
    return _result(problem, plan, groups, _bound(problem, plan, groups))


def _bound(problem: GroupProblem, plan: Plan, groups: Groups) -> _Bound:
    degrees = _Bound(degree_bound(problem, plan), "degrees")
    reached = degrees.value <= sum(problem.worth(one) for one in groups)
    prices = None if reached else best_prices(problem, plan, list(groups))
    if prices is None:
        return degrees
    value = price_bound(problem, plan, prices)
    return degrees if value is None or value > degrees.value else _Bound(value, "prices", prices)


def _result(problem: GroupProblem, plan: Plan, groups: Groups, bound: _Bound) -> Grouping:
    broken = tuple(violation.message for violation in broken_rules(problem, groups))
    worth = sum(problem.worth(one) for one in groups)
    slack = 0 if problem.grid.exact else problem.grid.unit * problem.people * (problem.size[1] + 10) / 4
    placed = [one for members in groups for one in members]
    return Grouping(
        problem=problem,
        groups=groups,
        total=total_of(problem, groups),
        filled=len(placed),
        possible=plan.members + plan.leaders,
        optimal=not broken and bound.value == worth,
        bound=problem.grid.score(bound.value) + slack,
        method=bound.method,
        prices=bound.prices,
        unfilled=np.setdiff1d(np.arange(problem.people), placed),
        broken=broken,
    )
