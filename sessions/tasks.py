"""The tick: reminders that have come near are written to the outbox, which the mail tick then empties."""

import logging
from datetime import datetime

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from mail.services import take_slot
from sessions import planning, services
from sessions.services import asks, slot_reviews, slots

logger = logging.getLogger(__name__)


@shared_task(name="sessions.tasks.note_feed_use")
def note_feed_use(user_id: int) -> None:
    services.note_use(user_id=user_id, now=timezone.now())


def note_use(user_id: int) -> None:
    """Have a worker write down that a feed was asked for: looking writes nothing. Without a broker it is lost."""
    try:
        note_feed_use.delay(user_id)
    except (OperationalError, OSError) as error:
        logger.warning("The use of a calendar was not noted (%s)", type(error).__name__)


def tick(now: datetime) -> None:
    # An update of the time zone database is looked for once a day, before reminders are written.
    if take_slot(name="sessions-wall-times", slot=now.replace(hour=0, minute=0, second=0, microsecond=0)):
        services.keep_wall_times(now=now)
    slots.expire_slot_asks(now=now)
    slot_reviews.ask_reviews(now=now)
    asks.care_for_asks(now=now)
    # Whoever plans or moves a session writes what is near by then. What comes near later has two days until it is due,
    # so that all sessions of these days are looked at once an hour and not each minute.
    if take_slot(name="sessions-near", slot=now.replace(minute=0, second=0, microsecond=0)):
        planning.plan_all(now)
    else:
        planning.plan_next(now)
