"""Tables as workbooks: real dates and numbers, and a sheet that says what each column means."""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from programs.reading import guard
from programs.workbooks import new_workbook
from reports.exports.cells import to_number
from reports.exports.declaring import Column, Kind, Reading, Scope, Table
from reports.services.exporting import Report

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What one sheet and one cell hold.
MOST_ROWS = 1_048_576
MOST_LETTERS = 32_767
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS: dict[Kind, int] = {"text": 26, "code": 18, "number": 12, "day": 12, "moment": 17}
# Excel begins to count in 1900.
_FIRST_YEAR = 1900
KINDS: dict[Kind, str] = {
    "text": "text",
    "code": "one of a list",
    "number": "number",
    "day": "day",
    "moment": "day and time",
}
REPORT_EACH = 1000
# So that nothing is cut off on paper.
WRAPPED = {"text_wrap": True, "valign": "top"}
_A4 = 9
_LINE, _HIGHEST = 15.0, 409.0
Put = Callable[[int, int, Any], object]


def write_workbook(table: Table, reading: Reading, scope: Scope, out: IO[bytes], report: Report | None = None) -> int:
    """Write a workbook into `out`, keeping one row of it in memory; how many rows the table had.

    A table that is longer than a sheet goes on in the next one.
    """
    with new_workbook(out, row_by_row=True) as book:
        book.set_properties({"title": f"{table.title}: {scope.program}" if scope.program else table.title})
        count = _data(book, table, reading, scope, report)
        _definitions(book, table, reading.columns, scope)
    return count


def _data(book: "Workbook", table: Table, reading: Reading, scope: Scope, report: Report | None) -> int:
    rows, count, number = reading.rows(), 0, 0
    widths = [_WIDTHS[column.kind] for column in reading.columns]
    bold, wrap = book.add_format({"bold": True, **WRAPPED}), book.add_format(WRAPPED)
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd", **WRAPPED}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", **WRAPPED}),
    }
    while True:
        number += 1
        sheet = _sheet(book, table.title if number == 1 else f"{table.title} {number}", reading.columns, bold, wrap)
        puts = _puts(sheet, reading.columns, scope, formats)
        before = count
        for at, row in enumerate(islice(rows, MOST_ROWS - 1), start=1):
            make_room(sheet, at, row, widths)
            for place, (put, value) in enumerate(zip(puts, row, strict=True)):
                put(at, place, value)
            count += 1
            if report and not count % REPORT_EACH:
                report(count)
        if count - before < MOST_ROWS - 1:
            return count


def _sheet(book: "Workbook", title: str, columns: Sequence[Column], bold: "Format", wrap: "Format") -> "Worksheet":
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 1)
    for_paper(sheet)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind], wrap)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, _plain(column.title), bold)
    return sheet


def for_paper(sheet: "Worksheet") -> None:
    """As wide as a page of A4 and as long as it takes, with the heads of the columns and its number on each."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")


def make_room(sheet: "Worksheet", number: int, row: Iterable[object], widths: Iterable[int]) -> None:
    """Make a row as high as its texts take, before they are written: LibreOffice does not do that by itself."""
    texts = ((cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str))
    lines = max((_lines(cell, width) for cell, width in texts), default=1)
    if lines > 1:
        sheet.set_row(number, min(lines * _LINE, _HIGHEST))


def _lines(text: str, width: int) -> int:
    """As many as it takes at most: a width is in digits, which are wider than most letters."""
    return sum(math.ceil(max(len(part), 1) / width) for part in text.splitlines())


def _puts(sheet: "Worksheet", columns: Sequence[Column], scope: Scope, formats: dict[str, "Format"]) -> list[Put]:
    """For each column what writes a value of it at (row, column)."""

    def text(row: int, place: int, value: object) -> None:
        if value not in ("", None):
            sheet.write_string(row, place, _plain(str(value)))

    def number(row: int, place: int, value: float | str | None) -> None:
        if isinstance(value, int | float):
            sheet.write_number(row, place, to_number(value))
        else:
            text(row, place, value)

    def moment(row: int, place: int, value: dt.datetime | dt.date | None) -> None:
        if isinstance(value, dt.datetime):
            value = value.astimezone(scope.zone).replace(tzinfo=None)
        kind = "moment" if isinstance(value, dt.datetime) else "day"
        if value is None or value.year < _FIRST_YEAR:
            text(row, place, value)
        else:
            sheet.write_datetime(row, place, value, formats[kind])

    def code(words: dict[str, str]) -> Put:
        return lambda row, place, value: text(row, place, words.get(value, value))

    makers: dict[Kind, Put] = {"text": text, "number": number, "day": moment, "moment": moment}
    return [code(dict(column.words)) if column.kind == "code" else makers[column.kind] for column in columns]


def _definitions(book: "Workbook", table: Table, columns: Sequence[Column], scope: Scope) -> None:
    sheet = book.add_worksheet("Definitions")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for_paper(sheet)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 90)
    sheet.write_row(0, 0, ("Column", "Type", "What it means"), bold)
    rows = [(column.title, KINDS[column.kind], meaning(column)) for column in columns]
    rows += [("", "", ""), ("What this is", "", table.holds), ("Times", "", f"By the clocks of {scope.zone.key}.")]
    if scope.program:
        rows.append(("Program", "", f"{scope.program.name}, {scope.program.starts_on} to {scope.program.ends_on}"))
    for number, row in enumerate(rows, start=1):
        make_room(sheet, number, row, (30, 16, 90))
        for place, cell in enumerate(row):
            sheet.write_string(number, place, _plain(cell), wrap)


def meaning(column: Column) -> str:
    """What a column means, with the words that can stand in it."""
    words = [word for word in column.words.values() if word]
    return f"{column.definition} One of: {'; '.join(words)}." if words else column.definition


def _plain(text: str) -> str:
    """What a cell can hold. A guard that is no guard of ours gets one, so that an import takes off only its own."""
    kept = _UNPRINTABLE.sub("", text)
    return (guard(kept) if kept[:1] == "'" else kept)[:MOST_LETTERS]
