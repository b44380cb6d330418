"""Answers found the slow way: by trying everything."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import numpy as np

Key = tuple[float, ...]


def assignments(allowed: Any, capacity: Any, minimum: Any, demand: Any) -> Iterator[list[tuple[int, int]]]:
    """Every set of allowed pairs that keeps everyone's limits."""
    takers, givers = allowed.shape
    options = [
        [
            some
            for size in range(int(demand[taker]) + 1)
            for some in combinations(np.flatnonzero(allowed[taker]).tolist(), size)
        ]
        for taker in range(takers)
    ]
    for choice in product(*options):
        load = np.bincount([giver for some in choice for giver in some], minlength=givers)
        if (load <= capacity).all() and (load >= minimum).all():
            yield [(taker, giver) for taker, some in enumerate(choice) for giver in some]


def best_assignment(stated: dict[str, Any], objective: str) -> Key | None:
    """The value of the best assignment, in the order in which its objective counts; None if there is none."""
    best: Key | None = None
    limits = stated["giver_capacity"], stated["giver_minimum"], stated["taker_demand"]
    for pairs in assignments(stated["allowed"], *limits):
        worth = [int(stated["score"][pair]) for pair in pairs]
        key = {
            "cover": (len(pairs), sum(worth)),
            "floor": (len(pairs), min(worth, default=0), sum(worth)),
            "score": (sum(worth), len(pairs)),
        }[objective]
        best = key if best is None else max(best, key)
    return best


def partitions(people: list[int], sizes: list[int]) -> Iterator[list[tuple[int, ...]]]:
    """Every way to divide people into unlabelled groups of these sizes (sorted), each person once."""
    if not people:
        yield []
        return
    for size in sorted(set(sizes)):
        rest = list(sizes)
        rest.remove(size)
        for others in combinations(people[1:], size - 1):
            left = [one for one in people[1:] if one not in others]
            for groups in partitions(left, rest):
                yield [(people[0], *others), *groups]
