"""The bell: wakes a worker that sends what is due. The rows are the record; a lost bell costs at most a minute."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from mail import services
from mail.clock import database_now

logger = logging.getLogger(__name__)
# A worker that is told to stop waits for its task, and with few hands a job waits until one is free: a task must not be
# long. What is left rings again, behind whatever else has been rung for.
BUDGET = timedelta(seconds=5)


@shared_task(ignore_result=True)
def drain() -> None:
    """Send what is due; if there is more than fits into one task, ring again."""
    if services.drain(clock=database_now, budget=BUDGET).more:
        _ring_now()


def ring() -> None:
    """Once the transaction is committed, wake a worker. Called by views and tasks that have queued messages."""
    transaction.on_commit(_ring_now)


def tick(now: datetime) -> None:
    """Every minute: close what is too late, send what is due."""
    services.expire_due(now)
    drain()


def _ring_now() -> None:
    try:
        drain.delay()
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the next tick sends what is due", type(error).__name__)
