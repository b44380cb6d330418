"""The queue's side of programs. Every task takes ids; the row in the database is the record of the work."""

import datetime as dt
import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from programs import planning
from programs.services import importing
from programs.services.enrolling_applying import forget_unconfirmed

logger = logging.getLogger(__name__)


@shared_task(name="programs.tasks.run_import")
def run_import(import_id: int) -> None:
    importing.run_import(import_id, clock=timezone.now)


def ring(import_id: int) -> None:
    """Once the transaction is committed, wake a worker for a queued import."""
    transaction.on_commit(lambda: _ring_now(import_id))


def _ring_now(import_id: int) -> None:
    try:
        run_import.delay(import_id)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the next tick takes the import up", type(error).__name__)


def tick(now: dt.datetime) -> None:
    """Once a minute: ring again for imports nobody has taken up, and forget files and addresses nobody needs."""
    for import_id in importing.due(now):
        _ring_now(import_id)
    importing.forget_files(now=now)
    forget_unconfirmed(now=now)
    planning.plan_all(now)
