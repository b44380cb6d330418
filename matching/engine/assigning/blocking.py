"""Blocking pairs: two people who would both rather have each other than (one of) those they got.

Both sides rank by the one score of a pair. Without further rules, giving the highest score that is left its pair again
and again leaves no blocking pair. That greedy choice may leave seats empty, and the fewest blocking pairs among the
fullest solutions are NP-hard to find; then a fixed number of rounds raises the worth of pairs that block.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.scores import Edges, Table, empty
from matching.engine.assigning.ties import among_equals, by_lots
from matching.engine.assigning.transport import Limits, solve_edges
from matching.engine.numbers import Ints, Mask, lots

ROUNDS = 12
# Orders of equal scores that are tried until one leaves no seat empty.
TURNS = 6
NOBODY = 2.0**52  # beyond every score, and still exact when a score is added


@dataclass(frozen=True)
class Settled:
    """A choice and the pairs that block it."""

    chosen: Edges
    blocking: Edges

    @property
    def order(self) -> tuple[int, int]:
        return len(self.blocking), -int(self.chosen.weight.sum())


def blocking_pairs(table: Table, limits: Limits, chosen: Edges) -> Edges:
    """All pairs that block a choice (ties do not block)."""
    row = _bar(chosen.row, chosen.weight, limits.row_high)
    column = _bar(chosen.column, chosen.weight, limits.column_high)
    found = table.above(row, np.zeros(len(column)))
    found = found[found.weight > column[found.column]]
    width = limits.shape[1]
    taken = np.isin(found.row * width + found.column, chosen.row * width + chosen.column)
    return found[~taken]


def _bar(who: Ints, weight: Ints, room: Ints) -> NDArray[np.float64]:
    """What each person's next pair must beat: the worst they have, anything if they have room."""
    bar = np.full(len(room), NOBODY)
    np.minimum.at(bar, who, weight)
    bar[np.bincount(who, minlength=len(room)) < room] = -NOBODY
    bar[room == 0] = NOBODY
    return bar


def greedy(edges: Edges, limits: Limits, order: Ints) -> Edges:
    """The highest score that both still have room for, again and again; `order` decides between equals."""
    chosen = []
    row, column = limits.row_high.tolist(), limits.column_high.tolist()
    for place in np.lexsort((order, -edges.weight)).tolist():
        taker, giver = int(edges.row[place]), int(edges.column[place])
        if row[taker] and column[giver]:
            row[taker] -= 1
            column[giver] -= 1
            chosen.append(place)
    return edges[np.sort(np.array(chosen, dtype=np.int64))]


def settled_greedily(
    problem: AssignProblem, table: Table, limits: Limits, core: Edges, turn: int
) -> tuple[Edges, Edges]:
    """The greedy choice among all pairs, and the core completed for it: whatever is ahead of a choice joins the core.

    Equal scores are ordered by lots drawn from the ids, so that the answer does not depend on the core; another `turn`
    draws others.
    """
    while True:
        order = _lots(problem, core, turn)
        chosen = greedy(core, limits, order)
        missed = _ahead(problem, table, limits, chosen, turn)
        if not len(missed):
            return chosen, core
        most = len(core) + 1000
        if len(missed) > most:
            missed = missed[np.sort(np.argpartition(-missed.weight, most)[:most])]
        core = core.merged(missed, limits.shape[1])


def _lots(problem: AssignProblem, edges: Edges, turn: int) -> Ints:
    salt = np.uint64(turn)
    return lots(problem.taker_lots[edges.row] ^ salt, problem.giver_lots[edges.column] ^ salt, 60)


def _ahead(problem: AssignProblem, table: Table, limits: Limits, chosen: Edges, turn: int) -> Edges:
    """Pairs that come before the last one of both people, by score and then by lot, and are not chosen."""
    row, column = (
        _bar(chosen.row, chosen.weight, limits.row_high),
        _bar(chosen.column, chosen.weight, limits.column_high),
    )
    found = table.reaching(row, np.zeros(len(column)))
    found = empty() if found is None else found
    found = found[found.weight >= column[found.column]]
    found = found[~found.within(chosen, limits.shape[1])]
    lot, mine = _lots(problem, found, turn), _lots(problem, chosen, turn)
    for side, bar in (("row", row), ("column", column)):
        who = getattr(found, side)
        last = _last_lot(getattr(chosen, side), chosen.weight, mine, bar)
        keep = (found.weight > bar[who]) | (lot < last[who])
        found, lot = found[keep], lot[keep]
    return found


def _last_lot(who: Ints, weight: Ints, lot: Ints, bar: NDArray[np.float64]) -> Ints:
    """The highest lot among the lowest-scored pairs of each person."""
    last = np.full(len(bar), -1, dtype=np.int64)
    lowest = weight == bar[who]
    np.maximum.at(last, who[lowest], lot[lowest])
    return last


def fewest_blocking(problem: AssignProblem, table: Table, limits: Limits, core: Edges, best: Edges) -> Settled:
    """Starting from the best total: raise what blocks, solve again, and keep what blocks least (then totals most)."""
    width = limits.shape[1]
    latest = first = settled = Settled(best, blocking_pairs(table, limits, best))
    bonus = np.zeros(len(core), dtype=np.int64)
    step = max(1, int(table.grid.largest) // 20)
    for _ in range(ROUNDS):
        if not len(latest.blocking):
            break
        wider = core.merged(latest.blocking, width)
        grown = np.zeros(len(wider), dtype=np.int64)
        grown[wider.within(core, width)] = bonus
        core, bonus = wider, grown + step * wider.within(latest.blocking, width)
        used = _best(problem, limits, replace(core, weight=core.weight + bonus))
        if used is None:
            break
        latest = Settled(core[used], blocking_pairs(table, limits, core[used]))
        settled = min(settled, latest, key=lambda one: one.order)
    return settled if settled.order < first.order else first


def _best(problem: AssignProblem, limits: Limits, raised: Edges) -> Mask | None:
    """The best choice by raised worth, the ids deciding between equals; None where the limits cannot be kept."""
    solved = solve_edges(raised, limits)
    if solved is None:
        return None
    used, prices = solved
    tight = raised[raised.weight == prices.row[raised.row] + prices.column[raised.column] + prices.seat]
    chosen = among_equals(tight, limits, raised[used], prices, [by_lots(problem, limits)])
    return raised.within(chosen, limits.shape[1])
