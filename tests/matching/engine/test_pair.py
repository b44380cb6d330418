"""One-sided pairing against networkx and arithmetic."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.engine import Infeasible, certify, check, pair
from matching.engine.pairing import blossom

pytestmark = pytest.mark.pure


@st.composite
def tables(draw):
    people = draw(st.integers(0, 13))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scores = rng.integers(-4, draw(st.sampled_from([2, 40, 84_000])), (people, people))
    allowed = rng.random((people, people)) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    return np.minimum(scores, scores.T), allowed & allowed.T


def graph_of(scores, allowed, least=None):
    graph = nx.Graph()
    graph.add_nodes_from(range(len(scores)))
    for one, other in np.argwhere(np.triu(allowed, 1)).tolist():
        if least is None or scores[one, other] >= least:
            graph.add_edge(one, other, weight=int(scores[one, other]))
    return graph


def worth(scores, pairs):
    return sum(int(scores[one, other]) for one, other in pairs)


@pytest.mark.parametrize("objective", ["cover", "score"])
@given(table=tables())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_it_finds_and_proves_what_networkx_finds(objective, table):
    scores, allowed = table
    best = nx.max_weight_matching(graph_of(*table), maxcardinality=objective == "cover")
    result = pair(scores, allowed=allowed, objective=objective)
    assert result.total == worth(scores, best)
    assert check(result.problem, result) == []
    assert (result.optimal, result.bound) == (True, result.total)
    if objective == "cover":
        assert (result.filled, result.possible) == (2 * len(best), 2 * len(best))


@given(table=tables())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_floor_is_the_highest_that_keeps_the_number_of_pairs(table):
    scores, allowed = table
    most = len(nx.max_weight_matching(graph_of(*table), maxcardinality=True))
    result = pair(scores, allowed=allowed, objective="floor")
    assert (result.optimal, len(result.pairs)) == (True, most)
    for floor in sorted({data["weight"] for _, _, data in graph_of(*table).edges(data=True)}, reverse=True):
        best = nx.max_weight_matching(graph_of(scores, allowed, floor), maxcardinality=True)
        if len(best) == most:
            assert most == 0 or (result.floor, result.total) == (floor, worth(scores, best))
            return


@given(table=tables(), seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_ids_and_not_the_order_of_rows_decide_ties(table, seed):
    scores, allowed = np.sign(table[0]), table[1]
    order = np.random.default_rng(seed).permutation(len(scores))
    plain = pair(scores, allowed=allowed, triads=True)
    shuffled = pair(scores[order][:, order], allowed=allowed[order][:, order], triads=True, ids=order.tolist())
    for name in ("pairs", "triads"):
        back = {frozenset(order[list(group)].tolist()) for group in getattr(shuffled, name)}
        assert back == {frozenset(group) for group in getattr(plain, name).tolist()}


@given(table=tables())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_without_the_blossom_library_the_answer_is_worth_the_same(table):
    scores, allowed = table
    usual = pair(scores, allowed=allowed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blossom, "rustworkx", None)
        plain = pair(scores, allowed=allowed)
    assert (plain.total, plain.filled, plain.optimal) == (usual.total, usual.filled, True)


def test_a_table_too_large_to_list_is_still_exact():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 84_000, (300, 300))
    scores = np.minimum(scores, scores.T)
    allowed = rng.random((300, 300)) < 0.4
    allowed &= allowed.T
    result = pair(scores, allowed=allowed)
    one, other = np.nonzero(np.triu(allowed, 1))
    rows = np.concatenate([one, other]), np.concatenate([other, one])
    stored = sparse.csr_array((scores[rows], rows), shape=scores.shape)
    assert pair(stored).pairs.tolist() == result.pairs.tolist()
    assert (result.filled, result.optimal, result.bound) == (300, True, result.total)


def test_an_odd_circle_needs_a_price_for_the_circle():
    # Three pairs of two are half a pair each in the relaxation, which is worth 15 and not 10.
    scores = np.array([[0, 10, 10], [10, 0, 10], [10, 10, 0]])
    result = pair(scores)
    assert (result.total, result.filled, result.optimal) == (10, 2, True)
    assert result.prices.prices.sets == ((0, 1, 2),)


def test_whoever_is_left_joins_the_pair_where_they_add_most():
    scores = np.zeros((5, 5), dtype=int)
    scores[0, 1] = scores[2, 3] = 9
    scores[4, [0, 1, 2, 3]] = [1, 1, 3, 0]
    scores = np.maximum(scores, scores.T)
    result = pair(scores, triads=True)
    assert (result.pairs.tolist(), result.triads.tolist()) == ([[0, 1]], [[2, 3, 4]])
    assert (result.total, result.pair_total, result.filled, result.optimal) == (21, 18, 5, True)
    assert check(result.problem, result) == []
    barred = np.ones((5, 5), dtype=bool)
    barred[4, 3] = False
    other = pair(scores, allowed=barred, triads=True)
    assert other.triads.tolist() == [[0, 1, 4]]
    assert pair(scores).unfilled.tolist() == [4]


def test_locked_pairs_stay_and_locks_that_contradict_are_refused():
    scores = np.array([[0, 9, 1, 1], [9, 0, 1, 1], [1, 1, 0, 9], [1, 1, 9, 0]])
    assert pair(scores).total == 18
    locked = pair(scores, fixed=[(0, 2)])
    assert (locked.pairs.tolist(), locked.total, locked.bound, locked.possible) == ([[0, 2], [1, 3]], 2, 2, 4)
    with pytest.raises(Infeasible, match="0 is fixed in 2 pairs"):
        pair(scores, fixed=[(0, 2), (0, 1)])
    with pytest.raises(Infeasible, match="forbidden"):
        pair(scores, allowed=scores > 1, fixed=[(0, 2)])


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one_person(people):
    result = pair(np.ones((people, people)), triads=True)
    assert (result.filled, result.total, result.optimal) == (0, 0, True)
    assert result.unfilled.tolist() == list(range(people))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"score": [[0, 1], [2, 0]]}, r"score\[0, 1\] is 1 and score\[1, 0\] is 2"),
        ({"score": [[0, np.nan], [np.nan, 0]]}, r"score\[0, 1\] is nan"),
        ({"score": [[0, 1]]}, "people × people"),
        ({"score": [[0]], "allowed": [[1]]}, "truth values"),
        ({"score": [[0]], "objective": "stable"}, "objective must be one of"),
        ({"score": [[0]], "fixed": [(0, 3)]}, "outside"),
        ({"score": sparse.csr_array([[0, 1], [0, 0]])}, "symmetric"),
    ],
)
def test_bad_input_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        pair(**arguments)


@given(table=tables())
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_solution_or_proof_that_was_tampered_with_is_not_certified(table):
    scores, allowed = table
    result = pair(scores, allowed=allowed)
    if not result.filled:
        return
    pairs = result.pairs[1:]
    left = np.setdiff1d(np.arange(len(scores)), pairs)
    value = worth(scores, pairs.tolist())
    worse = replace(result, pairs=pairs, filled=2 * len(pairs), unfilled=left, total=value, pair_total=value)
    assert check(result.problem, worse) == []
    assert not certify(result.problem, worse).optimal
    prices = result.prices.prices
    one = int(np.argmax(prices.person))
    for change in (-prices.person[one] - 1, prices.scale):
        person = prices.person.copy()
        person[one] += change
        wrong = replace(result, prices=replace(result.prices, prices=replace(prices, person=person)))
        assert not certify(result.problem, wrong).optimal


def test_a_floor_whose_proof_was_bent_is_not_certified():
    scores = np.array([[0, 9, 5, 4], [9, 0, 3, 6], [5, 3, 0, 2], [4, 6, 2, 0]])
    result = pair(scores, objective="floor")
    # 9 + 2, 5 + 6 or 4 + 3: the lowest is highest in the second.
    assert (result.pairs.tolist(), result.floor, result.price, result.optimal) == ([[0, 2], [1, 3]], 5, 0, True)
    proof = result.prices
    assert proof.floor_prices is not None
    zero = replace(proof.floor_prices, person=0 * proof.floor_prices.person)
    high = replace(proof.floor_prices, person=proof.floor_prices.person + 9 * proof.floor_prices.scale)
    for bent in ({"floor": 4}, {"floor": None}, {"floor_prices": None}, {"floor_prices": zero}, {"floor_prices": high}):
        assert not certify(result.problem, replace(result, prices=replace(proof, **bent))).optimal
    assert not certify(result.problem, replace(result, prices=replace(proof, shift=proof.shift + 1))).optimal


def test_the_bound_of_a_worse_pairing_is_what_the_best_is_worth():
    scores = np.array([[0, 9, 1, 1], [9, 0, 1, 1], [1, 1, 0, 9], [1, 1, 9, 0]])
    result = pair(scores, objective="score")
    worse = replace(result, pairs=np.array([[0, 2], [1, 3]]), total=2, pair_total=2)
    certificate = certify(result.problem, worse)
    assert (certificate.optimal, certificate.total, certificate.bound) == (False, 2, 18)
    assert certificate.reasons == ("the prices leave 16 open",)


def test_prices_for_other_people_or_turned_round_prove_nothing():
    """A price too many adds nothing to any pair, and a negative scale would make every pair cheap."""
    scores = np.array([[0, 3], [3, 0]])
    result = pair(scores, objective="score")
    prices = result.prices.prices
    for person in (prices.person[:1], np.append(prices.person, 0)):
        wrong = replace(result, prices=replace(result.prices, prices=replace(prices, person=person)))
        assert certify(result.problem, wrong).reasons == ("the prices do not cover every pair",)
    none, free = np.zeros((0, 2), dtype=int), replace(prices, person=0 * prices.person, scale=-1)
    empty = replace(result, pairs=none, total=0, pair_total=0, filled=0, unfilled=np.arange(2))
    empty = replace(empty, prices=replace(result.prices, prices=free))
    assert check(result.problem, empty) == []
    assert certify(result.problem, empty).reasons == ("the prices do not cover every pair",)


@pytest.mark.parametrize("score", [1 / 3, 2 / 3, 1e-9 + 1 / 7])
def test_the_bound_includes_what_reading_scores_on_a_grid_may_have_changed(score):
    result = pair(np.array([[0, score], [score, 0]]))
    unit = result.problem.grid.unit
    assert (result.total, result.problem.grid.exact) == (score, False)
    assert score <= result.bound <= score + unit
    assert result.bound == unit * round(score / unit) + unit / 2


def test_a_pair_more_counts_first_however_low_its_score():
    """Two pairs at the lowest score there is instead of one at the highest, and of pairs worth nothing as many."""
    scores = np.full((4, 4), -7)
    scores[0, 1] = scores[1, 0] = 7
    allowed = np.ones((4, 4), dtype=bool)
    allowed[2, 3] = allowed[3, 2] = False
    result = pair(scores, allowed=allowed)
    assert (result.filled, result.total, result.possible, result.optimal) == (4, -14, 4, True)
    nothing = pair(np.zeros((5, 5)))
    assert (nothing.filled, nothing.possible, nothing.optimal) == (4, 4, True)


def test_check_says_how_many_are_placed_and_not_how_many_are_not():
    result = pair(np.ones((5, 5)))
    found = check(result.problem, replace(result, filled=5))
    assert [one.message for one in found] == ["4 people are placed, not 5"]


def test_check_refuses_what_is_no_list_of_pairs_and_triads():
    result = pair(np.ones((4, 4)))
    flat, wide = np.zeros(4, dtype=int), np.zeros((1, 4), dtype=int)
    for bad in ({"pairs": flat}, {"pairs": wide}, {"triads": flat}, {"triads": wide}):
        assert [one.rule for one in check(result.problem, replace(result, **bad))] == ["shape"]
    for person in (-1, 4):
        nobody = replace(result, pairs=np.array([[0, person]]))
        assert [one.people for one in check(result.problem, nobody)] == [(person,)]


def test_the_order_of_rows_does_not_matter_at_any_size():
    """Scores of 0 to 2 among 70 people: thousands of best pairings."""
    scores = np.random.default_rng(5).integers(0, 3, (70, 70))
    scores = np.minimum(scores, scores.T)
    order = np.random.default_rng(6).permutation(70)
    plain = pair(scores)
    shuffled = pair(scores[order][:, order], ids=order.tolist())
    assert {frozenset(order[one].tolist()) for one in shuffled.pairs} == {
        frozenset(one) for one in plain.pairs.tolist()
    }
    assert (shuffled.total, shuffled.optimal) == (plain.total, plain.optimal)


def test_check_names_each_broken_rule():
    scores, allowed = np.ones((4, 4)), np.ones((4, 4), dtype=bool)
    allowed[0, 1] = False
    result = pair(scores, allowed=allowed, fixed=[(0, 2)])
    bad = replace(result, pairs=np.array([[0, 1], [1, 3]]), triads=np.array([[2, 3, 1]]), filled=9)
    bad = replace(bad, unfilled=np.array([1]))
    rules = {violation.rule for violation in check(result.problem, bad)}
    assert rules == {"allowed", "once", "triads", "fixed", "pair_total", "total", "filled", "unfilled"}
    assert [one.rule for one in check(result.problem, replace(result, pairs=np.array([[0, 9]])))] == ["outside"]
