"""The same people in another order must get the same matches, on every Python and machine.

    python benchmarks/permutations.py [--instances 1000]

Half of the instances are full of equal scores, where only the ids decide. Each is solved as it is and with rows and
columns shuffled; the digest of all answers is printed, and must be the same wherever this runs.
"""

import argparse
import hashlib
import platform
import sys
from pathlib import Path
from typing import Any, get_args

import numpy as np
import scipy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from matching.engine import Infeasible, assign, pair
from matching.engine.assigning.problem import Objective

Answer = list[tuple[int, int]]


def two_sided(rng: np.random.Generator) -> dict[str, Any]:
    takers, givers = rng.integers(2, 40, 2)
    capacity = rng.integers(0, 4, givers)
    return {
        "score": rng.integers(-3, rng.choice([2, 5, 84_000]), (takers, givers)),
        "allowed": rng.random((takers, givers)) < rng.choice([0.2, 0.6, 1.0]),
        "giver_capacity": capacity,
        "giver_minimum": np.minimum(capacity, rng.integers(0, 2, givers) * rng.integers(0, 2)),
        "taker_demand": rng.integers(0, 3, takers),
    }


def assigned(stated: dict[str, Any], objective: Objective, rows: Any, columns: Any) -> Answer:  # noqa: ANN401
    """The pairs by ids, solved in this order of rows and columns; empty where minimums cannot be kept."""
    try:
        result = assign(
            stated["score"][rows][:, columns],
            allowed=stated["allowed"][rows][:, columns],
            giver_capacity=stated["giver_capacity"][columns],
            giver_minimum=stated["giver_minimum"][columns],
            taker_demand=stated["taker_demand"][rows],
            objective=objective,
            taker_ids=rows.tolist(),
            giver_ids=columns.tolist(),
        )
    except Infeasible:
        return []
    return sorted((int(rows[taker]), int(columns[giver])) for taker, giver in result.pairs)


def paired(score: Any, allowed: Any, order: Any) -> Answer:  # noqa: ANN401 - arrays
    result = pair(score[order][:, order], allowed=allowed[order][:, order], ids=order.tolist())
    return sorted(tuple(sorted((int(order[one]), int(order[other])))) for one, other in result.pairs)  # type: ignore[misc]  # two of them


def both_ways(seed: int) -> tuple[Answer, Answer]:
    """One instance's answer, and that of the same people shuffled."""
    rng = np.random.default_rng(seed)
    if seed % 5 == 4:
        size = int(rng.integers(2, 30))
        score = rng.integers(0, rng.choice([2, 84_000]), (size, size))
        allowed = rng.random((size, size)) < 0.6
        score, allowed = score + score.T, allowed & allowed.T
        return paired(score, allowed, np.arange(size)), paired(score, allowed, rng.permutation(size))
    stated, objective = two_sided(rng), get_args(Objective)[seed % 5]
    rows, columns = (np.arange(size) for size in stated["score"].shape)
    plain = assigned(stated, objective, rows, columns)
    return plain, assigned(stated, objective, rng.permutation(rows), rng.permutation(columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=int, default=1000)
    chosen = parser.parse_args()
    digest, different = hashlib.sha256(), []
    for seed in range(chosen.instances):
        plain, shuffled = both_ways(seed)
        digest.update(repr(plain).encode())
        if plain != shuffled:
            different.append(seed)
    print(f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}")
    print(f"{len(different)} of {chosen.instances} answers differ {different[:10] or ''}")
    print(f"digest {digest.hexdigest()[:32]}")


if __name__ == "__main__":
    main()
