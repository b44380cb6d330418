"""The address under which calendar programs find somebody's sessions: made, replaced, turned off."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from participants.models import User
from participants.services import record
from sessions.errors import NotInMatch
from sessions.models import CalendarFeed
from sessions.permissions import may_have_feed

# 160 bits.
KEY_BYTES = 20


@dataclass(frozen=True)
class NewFeed:
    """An address that has just been made: the only moment at which its key is known."""

    feed: CalendarFeed
    key: str


@transaction.atomic
def renew_feed(*, by: User, now: datetime) -> NewFeed:
    """Make the address of one's calendar, or a new one: the one before is then no address any more.

    Of the key only a digest is kept. Raises NotInMatch for somebody who takes part in no program.
    """
    if not may_have_feed(by):
        raise NotInMatch("You take part in no program.")
    key = secrets.token_urlsafe(KEY_BYTES)
    facts = {"key": CalendarFeed.digest_of(key), "made_at": now, "used_on": None}
    feed, is_new = CalendarFeed.objects.update_or_create(user=by, defaults=facts)
    record(by=by, verb="calendar address made" if is_new else "calendar address replaced", now=now, subject=feed)
    return NewFeed(feed, key)


@transaction.atomic
def end_feed(*, by: User, now: datetime) -> None:
    """Turn the address off; where there is none nothing changes."""
    feed = CalendarFeed.objects.select_for_update().filter(user=by).first()
    if feed is None:
        return
    record(by=by, verb="calendar address turned off", now=now, subject=feed)
    feed.delete()


def note_use(*, user_id: int, now: datetime) -> None:
    """That a calendar program has asked for somebody's feed, for its owner to see; the day, and nothing more."""
    day = now.astimezone(UTC).date()
    CalendarFeed.objects.filter(user=user_id).exclude(used_on=day).update(used_on=day)
