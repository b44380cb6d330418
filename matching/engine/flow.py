"""Minimum-cost flow: OR-tools where it is installed, an exact solver in plain Python where it is not.

Both take arcs with lower bound 0 and whole costs; both return a flow on each arc, or None where the supplies cannot be
met. Neither is trusted: `potentials` recovers the duals from the flow and fails loudly if the flow is not optimal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import ArrayLike

from matching.engine.numbers import Ints

try:
    from ortools.graph.python import min_cost_flow as ortools_flow
except ImportError:  # pragma: no cover - the tests take it away to prove that the answers stay the same
    ortools_flow = None


@dataclass(frozen=True)
class Network:
    """Arcs tail → head with capacity and cost; supply > 0 puts flow in, < 0 takes it out."""

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints


def min_cost_flow(network: Network) -> Ints | None:
    """Flow on each arc that meets every supply at least cost; None where that is impossible."""
    if int(network.supply.sum()) != 0:
        return None
    if ortools_flow is None:
        return plain_flow(network)
    solver = ortools_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, network.cost)
    solver.set_nodes_supplies(np.arange(len(network.supply)), network.supply)
    status = solver.solve()
    if status == solver.OPTIMAL:
        return np.asarray(solver.flows(arcs), dtype=np.int64)
    if status == solver.INFEASIBLE:
        return None
    return plain_flow(network)  # costs beyond 64 bits: Python's integers have no end


def plain_flow(network: Network) -> Ints | None:
    """Successive shortest paths (Dijkstra with potentials) on Python integers: exact at any size of cost, slower.

    Negative arcs are filled first and given back as supplies, so that all remaining costs are at least 0.
    """
    graph = _Residual(network)
    while graph.sources():
        if not graph.augment():
            return None
    return np.array([graph.room[2 * arc + 1] for arc in range(len(network.tail))], dtype=np.int64)


class _Residual:
    """Arc 2a goes forward, 2a + 1 back; room is what each may still carry."""

    def __init__(self, network: Network) -> None:
        self.excess: list[int] = network.supply.tolist()
        self.out: list[list[int]] = [[] for _ in self.excess]
        self.level = [0] * len(self.excess)
        self.head: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []
        rows = zip(
            network.tail.tolist(), network.head.tolist(), network.capacity.tolist(), network.cost.tolist(), strict=True
        )
        for tail, head, capacity, cost in rows:
            used = capacity if cost < 0 else 0
            self._add(tail, head, capacity - used, cost)
            self._add(head, tail, used, -cost)
            self.excess[tail] -= used
            self.excess[head] += used

    def _add(self, tail: int, head: int, room: int, cost: int) -> None:
        self.out[tail].append(len(self.head))
        self.head.append(head)
        self.room.append(room)
        self.cost.append(cost)

    def sources(self) -> list[int]:
        return [node for node, excess in enumerate(self.excess) if excess > 0]

    def augment(self) -> bool:
        """One shortest path from any node with too much to any with too little; False where there is none."""
        distance, came, goal = self._search()
        if goal < 0:
            return False
        reach = distance[goal]
        for node, so_far in distance.items():
            self.level[node] += min(so_far, reach)
        for node in range(len(self.level)):
            if node not in distance:
                self.level[node] += reach
        self._push(came, goal)
        return True

    def _search(self) -> tuple[dict[int, int], dict[int, int], int]:
        queue = [(0, node) for node in self.sources()]
        distance = {node: 0 for _, node in queue}
        came: dict[int, int] = {}
        done: set[int] = set()
        while queue:
            so_far, node = heappop(queue)
            if node in done:
                continue
            done.add(node)
            if self.excess[node] < 0:
                return distance, came, node
            for arc in self.out[node]:
                head = self.head[arc]
                if self.room[arc] == 0 or head in done:
                    continue
                length = so_far + self.cost[arc] + self.level[node] - self.level[head]
                if length < distance.get(head, length + 1):
                    distance[head] = length
                    came[head] = arc
                    heappush(queue, (length, head))
        return distance, came, -1

    def _push(self, came: dict[int, int], goal: int) -> None:
        path, node = [], goal
        while node in came:
            path.append(came[node])
            node = self.head[came[node] ^ 1]
        amount = min([self.excess[node], -self.excess[goal], *(self.room[arc] for arc in path)])
        for arc in path:
            self.room[arc] -= amount
            self.room[arc ^ 1] += amount
        self.excess[node] -= amount
        self.excess[goal] += amount


def potentials(network: Network, flow: Ints, start: Ints | None = None) -> Ints:
    """Whole numbers p with p[head] <= p[tail] + cost on every arc that could carry more, and the reverse on used ones.

    They exist exactly if no circuit of the residual network has a negative cost, that is, if the flow is optimal;
    otherwise ArithmeticError. `start` may hold labels from an earlier, similar network, which shortens the search.
    """
    more, less = flow < network.capacity, flow > 0
    tail = np.concatenate([network.tail[more], network.head[less]])
    head = np.concatenate([network.head[more], network.tail[less]])
    cost = np.concatenate([network.cost[more], -network.cost[less]])
    labels = np.zeros(len(network.supply), dtype=np.int64) if start is None else start.copy()
    return _relaxed(labels, tail, head, cost)


def _relaxed(labels: Ints, tail: Ints, head: Ints, cost: Ints) -> Ints:
    """Bellman and Ford's relaxation over all arcs at once, then only over the arcs that leave changed nodes."""
    if not len(tail):
        return labels
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.searchsorted(tail, np.arange(len(labels) + 1))
    active = np.arange(len(tail))
    for _ in range(len(labels) + 1):
        reached = labels[tail[active]] + cost[active]
        better = reached < labels[head[active]]
        if not better.any():
            return labels
        nodes = head[active][better]
        np.minimum.at(labels, nodes, reached[better])
        changed = np.zeros(len(labels), dtype=bool)
        changed[nodes] = True
        active = _ranges(first, np.flatnonzero(changed))
    raise ArithmeticError("the flow is not optimal: its residual network holds a circuit of negative cost")


def _ranges(first: Ints, nodes: Ints) -> Ints:
    """The numbers of all arcs leaving the nodes."""
    sizes = first[nodes + 1] - first[nodes]
    offsets = np.repeat(first[nodes] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    return np.asarray(offsets + np.arange(int(sizes.sum())), dtype=np.int64)


def joined(parts: Sequence[ArrayLike]) -> Ints:
    """Several runs of whole numbers, one after the other."""
    return np.concatenate([np.asarray(part, dtype=np.int64) for part in parts])
