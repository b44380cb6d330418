"""The result of grouping."""

from dataclasses import dataclass, field

from matching.engine.grouping.problem import GroupProblem
from matching.engine.grouping.proof import GroupProof
from matching.engine.numbers import Ints


@dataclass(frozen=True, eq=False)
class Grouping:
    """A partition.

    groups      each a sorted tuple of people, leaders among them; the groups in order of their first person
    total       the scores of all pairs within groups
    filled      people in groups; possible: the most members and leaders that sizes and seats leave room for
    optimal     true only if `certify` proves it
    bound       no grouping with these sizes has a higher total; `method` says how that is known: "all partitions",
                "prices" (column generation, and a tree where prices alone leave something open) or "degrees"
                (everyone with their best partners)
    prices      what proves the bound (for "prices"); it speaks of people in the order of their ids' lots
    floor       the lowest group's score for each pair of its people (None where no group has two)
    price       points that "floor" costs against the best total that was found (None for other objectives)
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
    prices: GroupProof | None = field(repr=False)
    unfilled: Ints
    broken: tuple[str, ...] = ()
    floor: float | None = None
    price: float | None = None
