"""Groups as columns: who may be together, what each possible group is worth, and which sizes there are how often.

People who must be together are one item. Worths are whole numbers in units of 1 / scale of a grid unit, so that prices
may have fractions and sums stay exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.grouping.problem import GroupProblem, Plan, even
from matching.engine.numbers import Ints, Mask

Worths = NDArray[np.float64]
EXACT = 2**50


@dataclass(frozen=True)
class Columns:
    """Possible groups: who is in each (bool, groups × items), its worth, and the classes of its size and its seats."""

    holds: Mask
    worth: Ints
    size: Ints
    seat: Ints

    def __len__(self) -> int:
        return len(self.worth)

    def __getitem__(self, which: Mask | Ints) -> "Columns":
        return Columns(self.holds[which], self.worth[which], self.size[which], self.seat[which])


@dataclass(frozen=True)
class GroupPrices:
    """A price for each item, each size, each number of seats, and for triples of items.

    A triple is paid by every group that holds two or three of it: there can be only one such group.
    """

    item: Ints
    size: Ints
    seat: Ints
    triples: tuple[tuple[int, int, int], ...] = ()
    triple: Ints | None = None

    def hits(self, columns: Columns) -> NDArray[np.int64]:
        """What each group pays for triples."""
        if not self.triples or self.triple is None:
            return np.zeros(len(columns), dtype=np.int64)
        one, two, three = (columns.holds[:, part] for part in np.array(self.triples).T)
        held = (one & two) | (three & (one | two))
        return np.rint(held.astype(np.float64) @ self.triple.astype(np.float64)).astype(np.int64)

    def excess(self, columns: Columns) -> Ints:
        """By how much groups are worth more than all their prices."""
        # Whole numbers below 2^53 in float64: exact, and a hundred times faster than the product of integers.
        paid = np.rint(columns.holds.astype(np.float64) @ self.item.astype(np.float64)).astype(np.int64)
        return np.asarray(columns.worth - paid - self.size[columns.size] - self.seat[columns.seat] - self.hits(columns))


@dataclass(frozen=True, eq=False)
class Space:
    """All groups that the rules allow.

    sizes, seats    numbers of members (leaders) a group may have
    size_times, seat_times
                    how many groups of each there are
    free            how many there are of each is open: then size_times are the most there can be, and have no negative
                    price, and numbers of seats have none
    most            no grouping has more groups
    optional        items that may stay out; only these have no negative price
    """

    problem: GroupProblem
    people: tuple[tuple[int, ...], ...]
    members: Ints
    leaders: Ints
    inside: Worths
    weight: Worths
    scale: int
    sizes: tuple[int, ...]
    size_times: tuple[int, ...]
    seats: tuple[int, ...]
    seat_times: tuple[int, ...]
    free: bool
    most: int
    optional: Mask
    everyone: bool

    def __len__(self) -> int:
        return len(self.people)

    def groups_of(self, columns: Columns) -> tuple[tuple[int, ...], ...]:
        """The people of each column."""
        found = [[one for item in np.flatnonzero(row) for one in self.people[item]] for row in columns.holds]
        return tuple(sorted(tuple(sorted(group)) for group in found))

    def columns_of(self, groups: Iterable[tuple[int, ...]]) -> Columns:
        """Columns of groups that keep the rules; others are left out."""
        item = np.zeros(self.problem.people, dtype=np.int64)
        for number, people in enumerate(self.people):
            item[list(people)] = number
        found = []
        for group in groups:
            items = np.unique(item[list(group)])
            between = self.weight[np.ix_(items, items)].sum() / 2
            if np.isfinite(between):
                found.append(self.listed(items[None, :], np.array([int(between + self.inside[items].sum())])))
        return joined(self, found)

    def listed(self, parts: Ints, worth: Ints) -> Columns:
        """Rows of items with their worth as columns, without those whose numbers or attributes break a rule."""
        members, leaders = self.members[parts].sum(axis=1), self.leaders[parts].sum(axis=1)
        kept = np.flatnonzero(np.isin(members, self.sizes) & np.isin(leaders, self.seats))
        holds = np.zeros((len(kept), len(self)), dtype=bool)
        holds[np.arange(len(kept))[:, None], parts[kept]] = True
        size, seat = np.searchsorted(self.sizes, members[kept]), np.searchsorted(self.seats, leaders[kept])
        return Columns(holds, worth[kept], size, seat)[_spread_well(self, holds)]

    def bound(self, prices: GroupPrices, columns: Columns) -> int:
        """No grouping of these columns is worth more (weak duality), in exact integers.

        Prices that are missed by some columns are raised by the excess, once a group.
        """
        total = sum(prices.item.tolist()) + (0 if prices.triple is None else sum(prices.triple.tolist()))
        for price, times in ((prices.size, self.size_times), (prices.seat, self.seat_times)):
            total += sum(np.multiply(price, times).tolist())
        excess = prices.excess(columns)
        if self.free:
            return total + self.most * max(0, int(excess.max(initial=0)))
        worst = [max(0, int(excess[columns.size == size].max(initial=0))) for size in range(len(self.sizes))]
        return total + sum(times * most for times, most in zip(self.size_times, worst, strict=True))

    def fair(self, prices: GroupPrices) -> bool:
        """Whether these are prices: of the right number, and not negative where nobody is bound to pay."""
        shapes = (len(prices.item), len(prices.size), len(prices.seat)) == (len(self), len(self.sizes), len(self.seats))
        if not shapes or len(prices.triples) != (0 if prices.triple is None else len(prices.triple)):
            return False
        items = [item for triple in prices.triples for item in triple]
        known = all(0 <= item < len(self) for item in items) and all(len(set(one)) == 3 for one in prices.triples)
        free = self.free and bool((prices.size < 0).any() or prices.seat.any())
        negative = (prices.item[self.optional] < 0).any() or (prices.triple is not None and (prices.triple < 0).any())
        return known and not free and not negative


def joined(space: Space, parts: list[Columns]) -> Columns:
    """Lists of columns, one after the other."""
    none = np.zeros(0, dtype=np.int64)
    every = [Columns(np.zeros((0, len(space)), dtype=bool), none, none, none), *parts]
    return Columns(*(np.concatenate(some) for some in zip(*(vars(one).values() for one in every), strict=True)))


def space_of(problem: GroupProblem, plan: Plan) -> Space:
    """The groups of a problem, with worths as fine as they can be told apart exactly."""
    clusters = problem.clusters()
    inside = {one for cluster in clusters for one in cluster}
    people = tuple(sorted([*clusters, *((one,) for one in range(problem.people) if one not in inside)]))
    leads = np.isin(np.arange(problem.people), problem.leaders)
    belongs = np.zeros((len(people), problem.people))
    for item, inside_it in enumerate(people):
        belongs[item, list(inside_it)] = 1
    scale = _scale(problem)
    weight, own = _weights(problem, belongs, scale)
    sizes, seats = _sizes(problem, plan), _seats(problem, plan)
    spare = plan.members < len(problem.members), plan.leaders < len(problem.leaders)
    has, led = (belongs @ ~leads).astype(np.int64), (belongs @ leads).astype(np.int64)
    must = (has > 0) & (not spare[0]) | (led > 0) & (not spare[1])
    free = problem.objective == "score"
    most = max(1, len(problem.members) // problem.size[0]) if free else plan.groups
    return Space(
        problem=problem,
        people=people,
        members=has,
        leaders=led,
        inside=own,
        weight=weight,
        scale=scale,
        sizes=tuple(size for size, _ in sizes),
        size_times=tuple(most if free else times for _, times in sizes),
        seats=tuple(seat for seat, _ in seats),
        seat_times=tuple(times for _, times in seats),
        free=free,
        most=most,
        optional=np.full(len(people), fill_value=True) if free else ~must,
        everyone=not free and not any(spare),
    )


def _weights(problem: GroupProblem, belongs: Worths, scale: int) -> tuple[Worths, Worths]:
    """(between items, inside each)."""
    units = problem.grid.units(problem.score) * scale
    np.fill_diagonal(units, 0)
    weight = belongs @ units @ belongs.T
    inside = np.diag(weight) / 2
    item = belongs.argmax(axis=0)
    weight[item[problem.apart[:, 0]], item[problem.apart[:, 1]]] = -np.inf
    weight[item[problem.apart[:, 1]], item[problem.apart[:, 0]]] = -np.inf
    np.fill_diagonal(weight, 0)
    return weight, inside


def _scale(problem: GroupProblem) -> int:
    """As fine as keeps every sum exact: totals stay below 2^50, with room for a factor of the group's pairs."""
    most = problem.size[1] + (problem.seats.most if problem.seats else 0)
    room = EXACT / max(1.0, problem.grid.largest * max(1, problem.people) * (most + 1) ** 2)
    return int(2 ** min(20, max(0, int(np.log2(room))))) if room >= 1 else 0


def _sizes(problem: GroupProblem, plan: Plan) -> list[tuple[int, int]]:
    if problem.objective == "score":
        return [(size, 0) for size in range(problem.size[0], problem.size[1] + 1)]
    return even(plan.members, plan.groups)


def _seats(problem: GroupProblem, plan: Plan) -> list[tuple[int, int]]:
    if problem.objective == "score" and problem.seats is not None:
        return [(count, 0) for count in range(problem.seats.least, problem.seats.most + 1)]
    return even(plan.leaders, plan.groups) if problem.seats is not None else [(0, plan.groups)]


def _spread_well(space: Space, holds: Mask) -> Mask:
    """Which groups keep the rules on attributes, as far as one group alone can tell."""
    good = np.ones(len(holds), dtype=bool)
    if not space.problem.spread or not len(holds):
        return good
    belongs = np.zeros((len(space), space.problem.people), dtype=np.int64)
    for item, members in enumerate(space.people):
        belongs[item, list(members)] = 1
    present = holds.astype(np.int64) @ belongs
    for spread in space.problem.spread:
        for label in {value for value in spread.values if value is not None}:
            count = present @ np.array([value == label for value in spread.values], dtype=np.int64)
            if spread.rule == "not_alone":
                good &= count != 1
            elif space.everyone:
                low, more = divmod(sum(value == label for value in spread.values), space.most)
                good &= (low <= count) & (count <= low + (more > 0))
    return good
