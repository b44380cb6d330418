"""What every objective gives, and everybody's next best, against solving each alone and forcing each pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.engine import AssignProblem, Infeasible, alternatives, assign, compare, rematch, why_not
from matching.engine.assigning.problem import Objective

pytestmark = pytest.mark.pure
OBJECTIVES: tuple[Objective, ...] = ("cover", "floor", "score", "stable")


def stated(seed, takers=7, givers=6):
    rng = np.random.default_rng(seed)
    return {
        "score": rng.integers(-9, 30, (takers, givers)),
        "allowed": rng.random((takers, givers)) < 0.6,
        "giver_capacity": rng.integers(0, 3, givers),
        "giver_minimum": 0,
        "taker_demand": rng.integers(0, 3, takers),
    }


def blocks(problem, pairs):
    """Pairs that block a solution, by the definition and one by one."""
    now = {tuple(pair) for pair in pairs.tolist()}

    def worst(person, side, room):
        mine = [int(problem.score[pair]) for pair in now if pair[side] == person]
        return min(mine) if len(mine) >= room else None

    return sum(
        (cell not in now)
        and problem.may(*cell)
        and all(
            room > 0 and (worst(cell[side], side, room) is None or problem.score[cell] > worst(cell[side], side, room))
            for side, room in enumerate((problem.taker_demand[cell[0]], problem.giver_capacity[cell[1]]))
        )
        for cell in np.ndindex(*problem.score.shape)
    )


@given(seed=st.integers(0, 10**6), given_=st.sampled_from([None, *OBJECTIVES]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_each_outcome_is_that_of_solving_for_it_alone(seed, given_):
    problem = AssignProblem(**stated(seed))
    solution = None if given_ is None else assign(**stated(seed), objective=given_)
    found, alone = compare(problem, solution), {one: assign(**stated(seed), objective=one) for one in OBJECTIVES}
    for objective, outcome in found.items():
        result = alone[objective]
        assert outcome.filled == result.filled
        assert outcome.seats == alone["cover"].filled - result.filled
        if objective == "stable":
            assert outcome.optimal == (outcome.blocking == 0)
            continue
        assert (outcome.total, outcome.optimal) == (result.total, True)
        assert outcome.cost == alone["cover"].total - result.total
        assert (outcome.lowest, outcome.blocking) == (result.floor, blocks(problem, result.pairs))
    assert list(found) == list(OBJECTIVES)


def test_the_price_of_each_objective_by_hand():
    found = compare(AssignProblem([[10, 4], [5, 0]]))
    assert [(one.total, one.filled, one.lowest, one.blocking, one.cost) for one in found.values()] == [
        (10, 2, 0, 0, 0),
        (9, 2, 4, 1, 1),
        (10, 2, 0, 0, 0),
        (10, 2, 0, 0, 0),
    ]
    seats = compare(AssignProblem([[1, 9], [9, 0]], allowed=[[True, True], [False, True]]))
    assert (seats["score"].filled, seats["score"].seats, seats["score"].cost) == (1, 1, -8)
    assert (seats["stable"].blocking, seats["stable"].optimal) == (1, False)


def test_rules_that_cannot_be_kept_are_refused_as_in_assign():
    with pytest.raises(Infeasible):
        compare(AssignProblem(np.ones((1, 2)), giver_minimum=1))


@pytest.mark.parametrize("stored", [False, True])
@given(seed=st.integers(0, 10**6), objective=st.sampled_from(["cover", "floor", "score"]))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_next_best_givers_are_those_of_all_reduced_costs(stored, seed, objective):
    given_ = stated(seed) | {"objective": objective}
    if stored:
        rows, columns = np.nonzero(given_["allowed"])
        table = sparse.csr_array((given_["score"][rows, columns], (rows, columns)), shape=given_["score"].shape)
        result = assign(**given_ | {"score": table, "allowed": None})
    else:
        result = assign(**given_)
    problem, prices = result.problem, result.prices.prices
    found = alternatives(problem, result, most=2)
    now = {tuple(pair) for pair in result.pairs.tolist()}
    for taker in range(problem.takers):
        expected = sorted(
            (int(prices.row[taker] + prices.column[giver]) + prices.seat - int(given_["score"][taker, giver]), giver)
            for giver in range(problem.givers)
            if problem.may(taker, giver)
            and (taker, giver) not in now
            and problem.taker_demand[taker]
            and problem.giver_capacity[giver]
            and (result.prices.floor is None or given_["score"][taker, giver] >= result.prices.floor)
        )[:2]
        assert found.givers[taker].tolist() == [giver for _, giver in expected] + [-1] * (2 - len(expected))
        assert found.at_least[taker].tolist() == [gap for gap, _ in expected] + [0] * (2 - len(expected))
        for gap, giver in expected:
            reason = why_not(problem, result, taker, giver)
            assert reason.seats_lost or reason.loss is None or reason.loss >= gap


def test_in_a_large_table_few_pairs_are_looked_at_and_a_row_without_near_ones_is_read_whole():
    rng = np.random.default_rng(4)
    scores = rng.integers(0, 84_000, (300, 300))
    scores[5] = 0
    scores[5, 7] = 84_000
    result = assign(scores)
    prices = result.prices.prices
    gap = prices.row[:, None] + prices.column + prices.seat - scores
    gap[result.pairs[:, 0], result.pairs[:, 1]] = 2**40
    found = alternatives(result.problem, result)
    assert found.at_least.tolist() == np.sort(gap, axis=1)[:, :3].tolist()
    assert np.take_along_axis(gap, found.givers, axis=1).tolist() == found.at_least.tolist()


def test_alternatives_need_a_proof():
    settled = assign([[9, 8], [8, 1]], objective="stable")
    with pytest.raises(ValueError, match="prices"):
        alternatives(settled.problem, settled)


def test_stable_pairs_are_found_in_a_large_table_where_the_first_core_lacks_them():
    rng = np.random.default_rng(2)
    scores = rng.integers(0, 84_000, (300, 300)) + 1000 * np.arange(300)
    settled = assign(scores, objective="stable")
    assert (settled.blocking, settled.optimal, settled.filled) == (0, True, 300)
    assert compare(settled.problem, assign(scores))["stable"].total == settled.total


def test_stable_pairs_do_not_depend_on_the_order_of_rows_or_on_what_was_solved_before():
    rng, size = np.random.default_rng(3), 280
    scores, order = rng.integers(0, 12, (size, size)), rng.permutation(size)
    plain = assign(scores, objective="stable")
    shuffled = assign(scores[order], objective="stable", taker_ids=order.tolist())
    assert {(int(order[taker]), giver) for taker, giver in shuffled.pairs.tolist()} == set(
        map(tuple, plain.pairs.tolist())
    )
    assert (plain.blocking, plain.optimal) == (0, True)
    assert rematch(plain.problem, assign(scores)).pairs.tolist() == plain.pairs.tolist()
