"""Why somebody is not with somebody, and what would have to change for those who are left over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.residual import MOST_EDGES, SEAT, Residual, among_all, residual, view_of
from matching.engine.assigning.rest import remaining
from matching.engine.numbers import Ints
from matching.engine.results import Assignment

# How many networks of near pairs are tried, each reaching twice as far, before all pairs are looked at.
REACHES = 3


@dataclass(frozen=True)
class Move:
    """Someone changes from one partner to another; None stands for nobody."""

    person: int
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Reason:
    """Why a pair is not in the solution.

    kind    "chosen" (it is), "forbidden" (a rule stands against it), "locked" (fixed pairs leave no room), "floor"
            (it is below the lowest score the objective allows) or "cost"
    loss    points that the best solution with this pair has less, seats_lost the pairs it has less (seats count first);
            None where the pair cannot be forced
    moves   who would change partners, the two themselves included
    exact   whether loss is the cost itself, not only a bound from below; true of every reason this engine gives
    """

    kind: str
    message: str
    loss: float | None = None
    seats_lost: int = 0
    moves: tuple[Move, ...] = ()
    exact: bool = True


@dataclass(frozen=True)
class Change:
    """One change that would place someone who is left over.

    kind    "allow" (lift the rules named in `rules` between person and partner) or "capacity" (one more place with
            partner)
    points  what the total would change by, once the best solution is found anew; seats how many more pairs there are.
            points is None where the score of a forbidden pair is not known (sparse scores)
    """

    kind: str
    person: int
    partner: int
    seats: int
    points: float | None
    rules: tuple[str, ...]
    message: str


def why_not(problem: AssignProblem, solution: Assignment, a: int, b: int) -> Reason:
    """What forbids taker a with giver b, or what forcing it would cost and who would move: exact, by the prices.

    Raises ValueError for people who do not exist and where `solution` is not proven optimal ("stable" has no prices of
    its own).
    """
    if not (0 <= a < problem.takers and 0 <= b < problem.givers):
        raise ValueError(f"pair ({a}, {b}) is outside {problem.takers} × {problem.givers}")
    if problem.objective == "stable" or not solution.optimal:
        raise ValueError("costs are known where the prices prove the solution: solve for cover, floor or score")
    if bool(((solution.pairs[:, 0] == a) & (solution.pairs[:, 1] == b)).any()):
        return Reason("chosen", f"taker {a} has giver {b}", loss=0)
    if not problem.may(a, b):
        return Reason("forbidden", f"a rule forbids taker {a} and giver {b}")
    limits = remaining(problem)
    if limits.row_high[a] == 0 or limits.column_high[b] == 0:
        who = f"taker {a}" if limits.row_high[a] == 0 else f"giver {b}"
        return Reason("locked", f"{who} has no place besides the fixed pairs")
    weight = int(problem.value(np.array([[a, b]]))[0])
    below = solution.prices.floor is not None and weight < solution.prices.floor
    return _forced(problem, solution, a, b, weight, "floor" if below else "cost")


def _forced(problem: AssignProblem, solution: Assignment, a: int, b: int, weight: int, kind: str) -> Reason:
    prices = solution.prices.prices
    own = int(prices.row[a] + prices.column[b]) + prices.seat - weight
    network, length, before = _shortest(problem, solution, a, b)
    if not np.isfinite(length):
        return Reason("locked", f"no solution that keeps the rules holds taker {a} with giver {b}")
    seats = int(length >= SEAT // 2)
    loss = problem.grid.score(int(length) - seats * SEAT + own)
    moves = _moves(network, before, a, b)
    words = f"{loss} points" if not seats else f"one pair, and {loss} points"
    return Reason(kind, f"taker {a} with giver {b} would cost {words}; {len(moves)} people change", loss, seats, moves)


def _shortest(problem: AssignProblem, solution: Assignment, a: int, b: int) -> tuple[Residual, float, Ints]:
    """The shortest way from giver b back to taker a: among few pairs where it is short, else among all of them."""
    reach = max(1.0, problem.grid.largest // 30)
    for _ in range(REACHES):
        network = residual(problem, solution, reach)
        lengths, before = network.from_node(network.giver(b))
        if float(lengths[a]) <= reach:
            return network, float(lengths[a]), before
        reach *= 2
    if _unlisted(problem, solution):
        lengths, before = among_all(problem, solution, network.giver(b), a)
    else:
        network = residual(problem, solution, np.inf)
        lengths, before = network.from_node(network.giver(b))
    return network, float(lengths[a]), before


def _moves(network: Residual, before: Ints, a: int, b: int) -> tuple[Move, ...]:
    """Read the path from giver b back to taker a: an arc to a giver is a new pair, one from a giver a lost pair."""
    height = network.shape[0]
    gained: dict[int, int | None] = {a: b}
    lost: dict[int, int | None] = {}
    node = a
    while node != network.giver(b):
        previous = int(before[node])
        if previous < height <= node < network.source:
            gained[previous] = node - height
        elif node < height <= previous < network.source:
            lost[node] = previous - height
        node = previous
    people = sorted(set(gained) | set(lost))
    return tuple(Move(person, lost.get(person), gained.get(person)) for person in people)


def relax(
    problem: AssignProblem, solution: Assignment, person: int, *, rules: Mapping[str, Any] | None = None, most: int = 10
) -> list[Change]:
    """For a taker who is left over: the cheapest single changes that would place them, best first.

    `rules` names what stands against pairs: bool takers × givers each, true where the rule forbids. Every change adds
    one pair; points are exact for the best solution that places the person that way. Raises ValueError for a taker
    who is not left over, and for solutions that are not proven optimal.
    """
    if person not in solution.unfilled.tolist():
        raise ValueError(f"taker {person} is not left over")
    if problem.objective == "stable" or not solution.optimal:
        raise ValueError("changes are known where the prices prove the solution: solve for cover, floor or score")
    here = residual(problem, solution, 1.0 if _unlisted(problem, solution) else np.inf)
    found = [*_permissions(problem, solution, here, person, rules or {}), *_capacities(problem, solution, here, person)]
    return sorted(found, key=lambda one: (-(one.points if one.points is not None else -np.inf), one.kind, one.partner))[
        :most
    ]


def _unlisted(problem: AssignProblem, solution: Assignment) -> bool:
    """Whether there are too many pairs to list."""
    view = view_of(problem, solution)
    return not view.sparse and view.size() > MOST_EDGES


def _permissions(
    problem: AssignProblem, solution: Assignment, network: Residual, person: int, rules: Mapping[str, Any]
) -> list[Change]:
    if _unlisted(problem, solution):
        onward, _ = among_all(problem, solution, network.sink, backward=True)
    else:
        onward = network.to_sink()
    prices = network.prices
    known = not sparse.issparse(problem.score)
    changes = []
    for giver in range(problem.givers):
        length = float(onward[network.giver(giver)])
        if problem.may(person, giver) or not np.isfinite(length) or length >= SEAT // 2:
            continue
        points = None
        if known:
            weight = int(problem.grid.units(np.asarray(problem.score[person, giver])))
            gap = int(prices.row[person] + prices.column[giver]) + prices.seat - weight
            points = problem.grid.score(prices.seat + int(prices.row[person]) - gap - int(length))
        named = tuple(name for name, mask in rules.items() if bool(mask[person][giver]))
        words = f"allow taker {person} with giver {giver}" + (f", which {' and '.join(named)} forbids" if named else "")
        changes.append(Change("allow", person, giver, 1, points, named, words))
    return changes


def _capacities(problem: AssignProblem, solution: Assignment, network: Residual, person: int) -> list[Change]:
    unlisted = _unlisted(problem, solution)
    lengths, _ = among_all(problem, solution, person) if unlisted else network.from_node(person)
    prices = network.prices
    changes = []
    for giver in range(problem.givers):
        length = float(lengths[network.giver(giver)])
        if not np.isfinite(length) or length >= SEAT // 2:
            continue
        points = problem.grid.score(prices.seat + int(prices.row[person]) + int(prices.column[giver]) - int(length))
        words = f"one more place with giver {giver}"
        changes.append(Change("capacity", person, giver, 1, points, (), words))
    return changes
