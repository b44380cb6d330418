"""Moving messages out of the night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mail.registry import QuietHours


def shift(not_before: datetime, zone: ZoneInfo, policy: QuietHours, start: int = 21, end: int = 8) -> datetime:
    """`not_before`, moved out of the hours between `start` and `end` o'clock of the reader's zone.

    "earlier" moves to the edge before the night, "later" to the edge after it, "exempt" not at all. The edges
    themselves are not night, so shifting twice changes nothing. Takes and gives aware moments; a moved one is in UTC.
    """
    wall = not_before.astimezone(zone)
    clock = wall.time()
    falls, rises = time(start), time(end)
    night = clock > falls or clock < rises if start > end else falls < clock < rises
    if policy == "exempt" or not night:
        return not_before
    one_day = timedelta(days=1)
    if policy == "earlier":
        return _instant(wall.date() if clock > falls else wall.date() - one_day, falls, zone)
    return _instant(wall.date() if clock < rises else wall.date() + one_day, rises, zone)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
