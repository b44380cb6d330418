"""Files that leave the building: the record of each, and long ones, which a worker makes and which expire."""

import datetime as dt
import logging
import tempfile
import uuid
from collections.abc import Callable
from typing import IO

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q

from participants import queries
from participants.models import User
from participants.services import making, record
from programs.models import Enrolment, Program
from reports.models import ExportJob, ExportLog

logger = logging.getLogger(__name__)
State = ExportJob.State
Clock = Callable[[], dt.datetime]
# Told how many rows are written; raises Stopped where nobody wants them any more.
Report = Callable[[int], None]
# Writes the table of a job into a file and says how many rows it had.
Write = Callable[[ExportJob, IO[bytes], Report], int]
# The key of the rule of retention, and after how long a worker is taken for lost.
KEPT = "export_files"
LOST_AFTER = dt.timedelta(minutes=30)
# What was not made is shown for so long.
SHOWN_FOR = dt.timedelta(days=1)


class Stopped(Exception):
    """The file is not wanted any more: cancelled, given to another worker, or somebody in it was erased."""


@transaction.atomic
def log_export(
    *,
    program: Program | None,
    what: str,
    ending: str,
    rows: int,
    by: User | None,
    now: dt.datetime,
    verb: str = "report exported",
) -> ExportLog:
    """Write down that somebody took a file of so many rows; without a program, of the whole organisation."""
    number = program.pk if program else None
    record(by=by, verb=verb, now=now, program_id=number, subject=program, table=what, format=ending, rows=rows)
    return ExportLog.objects.create(program=program, by=by, at=now, what=what, format=ending, rows=rows)


@transaction.atomic
def ask_for_table(
    *,
    program: Program | None,
    table: str,
    ending: str,
    total: int,
    by: User,
    now: dt.datetime,
    part: str = "",
    mark: bool = True,
) -> ExportJob:
    """Ask for a file that a worker makes. While the same one is being made, asking again returns that one."""
    same = {"program": program, "by": by, "table": table, "format": ending, "part": part, "mark": mark}
    try:
        with transaction.atomic():
            return ExportJob.objects.create(**same, total=total, asked_at=now)
    except IntegrityError:  # it is on its way
        return ExportJob.objects.get(**same, state__in=ExportJob.OPEN)


def due_tables(*, now: dt.datetime) -> list[int]:
    """Those that wait for a worker. One whose worker was lost waits again, and is given up after three times."""
    return making.due(ExportJob.objects, lost_after=LOST_AFTER, now=now)


def run_table(job_id: int, *, write: Write, clock: Clock) -> ExportJob | None:
    """Make a file that was asked for; None if somebody else is at it or it is not wanted any more.

    What goes wrong is logged and said on the page; nothing of it is raised.
    """
    started = clock()
    if not making.take(ExportJob.objects, job_id, now=started, progress=0):
        return None
    job = ExportJob.objects.select_related("program", "by").get(pk=job_id)
    with tempfile.TemporaryFile() as made:
        try:
            rows = write(job, made, _reporter(job_id, started))
            return _finish(job, made, rows, started=started, now=clock())
        except Stopped:
            return None
        except Exception:
            logger.exception("The export %s could not be made", job_id)
            making.mine(ExportJob.objects, job_id, started=started).update(state=State.FAILED)
            return ExportJob.objects.get(pk=job_id)


def _reporter(job_id: int, started: dt.datetime) -> Report:
    mine = making.mine(ExportJob.objects, job_id, started=started)

    def report(rows: int) -> None:
        if not mine.update(progress=rows):
            raise Stopped

    return report


@transaction.atomic
def _finish(
    made: ExportJob, content: IO[bytes], rows: int, *, started: dt.datetime, now: dt.datetime
) -> ExportJob | None:
    """Keep the file, unless it was cancelled or somebody who may be in it was erased meanwhile."""
    job = making.mine(ExportJob.objects, made.pk, started=started).select_for_update().first()
    if job is None:
        return None
    job.size = content.seek(0, 2)
    content.seek(0)
    job.file.save(f"{uuid.uuid4().hex}.{job.format}", File(content), save=False)
    job.state, job.ready_at, job.progress, job.total = State.READY, now, rows, rows
    job.expires_at = now + dt.timedelta(days=queries.days_kept(KEPT))
    job.save()
    return job


@transaction.atomic
def cancel_table(*, job: ExportJob) -> bool:
    """Stop a file that is being made; whether it still was. Its worker notices with its next rows."""
    return bool(ExportJob.objects.filter(pk=job.pk, state__in=ExportJob.OPEN).update(state=State.CANCELLED))


@transaction.atomic
def fetch_table(*, job: ExportJob, by: User, now: dt.datetime) -> ExportJob | None:
    """The job whose file is handed out now, written down the first time; None if it is not theirs, or gone."""
    ready = ExportJob.objects.select_for_update().filter(pk=job.pk, by=by, state=State.READY, expires_at__gt=now)
    locked = ready.first()
    if locked is None:
        return None
    if locked.fetched_at is None:
        log_export(
            program=job.program,
            what=locked.table,
            ending=locked.format,
            rows=locked.total,
            by=by,
            now=now,
            verb="table exported",
        )
        locked.fetched_at = now
        locked.save(update_fields=["fetched_at"])
    return locked


@transaction.atomic
def drop_tables(*, now: dt.datetime) -> int:
    """Take away the files whose time is over, and what was not made some time ago; how many."""
    over = Q(expires_at__lte=now)
    unmade = Q(state__in=[State.FAILED, State.CANCELLED], asked_at__lte=now - SHOWN_FOR)
    return making.drop(ExportJob.objects, over | unmade)


@transaction.atomic
def drop_tables_of(person: User, _now: dt.datetime) -> None:
    """Take away the files somebody asked for, and all in which they may stand: they can be made again without them."""
    theirs = set(Enrolment.objects.filter(user=person).order_by().values_list("track__program", flat=True))
    making.drop(ExportJob.objects, Q(by=person) | Q(program__isnull=True) | Q(program__in=theirs))
