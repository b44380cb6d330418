"""Reasons and changes for pairings and groupings, against arithmetic and against solving anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import Move, Seats, group, pair, relax, why_not

pytestmark = pytest.mark.pure


def symmetric(people, seed, top=40):
    scores = np.random.default_rng(seed).integers(0, top, (people, people))
    return scores + scores.T


@given(people=st.integers(4, 9), seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_forced_pair_costs_what_the_best_pairing_with_it_has_less(people, seed):
    scores = symmetric(people, seed)
    result = pair(scores)
    a, b = 0, people - 1
    reason = why_not(result.problem, result, a, b)
    forced = pair(scores, fixed=[(a, b)])
    if [a, b] in result.pairs.tolist():
        assert (reason.kind, reason.loss) == ("chosen", 0)
        return
    assert (reason.kind, reason.exact, reason.loss) == ("cost", True, result.total - forced.total)
    assert Move(a, _partner(result, a), b) in reason.moves


def _partner(result, person):
    return next((sum(one) - person for one in result.pairs.tolist() if person in one), None)


def test_a_pair_that_is_forbidden_or_locked_out_says_so():
    allowed = np.ones((4, 4), dtype=bool)
    allowed[0, 1] = False
    result = pair(symmetric(4, 1), allowed=allowed, fixed=[(2, 3)])
    assert why_not(result.problem, result, 0, 1).kind == "forbidden"
    assert why_not(result.problem, result, 0, 2).kind == "locked"
    assert why_not(result.problem, result, 2, 3).kind == "chosen"
    with pytest.raises(ValueError, match="not a pair"):
        why_not(result.problem, result, 0, 0)


def test_someone_left_over_learns_of_a_third_place_and_of_the_rule_in_the_way():
    scores = np.array([[0, 9, 2, 5], [9, 0, 3, 0], [2, 3, 0, 7], [5, 0, 7, 0]])
    allowed = np.ones((4, 4), dtype=bool)
    allowed[3] = allowed[:, 3] = False
    allowed[0, 2] = allowed[2, 0] = False
    result = pair(scores, allowed=allowed)
    assert (result.pairs.tolist(), result.unfilled.tolist()) == ([[0, 1]], [2, 3])
    rule = np.zeros((4, 4), dtype=bool)
    rule[2, 3] = rule[3, 2] = True
    changes = relax(result.problem, result, 3, rules={"met": rule})
    # With 2: 7 points and one pair more. With 0: 5 and 3 (1 with 2) less 9. With 1: nobody is left for 2 and 0.
    found = [(one.kind, one.partner, one.seats, one.points, one.rules) for one in changes]
    assert found == [("allow", 2, 1, 7, ("met",)), ("allow", 0, 1, -1, ()), ("allow", 1, 0, -9, ())]
    open_to_2 = allowed.copy()
    open_to_2[0, 2] = open_to_2[2, 0] = True
    joined = pair(scores, allowed=open_to_2)
    assert [(one.kind, one.points) for one in relax(joined.problem, joined, 2) if one.kind == "triad"] == [("triad", 5)]
    with pytest.raises(ValueError, match="not left over"):
        relax(result.problem, result, 0)


def test_bringing_two_into_one_group_is_exact_where_everything_is_tried():
    side = np.arange(6) % 2
    result = group(np.where(side[:, None] == side, 100, 1), size=(3, 3))
    reason = why_not(result.problem, result, 0, 1)
    # 0, 1 and another: 102 in each group instead of 300.
    assert (reason.kind, reason.loss, reason.exact, len(reason.moves)) == ("cost", 396, True, 2)
    assert why_not(result.problem, result, 0, 2).kind == "chosen"


def test_beyond_that_the_best_single_move_bounds_the_cost_from_above():
    scores = symmetric(12, 3)
    result = group(scores, size=(3, 3), apart=[(0, 1)])
    assert why_not(result.problem, result, 0, 1).kind == "forbidden"
    for other in range(2, 12):
        reason = why_not(result.problem, result, 0, other)
        if reason.kind == "chosen":
            continue
        forced = group(scores, size=(3, 3), apart=[(0, 1)], together=[(0, other)])
        assert (reason.kind, reason.exact, len(reason.moves)) == ("cost", False, 2)
        assert reason.loss is not None
        assert result.total - forced.total <= reason.loss


def test_who_is_left_over_of_groups_learns_where_one_more_place_adds_most():
    scores = np.zeros((7, 7), dtype=int)
    for group_of in ((0, 1, 2), (3, 4, 5)):
        scores[np.ix_(group_of, group_of)] = 50
    scores[6, :6] = scores[:6, 6] = [3, 3, 3, 1, 1, 1]
    result = group(scores, size=(3, 3), apart=[(6, 0)])
    assert result.unfilled.tolist() == [6]
    changes = relax(result.problem, result, 6)
    assert [(one.kind, one.partner, one.points, one.rules) for one in changes] == [
        ("capacity", 3, 3, ()),
        ("allow", 0, 9, ("apart",)),
    ]
    led = group(scores, size=(3, 3), seats=Seats((6,), 1, 1))
    with pytest.raises(ValueError, match="not left over"):
        relax(led.problem, led, 6)


def test_other_shapes_have_no_reasons():
    result = group(np.zeros((4, 4)), size=(2, 2))
    other = pair(np.zeros((4, 4)))
    with pytest.raises(TypeError):
        why_not(result.problem, other, 0, 1)
    with pytest.raises(TypeError):
        relax(other.problem, result, 0)
