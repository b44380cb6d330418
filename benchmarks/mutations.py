"""Break the checkers and certificates one line at a time; the tests must notice every time.

    python benchmarks/mutations.py [--most 40]

Each mutant is a copy of the engine in which one comparison or one arithmetic sign of a checker is turned round. One
that the tests let live is printed: either a test is missing, or the line does not matter.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGETS = [
    "assigning/check.py",
    "assigning/certify.py",
    "pairing/certify.py",
    "grouping/check.py",
    "grouping/certify.py",
    "booking/certify.py",
]
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
    """Whether the tests of the engine pass with this source in place of the file."""
    (folder / "matching" / "engine" / target).write_text(source)
    shape = {"assigning": "assign", "pairing": "pair", "grouping": "group", "booking": "book"}[
        target.split("/", maxsplit=1)[0]
    ]
    tests = str(folder / "tests" / "matching" / "engine" / f"test_{shape}.py")
    command = [sys.executable, "-m", "pytest", tests, "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider"]
    done = subprocess.run(  # noqa: S603 - pytest, on a copy
        command, cwd=folder, capture_output=True, check=False, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    )
    return done.returncode == 0


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
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", ".venv", "var", ".tools", "__pycache__"))
        for target, line, source in every[::step]:
            if survives(folder, target, source):
                alive += 1
                print(f"alive: {target}:{line}", flush=True)
            shutil.copy(base / target, folder / "matching" / "engine" / target)
    tried = len(every[::step])
    print(f"{tried - alive} of {tried} mutants were noticed")


if __name__ == "__main__":
    main()
