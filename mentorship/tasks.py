"""The minute tick: finds whatever is due in the database. It is the only thing the beat schedules."""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from mail import services as outbox
from mail import tasks as mail
from matching import tasks as matching
from programs import tasks as programs
from reports import tasks as reports
from sessions import tasks as sessions
from surveys import tasks as surveys

logger = logging.getLogger(__name__)

# The outbox comes last, so that what the others have just planned leaves in the same minute.
BELLS: tuple[Callable[[datetime], object], ...] = (
    programs.tick,
    matching.tick,
    sessions.tick,
    surveys.tick,
    reports.tick,
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
