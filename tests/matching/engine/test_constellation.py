"""Several givers of different kinds, against assignment kind by kind."""

import numpy as np
import pytest

from matching.engine import Infeasible, assign, certify, check, constellation

pytestmark = pytest.mark.pure


def test_without_shared_givers_each_kind_is_an_assignment_of_its_own():
    rng = np.random.default_rng(1)
    scores, kind = rng.integers(0, 50, (12, 20)), np.repeat([0, 1], 10)
    result = constellation(scores, kind=kind, wanted=[1, 2], giver_capacity=2)
    mentors = assign(scores[:, :10], giver_capacity=2)
    peers = assign(scores[:, 10:], giver_capacity=2, taker_demand=2)
    assert result.assignment.total == mentors.total + peers.total
    assert result.assignment.filled == mentors.filled + peers.filled
    assert (check(result.problem, result), certify(result.problem, result).optimal) == ([], True)
    assert result.missing.sum() == 36 - result.assignment.filled


def test_a_giver_may_be_a_peer_to_one_and_a_near_peer_to_another():
    kind = np.array([[0, 1], [1, 0]])
    result = constellation([[5, 5], [5, 5]], kind=kind, wanted=[1, 1], giver_capacity=2)
    assert (result.pairs.tolist(), result.kinds.tolist()) == ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    one = constellation([[5, 5], [5, 5]], kind=kind, wanted=[[1, 0], [0, 1]], giver_capacity=2)
    assert (one.pairs.tolist(), one.missing.tolist()) == ([[0, 0], [1, 0]], [[0, 0], [0, 0]])


def test_locks_previous_and_forbidden_pairs_hold_for_people_and_not_for_rows():
    scores, allowed = np.ones((2, 4)), np.ones((2, 4), dtype=bool)
    allowed[0, 0] = False
    result = constellation(scores, kind=[0, 0, 1, 1], wanted=[1, 1], allowed=allowed, fixed=[(0, 3)], previous=[(1, 2)])
    assert result.pairs.tolist() == [[0, 1], [0, 3], [1, 0], [1, 2]]
    with pytest.raises(Infeasible):
        constellation(scores, kind=[0, 0, 1, 1], wanted=[1, 1], fixed=[(0, 0), (0, 1)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": [0, 2]}, "kinds must lie from 0 to 1"),
        ({"kind": [0]}, "kind must hold"),
        ({"kind": [0.5, 1]}, "kind must hold"),
        ({"wanted": [1, -1]}, "not be negative"),
        ({"wanted": [[1, 1], [1, 1], [1, 1]]}, "wanted must hold"),
    ],
)
def test_bad_input_is_refused_by_name(changes, message):
    with pytest.raises(ValueError, match=message):
        constellation(np.ones((2, 2)), **({"kind": [0, 1], "wanted": [1, 1]} | changes))


def test_people_who_join_are_told_from_those_who_were_there_by_their_ids():
    rng = np.random.default_rng(5)
    scores, kind = rng.integers(0, 3, (12, 20)), np.repeat([0, 1], 10)
    before = constellation(scores[1:], kind=kind, wanted=[1, 2], giver_capacity=2, taker_ids=list(range(1, 12)))
    again = constellation(scores, kind=kind, wanted=[1, 2], giver_capacity=2, previous=before)
    rows = before.pairs + np.array([1, 0])
    anew = constellation(scores, kind=kind, wanted=[1, 2], giver_capacity=2, previous=rows)
    assert again.pairs.tolist() == anew.pairs.tolist()
    assert (again.assignment.optimal, again.assignment.total) == (True, anew.assignment.total)
    kept = {tuple(pair) for pair in again.pairs.tolist()} & {tuple(pair) for pair in rows.tolist()}
    assert len(kept) >= len(rows) - 6
