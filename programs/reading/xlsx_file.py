"""XLSX: the first visible sheet, as texts. Nothing in a workbook is ever computed."""

import datetime as dt
import io
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from programs.reading.shaping import Record, TableBuilder
from programs.reading.table import Fault, Limits, Table, UnreadableFile, shown
from programs.reading.zip_guard import Inspection, inspect_workbook

# After so many empty rows the list is taken to be over, however large the sheet says it is.
_EMPTY_ROWS_AT_THE_END = 100
# Excel counts a 29 February 1900 that never was, so that days up to then cannot be told.
_FIRST_SURE_DAY = dt.date(1900, 3, 1)
_SAVE_AGAIN = "Open it in Excel or LibreOffice, save it again and try again."


class _Cell(Protocol):
    """What is used of a cell of a sheet opened for reading; the library's own types describe those for writing."""

    value: object
    data_type: str


class _Sheet(Protocol):
    title: str
    sheet_state: str
    _worksheet_path: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self, *, max_col: int) -> Iterator[tuple[_Cell, ...]]: ...


def read_xlsx(data: bytes, limits: Limits) -> Table:
    """Read the first visible sheet. Raises UnreadableFile for damaged, oversized, locked or linked workbooks."""
    import openpyxl  # noqa: PLC0415  10 MB that only such a file needs

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("defusedxml is not installed: workbooks cannot be read safely")
    inspection = inspect_workbook(data)
    builder = TableBuilder(limits)
    try:
        with warnings.catch_warnings():
            # The library warns of styles and extensions it leaves out; they carry no values.
            warnings.simplefilter("ignore")
            _fill(builder, data, limits, inspection)
    except UnreadableFile:
        raise
    except Exception as error:  # on a damaged workbook the library raises whatever its own code trips over
        raise UnreadableFile("The workbook is damaged or not of the usual form", fix=_SAVE_AGAIN) from error
    return builder.table(kind="xlsx")


def _fill(builder: TableBuilder, data: bytes, limits: Limits, inspection: Inspection) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415  see read_xlsx

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = _first_visible(builder, cast(list[_Sheet], workbook.worksheets))
        _tell(builder, inspection, str(sheet._worksheet_path).lstrip("/"))  # noqa: SLF001 - nowhere else does it say
        # The size a sheet claims is not to be trusted.
        sheet.reset_dimensions()
        for record in _records(builder, sheet, limits):
            builder.add(record)
    finally:
        workbook.close()


def _first_visible(builder: TableBuilder, sheets: Sequence[_Sheet]) -> _Sheet:
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise UnreadableFile("The workbook has no visible sheet", fix="Show the sheet with the list and save again.")
    if len(sheets) > 1:
        builder.note(f"Only the sheet “{shown(visible[0].title)}” is read, the first visible of {len(sheets)}.")
    return visible[0]


def _tell(builder: TableBuilder, inspection: Inspection, part: str) -> None:
    if part in inspection.hidden_rows:
        builder.note("Hidden rows are read like the others.")
    if part in inspection.merged:
        builder.note("Some cells are merged; only the first of them carries the value.")


def _records(builder: TableBuilder, sheet: _Sheet, limits: Limits) -> Iterator[Record]:
    empty = 0
    # One column more than allowed, so that too many are seen; not more, since a single cell may stand far right.
    for number, cells in enumerate(sheet.iter_rows(max_col=limits.columns + 1), start=1):
        record = _record(number, cells)
        empty = 0 if any(record.cells) else empty + 1
        if empty > _EMPTY_ROWS_AT_THE_END:
            builder.note(f"Reading stopped at row {number}, after {_EMPTY_ROWS_AT_THE_END} empty rows.")
            return
        yield record


def _record(number: int, cells: Sequence[_Cell]) -> Record:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  see read_xlsx

    texts: list[str] = []
    faults: list[Fault] = []
    for position, cell in enumerate(cells):
        text, fault = "", None
        if cell.value is not None:
            text, fault = _cell_text(cell, position, f"{get_column_letter(position + 1)}{number}")
        texts.append(text)
        if fault:
            faults.append(fault)
    while texts and not texts[-1]:
        texts.pop()
    return Record(number, texts, tuple(faults), may_be_short=True)


def _cell_text(cell: _Cell, column: int, name: str) -> tuple[str, Fault | None]:
    """The text of a cell, and what is wrong with it. A wrong cell keeps a text, so that its row is not empty."""
    value = cell.value
    if cell.data_type == "f":
        formula = shown(value if isinstance(value, str) else getattr(value, "text", None) or "formula")
        message = f"Cell {name} holds a formula, which is not computed here"
        return formula, Fault("formula", column, formula, message, "In Excel copy the column and paste it as values.")
    if cell.data_type == "e":
        message = f"Cell {name} shows the error {shown(str(value))}"
        return str(value), Fault("cell_error", column, shown(str(value)), message, "Type the value itself.")
    try:
        return value_text(value), None
    except ValueError as error:
        message = f"Cell {name}: {error}"
        return str(value), Fault("cell_value", column, shown(str(value)), message, "Type the value as text.")


def value_text(value: object) -> str:
    """A cell's value as a person reads it: 7.0 is 7, dates are ISO. Raises ValueError for what has no sure reading."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("this is not a number")
        return format(value, ".15g")
    if isinstance(value, dt.date):
        return _day_text(value)
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    if isinstance(value, dt.timedelta):
        hours, minutes = divmod(round(value.total_seconds() / 60), 60)
        return f"{hours}:{minutes:02}"
    return str(value)


def _day_text(value: dt.date) -> str:
    day = value.date() if isinstance(value, dt.datetime) else value
    if day < _FIRST_SURE_DAY:
        raise ValueError("Excel cannot tell days before 1 March 1900")
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return value.isoformat(" ", "minutes")
    return day.isoformat()
