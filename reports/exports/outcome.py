"""The outcome report as files: every figure with numerator, denominator and as-of date."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from participants.models import User
from programs.models import Program
from programs.reading import guard
from programs.workbooks import new_workbook
from reports.exports.xlsx_file import WRAPPED, for_paper, make_room
from reports.figures import LEAST_PEOPLE, MEASURES, Figure
from reports.queries.outcome import Outcome, outcome
from reports.services import log_export

if TYPE_CHECKING:
    from xlsxwriter import Workbook

COLUMNS = (
    "Measure",
    "Question",
    "Group",
    "Unit",
    "Numerator",
    "Denominator",
    "Out of",
    "Share",
    "People",
    "As of",
    "Shown",
)
HIDDEN = f"no: fewer than {LEAST_PEOPLE} people"
_WIDTHS = (26, 56, 22, 10, 11, 12, 22, 8, 8, 12, 20)
Cell = str | float | dt.date | None
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def table(report: Outcome) -> Iterator[list[Cell]]:
    """The report's rows as COLUMNS says; a hidden figure is a row that says why."""
    for measure, question, figure in report.rows():
        yield [
            measure.label,
            question,
            figure.group,
            measure.unit,
            figure.numerator,
            figure.denominator,
            measure.out_of if figure.denominator is not None else "",
            round(figure.share, 4)
            if figure.share is not None and measure.unit in {"people", "matches", "goals"}
            else None,
            figure.people,
            _day(report, figure.as_of),
            shown(figure),
        ]


def shown(figure: Figure) -> str:
    """Whether the numerator is what it is: of a mean near an end of its scale it is a bound."""
    if not figure.shown:
        return HIDDEN
    return f"yes: {figure.bound}" if figure.bound else "yes"


def _day(report: Outcome, moment: dt.datetime) -> dt.date:
    """The day of a moment as the program's own calendar counts it."""
    return moment.astimezone(ZoneInfo(report.program.timezone)).date()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, str):
        return guard(cell)
    return f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"


def to_csv(report: Outcome) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets need to see letters right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_plain(cell) for cell in row] for row in table(report))
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(report: Outcome) -> bytes:
    """A workbook with the figures and a sheet that says what each of them means."""
    out = io.BytesIO()
    with new_workbook(out) as book:
        book.set_properties({"title": f"Outcome report: {report.program.name}"})
        _figures_sheet(book, report)
        _definitions_sheet(book, report)
    return out.getvalue()


def _figures_sheet(book: "Workbook", report: Outcome) -> None:
    sheet = book.add_worksheet("Figures")
    bold, wrap = book.add_format({"bold": True, **WRAPPED}), book.add_format(WRAPPED)
    share = book.add_format({"num_format": "0%", **WRAPPED})
    day = book.add_format({"num_format": "yyyy-mm-dd", **WRAPPED})
    for_paper(sheet)
    sheet.write_row(0, 0, COLUMNS, bold)
    sheet.freeze_panes(1, 1)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width, wrap)
    for number, row in enumerate(table(report), start=1):
        make_room(sheet, number, row, _WIDTHS)
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(number, column, _UNPRINTABLE.sub("", cell))
            elif cell is not None:
                sheet.write_number(number, column, cell, share if COLUMNS[column] == "Share" else None)


def _definitions_sheet(book: "Workbook", report: Outcome) -> None:
    sheet = book.add_worksheet("Definitions")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for_paper(sheet)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    sheet.write_row(0, 0, ("Measure", "What it means"), bold)
    rows = [
        *(
            (measure.label, f"{measure.definition}{f' Out of {measure.out_of}.' if measure.out_of else ''}")
            for measure in MEASURES.values()
        ),
        (
            "As of",
            f"{_day(report, report.as_of)}, for the check-in the day its figures were last published.",
        ),
        (
            "Not shown",
            f"Groups of fewer than {LEAST_PEOPLE} people, and the next smallest where a subtraction would show them.",
        ),
        (
            "Or more, or less",
            (
                "A mean so near an end of its scale that it would tell what everybody answered is given as a bound; of "
                "shares of what people said of themselves those where all or none, or all but one or one, said so."
            ),
        ),
        ("Program", f"{report.program.name}, {report.program.starts_on} to {report.program.ends_on}"),
    ]
    for number, (name, meaning) in enumerate(rows, start=1):
        make_room(sheet, number, (name, meaning), (28, 90))
        sheet.write_string(number, 0, name, wrap)
        sheet.write_string(number, 1, _UNPRINTABLE.sub("", meaning), wrap)


WRITERS = {"csv": to_csv, "xlsx": to_xlsx}
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_outcome(*, program: Program, ending: str, by: User | None, now: dt.datetime) -> bytes:
    """The outcome report as a file ("csv" or "xlsx"), logged with who took it; of comparisons what they have opened.

    Raises KeyError for another ending.
    """
    writer, report = WRITERS[ending], outcome(program, now, by)
    log_export(program=program, what="outcome", ending=ending, rows=len(report.rows()), by=by, now=now)
    return writer(report)
