"""What a change would cost: shortest paths in the residual network, measured in prices.

In an optimal solution every possible change of one pair has a cost of at least 0 once prices are counted, so the
cheapest way to make room for a change is a shortest path (Dijkstra). A path that costs at most `reach` uses only pairs
within `reach` of their prices; so a few pairs are enough, and the answer is exact as soon as it is within reach.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.rest import not_fixed, remaining
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.transport import Limits, Prices
from matching.engine.numbers import Ints
from matching.engine.results import Assignment

# One seat weighs more than any path of scores; sums stay exact in a float64.
SEAT = 2**51
MOST_EDGES = 5_000_000


@dataclass(frozen=True)
class Residual:
    """Nodes: takers, givers, a source (taker seats) and a sink (giver seats); lengths are reduced costs."""

    graph: sparse.csr_array
    prices: Prices
    shape: tuple[int, int]
    reach: float

    @property
    def source(self) -> int:
        return sum(self.shape)

    @property
    def sink(self) -> int:
        return sum(self.shape) + 1

    def giver(self, number: int) -> int:
        return self.shape[0] + number

    def from_node(self, node: int) -> tuple[NDArray[np.float64], Ints]:
        """Lengths of the shortest paths to every node, and each node's predecessor."""
        lengths, before = dijkstra(self.graph, indices=node, return_predecessors=True)
        return lengths, before.astype(np.int64)

    def to_sink(self) -> NDArray[np.float64]:
        """Lengths of the shortest paths from every node to a free giver seat."""
        return np.asarray(dijkstra(sparse.csr_array(self.graph.T), indices=self.sink), dtype=np.float64)


_KNOWN: "WeakKeyDictionary[Assignment, dict[float, Residual]]" = WeakKeyDictionary()


def residual(problem: AssignProblem, solution: Assignment, reach: float) -> Residual:
    """The residual network of a solution with pairs within `reach`; built once for as long as the solution lives."""
    known = _KNOWN.setdefault(solution, {})
    if reach not in known:
        known[reach] = _built(problem, solution, reach)
    return known[reach]


def view_of(problem: AssignProblem, solution: Assignment) -> Table:
    """The pairs the solver could choose from."""
    table = Table.of(problem)
    return table if solution.prices.floor is None else table.at_least(solution.prices.floor)


def _built(problem: AssignProblem, solution: Assignment, reach: float) -> Residual:
    limits, prices = remaining(problem), solution.prices.prices
    row, column = prices.to_beat(limits)
    chosen = not_fixed(problem, solution.pairs)
    taken = Edges(chosen[:, 0], chosen[:, 1], problem.value(chosen))
    near = view_of(problem, solution).above(row - np.floor(min(reach, 2.0**51)) - 1, column)
    width = problem.givers
    near = near[~np.isin(near.row * width + near.column, taken.row * width + taken.column)]
    arcs = [
        (near.row, problem.takers + near.column, _gap(near, prices)),
        *_fixed_arcs(problem, limits, prices, taken),
    ]
    if np.isfinite(reach):
        arcs = [tuple(part[arc[2] <= SEAT + reach] for part in arc) for arc in arcs]
    return Residual(_graph(arcs, problem.takers + problem.givers + 2), prices, limits.shape, reach)


def _graph(arcs: list[tuple[Ints, ...]], size: int) -> sparse.csr_array:
    tail, head, length = (np.concatenate([arc[part] for arc in arcs]) for part in range(3))
    return sparse.csr_array((length.astype(float), (tail, head)), shape=(size, size))


def _fixed_arcs(problem: AssignProblem, limits: Limits, prices: Prices, taken: Edges) -> list[tuple[Ints, ...]]:
    """Giving up chosen pairs, and giving up and taking seats."""
    given_up = problem.takers + taken.column, taken.row, -_gap(taken, prices)
    return [given_up, *_seats(problem, limits, prices, taken)]


def among_all(
    problem: AssignProblem, solution: Assignment, start: int, goal: int = -1, *, backward: bool = False
) -> tuple[NDArray[np.float64], Ints]:
    """Lengths and predecessors from `start` as far as `goal`, over every pair of a table too large to list (Dijkstra).

    The pairs of a person are read from the table when the search arrives there: those of a taker on the way forward,
    those of a giver on the way backward (lengths to `start`, then).
    """
    limits, prices = remaining(problem), solution.prices.prices
    chosen = not_fixed(problem, solution.pairs)
    taken = Edges(chosen[:, 0], chosen[:, 1], problem.value(chosen))
    graph = _graph(_fixed_arcs(problem, limits, prices, taken), sum(limits.shape) + 2)
    graph = sparse.csr_array(graph.T) if backward else graph
    gaps = _Gaps(view_of(problem, solution), prices.to_beat(limits), chosen, backward)
    lengths, before = np.full(graph.shape[0], np.inf), np.full(graph.shape[0], -1, dtype=np.int64)
    lengths[start] = 0
    waiting, done = lengths.copy(), np.zeros(graph.shape[0], dtype=bool)
    while True:
        node = int(np.argmin(waiting))
        if node == goal or waiting[node] == np.inf:
            return lengths, before
        done[node], waiting[node] = True, np.inf
        arcs = slice(graph.indptr[node], graph.indptr[node + 1])
        more, far = gaps.of(node)
        heads = np.concatenate([graph.indices[arcs], more])
        reached = lengths[node] + np.concatenate([graph.data[arcs], far])
        better = (reached < lengths[heads]) & ~done[heads]
        lengths[heads[better]] = waiting[heads[better]] = reached[better]
        before[heads[better]] = node


@dataclass(frozen=True)
class _Gaps:
    """By how much prices exceed the scores of all pairs of one person, pairs that are not chosen."""

    table: Table
    bars: tuple[NDArray[np.float64], NDArray[np.float64]]
    chosen: Ints
    backward: bool

    def of(self, node: int) -> tuple[Ints, NDArray[np.float64]]:
        """The people on the other side and the gaps; nobody for a node that is not on the side to be read."""
        height, width = self.table.shape
        if self.backward and height <= node < height + width:
            own = node - height
            gap = self.bars[0] + self.bars[1][own] - self.table.column(own)
            gap[self.chosen[self.chosen[:, 1] == own, 0]] = np.inf
            return np.arange(height), gap
        if not self.backward and node < height:
            gap = self.bars[0][node] + self.bars[1] - self.table.row(node)
            gap[self.chosen[self.chosen[:, 0] == node, 1]] = np.inf
            return np.arange(height, height + width), gap
        return np.zeros(0, dtype=np.int64), np.zeros(0)


def _gap(edges: Edges, prices: Prices) -> Ints:
    return prices.row[edges.row] + prices.column[edges.column] + prices.seat - edges.weight


def _seats(problem: AssignProblem, limits: Limits, prices: Prices, taken: Edges) -> list[tuple[Ints, Ints, Ints]]:
    """Giving up and taking seats. Where seats count first, leaving one empty costs more than all scores."""
    height, width = limits.shape
    source, sink = height + width, height + width + 1
    row_load = np.bincount(taken.row, minlength=height)
    column_load = np.bincount(taken.column, minlength=width)
    leave, join = np.flatnonzero(row_load > 0), np.flatnonzero(row_load < limits.row_high)
    more = np.flatnonzero(column_load < limits.column_high)
    less = np.flatnonzero(column_load > limits.column_low)
    arcs = [
        (leave, np.full(len(leave), source), prices.row[leave]),
        (np.full(len(join), source), join, -prices.row[join]),
        (height + more, np.full(len(more), sink), -prices.column[more]),
        (np.full(len(less), sink), height + less, prices.column[less]),
    ]
    free = problem.objective == "score"
    arcs.append((np.array([source]), np.array([sink]), np.array([0 if free else SEAT + prices.seat])))
    if free:
        arcs.append((np.array([sink]), np.array([source]), np.array([0])))
    return arcs
