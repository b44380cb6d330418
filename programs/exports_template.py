"""Files for an import to start from and to come back to: an empty template, and the rows that were left out."""

import csv
import io
from collections.abc import Sequence

from programs.reading import RowProblem, Table, Target, guard
from programs.workbooks import new_workbook

_EXPECTED = {
    "email": "One address such as name@example.org",
    "first_name": "At most 100 letters",
    "last_name": "At most 100 letters",
    "name": "Only if there are no columns for first and last name",
    "timezone": "A name such as Europe/Berlin; empty: the program’s own",
    "manager": "The address of the person they report to; matching keeps the two apart",
    "week": "Days and times by the person’s own clocks, such as Mon 09:00-12:00; Tue 14:00-16:00",
    "capacity": "A whole number from 0 to 50; empty: as the track says",
    "number": "A number in digits, with a point before decimals",
    "text": "Text, at most 2,000 letters",
    "yesno": "yes or no",
}


def template_csv(targets: Sequence[Target]) -> bytes:
    """One row of column names, with the mark that makes Excel read it as UTF-8."""
    return _csv([[target.label for target in targets]])


def template_xlsx(targets: Sequence[Target]) -> bytes:
    """The column names on one sheet, and on a second what each column takes."""
    into = io.BytesIO()
    with new_workbook(into) as book:
        bold = book.add_format({"bold": True})
        people, notes = book.add_worksheet("People"), book.add_worksheet("What to write")
        notes.write_row(0, 0, ["Column", "What it takes"], bold)
        for place, target in enumerate(targets):
            people.write_string(0, place, target.label, bold)
            notes.write_string(place + 1, 0, target.label)
            notes.write_string(place + 1, 1, expected(target))
        people.freeze_panes(1, 0)
        people.set_column(0, len(targets), 24)
        notes.set_column(0, 0, 28)
        notes.set_column(1, 1, 80)
    return into.getvalue()


def expected(target: Target) -> str:
    """What a cell of this column takes, in words."""
    if target.kind in ("choice", "ordered"):
        return "One of: " + "; ".join(target.options)
    if target.kind == "multi":
        return "Any of these, separated by semicolons: " + "; ".join(target.options)
    if target.kind == "skills":
        return "Any of these with a level from 1 to 4, such as Writing: 3, separated by semicolons: " + "; ".join(
            target.options
        )
    return _EXPECTED[target.kind]


def left_out_csv(table: Table, problems: Sequence[RowProblem]) -> bytes:
    """The rows that have to be repaired, as they came, each with its number and every reason. Ready to come again."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if problem.row is not None:
            where = f"{problem.column}: " if problem.column else ""
            reasons.setdefault(problem.row, []).append(f"{where}{problem.message}. {problem.fix}")
    rows = [
        [*row.values, str(row.number), " ".join(reasons[row.number])] for row in table.rows if row.number in reasons
    ]
    return _csv([[*table.headers, "Row in the file", "What to repair"], *rows])


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    into = io.StringIO(newline="")
    csv.writer(into).writerows([[guard(cell) for cell in row] for row in rows])
    return into.getvalue().encode("utf-8-sig")
