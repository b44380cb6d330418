"""Read lists of people that other programs wrote: never guess silently, never lose a row, say how to repair.

`read_table` makes a table of texts from the bytes of a CSV or XLSX file, `guess_columns` proposes which column is
what, `check_rows` turns the texts into values and says what is wrong with each row. Pure: no Django, no clock.
"""

from programs.reading.columns import Target, guess_columns
from programs.reading.csv_file import read_csv
from programs.reading.decoding import ENCODINGS
from programs.reading.filenames import own_name
from programs.reading.grouping import ProblemGroup, group_problems
from programs.reading.guard import guard, unguard
from programs.reading.magic import is_workbook
from programs.reading.rows import Checked, CleanRow, RowProblem, check_rows
from programs.reading.table import Fault, Limits, Row, Table, UnreadableFile
from programs.reading.xlsx_file import read_xlsx

__all__ = [
    "ENCODINGS",
    "Checked",
    "CleanRow",
    "Fault",
    "ProblemGroup",
    "Row",
    "RowProblem",
    "Table",
    "Target",
    "UnreadableFile",
    "check_rows",
    "group_problems",
    "guard",
    "guess_columns",
    "own_name",
    "read_table",
    "unguard",
]


def read_table(
    data: bytes,
    filename: str,
    *,
    max_rows: int = 50_000,
    max_columns: int = 100,
    max_cell: int = 10_000,
    encoding: str | None = None,
) -> Table:
    """Read a CSV or XLSX file into a table of texts.

    `encoding` is one of ENCODINGS that a person has confirmed; without it UTF-8 is read, and anything else that is
    readable comes back with `needs_confirmation`. An empty file is a table without headers and rows.
    Raises UnreadableFile, which says what is wrong, where, and what to do.
    """
    limits = Limits(rows=max_rows, columns=max_columns, cell=max_cell)
    if is_workbook(data, filename):
        return read_xlsx(data, limits)
    return read_csv(data, limits, encoding)
