"""Tables in docs/ that name the test that shows each of their rows: read, and held against the tests there are."""

import re
from pathlib import Path

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def named_tests(cell: str) -> list[tuple[str, str]]:
    """File and name of each test in a cell of such a table."""
    return NAMED.findall(cell)


def missing_tests(root: Path, cell: str) -> list[str]:
    """The tests named in a cell that do not exist."""
    return [
        f"{file}::{test}"
        for file, test in named_tests(cell)
        if not (root / file).is_file() or f"def {test}(" not in (root / file).read_text(encoding="utf-8")
    ]
