"""Repairing a flow after a small change, instead of solving anew.

Earlier prices tell which arcs should be full and which empty. Where that leaves nodes with too much or too little, the
difference is sent along shortest paths (the primal-dual method): one path where one person changed. The prices stay
optimal throughout, so that the repaired flow comes with its proof.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra, maximum_flow

from matching.engine.flow import Network
from matching.engine.numbers import Ints

# Beyond so many units and rounds a solver that starts from nothing is faster.
MOST_UNITS = 400
MOST_ROUNDS = 10
# Lengths stay exact in a float64 up to here.
LONGEST = 2**53


def repaired(network: Network, flow: Ints, labels: Ints, most: int = MOST_UNITS) -> tuple[Ints, Ints] | None:
    """The optimal flow and its potentials (as `flow.potentials` gives them), from those of a similar network.

    `flow` and `labels` may break every rule. No two arcs may join the same two nodes, in either direction. None where
    more than `most` units are out of place, where too many rounds would be needed, and where the supplies cannot be
    met: the caller solves anew.
    """
    length = network.cost + labels[network.tail] - labels[network.head]
    if int(np.abs(length).max(initial=0)) * max(len(labels), 1) >= LONGEST:
        return None
    flow = np.where(length < 0, network.capacity, np.where(length > 0, 0, np.clip(flow, 0, network.capacity)))
    for _ in range(MOST_ROUNDS):
        missing = _missing(network, flow)
        if int(np.abs(missing).sum()) > 2 * most:
            return None
        if not missing.any():
            return flow, labels
        moved = _round(network, flow, labels, missing)
        if moved is None:
            return None
        flow, labels = moved
    return None


def _missing(network: Network, flow: Ints) -> Ints:
    """What each node has too much of: its supply and what flows in, less what flows out."""
    size = len(network.supply)
    out = np.bincount(network.tail, weights=flow, minlength=size)
    into = np.bincount(network.head, weights=flow, minlength=size)
    return np.asarray(network.supply + into - out, dtype=np.int64)


def _round(network: Network, flow: Ints, labels: Ints, missing: Ints) -> tuple[Ints, Ints] | None:
    """Raise the labels until paths of length 0 join what is too much with what is too little, and use these paths."""
    more, less = np.flatnonzero(flow < network.capacity), np.flatnonzero(flow > 0)
    tail = np.concatenate([network.tail[more], network.head[less]])
    head = np.concatenate([network.head[more], network.tail[less]])
    length = np.concatenate([network.cost[more], -network.cost[less]]) + labels[tail] - labels[head]
    graph = sparse.csr_array((length.astype(np.float64), (tail, head)), shape=(len(labels), len(labels)))
    distance = dijkstra(graph, indices=np.flatnonzero(missing > 0), min_only=True)
    reached = distance[(missing < 0) & np.isfinite(distance)]
    if not len(reached):
        return None
    labels = labels + np.minimum(distance, reached.max()).astype(np.int64)
    free = np.flatnonzero(np.concatenate([network.cost[more], -network.cost[less]]) + labels[tail] == labels[head])
    arc = np.concatenate([more, less])[free]
    room = np.concatenate([(network.capacity - flow)[more], flow[less]])[free]
    sent = _sent(tail[free], head[free], np.minimum(room, np.abs(missing).sum()), missing)
    onward = free < len(more)
    flow = flow.copy()
    flow[arc[onward]] += sent[onward]
    flow[arc[~onward]] -= sent[~onward]
    return flow, labels


def _sent(tail: Ints, head: Ints, room: Ints, missing: Ints) -> Ints:
    """As much as these arcs carry from nodes with too much to nodes with too little."""
    size = len(missing)
    source, sink = size, size + 1
    start, goal = np.flatnonzero(missing > 0), np.flatnonzero(missing < 0)
    every = [
        np.concatenate([tail, np.full(len(start), source), goal]).astype(np.int32),
        np.concatenate([head, start, np.full(len(goal), sink)]).astype(np.int32),
    ]
    capacity = np.concatenate([room, missing[start], -missing[goal]]).astype(np.int32)
    graph = sparse.csr_array((capacity, tuple(every)), shape=(size + 2, size + 2))
    carried = sparse.csr_array(maximum_flow(graph, source, sink).flow)
    return np.maximum(_entries(carried, tail, head), 0)


def _entries(table: sparse.csr_array, row: Ints, column: Ints) -> Ints:
    return np.asarray(table[row, column], dtype=np.int64).reshape(-1)
