"""Two-sided assignment against brute force, scipy and arithmetic."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from matching.engine import AssignProblem, Infeasible, assign, certify, check, why_not
from matching.engine import flow as flow_module
from matching.engine.assigning import core as core_module
from matching.engine.assigning import ties as ties_module
from matching.engine.assigning.transport import Prices
from tests.matching.engine.oracles import best_assignment

pytestmark = pytest.mark.pure


@st.composite
def problems(draw):
    takers, givers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    capacity = rng.integers(0, 4, givers)
    return {
        "score": rng.integers(-4, draw(st.sampled_from([2, 9, 1000])), (takers, givers)),
        "allowed": rng.random((takers, givers)) < draw(st.sampled_from([0.3, 0.7, 1.0])),
        "giver_capacity": capacity,
        "giver_minimum": np.minimum(capacity, rng.integers(0, 2, givers) * draw(st.integers(0, 1))),
        "taker_demand": rng.integers(0, 3, takers),
    }


def key_of(result, objective):
    return {
        "cover": (result.filled, result.total),
        "floor": (result.filled, result.floor or 0, result.total),
        "score": (result.total, result.filled),
    }[objective]


@pytest.mark.parametrize("objective", ["cover", "floor", "score"])
@given(stated=problems())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_it_finds_and_proves_what_brute_force_finds(objective, stated):
    best = best_assignment(stated, objective)
    if best is None:
        with pytest.raises(Infeasible) as caught:
            assign(**stated, objective=objective)
        assert caught.value.rule == "giver_minimum"
        assert set(caught.value.givers) <= set(np.flatnonzero(stated["giver_minimum"]).tolist())
        return
    result = assign(**stated, objective=objective)
    assert key_of(result, objective) == best
    assert check(result.problem, result) == []
    assert result.optimal
    assert result.bound == result.total
    assert result.possible == (best_assignment(stated, "cover") or (0,))[0]


@given(stated=problems(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_ids_and_not_the_order_of_rows_decide_ties(stated, seed):
    stated["score"] = np.sign(stated["score"])
    stated["giver_minimum"] = 0
    rng = np.random.default_rng(seed)
    takers, givers = (rng.permutation(length) for length in stated["score"].shape)
    plain = assign(**stated)
    shuffled = assign(
        stated["score"][takers][:, givers],
        allowed=stated["allowed"][takers][:, givers],
        giver_capacity=stated["giver_capacity"][givers],
        taker_demand=stated["taker_demand"][takers],
        taker_ids=takers.tolist(),
        giver_ids=givers.tolist(),
    )
    back = {(int(takers[taker]), int(givers[giver])) for taker, giver in shuffled.pairs}
    assert back == {tuple(pair) for pair in plain.pairs.tolist()}


@given(stated=problems())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_solver_in_plain_python_finds_the_same_pairs(stated):
    stated["giver_minimum"] = 0
    usual = assign(**stated)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow_module, "ortools_flow", None)
        plain = assign(**stated)
    assert plain.pairs.tolist() == usual.pairs.tolist()
    assert plain.optimal


@pytest.mark.parametrize("kind", ["wide", "few values", "all equal", "product"])
def test_a_core_of_few_pairs_is_exact_on_all_pairs(kind):
    rng, size = np.random.default_rng(7), 400
    scores = {
        "wide": rng.integers(0, 84_000, (size, size)),
        "few values": rng.integers(0, 20, (size, size)),
        "all equal": np.ones((size, size), dtype=int),
        "product": -np.outer(np.arange(size), np.arange(size)),
    }[kind]
    assert scores.size > core_module.SMALL
    rows, columns = linear_sum_assignment(scores, maximize=True)
    result = assign(scores.astype(np.float32))
    assert (result.total, result.filled, result.optimal) == (scores[rows, columns].sum(), size, True)


def test_capacities_on_a_large_table_equal_copies_of_each_giver():
    rng = np.random.default_rng(8)
    scores = rng.integers(0, 5000, (600, 150))
    rows, columns = linear_sum_assignment(np.repeat(scores, 4, axis=1), maximize=True)
    result = assign(scores, giver_capacity=4)
    assert (result.total, result.filled, result.optimal) == (
        np.repeat(scores, 4, axis=1)[rows, columns].sum(),
        600,
        True,
    )


def test_a_sparse_table_gives_what_the_dense_one_gives_and_a_stored_zero_is_a_pair():
    rng = np.random.default_rng(9)
    dense, allowed = rng.integers(0, 5, (30, 20)), rng.random((30, 20)) < 0.2
    rows, columns = np.nonzero(allowed)
    stored = sparse.csr_array((dense[allowed], (rows, columns)), shape=dense.shape)
    assert (stored.data == 0).any()
    one, other = assign(dense, allowed=allowed, giver_capacity=2), assign(stored, giver_capacity=2)
    assert one.pairs.tolist() == other.pairs.tolist()
    graph = nx.Graph([(f"t{a}", f"g{b}") for a, b in zip(rows, columns, strict=True)])
    single = assign(stored)
    assert 2 * single.filled == len(nx.bipartite.hopcroft_karp_matching(graph, [n for n in graph if n[0] == "t"]))


def test_forbidden_is_not_zero_and_zero_is_a_pair():
    assert assign([[0, 9]], allowed=[[True, False]]).pairs.tolist() == [[0, 0]]
    assert assign([[-5]]).filled == 1
    assert assign([[-5]], objective="score").filled == 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_side_leaves_nobody_placed(shape):
    for objective in ("cover", "floor", "score", "stable"):
        result = assign(np.zeros(shape), objective=objective)
        assert (result.filled, result.possible, result.total, result.optimal) == (0, 0, 0, True)
        assert result.unfilled.tolist() == list(range(shape[0]))


def test_everything_forbidden_is_an_answer():
    result = assign(np.ones((3, 2)), allowed=np.zeros((3, 2), dtype=bool))
    assert (result.filled, result.possible, result.optimal, result.unfilled.tolist()) == (0, 0, True, [0, 1, 2])


def test_locked_pairs_stay_and_the_rest_is_best_around_them():
    scores = np.array([[9, 8], [8, 1]])
    assert assign(scores).pairs.tolist() == [[0, 1], [1, 0]]
    locked = assign(scores, fixed=[(0, 0)])
    assert (locked.pairs.tolist(), locked.total, locked.optimal) == ([[0, 0], [1, 1]], 10, True)


@pytest.mark.parametrize(
    ("changes", "takers", "givers"),
    [
        ({"fixed": [(0, 0)], "allowed": [[False, True], [True, True]]}, (0,), (0,)),
        ({"fixed": [(0, 0), (0, 1)]}, (0,), ()),
        ({"fixed": [(0, 0), (1, 0)]}, (), (0,)),
    ],
)
def test_contradicting_locks_name_who_is_concerned(changes, takers, givers):
    with pytest.raises(Infeasible) as caught:
        assign(np.ones((2, 2)), **changes)
    assert (caught.value.rule, caught.value.takers, caught.value.givers) == ("fixed", takers, givers)


def test_minimums_that_cannot_be_kept_name_the_givers_and_the_takers_open_to_them():
    allowed = np.array([[True, True, False], [False, False, True], [False, False, True]])
    with pytest.raises(Infeasible) as caught:
        assign(np.ones((3, 3)), allowed=allowed, giver_capacity=2, giver_minimum=[1, 1, 0])
    assert (caught.value.rule, caught.value.givers, caught.value.takers) == ("giver_minimum", (0, 1), (0,))
    with pytest.raises(Infeasible, match="giver 1 must have at least 3 but may have no more than 2"):
        assign(np.ones((3, 3)), giver_capacity=2, giver_minimum=[0, 3, 0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"score": [[1, np.nan]]}, r"score\[0, 1\] is nan"),
        ({"score": [[1], [np.inf]]}, r"score\[1, 0\] is inf"),
        ({"score": [1, 2]}, "takers × givers"),
        ({"score": [["a"]]}, "must hold numbers"),
        ({"score": [[2**60]]}, r"score\[0, 0\] is too large"),
        ({"score": [[1]], "allowed": [[1]]}, "truth values"),
        ({"score": [[1]], "allowed": [[True, True]]}, "of shape"),
        ({"score": [[1]], "giver_capacity": -1}, r"giver_capacity\[0\] is -1"),
        ({"score": [[1]], "giver_capacity": [1, 2]}, "one number or 1 of them"),
        ({"score": [[1]], "taker_demand": 0.5}, "whole numbers"),
        ({"score": [[1]], "objective": "most"}, "objective must be one of"),
        ({"score": [[1]], "fixed": [(0, 1)]}, r"fixed holds \(0, 1\), which is outside 1 × 1"),
        ({"score": [[1]], "fixed": [(0, 0), (0, 0)]}, "twice"),
        ({"score": [[1], [1]], "taker_ids": ["a", "a"]}, "must differ"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        assign(**arguments)


def test_huge_scores_are_exact():
    big = 2**48
    scores = np.array([[big, big - 1], [big - 1, big - 3]])
    assert assign(scores).total == 2 * big - 2


def test_fractions_are_exact_where_a_grid_holds_them_and_bounded_where_not():
    quarters = assign([[0.25, 0.5], [0.75, 0.5]])
    assert (quarters.total, quarters.bound, quarters.problem.grid.exact) == (1.25, 1.25, True)
    rng = np.random.default_rng(3)
    scores = rng.random((60, 60))
    rows, columns = linear_sum_assignment(scores, maximize=True)
    result = assign(scores)
    assert result.total == pytest.approx(scores[rows, columns].sum(), abs=1e-12)
    assert result.optimal
    assert 0 <= result.bound - result.total < 1e-11


def test_scaling_or_shifting_the_scores_does_not_move_anybody():
    scores = np.random.default_rng(4).integers(0, 30, (25, 25))
    pairs = assign(scores).pairs.tolist()
    assert assign(7 * scores).pairs.tolist() == pairs
    assert assign(scores - 1000).pairs.tolist() == pairs


def test_one_more_person_or_pair_never_lowers_the_optimum():
    rng = np.random.default_rng(5)
    scores, allowed = rng.integers(0, 30, (12, 9)), rng.random((12, 9)) < 0.3
    smaller = assign(scores[:-1], allowed=allowed[:-1])
    whole = assign(scores, allowed=allowed)
    allowed[np.unravel_index(int(np.argmin(allowed)), allowed.shape)] = True
    wider = assign(scores, allowed=allowed)
    assert (smaller.filled, smaller.total) <= (whole.filled, whole.total) <= (wider.filled, wider.total)


def test_of_equals_the_one_closest_to_the_previous_solution_is_taken():
    rng = np.random.default_rng(6)
    scores = np.ones((30, 30), dtype=int)
    earlier = np.stack([np.arange(30), rng.permutation(30)], axis=1)
    assert assign(scores, previous=earlier).pairs.tolist() == earlier.tolist()
    scores[0, 0], scores[0, 1] = 5, 1
    again = assign(scores, previous=assign(np.ones((30, 30), dtype=int), previous=earlier))
    moved = {tuple(pair) for pair in again.pairs.tolist()} - {tuple(pair) for pair in earlier.tolist()}
    assert len(moved) == (0 if earlier[0, 1] == 0 else 2)


def test_the_floor_raises_the_worst_pair_and_says_what_it_costs():
    scores = np.array([[10, 6], [5, 0]])
    cover, floor = assign([[10, 4], [5, 0]]), assign(scores, objective="floor")
    assert (cover.total, cover.floor) == (10, 0)
    assert (floor.pairs.tolist(), floor.floor, floor.total, floor.price) == ([[0, 1], [1, 0]], 5, 11, 0)
    costly = assign([[10, 4], [5, 0]], objective="floor")
    assert (costly.floor, costly.total, costly.price, costly.optimal) == (4, 9, 1, True)


def test_filling_every_seat_says_what_it_costs():
    result = assign([[1, 9], [9, 0]], allowed=[[True, True], [False, True]])
    assert (result.filled, result.total, result.price) == (2, 1, 8)


def test_stable_leaves_no_blocking_pair_where_it_can_and_does_not_claim_more():
    settled = assign([[9, 8], [8, 1]], objective="stable")
    assert (settled.pairs.tolist(), settled.blocking, settled.price, settled.optimal) == ([[0, 0], [1, 1]], 0, 6, True)
    torn = assign([[1, 9], [0, 8]], allowed=[[True, True], [False, True]], objective="stable")
    assert (torn.filled, torn.blocking, torn.optimal) == (2, 1, False)


def test_someone_who_accepts_only_named_people_is_left_over_rather_than_given_another():
    result = assign([[5, 5], [4, 9]], allowed=[[True, False], [True, False]])
    assert (result.pairs.tolist(), result.unfilled.tolist()) == ([[0, 0]], [1])


@given(stated=problems(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_solution_or_proof_that_was_tampered_with_is_not_certified(stated, seed):
    stated["giver_minimum"] = 0
    result = assign(**stated)
    rng = np.random.default_rng(seed)
    prices = result.prices.prices
    if result.filled:
        fewer = np.delete(result.pairs, rng.integers(result.filled), axis=0)
        value = int(result.problem.value(fewer).sum())
        load = np.bincount(fewer[:, 0], minlength=result.problem.takers)
        unfilled = np.flatnonzero(load < result.problem.taker_demand)
        worse = replace(result, pairs=fewer, total=value, filled=len(fewer), unfilled=unfilled)
        assert check(result.problem, worse) == []
        assert not certify(result.problem, worse).optimal
    used = np.flatnonzero(result.problem.taker_demand)
    if len(used):
        dearer = prices.row.copy()
        dearer[rng.choice(used)] += 10**6
        wrong = replace(result, prices=replace(result.prices, prices=replace(prices, row=dearer)))
        assert not certify(result.problem, wrong).optimal
        assert certify(result.problem, wrong).bound > result.total


def test_check_names_each_broken_rule():
    problem = AssignProblem([[1, 2], [3, 4]], allowed=[[True, True], [True, False]], fixed=[(0, 1)])
    good = assign(problem.score, allowed=problem.allowed, fixed=[(0, 1)])
    assert check(problem, good) == []
    bad = replace(good, pairs=np.array([[0, 0], [1, 0], [1, 1], [1, 1]]), unfilled=np.array([0]), filled=9)
    assert {violation.rule for violation in check(problem, bad)} == {
        "allowed",
        "twice",
        "fixed",
        "taker_demand",
        "giver_capacity",
        "total",
        "filled",
        "unfilled",
    }
    assert [one.rule for one in check(problem, replace(good, pairs=np.array([[0, 7]])))] == ["outside"]
    assert [one.rule for one in check(problem, replace(good, pairs=np.array([0])))] == ["shape"]


def test_the_worked_example_of_the_documentation():
    scores = np.array([[9, 8, 0], [8, 6, 3], [7, 1, 1]])
    allowed = np.array([[True, True, False], [True, True, True], [True, True, True]])
    result = assign(scores, allowed=allowed)
    assert (result.pairs.tolist(), result.total, result.optimal) == ([[0, 1], [1, 2], [2, 0]], 18, True)
    by_hand = Prices(np.array([5, 3, 2]), np.array([5, 3, 0]), 0)
    proof = replace(result.prices, prices=by_hand)
    assert certify(result.problem, replace(result, prices=proof)).optimal
    assert why_not(result.problem, result, 0, 0).loss == 2


def test_after_an_edit_the_earlier_prices_lead_to_a_proven_solution():
    rng = np.random.default_rng(11)
    scores = rng.integers(0, 84_000, (320, 320)).astype(np.float32)
    earlier = assign(scores)
    scores = scores.copy()
    scores[0] = scores[0][::-1]
    again, anew = assign(scores, previous=earlier), assign(scores)
    assert (again.total, again.optimal) == (anew.total, True)


def test_many_equal_scores_are_decided_without_listing_every_pair():
    scores, size = np.ones((300, 300), dtype=np.float32), 300
    order = np.random.default_rng(1).permutation(size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ties_module, "MOST_LISTED", 1000)
        plain = assign(scores)
        shuffled = assign(scores, taker_ids=order.tolist())
    assert (plain.optimal, shuffled.optimal) == (True, True)
    assert {(int(order[taker]), giver) for taker, giver in shuffled.pairs.tolist()} == {
        tuple(p) for p in plain.pairs.tolist()
    }


def test_a_floor_is_proved_only_by_its_own_number_and_its_own_cut():
    result = assign([[10, 4], [5, 0]], objective="floor")
    assert (result.prices.floor, result.optimal) == (4, True)
    lower = replace(result, prices=replace(result.prices, floor=3))
    assert certify(result.problem, lower).reasons == ("the lowest score is 4, and the proof is about 3",)
    without = replace(result, prices=replace(result.prices, floor_cut=None))
    assert certify(result.problem, without).reasons == ("the lowest score is 4, and the proof is about 4",)
    assert not certify(result.problem, lower).optimal
    assert not certify(result.problem, without).optimal


def test_with_locked_pairs_the_seats_that_are_left_are_priced():
    priced = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        scores, allowed = rng.integers(-20, 0, (5, 4)), rng.random((5, 4)) < 0.8
        lock = tuple(np.argwhere(allowed)[int(rng.integers(allowed.sum()))].tolist())
        result = assign(scores, allowed=allowed, fixed=[lock])
        assert (result.optimal, result.bound) == (True, result.total)
        priced += result.prices.prices.seat != 0
    assert priced > 5
