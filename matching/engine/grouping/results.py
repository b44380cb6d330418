"""The result of grouping."""

from dataclasses import dataclass, field

from matching.engine.grouping.problem import GroupProblem
from matching.engine.numbers import Ints


@dataclass(frozen=True, eq=False)
class Grouping:
    """A partition.

    groups      each a sorted tuple of people, leaders among them; the groups in order of their first person
    total       the scores of all pairs within groups
    filled      people in groups; possible: the most members and leaders that sizes and seats leave room for
    optimal     true only if `certify` proves it
    bound       no grouping with these sizes has a higher total; `method` says how that is known: "all partitions",
                "prices" (column generation) or "degrees" (everyone with their best partners)
    prices      of each person, in units of the grid (for "prices")
    unfilled    people left over
    broken      rules that the search could not keep, in words (then `check` names them one by one)
    """

    problem: GroupProblem = field(repr=False)
    groups: tuple[tuple[int, ...], ...]
    total: float
    filled: int
    possible: int
    optimal: bool
    bound: float
    method: str
    prices: Ints | None = field(repr=False)
    unfilled: Ints
    broken: tuple[str, ...] = ()
