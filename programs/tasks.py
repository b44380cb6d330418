"""The queue's side of programs. Every task takes ids; the row in the database is the record of the work."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from programs import planning
from programs.services import importing
from programs.services.enrolling_applying import forget_unconfirmed


@shared_task(name="programs.tasks.run_import")
def run_import(import_id: int) -> None:
    importing.run_import(import_id, clock=timezone.now)


def tick(now: dt.datetime) -> None:
    """Once a minute: ring again for imports nobody has taken up, and forget files and addresses nobody needs."""
    for import_id in importing.due(now):
        run_import.delay(import_id)
    importing.forget_files(now=now)
    forget_unconfirmed(now=now)
    planning.plan_all(now)
