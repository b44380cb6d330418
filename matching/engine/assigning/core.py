"""Sparse core and dual pricing: exact on all pairs while solving over few of them.

1. Take about two dozen promising pairs a person (the core).
2. Solve the core; its prices are a proof for the pairs in it.
3. Price every pair with them. A pair worth more than its prices joins the core; if there is none, the prices prove that
   the solution is optimal among all pairs, not only in the core.
4. Otherwise go to 2. Each round adds at least one pair, so this ends.
"""

import numpy as np

from matching.engine.assigning.scores import Edges, Table, Values, chained
from matching.engine.assigning.transport import Cut, Limits, Prices, largest, solve_edges
from matching.engine.errors import Infeasible
from matching.engine.numbers import Ints, Mask

# With fewer pairs than this the search for a core costs more than it saves.
SMALL = 60_000
CANDIDATES = 24
NEAREST = 10
RENEWALS = 3
SAMPLE = 6  # every sixth pair is looked at to judge which are near the top


def core_of(table: Table, limits: Limits, start: Prices | None = None) -> Edges:
    """Promising pairs: all of a small or sparse table, else those near the top of their row or column.

    With the prices of a similar problem, those nearest to these prices.
    """
    if table.sparse or table.size() <= SMALL:
        return usable(table.edges(), limits)
    if start is not None:
        return usable(_nearest(table, limits, start, table.grid.largest / 100), limits)
    width = table.shape[1]
    each = int(np.ceil(limits.row_high.sum() / max(width, 1)))
    row_bar, column_bar = _bars(table, CANDIDATES, CANDIDATES * max(1, each))
    return usable(
        chained([_top(rows.start, block, row_bar[rows], column_bar) for rows, block in table.blocks()]),
        limits,
    )


def _bars(table: Table, row_rank: int, column_rank: int) -> tuple[Values, Values]:
    """Scores that about `rank` pairs of each row and column reach, judged by every sixth of them."""
    height, width = table.shape
    by_row = table.sample(1, min(SAMPLE, max(1, width // 50)))
    row_bar = _ranked(by_row, row_rank * by_row.shape[1] / width)
    del by_row
    by_column = np.ascontiguousarray(table.sample(min(SAMPLE, max(1, height // 50)), 1).T)
    return row_bar, _ranked(by_column, column_rank * by_column.shape[1] / height)


def _ranked(table: Values, rank: float) -> Values:
    """The value at that rank from the top of each row; the rows are reordered."""
    place = table.shape[1] - min(max(round(rank), 1), table.shape[1])
    table.partition(place, axis=1)
    return table[:, place].copy()


def _top(first: int, block: Values, row_bar: Values, column_bar: Values) -> Edges:
    bar = np.maximum(np.minimum(row_bar[:, None], column_bar), np.finfo(block.dtype).min)
    row, column = np.nonzero(block >= bar)
    if len(row) > 8 * CANDIDATES * len(block):
        # Many equal scores: an even share of them will do, and pricing brings in what is missed.
        keep = np.arange(0, len(row), len(row) // (4 * CANDIDATES * len(block)))
        row, column = row[keep], column[keep]
    return Edges(row + first, column, block[row, column].astype(np.int64))


def usable(edges: Edges, limits: Limits) -> Edges:
    """Pairs of people who have room besides their fixed pairs."""
    return edges[(limits.row_high[edges.row] > 0) & (limits.column_high[edges.column] > 0)]


def most_pairs(
    table: Table, core: Edges, row_high: Ints, column_high: Ints, enough: int | None = None
) -> tuple[int, Cut, Edges]:
    """The largest number of pairs in the table, the cut that proves it, and a core that reaches it.

    With `enough` the search ends at that many pairs, whose cut then proves nothing.
    """
    while True:
        used, cut = largest(core, row_high, column_high)
        count = int(used.sum())
        if count == enough:
            return count, cut, core
        missed = table.open(cut.rows, cut.columns)
        most = int(row_high[cut.rows].sum() + column_high[cut.columns].sum()) + len(missed)
        if most == count:
            return count, cut, core
        core = core.merged(missed[_spread(len(missed), len(core) + 1000)], table.shape[1])


def _spread(count: int, most: int) -> Ints:
    """An even choice of at most that many of the numbers below count."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def solve(
    table: Table, limits: Limits, core: Edges, start: Prices | None = None, before: Edges | None = None
) -> tuple[Edges, Prices]:
    """The best solution over the whole table, with its prices; Infeasible where the limits cannot be kept.

    After the first rounds the core is chosen anew, by nearness to the prices instead of by score: a smaller core is
    solved faster, and what is near its prices now will not have to join later. With the prices of a similar problem
    (`start`) and the choice that was best in it (`before`) the core is near from the beginning.
    """
    prices, chosen, width = start, before, table.shape[1]
    turn = 0 if start is None else RENEWALS
    while True:
        solved = _solved(core, limits, prices, chosen)
        if solved is None:
            raise Infeasible("the limits leave no solution", rule="limits")
        used, prices = solved
        chosen = core[used]
        if len(core) == table.size():
            return chosen, prices
        turn += 1
        if turn <= RENEWALS and len(core) > SMALL:
            near = _near(table, limits, prices, core)
            if not (_gap(near, prices) < 0).any():
                return chosen, prices
            core = near.merged(chosen, width)
        else:
            worth = violators(table, limits, prices, core)
            if not len(worth):
                return chosen, prices
            core = core.merged(worth, width)


def _solved(core: Edges, limits: Limits, start: Prices | None, before: Edges | None) -> tuple[Mask, Prices] | None:
    """The best choice in the core, repaired from the last one where there is one."""
    if start is None or before is None:
        return solve_edges(core, limits, start)
    return solve_edges(core, limits, _covering(core, start), core.within(before, limits.shape[1]))


def _covering(core: Edges, prices: Prices) -> Prices:
    """Prices raised to what the pairs are worth, on the side where fewer people are concerned."""
    lack = -_gap(core, prices)
    short = np.flatnonzero(lack > 0)
    row, column = prices.row.copy(), prices.column.copy()
    if len(np.unique(core.row[short])) <= len(np.unique(core.column[short])):
        np.maximum.at(row, core.row[short], prices.row[core.row[short]] + lack[short])
    else:
        np.maximum.at(column, core.column[short], prices.column[core.column[short]] + lack[short])
    return Prices(row, column, prices.seat)


def _gap(edges: Edges, prices: Prices) -> Ints:
    """By how much prices exceed the scores of pairs."""
    return prices.row[edges.row] + prices.column[edges.column] + prices.seat - edges.weight


def _near(table: Table, limits: Limits, prices: Prices, core: Edges) -> Edges:
    """Pairs whose prices exceed their score least, NEAREST a person: those worth more than their prices among them."""
    wanted = min(len(core) - 1, NEAREST * max(limits.shape))
    reach = float(np.partition(_gap(core, prices), wanted)[wanted])
    return _nearest(table, limits, prices, max(reach, 1.0) / 4)


def _nearest(table: Table, limits: Limits, prices: Prices, reach: float) -> Edges:
    """Of the pairs within reach of their prices those nearest, for each row and each column."""
    row, column = prices.to_beat(limits)
    near = table.above(row - np.floor(reach), column)
    gap = _gap(near, prices)
    first = (_rank(near.row, gap) < NEAREST) | (_rank(near.column, gap) < NEAREST)
    return near[first]


def _rank(person: Ints, gap: Ints) -> Ints:
    """The place of each pair among its person's, by gap."""
    if not len(person):
        return person
    # One number to sort by, where it fits: several times faster.
    wide = int(gap.max()) - int(gap.min()) + 1
    if wide.bit_length() + int(person.max()).bit_length() < 63:
        order = np.argsort((person << wide.bit_length()) + (gap - gap.min()))
    else:
        order = np.lexsort((gap, person))
    begins = np.concatenate([[0], np.cumsum(np.bincount(person))[:-1]])
    rank = np.empty(len(person), dtype=np.int64)
    rank[order] = np.arange(len(person)) - begins[person[order]]
    return rank


def violators(table: Table, limits: Limits, prices: Prices, core: Edges) -> Edges:
    """Pairs outside the core that are worth more than their prices; of very many, those worth most."""
    found = table.above(*prices.to_beat(limits))
    found = found[~found.within(core, table.shape[1])]
    most = len(core) + 1000
    if len(found) > most:
        found = found[np.sort(np.argpartition(_gap(found, prices), most)[:most])]
    return found
