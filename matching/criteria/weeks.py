"""Weekly times of people in different zones, laid over each other in quarter-hours of a week in UTC."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

QUARTER = 15
DAY = 24 * 60
WEEK = 7 * DAY
QUARTERS_A_WEEK = WEEK // QUARTER
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME = re.compile(r"([a-z]{3})[a-z]* (\d{1,2}):(\d{2}) ?[-–] ?(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Week:
    """When somebody usually has time: from-to in minutes after Monday 00:00 by the clocks of `zone`."""

    zone: str
    ranges: tuple[tuple[int, int], ...]


def read_week(answer: Mapping[object, object]) -> Week | None:
    """`{"zone": "Europe/Berlin", "times": ["Mon 09:00-12:30", "Fri 22:00-01:00"]}`; None if any of it cannot be
    read.
    """
    zone, times = answer.get("zone"), answer.get("times")
    if not isinstance(zone, str) or not isinstance(times, list | tuple) or not times or _zone(zone) is None:
        return None
    ranges = [_range(time) for time in times]
    known = tuple(sorted(each for each in ranges if each is not None))
    return Week(zone, known) if len(known) == len(ranges) else None


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no such zone; a folder of zones; an impossible name
        return None


def _range(time: object) -> tuple[int, int] | None:
    found = _TIME.fullmatch(time.strip().casefold()) if isinstance(time, str) else None
    starts = [day[:3].casefold() for day in DAYS]
    if found is None or found[1] not in starts:
        return None
    start, end = (int(found[n]) * 60 + int(found[n + 1]) for n in (2, 4))
    if start >= DAY or end > DAY or start == end or int(found[3]) > 59 or int(found[5]) > 59:
        return None
    midnight = starts.index(found[1]) * DAY
    return midnight + start, midnight + end + (DAY if end < start else 0)


def quarters(week: Week, monday: dt.date) -> NDArray[np.bool_]:
    """Which quarter-hours of the week in UTC are free, for the week of this Monday; what is cut by an edge is left out.

    A time repeats weekly, so what crosses the end of the week is counted at its beginning.
    """
    free = np.zeros(QUARTERS_A_WEEK, dtype=np.bool_)
    for start, end in week.ranges:
        offset = offset_minutes(week.zone, monday, start)
        first, last = -((offset - start) // QUARTER), (end - offset) // QUARTER
        free[np.arange(first, last) % QUARTERS_A_WEEK] = True
    return free


@lru_cache(maxsize=65_536)
def offset_minutes(zone: str, monday: dt.date, minute: int) -> int:
    """How far the zone's clocks are ahead of UTC at this minute of that week."""
    local = dt.datetime.combine(monday, dt.time(), ZoneInfo(zone)) + dt.timedelta(minutes=minute)
    offset = local.utcoffset()
    return round(offset.total_seconds() / 60) if offset is not None else 0


def in_clock(free: NDArray[np.bool_], zone: str, monday: dt.date) -> list[str]:
    """Free quarter-hours in UTC as times by the clocks of a zone: `Thursday 16:00–17:30`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(np.int8), [0]))))
    told = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        minute = int(first) * QUARTER
        offset = offset_minutes(zone, monday, minute)
        start, end = (minute + offset) % WEEK, (int(last) * QUARTER + offset) % WEEK
        told.append((start, f"{DAYS[start // DAY]} {_clock(start)}–{_clock(end)}"))
    return [text for _, text in sorted(told)]


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def length(minutes: int) -> str:
    """`45 min`, `2 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])
