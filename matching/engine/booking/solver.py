"""From requests and slots to sessions."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.engine.booking.certify import certify_booking, weighing
from matching.engine.booking.problem import BookProblem, Held, Period, Request, Slot, calendar_month
from matching.engine.booking.results import Booking, BookPrices
from matching.engine.flow import Network, joined, min_cost_flow, potentials
from matching.engine.numbers import Ints, Mask


def book(
    requests: Sequence[Request],
    slots: Sequence[Slot],
    *,
    notice: timedelta,
    cap: int | Mapping[Hashable, int],
    repeat: timedelta = timedelta(0),
    held: Sequence[Held] = (),
    period: Period = calendar_month,
) -> Booking:
    """Book one session for as many requests as possible; then the best total score; then as early as possible.

    notice    at least this long between asking and the start
    cap       sessions a helper holds in one period (a calendar month, unless `period` says otherwise), sessions `held`
              included: one number, or one for each helper
    repeat    the same two people do not meet again within this time, counting sessions `held`

    Still equal choices fall by the order of requests and slots. Raises ValueError for scores that are not finite
    numbers, negative limits, and a helper who offers one start twice.
    """
    return solve_booking(BookProblem(tuple(requests), tuple(slots), notice, cap, repeat, tuple(held), period))


def solve_booking(problem: BookProblem) -> Booking:
    """Solve a stated problem: as a flow; where one asker's requests get in each other's way, by branch and bound."""
    choices = problem.choices()
    chosen, prices = _flow(problem, choices)
    clashes = _clashes(problem, choices)
    if any(chosen[one] and chosen[other] for one, other in clashes):
        chosen = _branched(problem, choices, clashes)
    sessions = choices[chosen]
    result = Booking(
        problem=problem,
        sessions=sessions,
        total=problem.grid.score(int(problem.worth(sessions).sum())),
        filled=len(sessions),
        possible=len(sessions),
        lateness=int(problem.lateness(sessions).sum()),
        optimal=False,
        bound=0,
        prices=prices,
        unfilled=np.setdiff1d(np.arange(len(problem.requests)), sessions[:, 0]),
    )
    certificate = certify_booking(problem, result)
    possible = len(sessions) if certificate.possible is None else certificate.possible
    return replace(result, optimal=certificate.optimal, bound=certificate.bound, possible=possible)


def _flow(problem: BookProblem, choices: Ints) -> tuple[Mask, BookPrices]:
    """Requests → slots → shares (a helper's period); source and sink are one node, so any number may flow."""
    share, left = problem.shares()
    requests, slots = len(problem.requests), len(problem.slots)
    first_share, hub = requests + slots, requests + slots + len(left)
    value = weighing(problem).value(problem, choices)
    places = np.array([slot.places for slot in problem.slots], dtype=np.int64)
    network = Network(
        joined(
            [np.full(requests, hub), choices[:, 0], requests + np.arange(slots), first_share + np.arange(len(left))]
        ),
        joined([np.arange(requests), requests + choices[:, 1], first_share + share, np.full(len(left), hub)]),
        joined([np.ones(requests), np.ones(len(choices)), places, left]),
        joined([np.zeros(requests), [-one for one in value], np.zeros(slots + len(left))]),
        np.zeros(hub + 1, dtype=np.int64),
    )
    flow = min_cost_flow(network)
    if flow is None:
        raise ArithmeticError("an empty booking is always possible, and was not found")
    label = potentials(network, flow).tolist()
    used = flow[requests : requests + len(choices)] > 0
    slot = [max(0, label[first_share + share[one]] - label[requests + one]) for one in range(slots)]
    shared = [max(0, label[hub] - label[first_share + one]) for one in range(len(left))]
    asked = [max(0, label[one] - label[hub]) for one in range(requests)]
    for (request, one), worth, taken in zip(choices.tolist(), value, used.tolist(), strict=True):
        # A request is served once, so it can be charged all that its session is worth.
        if taken:
            asked[request] = max(asked[request], worth - slot[one] - shared[share[one]])
    return used, BookPrices(tuple(asked), tuple(slot), tuple(shared))


def _clashes(problem: BookProblem, choices: Ints) -> list[tuple[int, int]]:
    """Choices that exclude one another although they belong to different requests."""
    by_asker: dict[Hashable, list[int]] = {}
    for number, (request, _) in enumerate(choices.tolist()):
        by_asker.setdefault(problem.requests[request].asker, []).append(number)
    rows = choices.tolist()
    return [
        (one, other)
        for numbers in by_asker.values()
        if len({rows[number][0] for number in numbers}) > 1
        for one, other in combinations(numbers, 2)
        if rows[one][0] != rows[other][0] and problem.clash(tuple(rows[one]), tuple(rows[other]))
    ]


def _branched(problem: BookProblem, choices: Ints, clashes: list[tuple[int, int]]) -> Mask:
    """Most sessions, then the best score among those, then the earliest: three integer programs (HiGHS)."""
    share, left = problem.shares()
    places = np.array([slot.places for slot in problem.slots])
    rules = [
        _at_most(choices[:, 0], np.ones(len(problem.requests))),
        _at_most(choices[:, 1], places),
        _at_most(share[choices[:, 1]], left),
        *(LinearConstraint(_row(len(choices), pair), ub=1) for pair in clashes),
    ]
    best = np.zeros(len(choices), dtype=bool)
    for goal in (np.ones(len(choices)), problem.worth(choices).astype(float), -problem.lateness(choices).astype(float)):
        solved = milp(
            -goal, integrality=np.ones(len(goal)), bounds=Bounds(0, 1), constraints=rules, options={"mip_rel_gap": 0}
        )
        if solved.x is None:
            raise ArithmeticError(f"HiGHS found no booking: {solved.message}")
        best = np.asarray(solved.x > 0.5)
        rules.append(LinearConstraint(sparse.csr_array(goal[None, :]), lb=float(goal[best].sum()) - 0.5))
    return best


def _at_most(group: Ints, room: NDArray[Any]) -> LinearConstraint:
    matrix = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(room), len(group)))
    return LinearConstraint(matrix, ub=room)


def _row(width: int, numbers: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(2), (np.zeros(2, dtype=np.int64), np.array(numbers))), shape=(1, width))
