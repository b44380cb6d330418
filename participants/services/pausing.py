"""A pause: no reminders and no surveys for a time, and no new match. It ends by itself."""

import datetime as dt

from django.db import transaction

from participants.models import Pause, User
from participants.services.accounts import record
from participants.zones import zone

LONGEST = dt.timedelta(days=183)


class BadPause(ValueError):
    """A pause that cannot be; str() says why."""


@transaction.atomic
def pause(*, by: User, until: dt.date, now: dt.datetime) -> User:
    """Pause up to and including the day before `until`, by one's own clock; a new pause replaces the one before.

    Raises BadPause for a day that is not to come or more than 183 days away.
    """
    user = User.objects.select_for_update().get(pk=by.pk)
    clock = zone(user.timezone)
    ends = dt.datetime.combine(until, dt.time(), clock).astimezone(dt.UTC)
    if ends <= now:
        raise BadPause("Choose a day that is still to come")
    if ends > now + LONGEST:
        raise BadPause("A pause is at most half a year. Take a later day when it comes near, or leave the program")
    _end(user, now)
    Pause.objects.create(user=user, begins_at=now, ends_at=ends)
    user.paused_until = ends
    user.save(update_fields=["paused_until"])
    record(by=by, verb="pause begun", now=now, subject=user, until=until.isoformat())
    return user


@transaction.atomic
def resume(*, by: User, now: dt.datetime) -> User:
    """End one's pause before its time; without one nothing changes."""
    user = User.objects.select_for_update().get(pk=by.pk)
    if user.is_paused(now):
        _end(user, now)
        user.paused_until = None
        user.save(update_fields=["paused_until"])
        record(by=by, verb="pause ended", now=now, subject=user)
    return user


def _end(user: User, now: dt.datetime) -> None:
    """The pause that is on was one until now. Called with the user locked."""
    Pause.objects.filter(user=user, begins_at__lte=now, ends_at__gt=now).update(ends_at=now)


def end_pauses(*, now: dt.datetime) -> int:
    """End the pauses whose day has come; returns how many. Matching takes whoever has a date for one who pauses."""
    return User.objects.filter(paused_until__lte=now).update(paused_until=None)
