"""From a stated grouping problem to groups with a bound."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.engine.errors import Infeasible
from matching.engine.grouping.bound import all_partitions, degree_bound, enumerable, priceable
from matching.engine.grouping.branching import improved
from matching.engine.grouping.certify import slack_of
from matching.engine.grouping.check import Groups, broken_rules, floor_of, total_of
from matching.engine.grouping.floors import raised
from matching.engine.grouping.problem import GroupObjective, GroupProblem, Plan, Seats, Spread
from matching.engine.grouping.proof import GroupProof
from matching.engine.grouping.relaxation import relaxed
from matching.engine.grouping.results import Grouping
from matching.engine.grouping.search import search, search_freely
from matching.engine.grouping.space import space_of
from matching.engine.numbers import PairsLike, TableLike


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
    objective "cover": the best total of such groups. "floor": first the highest score for the lowest group (its score
              for each pair of its people, so that larger groups are no better off), then the best total. "score": the
              best total only, with any number of groups of these sizes, and people left out where that is worth more
    seed, effort
              the search is a fixed number of steps; the same seed finds the same groups, more effort may find better
    ids       decide between equals: with ids, the order of rows changes nothing

    Up to 10 people every grouping is tried (8 for "score"). Beyond, a search with assignment steps finds groups; up to
    about 100 people column generation bounds and improves them, else everyone's best partners give the bound. Raises
    ValueError for bad numbers, and Infeasible where rules contradict one another; rules the search could not keep are
    named in `broken`.
    """
    problem = GroupProblem(score, size, seats, apart, together, spread or (), objective, fixed, seed, effort, ids)
    return solve_grouping(problem)


@dataclass(frozen=True)
class _Bound:
    value: int
    method: str
    proof: GroupProof | None = None


def solve_grouping(problem: GroupProblem) -> Grouping:
    """Solve a stated problem."""
    if problem.effort < 1:
        raise ValueError(f"effort must be at least 1, not {problem.effort}")
    canonical, order = problem.canonical()
    found = _solved(canonical)
    groups = tuple(sorted(tuple(sorted(order[list(group)].tolist())) for group in found.groups))
    broken = tuple(violation.message for violation in broken_rules(problem, groups))
    placed = [one for members in groups for one in members]
    unfilled = np.setdiff1d(np.arange(problem.people), placed)
    return replace(found, problem=problem, groups=groups, unfilled=unfilled, broken=broken)


def _solved(problem: GroupProblem) -> Grouping:
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
        result = _result(problem, plan, best[1], _Bound(best[0], "all partitions"))
        return (
            result if problem.objective != "floor" else replace(result, price=_best_total(problem, plan) - result.total)
        )
    groups = search_freely(problem) if problem.objective == "score" else tuple(search(problem, plan, problem.effort))
    groups, bound = _bounded(problem, plan, groups)
    if problem.objective != "floor":
        return _result(problem, plan, groups, bound)
    higher = raised(problem, groups)
    price = total_of(problem, groups) - total_of(problem, higher)
    return replace(_result(problem, plan, higher, bound), optimal=False, price=price)


def _best_total(problem: GroupProblem, plan: Plan) -> float:
    """What "cover" would reach, by trying everything."""
    best = all_partitions(replace(problem, objective="cover"), plan)
    return 0 if best is None else total_of(problem, best[1])


def _bounded(problem: GroupProblem, plan: Plan, groups: Groups) -> tuple[Groups, _Bound]:
    """The lower of both bounds, and groups that column generation may have improved."""
    degrees = _Bound(degree_bound(problem, plan), "degrees")
    reached = degrees.value <= sum(problem.worth(one) for one in groups)
    if reached or not priceable(problem) or broken_rules(problem, groups):
        return groups, degrees
    space = space_of(problem, plan)
    root = relaxed(space, groups) if space.scale else None
    if root is None:
        return groups, degrees
    groups, proof, value = improved(space, root[0], groups, problem.effort)
    return groups, degrees if value is None or value > degrees.value else _Bound(value, "prices", proof)


def _result(problem: GroupProblem, plan: Plan, groups: Groups, bound: _Bound) -> Grouping:
    worth = sum(problem.worth(one) for one in groups)
    placed = [one for members in groups for one in members]
    return Grouping(
        problem=problem,
        groups=groups,
        total=total_of(problem, groups),
        filled=len(placed),
        possible=plan.members + plan.leaders,
        optimal=bound.value == worth and not broken_rules(problem, groups),
        bound=problem.grid.score(bound.value) + slack_of(problem),
        method=bound.method,
        prices=bound.proof,
        unfilled=np.setdiff1d(np.arange(problem.people), placed),
        floor=floor_of(problem, groups),
    )
