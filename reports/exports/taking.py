"""Taking a table: at once where that is quick, through a worker where it is long."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from participants.models import User
from reports.exports.csv_file import streamed
from reports.exports.declaring import Scope, Table
from reports.exports.xlsx_file import write_workbook
from reports.models import ExportJob
from reports.services import ask_for_table, log_export

FORMATS = ("csv", "xlsx")
# A longer workbook is made by a worker, and so is everything of the whole organisation.
LONG = 5_000


@dataclass(frozen=True)
class Taken:
    """Either the pieces of the file, or the job that makes it."""

    pieces: Iterator[bytes] | None = None
    job: ExportJob | None = None


def take(*, table: Table, scope: Scope, ending: str, mark: bool, by: User) -> Taken:
    """Hand a table out as "csv" or "xlsx", written down, or ask for it. `mark` as csv_file.pieces has it."""
    reading = table.read(scope)
    rows = reading.count()
    program, slug, now = scope.program, table.slug, scope.now
    if program is None or (ending == "xlsx" and rows > LONG):
        job = ask_for_table(
            program=program, table=slug, ending=ending, total=rows, by=by, now=now, part=scope.part, mark=mark
        )
        return Taken(job=job)
    log_export(program=program, what=slug, ending=ending, rows=rows, by=by, now=now, verb="table exported")
    if ending == "csv":
        return Taken(pieces=streamed(reading, scope.zone, mark=mark))
    made = io.BytesIO()
    write_workbook(table, reading, scope, made)
    return Taken(pieces=iter([made.getvalue()]))
