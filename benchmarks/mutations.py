"""Break the checkers and certificates one line at a time; the tests must notice every time.

    python benchmarks/mutations.py [--most 40]

Each mutant is a copy of the engine in which one comparison or one arithmetic sign of a checker is turned round. One
that the tests let live is printed: either a test is missing, or the line does not matter.
"""

import argparse
import ast
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis  # noqa: F401 - loaded once for all mutants, like what follows
import networkx as nx  # noqa: F401
import pytest
import rustworkx  # noqa: F401
import scipy.optimize
import scipy.sparse.csgraph  # noqa: F401
from ortools.graph.python import min_cost_flow  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
TARGETS = [
    "assigning/check.py",
    "assigning/certify.py",
    "pairing/certify.py",
    "grouping/check.py",
    "grouping/certify.py",
    "booking/certify.py",
]
TESTS = {
    "assigning": ["test_assign.py"],
    "pairing": ["test_pair.py"],
    "grouping": ["test_group.py"],
    "booking": ["test_book.py"],
}
PLUGINS = ["-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def mutants(source: str) -> Iterator[tuple[int, str]]:
    """(line, source) with one operator turned round, for each operator in turn."""
    number = 0
    while True:
        tree = ast.parse(source)
        line = turn(tree, number)
        if line is None:
            return
        yield line, ast.unparse(tree)
        number += 1


def turn(tree: ast.Module, number: int) -> int | None:
    """Turn the operator with this number round, in place; its line, or None if there are not so many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            if number == 0:
                node.ops[0] = TURNED[type(node.ops[0])]()  # type: ignore[call-overload]  # an operator for one
                return node.lineno
            number -= 1
        if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in TURNED:
            if number == 0:
                node.op = TURNED[type(node.op)]()  # type: ignore[assignment]  # as above
                return node.lineno
            number -= 1
    return None


def survives(folder: Path, target: str, source: str) -> bool:
    """Whether the tests of the engine pass with this source in place of the file.

    They run in a fork of this process, which has loaded the libraries but nothing of the engine.
    """
    (folder / "matching" / "engine" / target).write_text(source)
    child = os.fork()
    if not child:
        os._exit(_tests(folder, TESTS[target.split("/", maxsplit=1)[0]]))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _tests(folder: Path, files: list[str]) -> int:
    """The exit code of pytest for these files, without the site's settings: they need no database."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    tests = [str(folder / "tests" / "matching" / "engine" / name) for name in files]
    return int(pytest.main([*tests, "-c", str(folder / "alone.ini"), "--noconftest", "-qx", *PLUGINS]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=10**6, help="mutants to try, spread evenly over all")
    parser.add_argument("--target", default="", help="only files whose path contains this")
    chosen = parser.parse_args()
    base = ROOT / "matching" / "engine"
    every = [
        (target, *one) for target in TARGETS if chosen.target in target for one in mutants((base / target).read_text())
    ]
    step = max(1, len(every) // chosen.most)
    alive = 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "copy"
        for part in ("matching", "tests/matching/engine"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "alone.ini").write_text("[pytest]\nmarkers =\n    pure\n")
        for target, line, source in every[::step]:
            if survives(folder, target, source):
                alive += 1
                print(f"alive: {target}:{line}", flush=True)
            shutil.copy(base / target, folder / "matching" / "engine" / target)
    tried = len(every[::step])
    print(f"{tried - alive} of {tried} mutants were noticed")


if __name__ == "__main__":
    main()
