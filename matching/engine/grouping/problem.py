"""The statement of a grouping problem."""

from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from matching.engine.assigning.problem import pairs_of
from matching.engine.errors import Infeasible, names
from matching.engine.numbers import Grid, Ints, PairsLike, TableLike, fingerprints, grid_of
from matching.engine.pairing.problem import PairProblem

GroupObjective = Literal["cover", "floor", "score"]
Rule = Literal["balance", "not_alone"]


@dataclass(frozen=True)
class Seats:
    """People who lead and are never plain members; each group gets `least` to `most` of them, as evenly as can be."""

    people: tuple[int, ...]
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Spread:
    """An attribute of each member: `values` holds one label a person, None for people it does not concern.

    "balance": each label is spread over the groups so that their counts differ by at most one.
    "not_alone": nobody is the only one with their label in a group.
    """

    values: tuple[Hashable, ...]
    rule: Rule = "balance"
    name: str = "attribute"


@dataclass(frozen=True)
class Plan:
    """How many groups there are, and how many members and leaders are placed in them."""

    groups: int
    members: int
    leaders: int


def even(total: int, groups: int) -> list[tuple[int, int]]:
    """(size, number of groups of that size), as even as can be."""
    low, more = divmod(total, groups)
    return [(size, number) for size, number in ((low, groups - more), (low + 1, more)) if number]


@dataclass(frozen=True, eq=False)
class GroupProblem:
    """The arguments are those of `group`; see there. `together` includes the fixed pairs after construction."""

    score: TableLike
    size: tuple[int, int]
    seats: Seats | None = None
    apart: PairsLike = ()
    together: PairsLike = ()
    spread: Sequence[Spread] = ()
    objective: GroupObjective = "cover"
    fixed: PairsLike = ()
    seed: int = 0
    effort: int = 1
    prove: bool = True
    ids: InitVar[Sequence[Hashable] | None] = None
    grid: Grid = field(init=False)
    lots: NDArray[np.uint64] = field(init=False)

    def __post_init__(self, ids: Sequence[Hashable] | None) -> None:
        if self.objective not in get_args(GroupObjective):
            raise ValueError(f"objective must be one of {', '.join(get_args(GroupObjective))}, not {self.objective!r}")
        # The symmetric table is checked where pairing checks it.
        put = object.__setattr__
        put(self, "score", PairProblem(np.asarray(self.score)).score)
        low, high = self.size
        if not 1 <= low <= high:
            raise ValueError(f"size must be 1 <= lowest <= highest, not {self.size}")
        pairs = [*map(tuple, _given(self.together)), *map(tuple, _given(self.fixed))]
        put(self, "apart", _both(_given(self.apart), self.people, "apart"))
        put(
            self,
            "together",
            _both(dict.fromkeys(tuple(sorted(map(int, pair))) for pair in pairs), self.people, "together"),
        )
        put(self, "spread", tuple(self.spread or ()))
        put(self, "grid", grid_of(self.score, max(1, self.people * (high + 10)), "score"))
        put(self, "lots", fingerprints(ids, self.people, "ids"))
        self._consistent()

    @property
    def people(self) -> int:
        return int(self.score.shape[0])

    @property
    def leaders(self) -> Ints:
        return np.array(self.seats.people if self.seats else (), dtype=np.int64)

    @property
    def members(self) -> Ints:
        return np.setdiff1d(np.arange(self.people), self.leaders)

    def worth(self, group: Sequence[int]) -> int:
        """The scores of all pairs within a group, in units of the grid."""
        units = self._units
        return sum([units[pair] for pair in combinations(group, 2)])

    @cached_property
    def _units(self) -> memoryview:
        """Who tries every group asks for a few numbers again and again: quicker one by one than a table each time."""
        units = np.ascontiguousarray(self.grid.units(self.score), dtype=np.int64)
        return memoryview(units)  # type: ignore[arg-type]  # the types know it of Python 3.12 and newer

    def canonical(self) -> tuple["GroupProblem", Ints]:
        """The same problem with people in the order of their lots, and who stands where: the order of rows is gone."""
        order = np.argsort(self.lots, kind="stable")
        place = np.empty(self.people, dtype=np.int64)
        place[order] = np.arange(self.people)
        seats = self.seats
        if seats is not None:
            seats = Seats(tuple(sorted(place[list(seats.people)].tolist())), seats.least, seats.most)
        spread = [Spread(tuple(one.values[who] for who in order.tolist()), one.rule, one.name) for one in self.spread]
        apart, together = place[self.apart].tolist(), place[self.together].tolist()
        table = self.score[np.ix_(order, order)]
        args = table, self.size, seats, apart, together, spread, self.objective, (), self.seed, self.effort, self.prove
        same = GroupProblem(*args)
        object.__setattr__(same, "lots", self.lots[order])
        return same, order

    def aiming(self, objective: GroupObjective) -> "GroupProblem":
        """The same problem with another objective."""
        same = copy(self)
        object.__setattr__(same, "objective", objective)
        return same

    def plan(self) -> Plan:
        """As many members as possible, then as few groups as the sizes allow."""
        low, high = self.size
        most = self.people if self.seats is None or self.seats.least == 0 else len(self.leaders) // self.seats.least
        members = len(self.members)
        counts = [(min(members, groups * high), -groups) for groups in range(1, min(most, members // low) + 1)]
        if not counts:
            return Plan(0, 0, 0)
        placed, fewest = max(counts)
        leaders = 0 if self.seats is None else min(len(self.leaders), -fewest * self.seats.most)
        return Plan(-fewest, placed, leaders)

    def clusters(self) -> list[tuple[int, ...]]:
        """People who must be together, directly or through others."""
        part = list(range(self.people))
        for one, other in self.together.tolist():
            old, new = part[other], part[one]
            part = [new if label == old else label for label in part]
        found: dict[int, list[int]] = {}
        for person, label in enumerate(part):
            found.setdefault(label, []).append(person)
        return [tuple(group) for group in found.values() if len(group) > 1]

    def _consistent(self) -> None:
        if self.seats is not None:
            self._seated(self.seats)
        for spread in self.spread:
            if len(spread.values) != self.people:
                raise ValueError(f"{spread.name} has {len(spread.values)} values for {self.people} people")
            if spread.rule not in get_args(Rule):
                raise ValueError(f"the rule of {spread.name} must be one of {', '.join(get_args(Rule))}")
        split = {tuple(pair) for pair in self.apart.tolist()}
        for cluster in self.clusters():
            inside = [(one, other) for one in cluster for other in cluster if (one, other) in split]
            if inside:
                raise Infeasible(
                    f"{inside[0][0]} and {inside[0][1]} must be together and apart", rule="apart", takers=inside[0]
                )
            if len(np.intersect1d(cluster, self.members)) > self.size[1]:
                raise Infeasible(
                    f"{names(cluster)} must be together but fit into no group", rule="together", takers=cluster
                )

    def _seated(self, seats: Seats) -> None:
        people = np.array(seats.people)
        if len(set(seats.people)) != len(people) or (
            len(people) and not 0 <= people.min() <= people.max() < self.people
        ):
            raise ValueError("seats must name each person who may lead once")
        if not 0 <= seats.least <= seats.most or seats.most == 0:
            raise ValueError(f"seats must be 0 <= least <= most and most >= 1, not {seats.least} and {seats.most}")


def _given(pairs: PairsLike) -> PairsLike:
    return () if pairs is None else pairs


def _both(pairs: PairsLike, people: int, name: str) -> Ints:
    table = pairs_of(pairs, people, people, name)
    if (table[:, 0] == table[:, 1]).any():
        raise ValueError(f"{name} holds somebody with themselves")
    return np.unique(np.sort(table, axis=1), axis=0)
