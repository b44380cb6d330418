"""Tables as CSV, made while they are sent: never more of one in memory than some hundred rows."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from reports.exports.cells import guarded, to_plain
from reports.exports.declaring import Reading
from reports.services.exporting import Report

MARK = b"\xef\xbb\xbf"
WRITTEN_AT_ONCE = 500
_QUOTE = '"'


def pieces(reading: Reading, zone: ZoneInfo, *, mark: bool, report: Report | None = None) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with CRLF as RFC 4180 has it, the first with the header.

    mark    whether it begins with the mark by which Excel knows UTF-8
    report  told after each piece how many rows are written
    """
    yield (MARK if mark else b"") + lines([title] for title in guarded(column.title for column in reading.columns))
    convert = [to_plain(column, zone) for column in reading.columns]
    rows, count = reading.rows(), 0
    while some := list(islice(rows, WRITTEN_AT_ONCE)):
        columns = zip(*some, strict=True)
        count += len(some)
        yield lines(make(each) for make, each in zip(convert, columns, strict=True))
        if report:
            report(count)


def streamed(reading: Reading, zone: ZoneInfo, *, mark: bool) -> Iterator[bytes]:
    """The pieces for a response, read from one cursor of the server in one transaction.

    Without the transaction PostgreSQL would first make the whole result. On SQLite a transaction would keep everybody
    else from writing until the last byte is fetched, and its cursor needs none.
    """
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        yield from pieces(reading, zone, mark=mark)


def lines(columns: Iterable[Sequence[str]]) -> bytes:
    """Rows of these columns, byte by byte as csv.writer has them, which goes through every letter of every cell and
    took a third of all the time; most columns hold nothing for long stretches that would have to be quoted.
    """
    cells = [_quoted(column) for column in columns]
    if len(cells) == 1:
        # A row of one empty cell would be an empty line, which readers skip.
        cells = [[cell or '""' for cell in cells[0]]]
    rows = map(",".join, zip(*cells, strict=True))
    return "".join([row + "\r\n" for row in rows]).encode("utf-8", "replace")


def _quoted(column: Sequence[str]) -> Sequence[str]:
    if not _needs_quotes("".join(column)):
        return column
    return [f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if _needs_quotes(cell) else cell for cell in column]


def _needs_quotes(text: str) -> bool:
    return "," in text or _QUOTE in text or "\n" in text or "\r" in text
