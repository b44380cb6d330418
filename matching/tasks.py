"""The queue's side of matching. Every task takes ids; the row in the database is the record of the work."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from matching import services


@shared_task(name="matching.tasks.run_proposal")
def run_proposal(proposal_id: int) -> None:
    services.run_proposal(proposal_id, clock=timezone.now)


def tick(now: dt.datetime) -> None:
    """Once a minute: ring again for proposals nobody has taken up, and end the offers whose time is over."""
    for proposal_id in services.due(now):
        run_proposal.delay(proposal_id)
    services.expire_unanswered(now=now)
