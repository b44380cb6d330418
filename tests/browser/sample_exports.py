"""Exports in every state: waiting, running, ready, not made, cancelled; and a log of what was taken."""

import datetime as dt
from functools import partial

from django.urls import reverse

from participants.models import User
from programs.models import Program
from reports.exports import write_job
from reports.models import ExportJob
from reports.services import ask_for_table, log_export, run_table


def coordinators_pages(program: Program, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    _files(program, ("participants", "matches", "sessions", "mail", "history"), by, now)
    for table, rows in (("participants", 96), ("surveys", 14)):
        log_export(program=program, what=table, ending="csv", rows=rows, by=by, now=now)
    return [("exports:page", reverse("exports:page", args=[program.slug]))]


def admins_pages(by: User, now: dt.datetime) -> list[tuple[str, str]]:
    _files(None, ("figures",), by, now)
    log_export(program=None, what="history", ending="csv", rows=4210, by=by, now=now)
    return [("all_exports:page", reverse("all_exports:page"))]


def _files(program: Program | None, tables: tuple[str, ...], by: User, now: dt.datetime) -> None:
    """The first is ready; of the others one runs, one failed, one was cancelled, and the last waits."""
    states = ("ready", "running", "failed", "cancelled", "queued")
    for table, state in zip(tables, states, strict=False):
        job = ask_for_table(program=program, table=table, ending="xlsx", total=8000, by=by, now=now)
        if state == "ready":
            run_table(job.pk, write=partial(write_job, now=now), clock=lambda: now)
        elif state != "queued":
            ExportJob.objects.filter(pk=job.pk).update(state=state, progress=2600, started_at=now)
