"""Costs of forcing a pair and of changing a rule, against solving anew."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Infeasible, assign, pair, relax, why_not
from matching.engine import explaining as explaining_module
from matching.engine.assigning.residual import MOST_EDGES

pytestmark = pytest.mark.pure


def stated(seed):
    rng = np.random.default_rng(seed)
    takers, givers = rng.integers(1, 8, 2)
    capacity = rng.integers(0, 3, givers)
    return {
        "score": rng.integers(-5, 30, (takers, givers)),
        "allowed": rng.random((takers, givers)) < 0.6,
        "giver_capacity": capacity,
        "giver_minimum": np.minimum(capacity, rng.integers(0, 2, givers) * (seed % 3 == 0)),
        "taker_demand": rng.integers(0, 3, takers),
    }


@pytest.fixture(params=[MOST_EDGES, 0], ids=["listed", "read row by row"])
def pairs_are(request, monkeypatch):
    """Tables whose pairs are all listed, and tables treated as too large for that."""
    monkeypatch.setattr(explaining_module, "MOST_EDGES", request.param)
    monkeypatch.setattr(explaining_module, "REACHES", 3 if request.param else 1)


@pytest.mark.usefixtures("pairs_are")
@given(seed=st.integers(0, 10**6), objective=st.sampled_from(["cover", "score"]))
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_forcing_a_pair_costs_what_solving_with_it_locked_loses(seed, objective):
    problem = stated(seed)
    try:
        result = assign(**problem, objective=objective)
    except Infeasible:
        return
    taker, giver = np.random.default_rng(seed).integers(0, problem["score"].shape).tolist()
    reason = why_not(result.problem, result, taker, giver)
    if [taker, giver] in result.pairs.tolist():
        assert (reason.kind, reason.loss) == ("chosen", 0)
    elif not problem["allowed"][taker, giver]:
        assert (reason.kind, reason.loss) == ("forbidden", None)
    elif problem["giver_capacity"][giver] == 0 or problem["taker_demand"][taker] == 0:
        assert reason.kind == "locked"
    elif reason.kind == "cost":
        forced = assign(**problem, objective=objective, fixed=[(taker, giver)])
        seats = result.filled - forced.filled if objective == "cover" else 0
        assert (reason.seats_lost, reason.loss) == (seats, result.total - forced.total)
    else:
        with pytest.raises(Infeasible):
            assign(**problem, objective=objective, fixed=[(taker, giver)])


def test_the_people_who_would_move_lead_to_a_solution_that_costs_as_much():
    rng = np.random.default_rng(2)
    scores = rng.integers(0, 1000, (300, 300))
    result = assign(scores)
    for taker in range(5):
        reason = why_not(result.problem, result, taker, 7)
        pairs = dict(result.pairs.tolist())
        for move in reason.moves:
            assert pairs.get(move.person) == move.before
        pairs |= {move.person: move.after for move in reason.moves}
        assert sorted(pairs.values()) == list(range(300))
        assert result.total - sum(int(scores[pair_]) for pair_ in pairs.items()) == reason.loss
        assert pairs[taker] == 7


def test_a_pair_below_the_floor_says_so():
    result = assign([[10, 4], [5, 0]], objective="floor")
    assert why_not(result.problem, result, 1, 1).kind == "floor"


def test_in_a_pairing_the_cost_is_that_of_pairing_anew():
    scores = np.array([[0, 9, 4, 1], [9, 0, 1, 3], [4, 1, 0, 8], [1, 3, 8, 0]])
    result = pair(scores)
    reason = why_not(result.problem, result, 0, 2)
    assert (reason.kind, reason.loss, len(reason.moves)) == ("cost", 10, 4)
    assert why_not(result.problem, result, 1, 0).kind == "chosen"


@pytest.mark.usefixtures("pairs_are")
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_change_for_someone_left_over_does_what_it_says(seed):
    problem = stated(seed) | {"giver_minimum": 0, "taker_demand": 1}
    result = assign(**problem)
    for person in result.unfilled.tolist()[:1]:
        for change in relax(result.problem, result, person, most=99):
            altered: dict[str, Any] = {name: np.array(value) for name, value in problem.items()}
            if change.kind == "allow":
                altered["allowed"][person, change.partner] = True
            else:
                altered["giver_capacity"][change.partner] += 1
            solved = assign(**altered)
            assert solved.filled == result.filled + change.seats
            # Another person may make even better use of one more place.
            assert change.points is not None
            assert solved.total - result.total >= change.points
            if change.kind == "allow":
                assert solved.total - result.total == change.points


def test_relaxing_names_the_rules_and_puts_the_cheapest_first():
    allowed = np.array([[True, False], [False, False]])
    rules = {
        "language": np.array([[False, False], [True, True]]),
        "same line": np.array([[False, True], [False, True]]),
    }
    result = assign([[5, 5], [1, 9]], allowed=allowed)
    changes = relax(result.problem, result, 1, rules=rules)
    assert [(one.kind, one.partner, one.rules, one.points) for one in changes] == [
        ("allow", 1, ("language", "same line"), 9)
    ]
    with pytest.raises(ValueError, match="not left over"):
        relax(result.problem, result, 0)


def test_reasons_need_a_proven_solution_and_people_who_exist():
    settled = assign([[9, 8], [8, 1]], objective="stable")
    with pytest.raises(ValueError, match="prices"):
        why_not(settled.problem, settled, 0, 1)
    result = assign([[9, 8], [8, 1]])
    with pytest.raises(ValueError, match="outside"):
        why_not(result.problem, result, 0, 2)
    with pytest.raises(TypeError):
        why_not(result.problem, pair([[0]]), 0, 1)
