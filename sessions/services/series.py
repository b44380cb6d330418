"""Several sessions at the agreed rhythm: planned together, and each, or one and all later ones, changed on its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from django.db import transaction

from matching.models import Match
from participants.models import User
from sessions import planning, timing
from sessions.errors import SessionError, TimeTaken, TooLate
from sessions.models import Session
from sessions.services.guards import lock_match, lock_session
from sessions.services.scheduling import (
    check_facts,
    check_free,
    check_to_come,
    checked_moment,
    lock_people,
    put_facts,
    put_off_silently,
    recorded,
)

MOST = 26
State = Session.State


@transaction.atomic
def plan_series(
    *,
    match: Match,
    starts: Sequence[datetime],
    zone: str,
    minutes: int,
    channel: str,
    by: User,
    now: datetime,
    place: str = "",
) -> list[Session]:
    """Agree on up to 26 sessions at once, at these wall times of `zone`; all of them or none. Everybody gets one mail.

    Asking for the same sessions twice gives those that are there. Raises as plan_session(); TimeTaken says when.
    """
    locked = lock_match(match.pk, by)
    if not 1 <= len(starts) <= MOST:
        raise SessionError(f"A series has 1 to {MOST} sessions.", field="count")
    check_facts(minutes, channel, place)
    moments = sorted({checked_moment(each, zone) for each in starts}, key=lambda each: each.at)
    _apart(moments, minutes)
    there = Session.objects.filter(match=locked, state=State.PLANNED, minutes=minutes, series__isnull=False)
    same = list(there.filter(starts_at__in=[each.at for each in moments]).order_by("starts_at"))
    if len(same) == len(moments):
        return same
    people, series = lock_people(locked), uuid4()
    sessions = []
    for moment in moments:
        check_to_come(moment.at, now)
        check_free(locked, people, moment.at, moment.at + timedelta(minutes=minutes))
        session = Session(match=locked, created_at=now, planned_at=now, planned_by=by, series=series)
        put_facts(session, moment, minutes, channel, place)
        session.save()
        recorded(session, "session planned", by, now)
        sessions.append(session)
    planning.announce_series(sessions, people, now)
    return sessions


@transaction.atomic
def move_later(
    *,
    session: Session,
    starts: datetime,
    zone: str,
    minutes: int,
    channel: str,
    by: User,
    now: datetime,
    place: str = "",
) -> list[Session]:
    """Move a session and all later ones of its series: each by as many days, all to the same wall time of `zone`.

    Everybody gets one mail. Raises as move_session(); then nothing has moved.
    """
    later = _later(session, by)
    check_facts(minutes, channel, place)
    first = checked_moment(starts, zone)
    days = first.wall.date() - timing.wall_of(later[0].starts_at, zone).date()
    moments = [
        checked_moment(datetime.combine(timing.wall_of(each.starts_at, zone).date() + days, starts.time()), zone)
        for each in later
    ]
    if all(_stands(each, at, minutes, channel, place) for each, at in zip(later, moments, strict=True)):
        return later
    _apart(moments, minutes)
    people, besides = lock_people(later[0].match), [each.pk for each in later]
    for moment in moments:
        check_to_come(moment.at, now)
        check_free(later[0].match, people, moment.at, moment.at + timedelta(minutes=minutes), besides)
    # One of them may take the place of the next: whoever goes last makes room first.
    together = list(zip(later, moments, strict=True))
    for each, moment in reversed(together) if moments[0].at > later[0].starts_at else together:
        put_facts(each, moment, minutes, channel, place)
        each.sequence, each.planned_at = each.sequence + 1, now
        each.save()
        recorded(each, "session moved", by, now)
    planning.announce_series(later, people, now)
    return later


@transaction.atomic
def cancel_later(*, session: Session, by: User, now: datetime) -> list[Session]:
    """Call off a session and all later ones of its series; everybody gets one mail, and calendars drop them.

    Raises NotInMatch, NotActive, and TooLate unless the session is planned.
    """
    later = _later(session, by)
    for each in later:
        put_off_silently(each, now)
        recorded(each, "session cancelled", by, now)
    planning.call_off_all(later, planning.members_of(later[0].match_id), now)
    return later


def _later(session: Session, by: User) -> list[Session]:
    """The session, locked, and the planned ones of its series after it, by time. Raises TooLate."""
    first = lock_session(session, by)
    if first.state != State.PLANNED:
        raise TooLate("This session is not planned any more, so nothing can be changed from it on.")
    if first.series is None:
        return [first]
    rest = Session.objects.select_for_update(of=("self",)).filter(
        match=first.match_id, series=first.series, state=State.PLANNED, starts_at__gt=first.starts_at
    )
    later = [first, *rest.order_by("starts_at", "pk")]
    for each in later:
        each.match = first.match
    return later


def _stands(session: Session, moment: timing.Moment, minutes: int, channel: str, place: str) -> bool:
    now = (session.starts_at, session.zone, session.minutes, session.channel, session.place)
    return now == (moment.at, moment.zone, minutes, channel, place)


def _apart(moments: Sequence[timing.Moment], minutes: int) -> None:
    """Raises TimeTaken where one of a series would overlap another of it."""
    ordered = sorted(each.at for each in moments)
    for one, other in pairwise(ordered):
        if other < one + timedelta(minutes=minutes):
            raise TimeTaken(one, one + timedelta(minutes=minutes))
