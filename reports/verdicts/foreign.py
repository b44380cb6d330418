"""Learners from a table that somebody brings: unit, arm, before, after and, if they like, cohort."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from programs.reading import Row, Table
from programs.reading.table import shown
from programs.reading.text import BadText, match_key, plain_text
from reports.statistics import Learner

NEEDED = ("unit", "arm", "before", "after")
OPTIONAL = ("cohort",)
# Answers are scale points; what is larger is a slip, and would swallow the others in any sum.
MOST = 1e9
# Names stand in sentences.
LONGEST_NAME = 120
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: `row` as a spreadsheet counts it, None for the whole table; no column for a whole row."""

    row: int | None
    column: str
    message: str
    fix: str

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row is not None else ""
        column = f"column {self.column}" if self.column else ""
        return f"{', '.join(filter(None, (row, column)))}: {self.message}. {self.fix}"


class BadTable(ValueError):
    """The table cannot be compared; `problems` says why, all at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def learners_of(table: Table) -> tuple[list[Learner], tuple[str, str]]:
    """One learner a row, and the two arms in the order in which they come. An empty answer is none.

    Raises BadTable for missing columns, cells that cannot be read, a number of arms other than two, and a unit in
    several cohorts.
    """
    columns = _columns(table)
    problems: list[Problem] = []
    learners = []
    for row in table.rows:
        found = list(_faults(row, table, columns)) or list(_cells(row, columns))
        problems += found
        if not found:
            learners.append(_learner(row, columns))
    if not table.rows:
        problems.append(Problem(None, "unit", "there is nothing below the header", "Add one row a learner."))
    if problems:
        raise BadTable(problems)
    arms = tuple(dict.fromkeys(learner.arm for learner in learners))
    problems = [*_not_two(arms), *_in_two_cohorts(learners, [row.number for row in table.rows])]
    if problems:
        raise BadTable(problems)
    return learners, (arms[0], arms[1])


def _columns(table: Table) -> dict[str, int]:
    """Where each column stands. Two of one name are no table to guess from."""
    keys = [match_key(header) for header in table.headers]
    fix = f"Name the columns {', '.join(NEEDED)} and, if you like, {OPTIONAL[0]}."
    problems = [Problem(None, name, "it is missing", fix) for name in NEEDED if name not in keys]
    problems += [
        Problem(None, name, "there are two of this name", "Delete or rename one of them.")
        for name in (*NEEDED, *OPTIONAL)
        if f"{name} (2)" in keys
    ]
    if problems:
        raise BadTable(problems)
    return {name: keys.index(name) for name in (*NEEDED, *OPTIONAL) if name in keys}


def _faults(row: Row, table: Table, columns: dict[str, int]) -> Iterator[Problem]:
    """What reading found: rows of another width, and cells too long in a column that counts."""
    for fault in row.faults:
        if fault.column is None or fault.column in columns.values():
            column = "" if fault.column is None else shown(table.headers[fault.column])
            yield Problem(row.number, column, f"{fault.message} (“{shown(fault.found)}”)", fault.fix)


def _cells(row: Row, columns: dict[str, int]) -> Iterator[Problem]:
    for name, place in columns.items():
        try:
            text = _text(row, place)
        except BadText as error:
            yield Problem(row.number, name, str(error), "Type it again.")
            continue
        if name in {"before", "after"}:
            yield from _no_answer(row.number, name, text)
        elif len(text) > LONGEST_NAME:
            message = f"“{shown(text)}” has {len(text):,} characters; {LONGEST_NAME} is the most"
            yield Problem(row.number, name, message, "Shorten it.")
        elif name in NEEDED and not text:
            yield Problem(row.number, name, "it is empty", f"Write which {name} this learner belongs to.")


def _text(row: Row, place: int) -> str:
    """A cell on one line. Raises BadText."""
    return " ".join(plain_text(row.values[place])[0].split())


def _no_answer(number: int, name: str, text: str) -> Iterator[Problem]:
    if text and _number(text) is None:
        fix = "Write a number such as 4 or 4.5, and leave the cell empty where there is no answer."
        yield Problem(number, name, f"“{shown(text)}” is not a number that can be compared", fix)


def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) and abs(value) <= MOST else None


def _learner(row: Row, columns: dict[str, int]) -> Learner:
    cell = {name: _text(row, place) for name, place in columns.items()}
    before, after = (_number(cell[name]) if cell[name] else None for name in ("before", "after"))
    return Learner(cell["unit"], cell["arm"], before, after, cell.get("cohort", ""))


def _not_two(arms: tuple[str, ...]) -> Iterator[Problem]:
    if len(arms) != 2:
        named = ", ".join(f"“{shown(arm)}”" for arm in arms[:5]) + (", …" if len(arms) > 5 else "")
        count = "there is one arm" if len(arms) == 1 else f"there are {len(arms)} arms"
        fix = "Two are compared: spell each the same in all of its rows."
        yield Problem(None, "arm", f"{count} ({named})", fix)


def _in_two_cohorts(learners: list[Learner], rows: list[int]) -> Iterator[Problem]:
    """Not guessed: it may be one relationship over two years, or one name given twice."""
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    for learner, row in zip(learners, rows, strict=True):
        cohort, first = seen.setdefault((learner.arm, learner.unit), (learner.cohort, row))
        if learner.cohort != cohort:
            places = f"in “{shown(learner.cohort)}” here and in “{shown(cohort)}” in row {first}"
            message = f"unit “{shown(learner.unit)}” is {places}"
            yield Problem(row, "cohort", message, "A unit is in one cohort: give two relationships two names.")


def shared_units(learners: list[Learner]) -> list[str]:
    """Names of units that stand in both arms, where they count as two."""
    arms: dict[str, set[str]] = {}
    for learner in learners:
        arms.setdefault(learner.unit, set()).add(learner.arm)
    return sorted(unit for unit, names in arms.items() if len(names) > 1)
