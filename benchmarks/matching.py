"""Time and memory of the matching engine against scipy, networkx and lapx on the same instances in the same process.

    python benchmarks/matching.py [--shape assign,capacity,floor,compare,pair,group,explain,insert] [--size 300,1000]
                                  [--json] [--mentor-match PYTHON]

--mentor-match compares with that package, too; PYTHON is an interpreter in which it is installed.

Times are CPU seconds of this process; quote the ratios, which depend less on the machine. Every case runs in a process
of its own, so that its peak memory is its own: once with the engine alone, once with the baseline too.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import baselines
from matching.engine import alternatives, assign, certify, compare, group, insert, pair, rematch, why_not

SKILLS = 40
Case = dict[str, Any]
DEFAULT_SIZES = {
    "assign": [300, 1000, 3000],
    "capacity": [1000, 3000],
    "floor": [300, 1000],
    "pair": [300, 1000],
    "group": [30, 60, 300],
    "explain": [1000],
    "compare": [300, 1000],
    "insert": [1000],
}


def program(size: int, seed: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A made-up program: skills wanted × offered, two graded traits, and one rule that forbids about a quarter."""
    rng = np.random.default_rng(seed)
    wanted = ((rng.random((size, SKILLS)) < 0.12) * rng.integers(1, 5, (size, SKILLS))).astype(np.float32)
    offered = ((rng.random((size, SKILLS)) < 0.15) * rng.integers(1, 5, (size, SKILLS))).astype(np.float32)
    trait = rng.integers(0, 20, size), rng.integers(0, 20, size)
    score = wanted @ (offered * np.float32(840)).T
    for start in range(0, size, 500):
        score[start : start + 500] += np.outer(trait[0][start : start + 500], trait[1] * 40)
    department = rng.integers(0, 4, size), rng.integers(0, 4, size)
    return score, department[0][:, None] != department[1]


def peers(size: int, seed: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The same among equals; what two people are worth to each other is limited by the weaker direction."""
    score, allowed = program(size, seed)
    met = np.random.default_rng(seed + 1).random((size, size)) < 0.3
    return np.minimum(score, score.T), allowed & allowed.T & (met | met.T)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def memory() -> int:
    """Peak megabytes of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def two_sided(size: int, *, capacity: int, objective: str) -> Case:
    made, (score, allowed) = seconds(lambda: program(size))
    if capacity > 1:
        score, allowed = score[:, : size // capacity].copy(), allowed[:, : size // capacity].copy()
    before = memory()
    kind: Any = objective
    took, result = seconds(lambda: assign(score, allowed=allowed, giver_capacity=capacity, objective=kind))
    near = 0.0
    if objective == "cover":
        near, _ = seconds(lambda: alternatives(result.problem, result))
    peak = memory()
    reference, expected = seconds(lambda: baselines.scipy_assignment(score, allowed, capacity))
    case = {
        "engine": took,
        "scipy": reference,
        "ratio": took / reference,
        "scores": made,
        "alternatives": near,
        "ratio of all": (made + took + near) / reference,
        "memory before": before,
        "memory engine": peak,
        "memory scipy": memory(),
        "optimal": result.optimal,
        "pairs": result.filled,
        "total": result.total,
    }
    if objective == "cover":
        assert (result.filled, result.total) == expected, (result.filled, result.total, expected)
    else:
        plain, cover = seconds(lambda: assign(score, allowed=allowed, giver_capacity=capacity))
        case |= {"cover": plain, "against cover": took / plain, "loss": 1 - result.total / cover.total}
        case |= {"floor": result.floor, "floor of cover": cover.floor}
    other = seconds(lambda: baselines.lapx_assignment(score, allowed)) if capacity == 1 else (0.0, None)
    return case | ({"lapx": other[0]} if other[1] is not None else {})


def one_sided(size: int) -> Case:
    score, allowed = peers(size)
    took, result = seconds(lambda: pair(score, allowed=allowed))
    case = {"engine": took, "memory engine": memory(), "optimal": result.optimal, "total": result.pair_total}
    if size <= 300:
        reference, expected = seconds(lambda: baselines.networkx_pairing(score, allowed))
        assert (len(result.pairs), result.pair_total) == expected
        case |= {"networkx": reference, "ratio": took / reference}
    return case


def grouped(size: int) -> Case:
    score, _ = program(size)
    score = np.rint(score + score.T)
    took, result = seconds(lambda: group(score, size=(5, 5)))
    by_chance = baselines.random_groups(score, 5, 0)
    return {
        "engine": took,
        "memory engine": memory(),
        "total": result.total,
        "gap": (result.bound - result.total) / result.total,
        "method": result.method,
        "by chance": by_chance / result.total,
    }


def explained(size: int) -> Case:
    score, allowed = program(size)
    result = assign(score, allowed=allowed)
    rng = np.random.default_rng(1)
    possible = np.argwhere(allowed)
    asked = possible[rng.choice(len(possible), 20, replace=False)].tolist()
    first, _ = seconds(lambda: why_not(result.problem, result, *asked[0]))
    rest, reasons = seconds(lambda: [why_not(result.problem, result, *one) for one in asked[1:]])
    proof, _ = seconds(lambda: certify(result.problem, result))
    assert all(one.loss is not None for one in reasons)
    edited = score.copy()
    edited[0] = score[0][::-1]
    changes: dict[str, Callable[[], Any]] = {
        "row edited": lambda: rematch(result.problem.changed(score=edited), result),
        "pair locked": lambda: rematch(result.problem.changed(fixed=[asked[0]]), result),
        "weight changed": lambda: rematch(result.problem.changed(score=score + score % 840), result),
        "taker gone": lambda: assign(score[1:], allowed=allowed[1:], taker_ids=range(1, size), previous=result),
    }
    again = {name: seconds(change) for name, change in changes.items()}
    assert all(after.optimal for _, after in again.values())
    return {"first why-not": first, "next why-not": rest / len(reasons), "certificate": proof} | {
        name: took for name, (took, _) in again.items()
    }


def compared(size: int) -> Case:
    score, allowed = program(size)
    cover, result = seconds(lambda: assign(score, allowed=allowed))
    took, found = seconds(lambda: compare(result.problem, result))
    return {"cover": cover, "all four": cover + took, "times": 1 + took / cover} | {
        f"{name} costs": one.cost / result.total for name, one in found.items() if name != "cover"
    }


def inserted(size: int) -> Case:
    """A mentee who comes late to a program whose mentors have a tenth of their places left."""
    score, allowed = program(size)
    givers = size * 10 // 27
    score, allowed = score[:, :givers].copy(), allowed[:, :givers].copy()
    before = assign(score[:-1], allowed=allowed[:-1], giver_capacity=3)
    problem = before.problem.changed(
        score=score, allowed=allowed, taker_demand=1, taker_ids=range(size), giver_capacity=3
    )
    took, found = seconds(lambda: insert(problem, before, taker=size - 1))
    best = found.placements[0]
    return {"engine": took, "points": best.points, "price": best.price, "moves": int(best.move is not None)}


def against_mentor_match(size: int, python: str) -> Case:
    made, (score, allowed) = seconds(lambda: program(size))
    took, result = seconds(lambda: assign(score, allowed=allowed))
    theirs = baselines.mentor_match(python, score, allowed)
    return {
        "engine": took,
        "scores": made,
        "mentor-match": theirs["seconds"],
        "times": theirs["seconds"] / (made + took),
        "pairs": result.filled,
        "pairs of mentor-match": theirs["pairs"],
        "total": result.total,
        "total of mentor-match": theirs["total"],
    }


SHAPES: dict[str, Callable[[int], Case]] = {
    "assign": lambda size: two_sided(size, capacity=1, objective="cover"),
    "capacity": lambda size: two_sided(size, capacity=3, objective="cover"),
    "floor": lambda size: two_sided(size, capacity=1, objective="floor"),
    "pair": one_sided,
    "group": grouped,
    "explain": explained,
    "compare": compared,
    "insert": inserted,
}


def in_own_process(shape: str, size: int) -> Case:
    command = [sys.executable, __file__, "--shape", shape, "--size", str(size), "--inside"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very script
    return {"shape": shape, "size": size} | dict(json.loads(done.stdout))


def shown(value: Any) -> str:  # noqa: ANN401 - a cell of a table
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", default=",".join(SHAPES), help="one or more, separated by commas")
    parser.add_argument("--size", default="", help="numbers of people; by default what takes about a minute")
    parser.add_argument("--json", action="store_true", help="print machine-readable results")
    parser.add_argument("--mentor-match", default="", metavar="PYTHON", help="compare with it; its interpreter")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.size.split(",") if size]
    if chosen.inside:
        print(json.dumps(SHAPES[chosen.shape](sizes[0]), default=float))
        return
    shapes = chosen.shape.split(",")
    cases = [in_own_process(shape, size) for shape in shapes for size in sizes or DEFAULT_SIZES[shape]]
    if chosen.mentor_match:
        for size in sizes or [200]:
            case = against_mentor_match(size, chosen.mentor_match)
            cases.append({"shape": "mentor-match", "size": size} | case)
    if chosen.json:
        print(json.dumps({"machine": platform.processor() or platform.machine(), "cases": cases}, indent=2))
        return
    for case in cases:
        print("  ".join(f"{name} {shown(value)}" for name, value in case.items()))


if __name__ == "__main__":
    main()
