"""The mails about sessions: when, where and with whom; never notes, goals or ratings."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from mail import links
from mail.models import Message
from mail.registry import Attachment, Context, Doubt, Kind, register
from matching.queries import MyMatch, my_match
from participants.models import User
from sessions import calendar, planning
from sessions.models import Session
from sessions.permissions import may_open

PURPOSE = "session"
LINK_DAYS = 14
# An hour's reminder whose fate is unknown goes again only while it is still of use.
OF_USE = timedelta(minutes=10)
State = Session.State


def session_path(session: Session, user: User, *, now: datetime) -> str:
    token = links.make(PURPOSE, user, session.pk, days=LINK_DAYS, now=now)
    return reverse("session_links:session", kwargs={"tok": token})


def _frame(session: Session, mine: MyMatch, message: Message, now: datetime) -> Context:
    role = mine.seat.get_role_display().lower()
    frame: dict[str, Any] = {
        "session": session,
        "mine": mine,
        "others": mine.others_named,
        "url": links.url(session_path(session, message.recipient, now=now)),
        "works_until": now + timedelta(days=LINK_DAYS),
        "match_url": links.url(reverse("sessions:match", kwargs={"match_id": mine.match.pk})),
        "program_name": mine.program.name,
        "why": f"You get this because you are {mine.others_named}’s {role} in {mine.program.name}.",
        "reply_to": mine.program.contact_email,
        "now": now,
    }
    if mine.program.contact_name:
        frame["from_name"] = mine.program.contact_name
    return frame


def _found(message: Message) -> tuple[Session | None, MyMatch | None]:
    session = Session.objects.filter(pk=message.subject_id).first()
    mine = my_match(user=message.recipient, match_id=session.match_id) if session else None
    return session, mine


def _to_come(message: Message, now: datetime) -> Context | None:
    """A planned session at the time this message is about; None once it was moved, cancelled, logged or begun."""
    session, mine = _found(message)
    if session is None or mine is None or not may_open(mine):
        return None
    if session.state != State.PLANNED or session.sequence != message.sequence or session.starts_at <= now:
        return None
    return _frame(session, mine, message, now)


def planned(message: Message, now: datetime) -> Context | None:
    context = _to_come(message, now)
    return None if context is None else _with_entry({**context, "moved": message.sequence > 0})


def cancelled(message: Message, now: datetime) -> Context | None:
    """Also goes out when the match has ended, for that is one of its causes."""
    session, mine = _found(message)
    if session is None or mine is None or session.state != State.CANCELLED or session.sequence != message.sequence:
        return None
    return _with_entry(_frame(session, mine, message, now))


def reminder(message: Message, now: datetime) -> Context | None:
    context = _to_come(message, now)
    if context is None:
        return None
    starts: datetime = context["session"].starts_at
    days = (timezone.localtime(starts).date() - timezone.localtime(now).date()).days
    return {**context, "days": days}


def follow_up(message: Message, now: datetime) -> Context | None:
    """None once somebody has logged it, or it was moved or cancelled."""
    session, mine = _found(message)
    if session is None or mine is None or not may_open(mine):
        return None
    if session.state != State.PLANNED or session.sequence != message.sequence or session.ends_at > now:
        return None
    return _frame(session, mine, message, now)


def new_link(message: Message, now: datetime) -> Context | None:
    session, mine = _found(message)
    if session is None or mine is None or not may_open(mine) or session.state == State.CANCELLED:
        return None
    return _frame(session, mine, message, now)


def _with_entry(context: Context) -> Context:
    session, mine = context["session"], context["mine"]
    entry = calendar.Entry(
        session=session,
        people=[seat.enrolment.user for seat in mine.match.seats.all()],
        summary=calendar.summary_for(mine),
        organiser=mine.program.contact_name or mine.program.name,
        cancelled=session.state == State.CANCELLED,
    )
    return {**context, "entry": entry}


def _calendar_file(context: Context) -> list[Attachment]:
    entry: calendar.Entry = context["entry"]
    name = "cancelled.ics" if entry.cancelled else "session.ics"
    return [(name, calendar.ics(entry, now=context["now"]), calendar.mime_type(entry))]


def _while_of_use(now: datetime, message: Message) -> Doubt:
    return "resend" if message.expires_at - now > OF_USE else "hold"


# They are about a time these people have agreed on, so they neither wait for nor use up the weekly two.
_COMMON: dict[str, Any] = {"group": "sessions", "capped": False}
KINDS = (
    Kind(
        slug=planning.PLANNED,
        template="sessions/mail/planned",
        description="A session is planned or moved, with a calendar file",
        context=planned,
        attachments=_calendar_file,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=planning.CANCELLED,
        template="sessions/mail/cancelled",
        description="A planned session is called off, with a calendar file",
        context=cancelled,
        attachments=_calendar_file,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=planning.DAY_BEFORE,
        template="sessions/mail/reminder",
        description="The day before a session",
        context=reminder,
        **_COMMON,
    ),
    Kind(
        slug=planning.HOUR_BEFORE,
        template="sessions/mail/reminder",
        description="An hour before a session",
        context=reminder,
        doubt=_while_of_use,
        **_COMMON,
    ),
    Kind(
        slug=planning.FOLLOW_UP,
        template="sessions/mail/follow_up",
        description="“Did you meet?” after a planned session",
        context=follow_up,
        quiet_hours="later",
        **_COMMON,
    ),
    Kind(
        slug=planning.NEW_LINK,
        template="sessions/mail/new_link",
        description="A new link, asked for on the page of one that has ended",
        context=new_link,
        transactional=True,
        quiet_hours="exempt",
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
