"""Solving once more after a small change, and placing somebody who comes late, against solving anew and brute force."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matching.engine import AssignProblem, Infeasible, Move, assign, certify, insert, rematch
from matching.engine import flow as flow_module
from matching.engine.flow import Network, plain_flow
from matching.engine.repairing import repaired

pytestmark = pytest.mark.pure


def program(seed, takers=9, givers=7):
    rng = np.random.default_rng(seed)
    capacity = rng.integers(0, 4, givers)
    return AssignProblem(
        rng.integers(-5, 40, (takers, givers)),
        rng.random((takers, givers)) < 0.6,
        capacity,
        np.minimum(capacity, rng.integers(0, 2, givers) * (seed % 3 == 0)),
        rng.integers(0, 3, takers),
    )


def smaller(problem, rows, columns):
    return AssignProblem(
        problem.score[rows][:, columns],
        problem.allowed[rows][:, columns] if problem.allowed is not None else None,
        problem.giver_capacity[columns],
        0,
        problem.taker_demand[rows],
        problem.objective,
        taker_ids=list(map(int, rows)),
        giver_ids=list(map(int, columns)),
    )


def edited(problem, kind, rng):
    """One small change, as a new problem."""
    score, allowed = problem.score.copy(), problem.score > -99 if problem.allowed is None else problem.allowed.copy()
    row, column = int(rng.integers(problem.takers)), int(rng.integers(problem.givers))
    match kind:
        case "row":
            score[row] = rng.integers(-5, 60, problem.givers)
            allowed[row] = rng.random(problem.givers) < 0.6
        case "column":
            score[:, column] = rng.integers(-5, 60, problem.takers)
        case "weight":
            score = score * 3 + rng.integers(0, 5, score.shape)
        case "capacity":
            return problem.changed(
                giver_capacity=np.maximum(problem.giver_capacity + np.eye(1, problem.givers)[0], 0).astype(int)
            )
        case "lock":
            choices = np.argwhere(allowed & (problem.taker_demand > 0)[:, None] & (problem.giver_capacity > 0))
            return problem.changed(fixed=[tuple(rng.permutation(choices)[0])] if len(choices) else [])
    return problem.changed(score=score, allowed=allowed)


@pytest.mark.parametrize("kind", ["row", "column", "weight", "capacity", "lock"])
@pytest.mark.parametrize("objective", ["cover", "floor", "score"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_after_a_small_change_it_finds_what_solving_anew_finds(kind, objective, seed):
    problem = program(seed).changed(objective=objective)
    try:
        before = assign_of(problem)
        problem = edited(problem, kind, np.random.default_rng(seed))
        anew = assign_of(problem.after(before.pairs))
    except Infeasible:
        return
    again = rematch(problem, before)
    assert again.pairs.tolist() == anew.pairs.tolist()
    assert (again.total, again.floor, again.price, again.optimal) == (anew.total, anew.floor, anew.price, True)


def assign_of(problem):
    return assign(
        problem.score,
        allowed=problem.allowed,
        giver_capacity=problem.giver_capacity,
        giver_minimum=problem.giver_minimum,
        taker_demand=problem.taker_demand,
        objective=problem.objective,
        fixed=problem.fixed,
        previous=problem.previous,
    )


@pytest.mark.parametrize("side", ["taker", "giver"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_people_who_come_and_go_are_known_by_their_ids(side, seed):
    whole, rng = program(seed).changed(giver_minimum=0), np.random.default_rng(seed)
    rows, columns = rng.permutation(whole.takers), rng.permutation(whole.givers)
    fewer = smaller(whole, rows[1:] if side == "taker" else rows, columns[1:] if side == "giver" else columns)
    before = assign(
        fewer.score,
        allowed=fewer.allowed,
        giver_capacity=fewer.giver_capacity,
        taker_demand=fewer.taker_demand,
        taker_ids=(rows[1:] if side == "taker" else rows).tolist(),
        giver_ids=(columns[1:] if side == "giver" else columns).tolist(),
    )
    kept = whole.translated(before.problem, before.pairs).tolist()
    names = (rows[1:] if side == "taker" else rows), (columns[1:] if side == "giver" else columns)
    assert kept == sorted([int(names[0][a]), int(names[1][b])] for a, b in before.pairs)
    joined = rematch(whole, before)
    assert joined.pairs.tolist() == assign_of(whole.after(kept)).pairs.tolist()
    back = rematch(fewer, joined)
    assert (back.total, back.filled, back.optimal) == (before.total, before.filled, True)


@pytest.mark.parametrize("capacity", [1, 3])
def test_one_edit_in_a_large_table_is_repaired_and_not_solved_anew(capacity, monkeypatch):
    rng = np.random.default_rng(11)
    scores = rng.integers(0, 84_000, (420, 420 // capacity)).astype(np.float32)
    before = assign(scores, giver_capacity=capacity)
    calls: list[int] = []

    def counted(network):
        calls.append(len(network.tail))
        return flow_module.min_cost_flow(network)

    monkeypatch.setattr("matching.engine.assigning.transport.min_cost_flow", counted)
    scores = scores.copy()
    scores[0] = scores[0][::-1]
    again = rematch(before.problem.changed(score=scores), before)
    assert max(calls, default=0) < 1000  # deciding ties is a small problem of its own
    anew = assign(scores, giver_capacity=capacity)
    assert (again.total, again.optimal, certify(again.problem, again).optimal) == (anew.total, True, True)
    stayed = {tuple(pair) for pair in again.pairs.tolist()} & {tuple(pair) for pair in before.pairs.tolist()}
    assert len(stayed) > 380


def test_a_change_keeps_ids_and_needs_them_where_people_come_or_go():
    problem = AssignProblem(np.ones((2, 2)), taker_ids=["a", "b"])
    assert problem.changed(fixed=[(0, 1)]).taker_lots.tolist() == problem.taker_lots.tolist()
    with pytest.raises(ValueError, match="taker_ids must say who"):
        problem.changed(score=np.ones((3, 2)))
    wider = problem.changed(score=np.ones((3, 2)), taker_demand=1, taker_ids=["b", "c", "a"])
    assert wider.known(problem)[0].tolist() == [2, 0]


@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_repaired_flow_is_the_cheapest(seed):
    rng = np.random.default_rng(seed)
    nodes, arcs = int(rng.integers(2, 8)), int(rng.integers(1, 20))
    ends = np.unique(rng.integers(0, nodes, (arcs, 2)), axis=0)
    ends = ends[ends[:, 0] < ends[:, 1]]
    ends[::2] = ends[::2, ::-1]
    supply = rng.integers(-2, 3, nodes)
    supply[0] -= supply.sum()
    network = Network(ends[:, 0], ends[:, 1], rng.integers(0, 4, len(ends)), rng.integers(-3, 9, len(ends)), supply)
    expected = plain_flow(network)
    found = repaired(network, rng.integers(0, 4, len(ends)), rng.integers(-5, 6, nodes))
    if expected is None:
        assert found is None
    elif found is not None:
        flow, labels = found
        assert int((flow * network.cost).sum()) == int((expected * network.cost).sum())
        balance = np.zeros(nodes, dtype=int)
        np.subtract.at(balance, network.tail, flow)
        np.add.at(balance, network.head, flow)
        assert (balance + supply == 0).all()
        length = network.cost + labels[network.tail] - labels[network.head]
        assert (length[flow < network.capacity] >= 0).all()
        assert (length[flow > 0] <= 0).all()


def test_repairing_gives_up_where_solving_anew_is_better():
    network = Network(*(np.array(part) for part in ([0], [1], [5], [1], [5, -5])))
    assert repaired(network, np.array([0]), np.zeros(2, dtype=int), most=4) is None
    flow, labels = repaired(network, np.array([0]), np.zeros(2, dtype=int), most=5) or (None, None)
    assert flow is not None
    assert (flow.tolist(), labels is not None) == ([5], True)
    far = Network(*(np.array(part) for part in ([0], [1], [5], [2**52], [5, -5])))
    assert repaired(far, np.array([0]), np.zeros(2, dtype=int)) is None


def ways(problem, pairs, *, taker=None, giver=None):
    """Every solution with one pair more that concerns the newcomer and in which at most one pair of others moves."""
    now = {tuple(pair) for pair in pairs}
    cells = [cell for cell in product(range(problem.takers), range(problem.givers)) if problem.may(*cell)]
    fixed = {tuple(pair) for pair in problem.fixed.tolist()}
    full = {g for g in range(problem.givers) if sum(b == g for _, b in now) == problem.giver_capacity[g]}
    candidates = [(now | {cell}, None) for cell in cells if cell not in now and (cell[0] == taker or cell[1] == giver)]
    for (x, g), (y, target) in product(now - fixed, cells):
        if (y, target) in now or y == x:
            continue
        if taker is not None and y == taker and target == g and g in full:
            candidates += [(now - {(x, g)} | {(y, g), (x, h)}, x) for h in range(problem.givers) if h != g]
        if giver is not None and target == g and g != giver:
            candidates.append((now - {(x, g)} | {(y, g), (x, giver)}, x))
    for pairs_, moved in candidates:
        rows, columns = np.array(sorted(pairs_)).T
        if (
            len(pairs_) == len(now) + 1
            and all(problem.may(*cell) for cell in pairs_)
            and (np.bincount(rows, minlength=problem.takers) <= problem.taker_demand).all()
            and (np.bincount(columns, minlength=problem.givers) <= problem.giver_capacity).all()
        ):
            yield sum(int(problem.score[cell]) for cell in pairs_), moved is not None


@pytest.mark.parametrize("side", ["taker", "giver"])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_newcomer_gets_what_trying_every_single_move_finds(side, seed):
    whole = program(seed, 6, 5).changed(giver_minimum=0)
    rows, columns = np.arange(whole.takers - (side == "taker")), np.arange(whole.givers - (side == "giver"))
    before = assign_of(smaller(whole, rows, columns))
    if before.filled and seed % 2:
        whole = whole.changed(fixed=before.pairs[:1])
    who = {side: (whole.takers if side == "taker" else whole.givers) - 1}
    room = whole.taker_demand[-1] if side == "taker" else whole.giver_capacity[-1]
    if not room:
        with pytest.raises(ValueError, match="no room"):
            insert(whole, before, **who)
        return
    found = insert(whole, before, **who, most=10**6)
    expected = list(ways(whole, before.pairs.tolist(), **who))
    assert bool(found.placements) == bool(expected)
    if expected:
        best = max(expected)[0] - before.total
        assert found.placements[0].points == best
        assert (found.placements[0].move is None) == ((max(expected)[0], False) in expected)
        still = [points for points, moved in expected if not moved]
        assert [one.points + before.total for one in found.placements if one.move is None] == sorted(
            still, reverse=True
        )
        assert found.best.total == assign_of(whole).total
        assert found.best.total - before.total - best == found.placements[0].price


def test_a_place_without_moving_anybody_and_one_with_a_single_move():
    score, pairs = [[9, 7, 1], [8, 0, 0], [6, 5, 2]], [(0, 0), (2, 1)]
    found = insert(AssignProblem(score), pairs, taker=1)
    assert [(one.giver, one.move, one.points, one.price) for one in found.placements] == [
        (2, None, 0, 3),
        (0, Move(0, 0, 2), 0, 3),
        (1, Move(2, 1, 2), -3, 6),
    ]
    locked = insert(AssignProblem(score, fixed=[(0, 0)]), pairs, taker=1)
    assert [one.giver for one in locked.placements] == [2, 1]
    assert (found.best.total, found.best.optimal) == (17, True)


def test_a_new_giver_takes_someone_left_over_or_makes_room_for_them():
    problem = AssignProblem([[9, 8], [7, 1]], allowed=[[True, True], [True, False]])
    found = insert(problem, [(0, 0)], giver=1)
    assert [(one.taker, one.giver, one.move, one.points) for one in found.placements] == [(1, 0, Move(0, 0, 1), 6)]
    assert found.placements[0].price == 0


def test_sparse_scores_place_a_newcomer_alike():
    dense = np.array([[9, 7, 1], [8, 0, 0], [6, 5, 2]])
    stored = sparse.csr_array((dense.reshape(-1), (np.repeat(range(3), 3), np.tile(range(3), 3))), shape=(3, 3))
    one, other = (insert(AssignProblem(table), [(0, 0), (2, 1)], taker=1) for table in (dense, stored))
    assert one.placements == other.placements


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either a taker or a giver"),
        ({"taker": 0, "giver": 0}, "either a taker or a giver"),
        ({"taker": 5}, "there is no taker 5"),
        ({"taker": 0}, "no room"),
    ],
)
def test_a_newcomer_must_be_somebody_with_room(arguments, message):
    with pytest.raises(ValueError, match=message):
        insert(AssignProblem([[1, 2], [3, 4]]), [(0, 0)], **arguments)


def test_a_solution_that_breaks_the_rules_takes_in_nobody():
    with pytest.raises(ValueError, match="breaks the rules"):
        insert(AssignProblem([[1, 2], [3, 4]], allowed=[[False, True], [True, True]]), [(0, 0)], taker=1)
    with pytest.raises(ValueError, match="breaks the rules"):
        insert(AssignProblem([[1, 2], [3, 4]]), [(0, 0), (0, 1)], taker=1)
