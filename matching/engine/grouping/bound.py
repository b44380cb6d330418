"""What no grouping can exceed: by prices (column generation), by everyone's best partners, or by trying everything.

Prices: give each member a price. A group can be worth more than the prices of its people by at most `excess`, the most
over all possible groups. So G groups are worth at most the sum of all prices + G * excess. Linear programming over the
groups found so far proposes prices; the group that exceeds them most is found exactly, and joins them; when there is
none, the prices are the best there are.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from matching.engine.grouping.check import Groups, broken_rules
from matching.engine.grouping.problem import GroupProblem, Plan
from matching.engine.numbers import Ints

# Partial groups held at once while the dearest group is searched; beyond that the search is given up.
MOST_PARTS = 400_000
SMALL = 10
PRICED = 64
ROUNDS = 80
BEAM = 3000
Worth = NDArray[np.float64]


def degree_bound(problem: GroupProblem, plan: Plan) -> int:
    """Everyone with their best partners: half the sum of each person's highest scores (of those placed)."""
    weight = _weights(problem)
    places = _width(plan) - 1
    best = -np.sort(-weight, axis=1)[:, :places]
    # Groups may be smaller than the largest, and then a negative score is no part of it.
    each = np.where(np.isfinite(best), np.maximum(best, 0), 0).sum(axis=1)
    # Members and leaders who stay out count nothing, so the best of them are assumed to be in.
    return int(np.sort(each)[::-1][: plan.members + plan.leaders].sum()) // 2


def priceable(problem: GroupProblem, plan: Plan) -> bool:
    """Whether the bound by prices can be had: members only, everyone placed, and not too many of them."""
    return problem.seats is None and plan.members == problem.people and 0 < problem.people <= PRICED


def _width(plan: Plan) -> int:
    return -(-plan.members // plan.groups) + -(-plan.leaders // plan.groups)


def _weights(problem: GroupProblem) -> Worth:
    weight = problem.grid.units(problem.score).copy()
    np.fill_diagonal(weight, -np.inf)
    weight[problem.apart[:, 0], problem.apart[:, 1]] = -np.inf
    weight[problem.apart[:, 1], problem.apart[:, 0]] = -np.inf
    return weight


def sizes(plan: Plan) -> list[tuple[int, int]]:
    """(size, number of groups of that size), as even as can be."""
    low, more = divmod(plan.members, plan.groups)
    return [(size, number) for size, number in ((low, plan.groups - more), (low + 1, more)) if number]


def dearest(
    problem: GroupProblem, price: Worth, size: int, beam: int | None = None
) -> tuple[float, list[tuple[int, ...]]] | None:
    """The most that a group of this size exceeds its prices (at least 0), and groups that do; None if given up.

    With `beam` only so many beginnings are followed: quick, and good for finding groups, but no bound.

    Groups are built person by person in order of number; a beginning is dropped when even the best that each further
    person could add (with half of their best scores to one another) cannot bring it above 0.
    """
    weight = _weights(problem)
    finite = np.where(np.isfinite(weight), weight, 0)
    top = -np.sort(-np.maximum(finite, 0), axis=1)
    parts = np.arange(problem.people)[:, None]
    gain = np.where(np.eye(problem.people, dtype=bool), -np.inf, weight) - price
    value = -price
    for have in range(1, size):
        more = size - have
        reach = top[:, : more - 1].sum(axis=1) / 2
        after = np.arange(problem.people) > parts[:, -1:]
        optimistic = np.where(after, gain + reach, -np.inf)
        best = -np.partition(-optimistic, min(more, problem.people) - 1, axis=1)[:, :more] if more > 1 else None
        if best is not None and have > 1:
            keep = value + best.sum(axis=1) > 0
            parts, gain, value, after, optimistic = parts[keep], gain[keep], value[keep], after[keep], optimistic[keep]
            best = best[keep]
        others = 0 if best is None else best[:, :-1].clip(min=0).sum(axis=1)
        row, person = np.nonzero(
            after & np.isfinite(gain) & (value[:, None] + optimistic + np.reshape(others, (-1, 1)) > 0)
        )
        if beam is not None and len(row) > beam:
            likely = (value[:, None] + optimistic + np.reshape(others, (-1, 1)))[row, person]
            kept = np.sort(np.argpartition(-likely, beam)[:beam])
            row, person = row[kept], person[kept]
        if len(row) > MOST_PARTS:
            return None
        value = value[row] + gain[row, person]
        gain = gain[row] + weight[person]
        parts = np.concatenate([parts[row], person[:, None]], axis=1)
    if not len(parts) or value.max(initial=0) <= 0:
        return 0.0, []
    order = np.argsort(-value, kind="stable")[:300]
    return float(value.max()), [tuple(row) for row in parts[order].tolist()]


def price_bound(problem: GroupProblem, plan: Plan, prices: Ints) -> int | None:
    """The bound that whole prices prove; None if the dearest group could not be found."""
    most = sum(prices.tolist())
    for size, number in sizes(plan):
        found = dearest(problem, prices.astype(float), size)
        if found is None:
            return None
        most += number * int(found[0])
    return most


def best_prices(problem: GroupProblem, plan: Plan, known: list[tuple[int, ...]]) -> Ints | None:
    """Prices with the lowest bound that column generation finds, starting from known groups."""
    if not priceable(problem, plan):
        return None
    columns = list(dict.fromkeys(known))
    best, lowest = None, np.inf
    for _ in range(ROUNDS):
        price, base = _master(problem, columns)
        whole = np.ceil(price - 1e-6).astype(np.int64)
        fresh = _fresh(problem, plan, whole, columns, BEAM)
        if not fresh:
            bound = price_bound(problem, plan, whole)
            if bound is None:
                return best
            if bound < lowest:
                best, lowest = whole, bound
            fresh = _fresh(problem, plan, whole, columns, None) if bound > base + problem.people else []
        if not fresh:
            return best
        columns += fresh
    return best


def _fresh(
    problem: GroupProblem, plan: Plan, price: Ints, columns: list[tuple[int, ...]], beam: int | None
) -> list[tuple[int, ...]]:
    """Groups worth more than their prices that are not listed yet."""
    known = set(columns)
    found = [dearest(problem, price.astype(float), size, beam) for size, _ in sizes(plan)]
    return [one for some in found if some is not None for one in some[1] if one not in known]


def _master(problem: GroupProblem, columns: list[tuple[int, ...]]) -> tuple[Worth, float]:
    """Prices of the members for the groups listed, and their value: everyone in one group, groups in fractions."""
    row = np.concatenate([list(group) for group in columns])
    column = np.repeat(np.arange(len(columns)), [len(group) for group in columns])
    matrix = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(problem.people, len(columns)))
    worth = np.array([float(problem.worth(group)) for group in columns])
    solved = linprog(-worth, A_eq=matrix, b_eq=np.ones(problem.people), method="highs-ds")
    if solved.status != 0:
        raise ArithmeticError(f"HiGHS could not price the groups: {solved.message}")
    return -solved.eqlin.marginals, -float(solved.fun)


def enumerable(problem: GroupProblem, plan: Plan) -> bool:
    """Whether all groupings can be tried."""
    return plan.groups > 0 and problem.people <= SMALL


def all_partitions(problem: GroupProblem, plan: Plan) -> tuple[int, Groups] | None:
    """The best of all groupings that keep every rule, by trying them all; None if there is none.

    Of equals, the one that comes first when people are taken in the order of their ids' lots.
    """
    order = np.argsort(problem.lots, kind="stable").tolist()
    best: tuple[int, Groups] | None = None
    for groups in _partitions(order, plan, set(problem.leaders.tolist())):
        worth = sum(problem.worth(group) for group in groups)
        if (best is None or worth > best[0]) and not broken_rules(problem, groups):
            best = worth, groups
    return best


def _partitions(order: list[int], plan: Plan, leaders: set[int]) -> Iterator[Groups]:
    """All ways to fill the groups of a plan: each person joins a group that is begun, begins one, or stays out."""
    most = -(-plan.members // plan.groups), -(-plan.leaders // plan.groups)
    spare = [len(order) - len(leaders) - plan.members, len(leaders) - plan.leaders]
    groups: list[tuple[list[int], list[int]]] = []

    def place(number: int) -> Iterator[Groups]:
        if number == len(order):
            if len(groups) == plan.groups:
                yield tuple(sorted(tuple(sorted(members + leading)) for members, leading in groups))
            return
        person = order[number]
        kind = int(person in leaders)
        for group in groups:
            if len(group[kind]) < most[kind]:
                group[kind].append(person)
                yield from place(number + 1)
                group[kind].pop()
        if len(groups) < plan.groups:
            groups.append(([], [person]) if kind else ([person], []))
            yield from place(number + 1)
            groups.pop()
        if spare[kind]:
            spare[kind] -= 1
            yield from place(number + 1)
            spare[kind] += 1

    yield from place(0)
