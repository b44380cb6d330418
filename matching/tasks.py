"""The queue's side of matching. Every task takes ids; the row in the database is the record of the work."""

import datetime as dt
import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from matching import services

logger = logging.getLogger(__name__)


@shared_task(name="matching.tasks.run_proposal")
def run_proposal(proposal_id: int) -> None:
    services.run_proposal(proposal_id, clock=timezone.now)


@shared_task(name="matching.tasks.count_ways")
def count_ways(proposal_id: int) -> None:
    services.count_ways(proposal_id, now=timezone.now())


def tick(now: dt.datetime) -> None:
    """Once a minute: ring again for proposals nobody has taken up, and close what is over."""
    for proposal_id in services.due(now):
        _ring_now(proposal_id)
    services.expire_unanswered(now=now)
    services.finish_sessions(now=now)
    services.end_due(now=now)
    services.finish_due(now=now)


def ring(proposal_id: int) -> None:
    """Once the transaction is committed, wake a worker for a queued proposal."""
    transaction.on_commit(lambda: _ring_now(proposal_id))


def recount(proposal_id: int) -> None:
    """Once the transaction is committed, count again how many ways out there are in a draft that was changed. Where no
    worker hears of it the board shows the links without a number."""
    transaction.on_commit(lambda: _recount_now(proposal_id))


def _recount_now(proposal_id: int) -> None:
    try:
        count_ways.delay(proposal_id)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); ways out stay uncounted", type(error).__name__)


def _ring_now(proposal_id: int) -> None:
    try:
        run_proposal.delay(proposal_id)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the next tick takes the proposal up", type(error).__name__)
