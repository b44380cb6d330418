"""What others do with the same instances: scipy, networkx, lapx (where installed)."""

import json
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import numpy as np
from scipy.optimize import linear_sum_assignment

FORBIDDEN = -(2**30)
Table = np.ndarray[Any, Any]


def scipy_assignment(score: Table, allowed: Table, capacity: int = 1) -> tuple[int, int]:
    """(pairs, total) by scipy's dense solver, each giver copied as often as it has places."""
    table = np.where(allowed, score, FORBIDDEN)
    table = np.repeat(table, capacity, axis=1) if capacity > 1 else table
    row, column = linear_sum_assignment(table, maximize=True)
    worth = table[row, column]
    return int((worth > FORBIDDEN).sum()), int(worth[worth > FORBIDDEN].astype(np.int64).sum())


def lapx_assignment(score: Table, allowed: Table) -> tuple[int, int] | None:
    """(pairs, total) by lapx; None where it is not installed."""
    if find_spec("lap") is None:
        return None
    cost = -np.where(allowed, score, FORBIDDEN).astype(np.float64)
    _, row, _ = import_module("lap").lapjv(cost, extend_cost=True)
    worth = -cost[np.arange(len(row)), row]
    return int((worth > FORBIDDEN).sum()), int(worth[worth > FORBIDDEN].sum())


def mentor_match(python: str, score: Table, allowed: Table) -> dict[str, Any]:
    """CPU seconds, pairs and total of mentor-match, by an interpreter in which it is installed."""
    with TemporaryDirectory() as place:
        instance = Path(place) / "instance.json"
        instance.write_text(json.dumps({"score": score.astype(int).tolist(), "allowed": allowed.tolist()}))
        script = str(Path(__file__).with_name("mentor_match.py"))
        command = [python, "-I", script, str(instance)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own script
    return dict(json.loads(done.stdout))


def networkx_pairing(score: Table, allowed: Table) -> tuple[int, int]:
    """(pairs, total) by networkx's blossom algorithm."""
    graph = nx.Graph()
    for one, other in np.argwhere(np.triu(allowed, 1)).tolist():
        graph.add_edge(one, other, weight=int(score[one, other]))
    pairs = nx.max_weight_matching(graph, maxcardinality=True)
    return len(pairs), sum(int(score[pair]) for pair in pairs)


def random_groups(score: Table, size: int, seed: int) -> int:
    """The total of people dealt out by chance."""
    order = np.random.default_rng(seed).permutation(len(score)).reshape(-1, size)
    return sum(int(score[np.ix_(group, group)].sum()) // 2 for group in order)
