"""Tables as CSV, made while they are sent: never more of one in memory than some hundred rows."""

import csv
import io
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import islice
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
    writer.writerow(guarded(column.title for column in reading.columns))
    yield (MARK if mark else b"") + _taken(buffer)
    convert = [to_plain(column, zone) for column in reading.columns]
    rows, count = reading.rows(), 0
    while some := list(islice(rows, WRITTEN_AT_ONCE)):
        columns = zip(*some, strict=True)
        writer.writerows(zip(*(make(each) for make, each in zip(convert, columns, strict=True)), strict=True))
        count += len(some)
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
