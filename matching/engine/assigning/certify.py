"""Recompute what the prices prove, without any solver: every allowed pair is looked at once."""

import numpy as np

from matching.engine.assigning.blocking import blocking_pairs
from matching.engine.assigning.check import check_assignment
from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.rest import not_fixed, remaining
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.transport import Cut, Limits, Prices, bound
from matching.engine.numbers import Ints
from matching.engine.results import Assignment, AssignProof, Certificate


def certify_assignment(problem: AssignProblem, solution: Assignment) -> Certificate:
    """What is proved about a solution: that it is feasible, full where it must be, and at its bound.

    For "cover" and "floor" the bound holds for all solutions with the proven number of pairs (and floor), for "score"
    for all. "stable" is proved where no pair blocks. Rounded scores (matching.engine.numbers) are proved on their grid,
    and half a unit a seat is added to the bound.
    """
    broken = [violation.message for violation in check_assignment(problem, solution)]
    if broken:
        return Certificate(optimal=False, total=solution.total, bound=np.inf, reasons=tuple(broken))
    proof, table = solution.prices, Table.of(problem)
    malformed = _malformed(proof, problem)
    if malformed:
        return Certificate(optimal=False, total=solution.total, bound=np.inf, reasons=(malformed,))
    limits, chosen = remaining(problem), not_fixed(problem, solution.pairs)
    fixed = int(problem.value(problem.fixed).sum())
    possible = cut_bound(table, proof.cover, limits.row_high, limits.column_high) + len(problem.fixed)
    reasons = []
    if problem.objective != "score" and possible != solution.filled:
        reasons.append(f"the cover leaves room for {possible} pairs, and there are {solution.filled}")
    if solution.possible != possible:
        reasons.append(f"the cover proves {possible} possible pairs, not {solution.possible}")
    if problem.objective == "floor" and len(chosen):
        reasons += _floor_reasons(problem, table, limits, chosen, proof)
        table = table.at_least(proof.floor if proof.floor is not None else int(problem.value(chosen).min()))
    total = None if problem.objective == "score" else possible - len(problem.fixed)
    most = price_bound(table, proof.prices, Limits(*_four(limits), total)) + fixed
    worth = int(problem.value(solution.pairs).sum())
    reasons += _value_reasons(problem, table, limits, chosen, most - worth)
    slack = 0 if problem.grid.exact else problem.grid.unit * problem.seats / 2
    return Certificate(
        optimal=not reasons,
        total=solution.total,
        bound=problem.grid.score(most) + slack,
        possible=possible,
        reasons=tuple(reasons),
    )


def _four(limits: Limits) -> tuple[Ints, Ints, Ints, Ints]:
    return limits.row_low, limits.row_high, limits.column_low, limits.column_high


def _malformed(proof: AssignProof, problem: AssignProblem) -> str | None:
    sizes = {len(proof.prices.row), len(proof.cover.rows)}, {len(proof.prices.column), len(proof.cover.columns)}
    if sizes != ({problem.takers}, {problem.givers}):
        return "the prices are not one for each taker and giver"
    if problem.objective == "score" and proof.prices.seat:
        return "a seat has no price where the number of pairs is free"
    return None


def cut_bound(table: Table, cut: Cut, row_high: Ints, column_high: Ints) -> int:
    """No more pairs than this: those of covered people, and the pairs the cover leaves open."""
    return int(row_high[cut.rows].sum() + column_high[cut.columns].sum()) + len(table.open(cut.rows, cut.columns))


def price_bound(table: Table, prices: Prices, limits: Limits) -> int:
    """No higher total than this, in units (see matching.engine.assigning.transport)."""
    above = table.above(*prices.to_beat(limits))
    surplus = above.weight - prices.row[above.row] - prices.column[above.column] - prices.seat
    return bound(prices, limits, int(surplus.sum()))


def _floor_reasons(problem: AssignProblem, table: Table, limits: Limits, chosen: Ints, proof: AssignProof) -> list[str]:
    floor = int(problem.value(chosen).min())
    if proof.floor != floor or proof.floor_cut is None:
        return [f"the lowest score is {floor}, and the proof is about {proof.floor}"]
    room = limits.column_low if proof.floor_by_minimum else limits.column_high
    needed = int(limits.column_low.sum()) if proof.floor_by_minimum else len(chosen)
    if cut_bound(table.at_least(floor + 1), proof.floor_cut, limits.row_high, room) >= needed:
        return ["a higher lowest score is not ruled out"]
    return []


def _value_reasons(problem: AssignProblem, table: Table, limits: Limits, chosen: Ints, gap: int) -> list[str]:
    if problem.objective != "stable":
        return [f"the prices leave {problem.grid.score(gap)} open"] if gap else []
    edges = Edges(chosen[:, 0], chosen[:, 1], problem.value(chosen))
    blocking = len(blocking_pairs(table, limits, edges))
    return [f"{blocking} pairs block; fewer are not ruled out"] if blocking else []
