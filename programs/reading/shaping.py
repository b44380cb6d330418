"""From records of any width to a table: the header is found, empty rows left out, ragged rows and huge cells marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from programs.reading.guard import unguard
from programs.reading.table import Fault, Limits, Row, Table, UnreadableFile, shown

# A file of ten thousand rows and a hundred columns has as many; more would need too much memory.
MOST_FILLED_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """Cells as they came. A spreadsheet may leave cells out at the end of a row; in a CSV file that is a mistake."""

    number: int
    cells: Sequence[str]
    faults: tuple[Fault, ...] = ()
    may_be_short: bool = False


class TableBuilder:
    """Takes one record after the other, and refuses a file as soon as it is over a limit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._headers: tuple[str, ...] | None = None
        self._notes: list[str] = []
        self._rows: list[Row] = []
        self._empty = 0
        self._filled = 0

    @property
    def width(self) -> int | None:
        return None if self._headers is None else len(self._headers)

    def note(self, text: str) -> None:
        self._notes.append(text)

    def add(self, record: Record) -> None:
        if not record.faults and not any(cell and not cell.isspace() for cell in record.cells):
            self._empty += 1
            if self._empty > self._limits.rows:
                raise self._too_many(record.number)
        elif self._headers is None:
            self._headers = self._read_headers(record)
        elif len(self._rows) == self._limits.rows:
            raise self._too_many(record.number)
        else:
            self._rows.append(self._shape(record, len(self._headers)))

    def table(self, **facts: Any) -> Table:
        if self._empty and self._rows:
            self._notes.append(f"{self._empty} empty row{'s' if self._empty > 1 else ''} left out.")
        return Table(headers=self._headers or (), rows=self._rows, notes=self._notes, **facts)

    def _too_many(self, number: int) -> UnreadableFile:
        return UnreadableFile(
            f"There are more than {self._limits.rows:,} rows",
            where=f"Row {number}",
            fix="Split the file and import the parts one after the other.",
        )

    def _read_headers(self, record: Record) -> tuple[str, ...]:
        cells = [unguard(" ".join(shown(cell).split())) for cell in record.cells]
        while cells and not cells[-1]:
            cells.pop()
        if record.faults:
            fault = record.faults[0]
            raise UnreadableFile(f"In the header: {fault.message}", where=f"Row {record.number}", fix=fault.fix)
        if len(cells) > self._limits.columns:
            raise UnreadableFile(
                f"There are more than {self._limits.columns} columns",
                where=f"Row {record.number}",
                fix="Delete the columns that are not needed and try again.",
            )
        return tuple(self._told_apart(cells))

    def _told_apart(self, names: list[str]) -> list[str]:
        """Give a name to columns without one, and a number to the second column of the same name."""
        taken: set[str] = set()
        for position, name in enumerate(names, start=1):
            base = name or f"Column {position}"
            unique, count = base, 1
            while unique.casefold() in taken:
                count += 1
                unique = f"{base} ({count})"
            if not name:
                self.note(f"Column {position} has no name; it is called “{unique}” here.")
            elif unique != name:
                self.note(f"Two columns are called “{name}”; the second is called “{unique}” here.")
            taken.add(unique.casefold())
            names[position - 1] = unique
        return names

    def _shape(self, record: Record, width: int) -> Row:
        cells = list(record.cells)
        faults = list(record.faults)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > width:
            faults.append(_too_wide(cells, width))
        elif len(cells) < width and not record.may_be_short:
            faults.append(_too_narrow(cells, width))
        cells = (cells + [""] * (width - len(cells)))[:width]
        faults.extend(self._oversized(cells))
        self._count(cells, record.number)
        return Row(record.number, tuple(cells), tuple(faults))

    def _oversized(self, cells: list[str]) -> list[Fault]:
        faults: list[Fault] = []
        for column, cell in enumerate(cells):
            if len(cell) > self._limits.cell:
                message = f"The cell has {len(cell):,} characters; {self._limits.cell:,} is the most"
                faults.append(Fault("too_long", column, shown(cell), message, "Shorten the text."))
                cells[column] = cell[: self._limits.cell]
        return faults

    def _count(self, cells: list[str], number: int) -> None:
        self._filled += sum(map(bool, cells))
        if self._filled > MOST_FILLED_CELLS:
            raise UnreadableFile(
                f"There are more than {MOST_FILLED_CELLS:,} filled cells",
                where=f"Row {number}",
                fix="Split the file, or delete the columns that are not needed.",
            )


def _too_wide(cells: list[str], width: int) -> Fault:
    message = f"The row has {len(cells)} cells, the header {width}"
    fix = "A cell with the separator in it stands in quotation marks; look for one that does not."
    return Fault("ragged", None, shown(", ".join(cells[width : width + 40])), message, fix)


def _too_narrow(cells: list[str], width: int) -> Fault:
    message = f"The row has {len(cells)} cell{'s' if len(cells) != 1 else ''}, the header {width}"
    fix = "Add the missing cells, empty if need be, so that every value stands under its header."
    return Fault("ragged", None, shown(", ".join(cells[:40])), message, fix)
