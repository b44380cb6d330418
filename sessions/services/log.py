"""What came of a session: held or missed. Logging the same twice is logging it once; the other person sees it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mail.writing import insert, update
from matching.models import Match, Seat
from participants.models import User
from participants.services import record
from participants.zones import zone as zone_of
from sessions import hooks, planning, timing
from sessions.errors import ChangedSince, SessionError, TimeTaken, TooLate
from sessions.models import ExpertWanted, Note, Session
from sessions.permissions import may_undo
from sessions.services import attendance
from sessions.services.guards import Locked, lock_match, lock_with_people
from sessions.services.notes import store_note
from sessions.services.preparing import refit_given
from sessions.services.scheduling import check_facts, checked_moment, put_facts
from sessions.services.sending import Sent, sent_before

State = Session.State
# A session held earlier than this before the match began is a slip of the pen.
OLDEST = timedelta(days=31)


@dataclass(frozen=True)
class Said:
    """What somebody says of a session; what is not given stays as planned, or as it was said before."""

    held: bool
    # A wall time in the session's own zone.
    starts: datetime | None = None
    minutes: int | None = None
    channel: str | None = None
    # Kept for its author alone, added to what they wrote before.
    note: str = ""
    # The seats of those who were there, in a match of more than two; None leaves it as it stands, at first everybody.
    present: Collection[int] | None = None
    # The seat of whoever led it, 0 for nobody.
    led: int | None = None
    # The session's stamp when this was written: where somebody else has moved or logged it since, nothing is
    # overwritten.
    seen: str | None = None
    # The page's own key: what comes with it again changes nothing, and gives what it gave the first time.
    sent: Sent | None = None


@transaction.atomic
def log_session(*, session: Session, said: Said, by: User, now: datetime) -> Session:
    """Say whether a planned session took place, or correct what was said before. Queued reminders are taken back, and
    the floors above join in.

    Raises OtherBody, NotInMatch, NotActive, TooLate for a cancelled session, TimeTaken if another session of the match
    is logged at that time, ChangedSince, or SessionError naming the field.
    """
    return _log_under(lock_with_people(session.pk, by), said, by, now)


@transaction.atomic
def log_as_read(*, session_id: int, read: Callable[[Locked], Said | None], by: User, now: datetime) -> Session | None:
    """The same of what a page has sent, which is read with the session locked, so that it need not be looked at before
    as well. Where `read` gives None nothing is done, and None is given.

    Raises as log_session(), and Session.DoesNotExist.
    """
    locked = lock_with_people(session_id, by)
    said = read(locked)
    return _log_under(locked, said, by, now) if said else None


def _log_under(lock: Locked, said: Said, by: User, now: datetime) -> Session:
    session = lock.session
    before = sent_before(said.sent, session=session, by=by, now=now) if said.sent else None
    if before is not None:
        return before.session or session
    if session.state == State.CANCELLED:
        raise TooLate("This session was cancelled. Log it as a new one if you met after all.")
    _put(session, said, _Around.of(lock.accepted, attendance.of(session)), by, now)
    _keep_note(session, said.note, by, now)
    return session


def _put(session: Session, said: Said, around: "_Around", by: User, now: datetime) -> None:
    """Change what is not said already."""
    moment = checked_moment(said.starts, session.zone) if said.starts else _planned(session)
    minutes, channel = said.minutes or session.minutes, said.channel or session.channel
    check_facts(minutes, channel)
    _in_its_time(session.match, moment, now)
    if moment.at != session.starts_at:
        _only_one(session.match, moment.at, besides=session)
    there = attendance.checked(said.present if said.held else None, **around.facts)
    leader = attendance.leader(session, said.led, there, **around.facts) if said.held else None
    state = State.HELD if said.held else State.MISSED
    stands = _standing(session) == (state, moment.at, minutes, channel, leader)
    if stands and (there is None or there == around.stored):
        return
    if said.seen is not None and said.seen != session.stamp:
        raise ChangedSince(session)
    session.before_log = _facts(session, around.stored)
    length = session.minutes
    put_facts(session, moment, minutes, channel, session.place)
    refit_given(session, length)
    corrected, session.state, session.facilitated_by_id = session.logged_at is not None, state, leader
    attendance.keep(session, there if said.held else {}, stored=around.stored)
    _log(session, "session log corrected" if corrected else "session logged", around, by, now)


def _planned(session: Session) -> timing.Moment:
    return timing.from_text(session.wall_start, session.zone)


@dataclass(frozen=True)
class _Around:
    """Who is in a session's match, and who is stored as having been there. Read once, with the match locked."""

    people: list[User]
    seats: list[int]
    stored: attendance.There

    @classmethod
    def of(cls, seats: Sequence[Seat], stored: attendance.There) -> "_Around":
        return cls([seat.enrolment.user for seat in seats], [seat.pk for seat in seats], stored)

    @property
    def facts(self) -> dict[str, Any]:
        return {"seats": self.seats, "stored": self.stored}


@transaction.atomic
def log_unplanned_session(
    *,
    match: Match,
    starts: datetime,
    zone: str,
    minutes: int,
    channel: str,
    by: User,
    now: datetime,
    note: str = "",
    present: Collection[int] | None = None,
    led: int | None = None,
) -> Session:
    """Write down a session that was held without having been planned here.

    One that was planned for, or logged at, exactly that time is that session, and is logged as held. Raises as
    log_session().
    """
    locked = lock_match(match.pk, by)
    moment = checked_moment(starts, zone)
    check_facts(minutes, channel)
    _in_its_time(locked, moment, now)
    there = Session.objects.filter(match=locked, starts_at=moment.at).exclude(state=State.CANCELLED).first()
    if there:
        said = Said(held=True, minutes=minutes, channel=channel, note=note, present=present, led=led)
        return log_session(session=there, said=said, by=by, now=now)
    session = Session(match=locked, created_at=now, state=State.HELD, before_log={})
    put_facts(session, moment, minutes, channel, "")
    people = planning.in_it(locked.pk).select_related("enrolment__user").order_by("pk")
    around = _Around.of(list(people), {})
    present_at = attendance.checked(present, **around.facts)
    session.facilitated_by_id = attendance.leader(session, led, present_at, **around.facts)
    _log(session, "session logged", around, by, now)
    attendance.keep(session, present_at, stored={})
    _keep_note(session, note, by, now)
    return session


@transaction.atomic
def undo_log(*, session: Session, by: User, now: datetime) -> Session | None:
    """Take one's own log back: everything is as before it; a session that was only logged is gone (None).

    Doing it twice changes nothing. Raises TooLate once others have been asked about it or have written about it.
    """
    lock = lock_with_people(session.pk, by)
    locked = lock.session
    if locked.state not in (State.HELD, State.MISSED):
        return locked
    if not may_undo(locked, by, now):
        raise TooLate("This log cannot be taken back any more. You can still correct it.")
    program_id, was = locked.match.track.program_id, locked.before_log
    around = _Around.of(lock.accepted, attendance.of(locked))
    record(by=by, verb="session log undone", now=now, program_id=program_id, subject=locked)
    if was:
        return _restore(locked, was, around, now)
    if locked.notes.exclude(author=by).exists():
        raise TooLate("Somebody else has written about this session. You can still correct it.")
    locked.state = State.CANCELLED
    _joined(locked, around.people, now)
    locked.delete()
    return None


def _standing(session: Session) -> tuple[object, ...]:
    return (session.state, session.starts_at, session.minutes, session.channel, session.facilitated_by_id)


def _facts(session: Session, stored: attendance.There) -> dict[str, Any]:
    """What a log replaces, as plain data."""
    return {
        "state": session.state,
        "wall": session.wall_start,
        "minutes": session.minutes,
        "channel": session.channel,
        "present": [[seat, there] for seat, there in stored.items()],
        "led": session.facilitated_by_id,
        "logged_by": session.logged_by_id,
        "logged_at": session.logged_at.isoformat() if session.logged_at else None,
    }


def _restore(session: Session, was: dict[str, Any], around: _Around, now: datetime) -> Session:
    before = session.minutes
    put_facts(session, timing.from_text(was["wall"], session.zone), was["minutes"], was["channel"], session.place)
    refit_given(session, before)
    session.state, session.logged_by_id, session.before_log = was["state"], was["logged_by"], None
    session.facilitated_by_id = was.get("led")
    session.logged_at = datetime.fromisoformat(was["logged_at"]) if was["logged_at"] else None
    _only_one(session.match, session.starts_at, besides=session)
    session.save()
    _forget_expert(session)
    attendance.keep(session, dict(was.get("present", [])), stored=around.stored)
    _joined(session, around.people, now)
    return session


def _log(session: Session, verb: str, around: _Around, by: User, now: datetime) -> None:
    session.logged_by, session.logged_at = by, now
    update(session) if session.pk else insert([session])
    _forget_expert(session)
    planning.drop(session, now)
    _joined(session, around.people, now)
    match = session.match
    record(by=by, verb=verb, now=now, program_id=match.track.program_id, subject=session, state=session.state)


def _forget_expert(session: Session) -> None:
    """What was said of a session that was not held after all."""
    if session.state != State.HELD:
        ExpertWanted.objects.filter(session=session).delete()


def _joined(session: Session, people: Sequence[User], now: datetime) -> None:
    for join in hooks.logged:
        join(session, people, now)


def _in_its_time(match: Match, moment: timing.Moment, now: datetime) -> None:
    today = now.astimezone(zone_of(moment.zone)).date()
    if moment.wall.date() > today:
        raise SessionError("That day is still to come. Choose the day you met, or move the session.", field="day")
    if moment.at < (match.activated_at or match.created_at) - OLDEST:
        raise SessionError("That is long before your match began.", field="day")


def _only_one(match: Match, at: datetime, besides: Session) -> None:
    others = Session.objects.filter(match=match, starts_at=at).exclude(state=State.CANCELLED).exclude(pk=besides.pk)
    found = others.first()
    if found:
        raise TimeTaken(found.starts_at, found.ends_at)


def _keep_note(session: Session, note: str, by: User, now: datetime) -> None:
    text = note.strip()
    if not text:
        return
    mine = (
        Note.objects.select_for_update().filter(session=session, author=by, visibility=Note.Visibility.PRIVATE).first()
    )
    if mine and text in mine.body:
        return
    body = f"{mine.body}\n\n{text}" if mine else text
    store_note(mine, session=session, by=by, visibility=Note.Visibility.PRIVATE, body=body, now=now)
