"""Sessions to come: planned, moved, called off. Each change raises the sequence, and with it the key of the mails."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from matching.models import Match
from participants.models import User
from participants.services import record
from programs.models import Enrolment
from sessions import planning, timing
from sessions.errors import SessionError, TimeTaken, TooLate
from sessions.models import Session
from sessions.services.guards import lock_match, lock_session

SHORTEST, LONGEST = 5, 480
FURTHEST = timedelta(days=2 * 366)
State = Session.State


@transaction.atomic
def plan_session(
    *, match: Match, starts: datetime, zone: str, minutes: int, channel: str, by: User, now: datetime, place: str = ""
) -> Session:
    """Agree on a session at the wall time `starts` (naive) of `zone`; everybody gets it as a calendar file.

    Asking for the same session twice gives the one that is there. Raises NotInMatch, NotActive, TimeTaken, or
    SessionError naming the field: a time that is over or too far away, a length outside 5 to 480 minutes, an unknown
    zone or channel.
    """
    locked = lock_match(match.pk, by)
    moment = checked_moment(starts, zone)
    check_to_come(moment.at, now)
    check_facts(minutes, channel, place)
    ends_at = moment.at + timedelta(minutes=minutes)
    same = Session.objects.filter(match=locked, starts_at=moment.at, state=State.PLANNED, minutes=minutes).first()
    if same:
        return same
    people = free_people(locked, moment.at, ends_at)
    session = Session(match=locked, created_at=now, planned_at=now, planned_by=by)
    put_facts(session, moment, minutes, channel, place)
    session.save()
    planning.announce(session, people, now)
    recorded(session, "session planned", by, now)
    return session


def plan_agreed(match: Match, now: datetime) -> None:
    """Plan the one session that a match is about, as everybody has said yes to its time. Others have none.

    Called inside the transaction in which the match begins. Where somebody has another session at that time by now,
    nothing is planned: the people of the match agree on another time themselves.
    """
    if match.starts_at is None or match.minutes is None:
        return
    zone = match.track.program.timezone
    ends_at = match.starts_at + timedelta(minutes=match.minutes)
    try:
        people = free_people(match, match.starts_at, ends_at)
    except TimeTaken:
        return
    wall = match.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    session = Session(match=match, created_at=now, planned_at=now)
    put_facts(session, checked_moment(wall, zone), match.minutes, Session.Channel.VIDEO, "")
    session.save()
    planning.announce(session, people, now)
    recorded(session, "session planned", None, now)


@transaction.atomic
def move_session(
    *,
    session: Session,
    starts: datetime,
    zone: str,
    minutes: int,
    channel: str,
    by: User,
    now: datetime,
    place: str = "",
) -> Session:
    """Give a planned session another time, length, channel or place; everybody gets the change, reminders follow it.

    The same facts again change nothing. Raises as plan_session(), and TooLate unless the session is planned.
    """
    locked = lock_session(session, by)
    if locked.state != State.PLANNED:
        raise TooLate("This session is not planned any more, so it cannot be moved.")
    moment = checked_moment(starts, zone)
    check_facts(minutes, channel, place)
    before = (locked.starts_at, locked.minutes, locked.channel, locked.place)
    if before == (moment.at, minutes, channel, place):
        return locked
    check_to_come(moment.at, now)
    people = free_people(locked.match, moment.at, moment.at + timedelta(minutes=minutes), besides=(locked.pk,))
    put_facts(locked, moment, minutes, channel, place)
    locked.sequence, locked.planned_at = locked.sequence + 1, now
    locked.save()
    planning.announce(locked, people, now)
    recorded(locked, "session moved", by, now)
    return locked


@transaction.atomic
def cancel_session(*, session: Session, by: User, now: datetime) -> Session:
    """Call a planned session off; everybody is told, and their calendars drop it. Doing it twice changes nothing.

    Raises NotInMatch, NotActive, and TooLate once it was logged.
    """
    locked = lock_session(session, by)
    if locked.state == State.CANCELLED:
        return locked
    if locked.state != State.PLANNED:
        raise TooLate("This session was logged already, so it cannot be cancelled.")
    put_off(locked, planning.members_of(locked.match_id), now)
    recorded(locked, "session cancelled", by, now)
    return locked


@transaction.atomic
def cancel_sessions_of(enrolment: Enrolment, now: datetime) -> None:
    """Somebody leaves: what they had planned is called off, and the others are told.

    A group that goes on without them keeps its sessions. Called once matching knows that they have gone.
    """
    theirs = Match.objects.filter(seats__enrolment=enrolment).exclude(state=Match.State.ACTIVE).order_by("pk")
    # Matches before sessions, as everywhere: otherwise leaving and planning could wait for each other.
    matches = [match.pk for match in theirs.select_for_update(of=("self",))]
    for match_id in matches:
        others = [user for user in planning.members_of(match_id) if user.pk != enrolment.user_id]
        cancel_all_of(match_id, others, now)


def cancel_all_of(match_id: int, people: Sequence[User], now: datetime) -> None:
    """Call off whatever a match has planned, as it ends, and tell these people in one mail. Called with it locked."""
    planned = Session.objects.select_for_update(of=("self",)).filter(match=match_id, state=State.PLANNED)
    sessions = list(planned.select_related("match__track").order_by("starts_at", "pk"))
    for session in sessions:
        put_off_silently(session, now)
        recorded(session, "session cancelled", None, now)
    planning.call_off_all(sessions, people, now)


def keep_wall_times(*, now: datetime) -> int:
    """Set sessions to come to their wall time anew, where a zone's rules have changed since; returns how many moved.

    What people agreed on by the clock on the wall stands; calendars get the new instant.
    """
    planned = Session.objects.filter(state=State.PLANNED, starts_at__gt=now).values_list(
        "pk", "wall_start", "zone", "starts_at"
    )
    moved = [pk for pk, wall, zone, starts_at in planned if timing.from_text(wall, zone).at != starts_at]
    for pk in moved:
        _keep_wall_time(pk, now)
    return len(moved)


@transaction.atomic
def _keep_wall_time(pk: int, now: datetime) -> None:
    session = Session.objects.select_for_update(of=("self",)).select_related("match__track").get(pk=pk)
    if session.state != State.PLANNED:
        return
    moment = timing.from_text(session.wall_start, session.zone)
    put_facts(session, moment, session.minutes, session.channel, session.place)
    session.sequence, session.planned_at = session.sequence + 1, now
    session.save()
    planning.announce(session, planning.members_of(session.match_id), now)
    recorded(session, "session kept at its wall time", None, now)


def put_off(session: Session, people: Sequence[User], now: datetime) -> None:
    """Cancel a session and tell these people."""
    put_off_silently(session, now)
    planning.call_off(session, people, now)


def put_off_silently(session: Session, now: datetime) -> None:
    """Cancel a session; the caller tells people, once, of all that goes with it."""
    session.state, session.sequence = State.CANCELLED, session.sequence + 1
    session.cancelled_at = now
    session.save(update_fields=["state", "sequence", "cancelled_at"])


def checked_moment(starts: datetime, zone: str) -> timing.Moment:
    """The instant people mean. Raises SessionError."""
    try:
        return timing.instant(starts, zone)
    except ValueError as error:
        raise SessionError(f"{error}.", field="zone" if "zone" in str(error) else "day") from error


def check_facts(minutes: int, channel: str, place: str = "") -> None:
    """Raises SessionError for a length, channel or place no session has."""
    if not SHORTEST <= minutes <= LONGEST:
        raise SessionError(f"A session lasts {SHORTEST} to {LONGEST} minutes.", field="minutes")
    if channel not in Session.Channel.values:
        raise SessionError("Choose one of the ways to meet.", field="channel")
    if len(place) > 300 or not all(char.isprintable() for char in place):
        raise SessionError("Give the place in one line of at most 300 characters.", field="place")


def put_facts(session: Session, moment: timing.Moment, minutes: int, channel: str, place: str) -> None:
    session.starts_at, session.ends_at = moment.at, moment.at + timedelta(minutes=minutes)
    session.wall_start, session.zone = moment.wall.strftime(timing.WALL), moment.zone
    session.minutes, session.channel, session.place = minutes, channel, place


def check_to_come(at: datetime, now: datetime) -> None:
    if at <= now:
        raise SessionError("That time is over. To write down a session you had, log it.", field="day")
    if at > now + FURTHEST:
        raise SessionError("That is more than two years away.", field="day")


def free_people(match: Match, starts_at: datetime, ends_at: datetime, besides: Collection[int] = ()) -> list[User]:
    """The match's people, locked, once it is sure that none has another session then. Raises TimeTaken.

    Locking them keeps two matches of one person from taking the same hour at once.
    """
    people = lock_people(match)
    check_free(match, people, starts_at, ends_at, besides)
    return people


def lock_people(match: Match) -> list[User]:
    """The match's people, locked until the transaction ends, so that nobody else plans anything with them."""
    people = planning.members_of(match.pk)
    ids = sorted(user.pk for user in people)
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    return people


def check_free(
    match: Match, people: Sequence[User], starts_at: datetime, ends_at: datetime, besides: Collection[int] = ()
) -> None:
    """Raises TimeTaken if one of these people has another session then, apart from `besides`."""
    theirs = Session.objects.filter(
        match__seats__enrolment__user__in=[user.pk for user in people],
        match__seats__left_at=None,
        match__state=Match.State.ACTIVE,
        state=State.PLANNED,
    ).filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    clash = theirs.exclude(pk__in=besides).order_by("starts_at").first()
    if clash:
        raise TimeTaken(clash.starts_at, clash.ends_at)
    taken = Session.objects.filter(match=match, starts_at=starts_at).exclude(state=State.CANCELLED)
    if taken.exclude(pk__in=besides).exists():
        raise TimeTaken(starts_at, ends_at)


def recorded(session: Session, verb: str, by: User | None, now: datetime) -> None:
    program_id = session.match.track.program_id
    record(by=by, verb=verb, now=now, program_id=program_id, subject=session, match=session.match_id)
