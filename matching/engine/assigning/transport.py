"""Pairs with loads between limits on both sides: the linear program behind every two-sided objective.

    maximise    sum of weight over the chosen edges
    subject to  row_low <= edges of a row <= row_high, likewise for columns, and exactly `total` edges (or any number)

Its constraint matrix is a network, so optimal solutions are whole. Dual prices are whole as well: u for rows, v for
columns, one `seat` price for the total, and for a pair worth more than its prices the surplus w = weight - u - v - seat
counts once, because a pair can be chosen only once. By weak duality every solution is worth at most

    sum max(row_low * u, row_high * u) + sum max(column_low * v, column_high * v) + total * seat + sum max(0, w)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from matching.engine.assigning.scores import Edges
from matching.engine.flow import Network, joined, min_cost_flow, potentials
from matching.engine.numbers import Ints, Mask
from matching.engine.repairing import repaired


@dataclass(frozen=True)
class Limits:
    row_low: Ints
    row_high: Ints
    column_low: Ints
    column_high: Ints
    total: int | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.row_high), len(self.column_high)


@dataclass(frozen=True)
class Prices:
    """The duals: a price for each row and each column, and one for each seat whoever takes it."""

    row: Ints
    column: Ints
    seat: int

    def to_beat(self, limits: Limits) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What a pair must be worth to be of use, in two parts; nobody can pay for a person without room."""
        row = np.where(limits.row_high > 0, self.row + self.seat, np.inf)
        return row, np.where(limits.column_high > 0, self.column, np.inf)


@dataclass(frozen=True)
class Cut:
    """A cover: people whose limits, and open pairs that, together bound how many pairs there can be."""

    rows: Mask
    columns: Mask


def solve_edges(
    edges: Edges, limits: Limits, start: Prices | None = None, before: Mask | None = None
) -> tuple[Mask, Prices] | None:
    """The best choice among listed edges and prices that prove it; None where the limits cannot be kept.

    `start` may hold the prices of a similar problem and `before` the choice that was best in it; where little changed,
    that choice is repaired instead of solving anew.
    """
    built = _network(edges, limits)
    found = None
    if start is not None and before is not None:
        found = repaired(built.network, built.carried(edges, before), _labels(start))
    if found is None:
        flow = min_cost_flow(built.network)
        if flow is None:
            return None
        found = flow, potentials(built.network, flow, None if start is None else _labels(start))
    used = found[0][: len(edges)] > 0
    return used, _raised(_prices(found[1], limits, columns_full=built.columns_full), edges[used], limits)


def _raised(prices: Prices, used: Edges, limits: Limits) -> Prices:
    """Charge a person with room for one pair all that the pair is worth, so that the prices alone explain it."""
    surplus = np.maximum(used.weight - prices.row[used.row] - prices.column[used.column] - prices.seat, 0)
    row, column = prices.row.copy(), prices.column.copy()
    by_row = limits.row_high[used.row] == 1
    row[used.row[by_row]] += surplus[by_row]
    by_column = ~by_row & (limits.column_high[used.column] == 1)
    column[used.column[by_column]] += surplus[by_column]
    return Prices(row, column, prices.seat)


@dataclass(frozen=True)
class _Built:
    """Nodes: rows, columns, source, sink. Lower bounds are met in advance and turned into supplies.

    Where any number of pairs will do, the source is the sink, too: flow may go round, and the seat price is 0.

    Where the total fills one side entirely, that side's limits are equalities, which saves its arcs. `row_arc` and
    `column_arc` are the people who have arcs of their own, `row_low` and `column_low` what is met in advance.
    """

    network: Network
    row_arc: Ints
    column_arc: Ints
    row_low: Ints
    column_low: Ints
    columns_full: bool

    def carried(self, edges: Edges, used: Mask) -> Ints:
        """The flow that a choice of edges stands for."""
        row = np.bincount(edges.row[used], minlength=len(self.row_low)) - self.row_low
        column = np.bincount(edges.column[used], minlength=len(self.column_low)) - self.column_low
        return joined([used, row[self.row_arc], column[self.column_arc]])


def _network(edges: Edges, limits: Limits) -> _Built:
    height, width = limits.shape
    source = height + width
    sink = source if limits.total is None else source + 1
    row_full = limits.total is not None and limits.total == int(limits.row_high.sum())
    column_full = limits.total is not None and limits.total == int(limits.column_high.sum())
    row_low = limits.row_high if row_full else limits.row_low
    column_low = limits.column_high if column_full else limits.column_low
    row_arc, column_arc = np.flatnonzero(limits.row_high > row_low), np.flatnonzero(limits.column_high > column_low)
    supply = joined([row_low, -column_low, [0, 0]])
    supply[source] += (limits.total or 0) - row_low.sum()
    supply[sink] += column_low.sum() - (limits.total or 0)
    tail = [edges.row, np.full(len(row_arc), source), height + column_arc]
    head = [height + edges.column, row_arc, np.full(len(column_arc), sink)]
    capacity = [
        np.ones(len(edges), dtype=np.int64),
        (limits.row_high - row_low)[row_arc],
        (limits.column_high - column_low)[column_arc],
    ]
    cost = [-edges.weight, np.zeros(len(row_arc) + len(column_arc), dtype=np.int64)]
    network = Network(joined(tail), joined(head), joined(capacity), joined(cost), supply)
    return _Built(network, row_arc, column_arc, row_low, column_low, column_full)


def _labels(prices: Prices) -> Ints:
    """Potentials that these prices stand for, with the source at 0."""
    return joined([prices.row, -prices.column - prices.seat, [0, -prices.seat]])


def _prices(labels: Ints, limits: Limits, *, columns_full: bool) -> Prices:
    height, width = limits.shape
    source = labels[height + width]
    sink = source if limits.total is None else labels[height + width + 1]
    row, column = labels[:height] - source, sink - labels[height : height + width]
    seat = int(source - sink)
    if limits.total is not None:
        if limits.total == int(limits.row_high.sum()):
            row, seat = _shifted(row, limits.row_high, limits.row_low, seat)
        if columns_full:
            column, seat = _shifted(column, limits.column_high, limits.column_low, seat)
    return Prices(_clamped(row, limits.row_low), _clamped(column, limits.column_low), seat)


def _shifted(price: Ints, high: Ints, low: Ints, seat: int) -> tuple[Ints, int]:
    """A side that is filled entirely shares its prices with the seats: move what makes none of them negative."""
    free = (high > 0) & (low < high)
    lowest = int(price[free].min()) if free.any() else 0
    return np.where(high > 0, price - lowest, 0), seat + lowest


def _clamped(price: Ints, low: Ints) -> Ints:
    """A negative price would pay for being left alone; without a minimum that is worth nothing."""
    return np.where(low > 0, price, np.maximum(price, 0))


def bound(prices: Prices, limits: Limits, surplus: int) -> int:
    """What no solution can exceed (weak duality), in exact integers; surplus is the sum of max(0, w)."""
    row = np.maximum(limits.row_low * prices.row, limits.row_high * prices.row)
    column = np.maximum(limits.column_low * prices.column, limits.column_high * prices.column)
    seats = (limits.total or 0) * prices.seat
    return sum(row.tolist()) + sum(column.tolist()) + seats + surplus


def largest(edges: Edges, row_high: Ints, column_high: Ints) -> tuple[Mask, Cut]:
    """As many edges as the limits allow, and a cut that proves that there can be no more (Ford and Fulkerson)."""
    height, width = len(row_high), len(column_high)
    source, sink = height + width, height + width + 1
    tail = joined([edges.row, np.full(height, source), height + np.arange(width)])
    head = joined([height + edges.column, np.arange(height), np.full(width, sink)])
    # One more than there are people is as good as no limit, and fits the solver's 32 bits.
    rooms = [np.ones(len(edges)), np.minimum(row_high, width + 1), np.minimum(column_high, height + 1)]
    room = joined(rooms).astype(np.int32)
    graph = sparse.csr_array((room, (tail.astype(np.int32), head.astype(np.int32))), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    left = sparse.csr_array(graph - flow)
    left.eliminate_zeros()
    reached = np.zeros(sink + 1, dtype=bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    carried = sparse.coo_array(flow[:height, height:source])
    carries = carried.row.astype(np.int64)[carried.data > 0] * width + carried.col[carried.data > 0]
    used = np.isin(edges.row * width + edges.column, carries)
    return used, Cut(~reached[:height], reached[height:source])
