"""What was exported by whom, and the files that somebody waits for or can fetch."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from participants.models import User
from programs.models import Program
from reports.models import ExportJob, ExportLog

SHOWN = 50


@dataclass(frozen=True)
class Files:
    """Somebody's long files of one program, or of the organisation; the newest first."""

    jobs: list[ExportJob]

    @property
    def waiting(self) -> bool:
        return any(job.state in ExportJob.OPEN for job in self.jobs)


def files_of(user: User, program: Program | None, now: dt.datetime) -> Files:
    """Those on their way, ready, or not made; none whose time is over. One query."""
    jobs = ExportJob.objects.filter(by=user, program=program).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return Files(list(jobs[:SHOWN]))


def file_of(user: User, program: Program | None, pk: int) -> ExportJob | None:
    """One of those, by its number."""
    return ExportJob.objects.filter(by=user, program=program, pk=pk).first()


def log_of(program: Program | None) -> QuerySet[ExportLog]:
    """What left a program; without one, what left the organisation and every program of it. The newest first."""
    found = ExportLog.objects.select_related("by", "program")
    return found.filter(program=program) if program else found.all()
