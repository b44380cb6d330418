"""When things are due. Pure: wall times and zones in, instants out.

People agree on a wall time in a zone; the instant follows from it. Arithmetic on aware times within one zone is done by
the wall clock, so whatever is meant as elapsed time is computed in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mail.quiet import shift
from participants.zones import zone as zone_of

WALL = "%Y-%m-%dT%H:%M"
HOUR = timedelta(hours=1)
FOLLOW_UP = timedelta(hours=2)


@dataclass(frozen=True)
class Moment:
    """An instant, the wall time it stands for, and what to tell the person who chose it ("": nothing)."""

    at: datetime
    wall: datetime
    zone: str
    remark: str = ""


def instant(wall: datetime, zone: str) -> Moment:
    """The instant of a naive wall time in a named zone.

    A time the clocks skip is moved forward by as much as they are; of a time that comes twice the first is taken; both
    are said in the remark. Raises ValueError for an unknown zone, an aware time, or one outside the calendar.
    """
    if wall.tzinfo is not None:
        raise ValueError("A wall time has no zone of its own")
    there, place = zone_of(zone), zone.rsplit("/", 1)[-1].replace("_", " ")
    try:
        at = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=there, fold=1).astimezone(UTC)
        real = at.astimezone(there).replace(tzinfo=None, fold=0)
    except OverflowError as error:
        raise ValueError("That date is outside the calendar") from error
    if real != wall:
        kept = f"{real:%H:%M}" if real.date() == wall.date() else f"{real:%H:%M on %-d %B}"
        return Moment(at, real, zone, f"The clocks in {place} skip {wall:%H:%M} that day. It is {kept} instead.")
    if second != at:
        return Moment(at, wall, zone, f"{wall:%H:%M} comes twice in {place} that day. It is the first of the two.")
    return Moment(at, wall, zone)


def from_text(wall: str, zone: str) -> Moment:
    """The instant of a stored wall time."""
    return instant(datetime.strptime(wall, WALL), zone)  # noqa: DTZ007 - a wall time has no zone of its own


def wall_of(at: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at an instant, as a wall time."""
    return at.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def at_rhythm(first: datetime, every_days: int, count: int) -> list[datetime]:
    """`count` wall times, so many days apart: the clock on the wall stays, whatever the clocks do in between."""
    return [first + timedelta(days=number * every_days) for number in range(count)]


def same_clock_on(day: date, at: datetime, reader: str, zone: str) -> datetime:
    """`at` moved to another day as its reader counts days, as a wall time of `zone`."""
    clock = at.astimezone(zone_of(reader)).time().replace(fold=0)
    moved = instant(datetime.combine(day, clock), reader).at
    return wall_of(moved, zone)


def day_before(starts_at: datetime, zone: str) -> datetime:
    """The same wall time on the day before, in the reader's zone, moved out of the night: always before the start."""
    there = zone_of(zone)
    wall = wall_of(starts_at, zone)
    at = instant(wall - timedelta(days=1), zone).at
    if at >= starts_at:  # the zone has left out that day
        at = starts_at - timedelta(days=1)
    return shift(at, there, "earlier")


def hour_before(starts_at: datetime, zone: str) -> datetime:
    """One elapsed hour before, moved out of the reader's night."""
    return shift(starts_at.astimezone(UTC) - HOUR, zone_of(zone), "earlier")


def follow_up(ends_at: datetime, zone: str) -> datetime:
    """Two elapsed hours after the planned end, or the reader's next morning."""
    return shift(ends_at.astimezone(UTC) + FOLLOW_UP, zone_of(zone), "later")
