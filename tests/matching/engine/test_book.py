"""Booking against brute force."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import Held, Request, Slot, book, certify, check
from matching.engine import flow as flow_module
from matching.engine.booking.certify import weighing

pytestmark = pytest.mark.pure

START = datetime(2026, 1, 28, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def stated(seed):
    rng = np.random.default_rng(seed)
    helpers = ["helen", "henry"]
    slots = [
        Slot(helper, START + int(day) * DAY, int(rng.integers(1, 3)))
        for helper in helpers
        for day in np.unique(rng.integers(0, 8, 2))
    ]
    requests = [
        Request(
            f"asker {rng.integers(0, 2 + 2 * (seed % 2))}",
            START - timedelta(hours=int(rng.integers(0, 60))),
            {helper: int(rng.integers(-2, 9)) for helper in helpers if rng.random() < 0.8},
            until=START + 6 * DAY if rng.random() < 0.2 else None,
        )
        for _ in range(int(rng.integers(0, 5)))
    ]
    held = [Held("asker 0", "helen", START + DAY)] if seed % 3 == 0 else []
    rules = {"notice": DAY, "cap": int(rng.integers(0, 3)), "repeat": 3 * DAY, "held": held}
    return requests, slots, rules


def best_of(problem):
    share, left = problem.shares()
    places = [slot.places for slot in problem.slots]
    options = [
        [None, *(slot for slot in range(len(places)) if problem.barrier(number, slot) is None)]
        for number in range(len(problem.requests))
    ]
    best = (0, 0, 0)
    for choice in product(*options):
        pairs = [(request, slot) for request, slot in enumerate(choice) if slot is not None]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        full = (np.bincount(table[:, 1], minlength=len(places)) > places).any()
        capped = (np.bincount(share[table[:, 1]], minlength=len(left)) > left).any()
        clash = any(problem.clash(one, other) for n, one in enumerate(pairs) for other in pairs[:n])
        if not (full or capped or clash):
            best = max(best, (len(pairs), int(problem.worth(table).sum()), -int(problem.lateness(table).sum())))
    return best


@given(seed=st.integers(0, 10**6))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_most_sessions_then_score_then_earlier(seed):
    requests, slots, rules = stated(seed)
    result = book(requests, slots, **rules)
    assert (result.filled, result.total, -result.lateness) == best_of(result.problem)
    assert check(result.problem, result) == []
    assert certify(result.problem, result).optimal is result.optimal
    askers = [request.asker for request in requests]
    assert result.optimal or len(set(askers)) < len(askers)
    assert result.possible >= result.filled


@given(seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_the_solver_in_plain_python_books_as_well(seed):
    requests, slots, rules = stated(seed)
    usual = book(requests, slots, **rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_module, "ortools_flow", None)
        plain = book(requests, slots, **rules)
    assert (plain.filled, plain.total, plain.lateness) == (usual.filled, usual.total, usual.lateness)


def test_the_worked_example_of_the_documentation():
    slots = [Slot("helen", START), Slot("helen", START + DAY), Slot("henry", START + DAY)]
    early = START - 3 * DAY
    requests = [
        Request("amy", early, {"helen": 5}),
        Request("ben", early, {"helen": 5, "henry": 1}),
        Request("cem", START + timedelta(hours=2), {"helen": 9}),
    ]
    result = book(requests, slots, notice=DAY, cap=2)
    assert (result.filled, result.total, result.optimal) == (2, 10, True)
    assert {tuple(row) for row in result.sessions.tolist()} in ({(0, 0), (1, 1)}, {(0, 1), (1, 0)})
    assert result.problem.barrier(2, 0) == "the slot starts less than 1 day, 0:00:00 after the request"
    everybody = [*requests[:2], replace(requests[2], asked=early)]
    whole = book(everybody, slots, notice=DAY, cap=2)
    assert (whole.filled, whole.total) == (3, 15)
    assert [1, 2] in whole.sessions.tolist()


def test_a_cap_counts_sessions_held_in_the_same_month_only():
    slots = [Slot("helen", START), Slot("helen", START + 10 * DAY)]
    requests = [Request("amy", START - 9 * DAY, {"helen": 1}), Request("ben", START - 9 * DAY, {"helen": 1})]
    assert book(requests, slots, notice=DAY, cap=1).filled == 2
    held = [Held("someone", "helen", START - 5 * DAY)]
    assert book(requests, slots, notice=DAY, cap=1, held=held).sessions[:, 1].tolist() == [1]
    assert book(requests, slots, notice=DAY, cap={"henry": 5}).filled == 0


@pytest.mark.parametrize(
    ("asker", "rule"),
    [
        ({"until": START - DAY}, "expires"),
        ({"free": frozenset({START + DAY})}, "not free"),
        ({"scores": {"henry": 1}}, "cannot answer"),
    ],
)
def test_what_stands_between_a_request_and_a_slot_is_named(asker, rule):
    request = replace(Request("amy", START - 9 * DAY, {"helen": 1}), **asker)
    result = book([request], [Slot("helen", START)], notice=DAY, cap=1)
    assert result.unfilled.tolist() == [0]
    assert rule in (result.problem.barrier(0, 0) or "")


def test_the_same_two_people_do_not_meet_twice_too_soon():
    slots = [Slot("helen", START), Slot("helen", START + 5 * DAY), Slot("helen", START + 20 * DAY)]
    requests = [Request("amy", START - 9 * DAY, {"helen": 1})] * 2
    result = book(requests, slots, notice=DAY, cap=5, repeat=14 * DAY)
    assert (result.filled, 2 in result.sessions[:, 1]) == (2, True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"notice": -DAY}, "notice and repeat"),
        ({"cap": -1}, "the cap of everybody is -1"),
        ({"cap": {"helen": -2}}, "the cap of helen is -2"),
        ({"slots": [Slot("helen", START), Slot("helen", START)]}, "twice"),
        ({"slots": [Slot("helen", START, -1)]}, r"places\[0\] is -1"),
        ({"requests": [Request("amy", START, {"helen": float("nan")})]}, "is nan"),
    ],
)
def test_bad_input_is_refused_by_name(changes, message):
    arguments = {"requests": [], "slots": [], "notice": DAY, "cap": 1} | changes
    with pytest.raises(ValueError, match=message):
        book(arguments.pop("requests"), arguments.pop("slots"), **arguments)


def test_a_booking_or_proof_that_was_tampered_with_is_not_certified():
    requests, slots, rules = stated(5)
    requests = [replace(request, asker=f"asker {number}") for number, request in enumerate(requests)]
    result = book(requests, slots, **rules | {"cap": 3})
    assert (result.optimal, result.filled > 0) == (True, True)
    fewer = result.sessions[1:]
    left = np.setdiff1d(np.arange(len(requests)), fewer[:, 0])
    total = int(result.problem.worth(fewer).sum())
    worse = replace(result, sessions=fewer, filled=len(fewer), total=total, unfilled=left)
    assert check(result.problem, worse) == []
    assert not certify(result.problem, worse).optimal
    prices = replace(result.prices, request=tuple(price - 10**6 for price in result.prices.request))
    assert not certify(result.problem, replace(result, prices=prices)).optimal


def test_check_names_each_broken_rule():
    slots = [Slot("helen", START), Slot("helen", START + DAY)]
    requests = [Request("amy", START - 9 * DAY, {"helen": 1}), Request("amy", START, {"helen": 1})]
    result = book(requests, slots, notice=DAY, cap=1, repeat=9 * DAY)
    bad = replace(result, sessions=np.array([[0, 0], [1, 0], [1, 1]]))
    rules = {violation.rule for violation in check(result.problem, bad)}
    assert rules == {"rule", "clash", "request", "slot", "cap", "total", "unfilled"}


def test_a_booking_says_the_truth_about_its_number_and_its_total():
    requests, slots, rules = stated(5)
    result = book(requests, slots, **rules | {"cap": 3})
    assert check(result.problem, result) == []
    for false in ({"filled": result.filled + 1}, {"total": result.total + 1}, {"total": result.total - 1}):
        assert [one.rule for one in check(result.problem, replace(result, **false))] == ["total"]


def test_number_score_and_earliness_are_read_back_from_one_whole_number():
    slots = [Slot("helen", START), Slot("helen", START + DAY), Slot("henry", START + 2 * DAY)]
    requests = [Request(f"asker {place}", START - 9 * DAY, {"helen": 7, "henry": -4}) for place in range(3)]
    problem = book(requests, slots, notice=DAY, cap=3).problem
    weigh = weighing(problem)
    for sessions, expected in (
        ([[0, 1], [1, 0]], (2, 14, 1)),
        ([[0, 2], [1, 1]], (2, 3, 3)),
        ([[2, 2]], (1, -4, 2)),
        ([], (0, 0, 0)),
    ):
        chosen = np.array(sessions, dtype=np.int64).reshape(-1, 2)
        assert weigh.read(sum(weigh.value(problem, chosen))) == expected


def test_the_bound_of_a_booking_adds_what_its_prices_leave_open():
    slots = [Slot("helen", START), Slot("helen", START + DAY)]
    requests = [Request(f"asker {place}", START - 9 * DAY, {"helen": 5}) for place in range(2)]
    result = book(requests, slots, notice=DAY, cap=2)
    late = weighing(result.problem).late
    dearer = replace(result.prices, request=(result.prices.request[0] + 3 * late, *result.prices.request[1:]))
    loose = certify(result.problem, replace(result, prices=dearer))
    assert (loose.optimal, loose.total, loose.bound, loose.gap) == (False, 10, 13, 3)
    assert result.bound == 10


def test_scores_off_the_grid_widen_the_bound_of_a_booking_by_half_a_unit_a_request():
    slots = [Slot("helen", START), Slot("helen", START + DAY)]
    requests = [Request(f"asker {place}", START - 9 * DAY, {"helen": 0.1 + place}) for place in range(2)]
    result = book(requests, slots, notice=DAY, cap=2)
    assert not result.problem.grid.exact
    proved = certify(result.problem, result)
    exact = result.problem.grid.score(int(result.problem.worth(result.sessions).sum()))
    assert (proved.optimal, proved.bound) == (True, exact + result.problem.grid.unit)


@pytest.mark.parametrize("session", [(2, 0), (0, 2), (-1, 0), (0, -1)])
def test_check_names_a_session_that_does_not_exist(session):
    slots = [Slot("helen", START), Slot("helen", START + DAY)]
    requests = [Request(f"asker {place}", START - 9 * DAY, {"helen": 5}) for place in range(2)]
    result = book(requests, slots, notice=DAY, cap=2)
    strange = replace(result, sessions=np.array([(1, 1), session]))
    assert [(one.rule, one.people) for one in check(result.problem, strange)] == [("outside", session)]


def test_check_names_the_two_requests_that_clash_and_nobody_else():
    slots = [Slot("helen", START), Slot("henry", START), Slot("helen", START + DAY)]
    both: dict[Hashable, float] = {"helen": 5, "henry": 5}
    requests = [Request(name, START - 9 * DAY, both) for name in ("amy", "amy", "ben")]
    result = book(requests, slots, notice=DAY, cap=3)
    at_once = replace(result, sessions=np.array([(0, 0), (1, 1), (2, 2)]))
    assert [one.people for one in check(result.problem, at_once) if one.rule == "clash"] == [(0, 1)]
    twice = replace(result, sessions=np.array([(0, 0), (0, 1)]))
    assert [one.rule for one in check(result.problem, twice) if one.rule in ("clash", "request")] == ["request"]
