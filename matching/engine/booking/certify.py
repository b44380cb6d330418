"""Checker and certificate of a booking."""

from dataclasses import dataclass

import numpy as np

from matching.engine.booking.problem import BookProblem
from matching.engine.booking.results import Booking, BookPrices
from matching.engine.numbers import Ints
from matching.engine.results import Certificate, Violation


@dataclass(frozen=True)
class Weighing:
    """Sessions, score and earliness as digits of one whole number: (count * one + score) * late - lateness."""

    one: int
    late: int

    def value(self, problem: BookProblem, choices: Ints) -> list[int]:
        """One number a choice; the sum over choices is the number of the booking."""
        worth, lateness = problem.worth(choices).tolist(), problem.lateness(choices).tolist()
        return [(self.one + score) * self.late - place for score, place in zip(worth, lateness, strict=True)]

    def read(self, value: int) -> tuple[int, int, int]:
        """(count, score, lateness) again: the digits of a sum."""
        upper = -(-value // self.late)
        count = (upper + self.one // 2) // self.one
        return count, upper - count * self.one, upper * self.late - value


def weighing(problem: BookProblem) -> Weighing:
    """Digits wide enough for this problem: no lower digit can outweigh a higher one."""
    requests = len(problem.requests) + 1
    weigh = Weighing(2 * requests * (int(problem.grid.largest) + 1), requests * (len(problem.slots) + 1))
    if weigh.one * weigh.late * requests >= 2**60:
        raise ValueError("the scores are too large for so many requests and slots: the sum must stay below 2**60")
    return weigh


def check_booking(problem: BookProblem, solution: Booking) -> list[Violation]:
    """Every rule that the solution breaks; empty if it is feasible and says the truth about itself."""
    sessions = [(int(request), int(slot)) for request, slot in solution.sessions]
    outside = [
        one for one in sessions if not (0 <= one[0] < len(problem.requests) and 0 <= one[1] < len(problem.slots))
    ]
    if outside:
        return [Violation("outside", f"session {one} does not exist", one) for one in outside]
    found = []
    for one in sessions:
        barrier = problem.barrier(*one)
        if barrier:
            found.append(Violation("rule", f"request {one[0]} in slot {one[1]}: {barrier}", one))
    for place, one in enumerate(sessions):
        for other in sessions[:place]:
            clash = problem.clash(one, other)
            if clash and one[0] != other[0]:
                found.append(Violation("clash", f"requests {other[0]} and {one[0]}: {clash}", (other[0], one[0])))
    return [*found, *_loads(problem, solution)]


def _loads(problem: BookProblem, solution: Booking) -> list[Violation]:
    share, left = problem.shares()
    request, slot = solution.sessions[:, 0], solution.sessions[:, 1]
    loads = [
        ("request", np.bincount(request, minlength=len(problem.requests)), np.ones(len(problem.requests))),
        ("slot", np.bincount(slot, minlength=len(problem.slots)), np.array([one.places for one in problem.slots])),
        ("cap", np.bincount(share[slot], minlength=len(left)), left),
    ]
    found = [
        Violation(rule, f"{rule} {number} holds {load[number]} sessions, not at most {int(room[number])}", (number,))
        for rule, load, room in loads
        for number in np.flatnonzero(load > room).tolist()
    ]
    worth = problem.grid.score(int(problem.worth(solution.sessions).sum()))
    tolerance = 0.0 if problem.grid.exact else len(request) * problem.grid.unit / 2
    if solution.filled != len(solution.sessions) or abs(worth - solution.total) > tolerance:
        found.append(Violation("total", f"{len(request)} sessions are worth {worth}"))
    if not np.array_equal(np.setdiff1d(np.arange(len(problem.requests)), request), solution.unfilled):
        found.append(Violation("unfilled", "the list of requests without a session is wrong"))
    return found


def price_bound(problem: BookProblem, prices: BookPrices) -> int | None:
    """What no booking can exceed in `weighing`; None if a choice is not priced high enough."""
    choices, (share, left) = problem.choices(), problem.shares()
    lists = prices.request, prices.slot, prices.share
    if [len(one) for one in lists] != [len(problem.requests), len(problem.slots), len(left)]:
        return None
    if any(price < 0 for one in lists for price in one):
        return None
    for (request, slot), value in zip(choices.tolist(), weighing(problem).value(problem, choices), strict=True):
        if prices.request[request] + prices.slot[slot] + prices.share[share[slot]] < value:
            return None
    slots = sum(slot.places * price for slot, price in zip(problem.slots, prices.slot, strict=True))
    return sum(prices.request) + slots + sum(int(n) * price for n, price in zip(left, prices.share, strict=True))


def certify_booking(problem: BookProblem, solution: Booking) -> Certificate:
    """What the prices prove: number of sessions, then score, then earliness, read off one exact bound."""
    reasons = [violation.message for violation in check_booking(problem, solution)]
    most = price_bound(problem, solution.prices)
    if most is None:
        reasons.append("the prices do not cover every choice")
        return Certificate(optimal=False, total=solution.total, bound=np.inf, reasons=tuple(reasons))
    weigh = weighing(problem)
    gap = most - sum(weigh.value(problem, solution.sessions))
    count, score, _ = weigh.read(most)
    if gap:
        reasons.append(f"the prices leave room for {count} sessions worth {problem.grid.score(score)}, or earlier ones")
    own = int(problem.worth(solution.sessions).sum())
    bound = problem.grid.score(own + -(-gap // weigh.late))
    slack = 0 if problem.grid.exact else problem.grid.unit * len(problem.requests) / 2
    return Certificate(not reasons, solution.total, bound + slack, count, tuple(reasons))
