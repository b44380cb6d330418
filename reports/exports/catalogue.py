"""Every table there is, and the files made of it."""

import datetime as dt
from collections.abc import Collection
from typing import IO

from programs.models import Program
from programs.permissions import Right
from reports.exports.csv_file import pieces
from reports.exports.declaring import Reading, Scope, Table
from reports.exports.goals import GOAL_ROWS
from reports.exports.meeting import GOALS, MATCHES, SESSIONS
from reports.exports.people import PEOPLE
from reports.exports.records import ALL_HISTORY, ALL_MAIL, HISTORY, MAIL
from reports.exports.saying import EVERY_SURVEY, OUTCOME_ROWS, SURVEYS
from reports.exports.whole import FIGURES
from reports.exports.xlsx_file import write_workbook
from reports.models import ExportJob
from reports.services.exporting import Report

OF_A_PROGRAM = (PEOPLE, MATCHES, SESSIONS, GOALS, GOAL_ROWS, SURVEYS, OUTCOME_ROWS, MAIL, HISTORY)
OF_THE_ORGANISATION = (FIGURES, EVERY_SURVEY, ALL_MAIL, ALL_HISTORY)
TITLES = {table.slug: table.title for table in (*OF_A_PROGRAM, *OF_THE_ORGANISATION)}


def tables(program: Program | None, rights: Collection[Right]) -> list[Table]:
    """What somebody with these rights in the program may have; without a program, what an admin may."""
    if program is None:
        return list(OF_THE_ORGANISATION)
    return [table for table in OF_A_PROGRAM if table.right in rights]


def find(program: Program | None, rights: Collection[Right], slug: str) -> Table | None:
    """The table of that name, if they may have it."""
    return next((table for table in tables(program, rights) if table.slug == slug), None)


def write_job(job: ExportJob, out: IO[bytes], report: Report, *, now: dt.datetime) -> int:
    """Write the file of a job; how many rows it has. Raises LookupError for a table that there is no more."""
    table = find(job.program, list(Right), job.table)
    if table is None:
        raise LookupError(job.table)
    scope = Scope(job.program, now, job.part)
    reading = table.read(scope)
    if job.format == "xlsx":
        return write_workbook(table, reading, scope, out, report)
    return _write_csv(job, reading, scope, out, report)


def _write_csv(job: ExportJob, reading: Reading, scope: Scope, out: IO[bytes], report: Report) -> int:
    count = 0

    def counted(rows: int) -> None:
        nonlocal count
        count = rows
        report(rows)

    for piece in pieces(reading, scope.zone, mark=job.mark, report=counted):
        out.write(piece)
    return count
