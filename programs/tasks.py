"""The queue's side of programs. Every task takes ids; the row in the database is the record of the work."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from programs.services import importing


@shared_task(name="programs.tasks.run_import")
def run_import(import_id: int) -> None:
    importing.run_import(import_id, clock=timezone.now)


def tick(now: dt.datetime) -> None:
    """Once a minute: ring again for imports nobody has taken up, and delete files nobody needs any more."""
    for import_id in importing.due(now):
        run_import.delay(import_id)
    importing.forget_files(now=now)
