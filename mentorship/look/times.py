"""Days and times in words. A time of day never stands without its zone."""

import datetime as dt

from django.utils import timezone
from django.utils.dateformat import format as say


def place(name: str) -> str:
    """The last part of a zone's name as people say it: "Europe/Berlin" is "Berlin"."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def _local(value: dt.datetime) -> dt.datetime:
    if timezone.is_naive(value):
        raise ValueError("A time without a zone cannot be shown.")
    return timezone.localtime(value)


def day(value: dt.date) -> str:
    """ "Thursday 14 May", in the reader's zone where a moment is given."""
    return say(_local(value) if isinstance(value, dt.datetime) else value, "l j F")


def day_year(value: dt.date) -> str:
    """ "14 May 2026", for what may lie in another year."""
    return say(_local(value) if isinstance(value, dt.datetime) else value, "j F Y")


def clock(value: dt.datetime) -> str:
    """ "16:00 (Berlin)"."""
    return f"{say(_local(value), 'H:i')} ({place(timezone.get_current_timezone_name())})"


def when(value: dt.datetime) -> str:
    """ "Thursday 14 May, 16:00 (Berlin)"."""
    return f"{day(value)}, {clock(value)}"


def span(start: dt.datetime, end: dt.datetime) -> str:
    """ "Thursday 14 May, 16:00–16:45 (Berlin)"; both days are named where they differ."""
    if _local(start).date() != _local(end).date():
        return f"{when(start)} to {when(end)}"
    return f"{day(start)}, {say(_local(start), 'H:i')}–{clock(end)}"


def ago(value: dt.date, now: dt.datetime) -> str:
    """ "today", "yesterday", "22 days ago", "in 3 days": whole days between two dates in the reader's zone."""
    then = _local(value).date() if isinstance(value, dt.datetime) else value
    days = (_local(now).date() - then).days
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in near:
        return near[days]
    return f"{days} days ago" if days > 0 else f"in {-days} days"


def minutes(value: int) -> str:
    """ "45 minutes", "1 hour", "1 hour 30 minutes"."""
    hours, rest = divmod(int(value), 60)
    parts = [f"{hours} hour{'s' * (hours != 1)}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} minute{'s' * (rest != 1)}")
    return " ".join(parts)
