"""What no grouping can exceed: everyone's best partners, for any size; trying everything, for few people."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from matching.engine.grouping.check import Groups, broken_rules, lowest_mean
from matching.engine.grouping.problem import GroupProblem, Plan

SMALL = 10
# With people left out as one likes there are many more groupings.
SMALL_FREE = 8
PRICED = 120
Worth = NDArray[np.float64]


def degree_bound(problem: GroupProblem, plan: Plan) -> int:
    """Everyone with their best partners: half the sum of each person's highest scores (of those placed)."""
    weight = _weights(problem)
    best = -np.sort(-weight, axis=1)[:, : _width(problem, plan) - 1]
    # Groups may be smaller than the largest, and then a negative score is no part of it.
    each = np.where(np.isfinite(best), np.maximum(best, 0), 0).sum(axis=1)
    # Members and leaders who stay out count nothing, so the best of them are assumed to be in.
    placed = problem.people if problem.objective == "score" else plan.members + plan.leaders
    return int(np.sort(each)[::-1][:placed].sum()) // 2


def priceable(problem: GroupProblem) -> bool:
    """Whether the bound by prices is worth trying: not too many people."""
    return 0 < problem.people <= PRICED


def _width(problem: GroupProblem, plan: Plan) -> int:
    if problem.objective == "score":
        return problem.size[1] + (0 if problem.seats is None else problem.seats.most)
    return -(-plan.members // plan.groups) + -(-plan.leaders // plan.groups)


def _weights(problem: GroupProblem) -> Worth:
    weight = problem.grid.units(problem.score).copy()
    np.fill_diagonal(weight, -np.inf)
    weight[problem.apart[:, 0], problem.apart[:, 1]] = -np.inf
    weight[problem.apart[:, 1], problem.apart[:, 0]] = -np.inf
    return weight


def enumerable(problem: GroupProblem, plan: Plan) -> bool:
    """Whether all groupings can be tried."""
    return plan.groups > 0 and problem.people <= (SMALL_FREE if problem.objective == "score" else SMALL)


def all_partitions(problem: GroupProblem, plan: Plan) -> tuple[int, Groups] | None:
    """The best of all groupings that keep every rule, by trying them all; None if there is none.

    Of equals, the one that comes first when people are taken in the order of their ids' lots.
    """
    order = np.argsort(problem.lots, kind="stable").tolist()
    best: tuple[tuple[Fraction, int], Groups] | None = None
    for groups in _partitions(problem, order, plan, set(problem.leaders.tolist())):
        rank = rank_of(problem, groups)
        if (best is None or rank > best[0]) and not broken_rules(problem, groups):
            best = rank, groups
    return None if best is None else (best[0][1], best[1])


def rank_of(problem: GroupProblem, groups: Groups) -> tuple[Fraction, int]:
    """What the objective compares: for "floor" the lowest group's score first, then the total."""
    floor = lowest_mean(problem, groups) if problem.objective == "floor" else None
    return floor or Fraction(0), sum(problem.worth(group) for group in groups)


def _partitions(problem: GroupProblem, order: list[int], plan: Plan, leaders: set[int]) -> Iterator[Groups]:
    """All ways to fill the groups of a plan: each person joins a group that is begun, begins one, or stays out."""
    free = problem.objective == "score"
    most = -(-plan.members // plan.groups), -(-plan.leaders // plan.groups)
    spare = [len(order) - len(leaders) - plan.members, len(leaders) - plan.leaders]
    if free:
        most, spare = (problem.size[1], problem.seats.most if problem.seats else 0), [len(order), len(order)]
    groups: list[tuple[list[int], list[int]]] = []

    def place(number: int) -> Iterator[Groups]:
        if number == len(order):
            if free or len(groups) == plan.groups:
                yield tuple(sorted(tuple(sorted(members + leading)) for members, leading in groups))
            return
        person = order[number]
        kind = int(person in leaders)
        for group in groups:
            if len(group[kind]) < most[kind]:
                group[kind].append(person)
                yield from place(number + 1)
                group[kind].pop()
        if free or len(groups) < plan.groups:
            groups.append(([], [person]) if kind else ([person], []))
            yield from place(number + 1)
            groups.pop()
        if spare[kind]:
            spare[kind] -= 1
            yield from place(number + 1)
            spare[kind] += 1

    yield from place(0)
