"""What a series would be, before it is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matching.models import Match
from sessions import planning, timing
from sessions.models import Session
from sessions.queries.courses import Course


@dataclass(frozen=True)
class Planned:
    """One session that would be planned; `hindrance` says why it cannot be, `remark` what the clocks do that day."""

    wall: str
    at: datetime
    ends_at: datetime
    remark: str
    hindrance: str


def preview_of(course: Course, walls: Sequence[datetime], zone: str, minutes: int, now: datetime) -> list[Planned]:
    """Each of these wall times as a session: in one query for what people have planned, however many there are."""
    moments = [timing.instant(wall, zone) for wall in walls]
    length = timedelta(minutes=minutes)
    busy = Session.objects.filter(
        match__seats__enrolment__user__in=[user.pk for user in planning.members_of(course.pk)],
        match__seats__left_at=None,
        match__state=Match.State.ACTIVE,
        state=Session.State.PLANNED,
        starts_at__lt=moments[-1].at + length,
        ends_at__gt=moments[0].at,
    )
    taken = list(busy.values_list("starts_at", "ends_at"))
    return [
        Planned(
            moment.wall.strftime(timing.WALL),
            moment.at,
            moment.at + length,
            moment.remark,
            _hindrance(course, moment, length, taken, now),
        )
        for moment in moments
    ]


def _hindrance(
    course: Course, moment: timing.Moment, length: timedelta, taken: Sequence[tuple[datetime, datetime]], now: datetime
) -> str:
    if moment.at <= now:
        return "That time is over"
    if any(start < moment.at + length and end > moment.at for start, end in taken):
        return "One of you has another session then"
    return "After the program has ended" if moment.wall.date() > course.mine.program.ends_on else ""
