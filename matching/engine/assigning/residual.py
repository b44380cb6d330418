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
        (problem.takers + taken.column, taken.row, -_gap(taken, prices)),
        *_seats(problem, limits, prices, taken),
    ]
    tail, head, length = (np.concatenate([arc[part] for arc in arcs]) for part in range(3))
    size = problem.takers + problem.givers + 2
    keep = length <= SEAT + reach if np.isfinite(reach) else np.ones(len(length), dtype=bool)
    graph = sparse.csr_array((length[keep].astype(float), (tail[keep], head[keep])), shape=(size, size))
    return Residual(graph, prices, (problem.takers, problem.givers), reach)


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
