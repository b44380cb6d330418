"""Writes of reports: the record of what left the building."""

import datetime as dt

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.models import Program
from reports.models import ExportLog


@transaction.atomic
def log_export(*, program: Program, what: str, ending: str, rows: int, by: User | None, now: dt.datetime) -> ExportLog:
    """Write down that somebody took a file of so many rows out of the building."""
    record(by=by, verb="report exported", now=now, program_id=program.pk, subject=program, format=ending, rows=rows)
    return ExportLog.objects.create(program=program, by=by, at=now, what=what, format=ending, rows=rows)
