"""What the solvers hand back: frozen, with the proof or the bound, and with the problem it answers."""

from dataclasses import dataclass, field

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.transport import Cut, Prices
from matching.engine.numbers import Ints


@dataclass(frozen=True)
class AssignProof:
    """Everything `certify` needs to prove an assignment, all of it in units of the problem's grid.

    `prices` bound the total, `cover` bounds the number of pairs, `floor_cut` shows that no better lowest score can be
    had: with only the pairs above the floor, either fewer pairs are possible or (`floor_by_minimum`) minimums fail.
    """

    prices: Prices
    cover: Cut
    floor: int | None = None
    floor_cut: Cut | None = None
    floor_by_minimum: bool = False


@dataclass(frozen=True, eq=False)
class Assignment:
    """A two-sided solution.

    pairs       int[k, 2], rows (taker, giver), sorted; fixed pairs among them
    total       sum of their scores
    filled      number of pairs; `possible` is the largest number any solution can have (with the same fixed pairs)
    optimal     true only if `certify` proves the stated objective; otherwise `bound` says what is still open
    bound       no solution of the objective has a higher total
    prices      the dual solution and the cover, see AssignProof
    unfilled    takers with fewer pairs than they asked for
    floor       the lowest score among the pairs that are not fixed (None without any)
    blocking    pairs of people who would both rather have each other; counted for "stable" only, else None
    price       points that the objective costs: for "floor" and "stable" against "cover", for "cover" against "score"
                (None where it was not asked for); for "score" it is paid in seats, `possible - filled`
    """

    problem: AssignProblem = field(repr=False)
    pairs: Ints
    total: float
    filled: int
    possible: int
    optimal: bool
    bound: float
    prices: AssignProof = field(repr=False)
    unfilled: Ints
    floor: float | None = None
    blocking: int | None = None
    price: float | None = None


@dataclass(frozen=True)
class Violation:
    """A rule that a solution breaks, and the people concerned (row or column numbers)."""

    rule: str
    message: str
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """What can be proved about a solution without any solver.

    `optimal` holds if the solution is feasible and its value meets the bound exactly; `gap` is what the bound leaves
    open (0 if optimal); `reasons` says in words what could not be proved.
    """

    optimal: bool
    total: float
    bound: float
    possible: int | None = None
    reasons: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        return self.bound - self.total
