"""The clock that tasks and commands of the outbox read."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """The database server's time, so that workers whose clocks disagree share one; on SQLite this machine's."""
    if connection.vendor != "postgresql":
        return timezone.now()  # noqa: TID251  this is the clock: only tasks, views and commands call it
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
