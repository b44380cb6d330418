"""From a stated grouping problem to groups with a bound."""

from collections.abc import Callable, Hashable, Sequence
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
    prove: bool = True,
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
    prove     False: no column generation. The groups are those of the search and the bound is everyone's best partners
    ids       decide between equals: with ids, the order of rows changes nothing

    Up to 10 people every grouping is tried (8 for "score"). Beyond, a search with assignment steps finds groups; up to
    about 100 people column generation bounds and improves them, else everyone's best partners give the bound. Raises
    ValueError for bad numbers, and Infeasible where rules contradict one another; rules the search could not keep are
    named in `broken`.
    """
    rules = seats, apart, together, spread or ()
    return solve_grouping(GroupProblem(score, size, *rules, objective, fixed, seed, effort, prove, ids))


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
    return _named(problem, order, _solved(canonical))


def raise_floor(best: Grouping) -> Grouping:
    """What "floor" answers, from what "cover" has answered: the same as solving anew, without searching twice.

    Raises ValueError for a grouping that answers another objective.
    """
    return _again(best, "floor", _raised)


def loosen(best: Grouping) -> Grouping:
    """What "score" answers, from what "cover" has answered, without column generation: its bound is everyone's best
    partners.

    Raises ValueError for a grouping that answers another objective.
    """
    return _again(best, "score", lambda problem, known: _loosened(problem, known.groups, prove=False))


def _again(best: Grouping, objective: GroupObjective, step: Callable[[GroupProblem, Grouping], Grouping]) -> Grouping:
    if best.problem.objective != "cover":
        raise ValueError(f"other objectives go on from what cover found, not from {best.problem.objective}")
    problem = best.problem.aiming(objective)
    canonical, order = problem.canonical()
    place = np.argsort(order)
    groups = tuple(sorted(tuple(sorted(place[list(group)].tolist())) for group in best.groups))
    return _named(problem, order, step(canonical, replace(best, groups=groups)))


def _named(problem: GroupProblem, order: Ints, found: Grouping) -> Grouping:
    """A grouping of people in the order of their lots, told of people as they were given."""
    groups = tuple(sorted(tuple(sorted(order[list(group)].tolist())) for group in found.groups))
    broken = tuple(violation.message for violation in broken_rules(problem, groups))
    placed = [one for members in groups for one in members]
    unfilled = np.setdiff1d(np.arange(problem.people), placed)
    return replace(found, problem=problem, groups=groups, unfilled=unfilled, broken=broken)


def _solved(problem: GroupProblem) -> Grouping:
    if problem.objective == "floor":
        return _raised(problem, _solved(problem.aiming("cover")))
    plan = problem.plan()
    if few := _few(problem, plan):
        return few
    groups = tuple(search(problem, plan, problem.effort))
    if problem.objective == "score":
        return _loosened(problem, groups, prove=problem.prove)
    return _result(problem, plan, *_bounded(problem, plan, groups, prove=problem.prove))


def _loosened(problem: GroupProblem, known: Groups, *, prove: bool) -> Grouping:
    """The best total with any number of groups, from groups for "cover"."""
    plan = problem.plan()
    if few := _few(problem, plan):
        return few
    return _result(problem, plan, *_bounded(problem, plan, search_freely(problem, known), prove=prove))


def _few(problem: GroupProblem, plan: Plan) -> Grouping | None:
    """The answer for people who make no group, and for so few that all groupings can be tried."""
    if plan.groups == 0:
        return _result(problem, plan, (), _Bound(0, "degrees"))
    return _tried(problem, plan) if enumerable(problem, plan) else None


def _tried(problem: GroupProblem, plan: Plan) -> Grouping:
    """The best of all groupings."""
    best = all_partitions(problem, plan)
    if best is None:
        everybody = tuple(range(problem.people))
        raise Infeasible(f"no way to form {plan.groups} groups keeps every rule", rule="groups", takers=everybody)
    return _result(problem, plan, best[1], _Bound(best[0], "all partitions"))


def _raised(problem: GroupProblem, best: Grouping) -> Grouping:
    """The lowest group as high as can be found, from the best total."""
    plan = problem.plan()
    if enumerable(problem, plan):
        higher = _tried(problem, plan)
        return replace(higher, price=best.total - higher.total)
    groups = raised(problem, best.groups)
    total = total_of(problem, groups)
    price, floor = best.total - total, floor_of(problem, groups)
    # A single group is its own lowest, so that its best total is its highest floor.
    optimal = best.optimal and plan.groups < 2
    return replace(best, groups=groups, total=total, optimal=optimal, price=price, floor=floor)


def _bounded(problem: GroupProblem, plan: Plan, groups: Groups, *, prove: bool) -> tuple[Groups, _Bound]:
    """The lower of both bounds, and groups that column generation may have improved."""
    degrees = _Bound(degree_bound(problem, plan), "degrees")
    reached = degrees.value <= sum(problem.worth(one) for one in groups)
    if reached or not prove or not priceable(problem) or broken_rules(problem, groups):
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
