"""The minute tick: finds whatever is due in the database. It is the only thing the beat schedules."""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from mail import services as outbox
from mail import tasks as mail
from matching import tasks as matching
from mentorship.own_data.archive import own_data
from participants import services as people
from participants.models import User
from programs import tasks as programs
from reports import tasks as reports
from safeguarding import tasks as safeguarding
from sessions import tasks as sessions
from surveys import tasks as surveys

logger = logging.getLogger(__name__)


def tick_own_data(now: datetime) -> None:
    """End pauses, ring again for files of own data that nobody has taken up, and delete what is too old."""
    people.end_pauses(now=now)
    people.forget_ended(now=now)
    for export_id in people.due_exports(now=now):
        _ring_for_export(export_id)
    people.keep_to_retention(now=now)


# The outbox comes last, so that what the others have just planned leaves in the same minute.
BELLS: tuple[Callable[[datetime], object], ...] = (
    programs.tick,
    matching.tick,
    sessions.tick,
    surveys.tick,
    tick_own_data,
    reports.tick,
    safeguarding.tick,
    mail.tick,
)


@shared_task
def tick() -> None:
    """Ring every bell whose rows are due; each is safe to ring twice, and one that breaks does not stop the others."""
    now = timezone.now()
    outbox.beat(component="planner", now=now)
    failed = []
    for bell in BELLS:
        try:
            bell(now)
        except Exception as error:
            logger.exception("%s failed", bell.__module__)
            failed.append(error)
    if failed:
        raise ExceptionGroup("parts of the tick failed", failed)


@shared_task
def make_export(export_id: int) -> None:
    people.run_export(export_id, make=_own_data, clock=timezone.now)
    mail.ring()


def _own_data(user: User) -> bytes:
    return own_data(user, organisation=settings.ORGANISATION_NAME, moment=f"{timezone.now():%Y-%m-%d %H:%M} UTC")


def ring_for_export(export_id: int) -> None:
    """Once the transaction is committed, wake a worker for a file of own data."""
    transaction.on_commit(lambda: _ring_for_export(export_id))


def _ring_for_export(export_id: int) -> None:
    try:
        make_export.delay(export_id)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the next tick takes the file up", type(error).__name__)
