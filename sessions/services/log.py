"""What came of a session: held or missed. Logging the same twice is logging it once; the other person sees it."""

from collections.abc import Collection, Sequence
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
from sessions.services.guards import lock_match, lock_with_people
from sessions.services.notes import store_note
from sessions.services.preparing import refit_given
from sessions.services.scheduling import check_facts, checked_moment, put_facts
from sessions.services.sending import Sent, sent_before

State = Session.State
# A session held earlier than this before the match began is a slip of the pen.
OLDEST = timedelta(days=31)


@transaction.atomic
def log_session(
    *,
    session: Session,
    held: bool,
    by: User,
    now: datetime,
    starts: datetime | None = None,
    minutes: int | None = None,
    channel: str | None = None,
    note: str = "",
    present: Collection[int] | None = None,
    led: int | None = None,
    seen: str | None = None,
    sent: Sent | None = None,
) -> Session:
    """Say whether a planned session took place, or correct what was said before.

    `starts` is a wall time in the session's own zone; what is not given stays as planned. `note` is kept for its
    author alone, added to what they wrote before. `present` are the seats of those who were there, in a match of more
    than two; None leaves it as it stands, at first as everybody. `led` is the seat of whoever led it, 0 for nobody,
    None as it stands. `seen` is the session's stamp when this was written:
    where somebody else has moved or logged it since, nothing is overwritten. `sent` is the page's own key: a log that
    comes with it again changes nothing, and gives what it gave the first time. Queued
    reminders are taken back, and the floors above join in.
    Raises OtherBody, NotInMatch, NotActive, TooLate for a cancelled session, TimeTaken if another session of the match
    is logged at that time, ChangedSince, or SessionError naming the field.
    """
    before = sent_before(sent, session=session, by=by, now=now) if sent else None
    if before is not None:
        return before.session or session
    locked, seats = lock_with_people(session, by)
    if locked.state == State.CANCELLED:
        raise TooLate("This session was cancelled. Log it as a new one if you met after all.")
    state = State.HELD if held else State.MISSED
    moment = checked_moment(starts, locked.zone) if starts else timing.from_text(locked.wall_start, locked.zone)
    minutes, channel = minutes or locked.minutes, channel or locked.channel
    check_facts(minutes, channel)
    _in_its_time(locked.match, moment, now)
    if moment.at != locked.starts_at:
        _only_one(locked.match, moment.at, besides=locked)
    around = _Around.of(seats, attendance.of(locked))
    there = attendance.checked(present if held else None, **around.facts)
    leader = attendance.leader(locked, led, there, **around.facts) if held else None
    stands = _standing(locked) == (state, moment.at, minutes, channel, leader)
    if not stands or (there is not None and there != around.stored):
        if seen is not None and seen != locked.stamp:
            raise ChangedSince(locked)
        locked.before_log = _facts(locked, around.stored)
        length = locked.minutes
        put_facts(locked, moment, minutes, channel, locked.place)
        refit_given(locked, length)
        corrected, locked.state, locked.facilitated_by_id = locked.logged_at is not None, state, leader
        attendance.keep(locked, there if held else {}, stored=around.stored)
        _log(locked, "session log corrected" if corrected else "session logged", around, by, now)
    _keep_note(locked, note, by, now)
    return locked


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
        said: dict[str, Any] = {"minutes": minutes, "channel": channel, "note": note, "present": present, "led": led}
        return log_session(session=there, held=True, by=by, now=now, **said)
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
    locked, seats = lock_with_people(session, by)
    if locked.state not in (State.HELD, State.MISSED):
        return locked
    if not may_undo(locked, by, now):
        raise TooLate("This log cannot be taken back any more. You can still correct it.")
    program_id, was = locked.match.track.program_id, locked.before_log
    around = _Around.of(seats, attendance.of(locked))
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
