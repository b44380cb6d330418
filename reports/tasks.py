"""The minute tick: reminders and digests; once an hour, what the rules of health have to say is counted.

And the worker's side of long exports: the row in the database is the record of the work.
"""

import datetime as dt
import logging
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from mail.services import take_slot
from programs.models import Program
from reports import planning, services, signalling
from reports.exports import write_job
from reports.services import sharing

logger = logging.getLogger(__name__)


@shared_task(name="reports.tasks.make_table")
def make_table(job_id: int) -> None:
    services.run_table(job_id, write=partial(write_job, now=timezone.now()), clock=timezone.now)


def ring_table(job_id: int) -> None:
    """Once the transaction is committed, wake a worker for a long table."""
    transaction.on_commit(lambda: _ring_now(job_id))


def _ring_now(job_id: int) -> None:
    try:
        make_table.delay(job_id)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the next tick takes the export up", type(error).__name__)


@shared_task(name="reports.tasks.count_opening")
def count_opening(shared_id: int) -> None:
    sharing.count_opening(pk=shared_id, now=timezone.now())


def note_opening(shared_id: int) -> None:
    """Have a worker count that a shared report was opened: looking writes nothing. Without a broker it is lost."""
    try:
        count_opening.delay(shared_id)
    except (OperationalError, OSError) as error:
        logger.warning("An opening was not counted (%s)", type(error).__name__)


def tick(now: dt.datetime) -> None:
    planning.plan_all(now)
    services.drop_tables(now=now)
    for job_id in services.due_tables(now=now):
        _ring_now(job_id)
    if take_slot(name="signals", slot=now.replace(minute=0, second=0, microsecond=0)):
        for program in Program.objects.filter(state__in=[Program.State.OPEN, Program.State.RUNNING]).order_by("pk"):
            signalling.keep_count(program=program, now=now)
            signalling.count_answers(program=program, now=now)
