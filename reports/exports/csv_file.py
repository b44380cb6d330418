"""Tables as CSV, made while they are sent: never more of one in memory than some hundred rows."""

import csv
import io
from collections.abc import Iterator
from contextlib import nullcontext
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from reports.exports.cells import guarded, to_plain
from reports.exports.declaring import Reading
from reports.services.exporting import Report

MARK = b"\xef\xbb\xbf"
WRITTEN_AT_ONCE = 500


def pieces(reading: Reading, zone: ZoneInfo, *, mark: bool, report: Report | None = None) -> Iterator[bytes]:
    """The file in pieces: UTF-8 with CRLF as RFC 4180 has it, the first with the header.

    mark    whether it begins with the mark by which Excel knows UTF-8
    report  told after each piece how many rows are written
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    columns = reading.columns
    writer.writerow([guarded(column.title) for column in columns])
    head = buffer.getvalue().encode("utf-8", "replace")
    yield MARK + head if mark else head
    convert, count = to_plain(columns, zone), 0
    buffer.seek(0)
    buffer.truncate()
    for row in reading.rows():
        cells = list(row)
        for place, make in convert:
            cells[place] = make(cells[place])
        writer.writerow(cells)
        count += 1
        if not count % WRITTEN_AT_ONCE:
            yield _taken(buffer)
            if report:
                report(count)
    yield _taken(buffer)
    if report:
        report(count)


def streamed(reading: Reading, zone: ZoneInfo, *, mark: bool) -> Iterator[bytes]:
    """The pieces for a response, read from one cursor of the server in one transaction.

    Without the transaction PostgreSQL would first make the whole result. On SQLite a transaction would keep everybody
    else from writing until the last byte is fetched, and its cursor needs none.
    """
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        yield from pieces(reading, zone, mark=mark)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
