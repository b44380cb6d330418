"""The heaviest matching in a general graph over listed edges: rustworkx where it is installed, HiGHS where it is not.

Weights are made unique by the ids' lots, so that both find the same pairs.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.engine.assigning.scores import Edges
from matching.engine.numbers import Ints, Mask

rustworkx: ModuleType | None = None
if find_spec("rustworkx") is not None:
    rustworkx = import_module("rustworkx")

LOT_BITS = 40


def heaviest(edges: Edges, people: int, lots: Ints) -> Mask:
    """Which edges (row < column, weight >= 0) to take: the highest total, then most edges, then the highest lots."""
    if not len(edges):
        return np.zeros(0, dtype=bool)
    if rustworkx is None:
        return _programmed(edges, people, lots)
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(people))
    # rustworkx computes with 128 bits: score, number of pairs and lots fit into one whole number side by side.
    weights = [
        (weight << LOT_BITS + 22) + (1 << LOT_BITS + 20) + lot
        for weight, lot in zip(edges.weight.tolist(), lots.tolist(), strict=True)
    ]
    graph.extend_from_weighted_edge_list(list(zip(edges.row.tolist(), edges.column.tolist(), weights, strict=True)))
    pairs = rustworkx.max_weight_matching(graph, max_cardinality=False, weight_fn=int)
    keys = np.array([min(pair) * people + max(pair) for pair in pairs], dtype=np.int64)
    return np.isin(edges.row * people + edges.column, keys)


def _programmed(edges: Edges, people: int, lots: Ints) -> Mask:
    """Branch and bound, twice: for the total, then for number and (coarser) lots among all choices with that total."""
    arcs = np.arange(len(edges))
    ends = sparse.csr_array(
        (np.ones(2 * len(edges)), (np.concatenate([edges.row, edges.column]), np.concatenate([arcs, arcs]))),
        shape=(people, len(edges)),
    )
    once = LinearConstraint(ends, ub=np.ones(people))
    first = _chosen(-edges.weight.astype(float), [once])
    best = int(edges.weight[first].sum())
    equal = LinearConstraint(edges.weight.astype(float)[None, :], lb=best - 0.5)
    second = _chosen(-(lots >> LOT_BITS - 12).astype(float) - 2.0**13, [once, equal])
    return second if int(edges.weight[second].sum()) == best else first


def _chosen(cost: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", rules: list[LinearConstraint]) -> Mask:
    solved = milp(
        cost, integrality=np.ones(len(cost)), bounds=Bounds(0, 1), constraints=rules, options={"mip_rel_gap": 0}
    )
    if solved.x is None:
        raise ArithmeticError(f"HiGHS found no matching: {solved.message}")
    return np.asarray(solved.x > 0.5)
