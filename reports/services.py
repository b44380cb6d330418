"""Writes of reports: the record of what left the building."""

import datetime as dt

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.models import Program
from reports import exports
from reports.models import ExportLog
from reports.queries.outcome import outcome

WRITERS = {"csv": exports.to_csv, "xlsx": exports.to_xlsx}
MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@transaction.atomic
def export_outcome(*, program: Program, format: str, by: User | None, now: dt.datetime) -> bytes:  # noqa: A002  the word people use
    """The outcome report as a file of that format ("csv" or "xlsx"), logged with who took it.

    Raises KeyError for another format.
    """
    writer = WRITERS[format]
    report = outcome(program, now)
    rows = len(report.rows())
    ExportLog.objects.create(program=program, by=by, at=now, what="outcome", format=format, rows=rows)
    record(by=by, verb="report exported", now=now, program_id=program.pk, subject=program, format=format, rows=rows)
    return writer(report)
