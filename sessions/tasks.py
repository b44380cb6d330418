"""The minute tick: reminders that have come near are written to the outbox, which the mail tick then empties."""

from datetime import datetime

from mail.services import take_slot
from sessions import planning, services
from sessions.services import asks, slot_reviews, slots


def tick(now: datetime) -> None:
    # An update of the time zone database is looked for once a day, before reminders are written.
    if take_slot(name="sessions-wall-times", slot=now.replace(hour=0, minute=0, second=0, microsecond=0)):
        services.keep_wall_times(now=now)
    slots.expire_slot_asks(now=now)
    slot_reviews.ask_reviews(now=now)
    asks.care_for_asks(now=now)
    planning.plan_all(now)
