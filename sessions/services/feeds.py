"""The address under which calendar programs find somebody's sessions: made, replaced, turned off."""

import secrets
from datetime import datetime

from django.db import transaction

from participants.models import User
from participants.services import record
from sessions.errors import NotInMatch
from sessions.models import CalendarFeed
from sessions.permissions import may_have_feed

# 160 bits.
KEY_BYTES = 20


@transaction.atomic
def renew_feed(*, by: User, now: datetime) -> CalendarFeed:
    """Make the address of one's calendar, or a new one: the one before is then no address any more.

    Raises NotInMatch for somebody who takes part in no program.
    """
    if not may_have_feed(by):
        raise NotInMatch("You take part in no program.")
    facts = {"key": secrets.token_urlsafe(KEY_BYTES), "made_at": now}
    feed, is_new = CalendarFeed.objects.update_or_create(user=by, defaults=facts)
    record(by=by, verb="calendar address made" if is_new else "calendar address replaced", now=now, subject=feed)
    return feed


@transaction.atomic
def end_feed(*, by: User, now: datetime) -> None:
    """Turn the address off; where there is none nothing changes."""
    feed = CalendarFeed.objects.select_for_update().filter(user=by).first()
    if feed is None:
        return
    record(by=by, verb="calendar address turned off", now=now, subject=feed)
    feed.delete()
