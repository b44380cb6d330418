"""The minute tick: reminders that have come near are written to the outbox, which the mail tick then empties."""

from datetime import datetime

from sessions import planning


def tick(now: datetime) -> None:
    planning.plan_all(now)
