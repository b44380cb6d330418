"""The mails about sessions: when, where and with whom; never notes, goals or ratings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from mail import links
from mail.models import Message
from mail.registry import Attachment, Context, Doubt, Kind, register
from matching.queries import MyMatch, my_match
from participants.models import User
from programs.mails import signed_by
from sessions import calendar, planning
from sessions.models import Session, TimeOffer
from sessions.permissions import may_open
from sessions.queries.times import offer_of

PURPOSE, OFFER_PURPOSE = "session", "time"
LINK_DAYS = 14
# An hour's reminder whose fate is unknown goes again only while it is still of use.
OF_USE = timedelta(minutes=10)
State = Session.State


def session_path(session: Session, user: User, *, now: datetime) -> str:
    token = links.make(PURPOSE, user, session.pk, days=LINK_DAYS, now=now)
    return reverse("session_links:session", kwargs={"tok": token})


def offer_path(offer: TimeOffer, user: User, *, now: datetime) -> str:
    """The page on which `user` chooses one of the times without signing in."""
    token = links.make(OFFER_PURPOSE, user, offer.pk, days=LINK_DAYS, now=now)
    return reverse("session_links:time", kwargs={"tok": token})


def _frame(session: Session, mine: MyMatch, message: Message, now: datetime) -> Context:
    return {
        **_common(mine, now),
        "session": session,
        "url": links.url(session_path(session, message.recipient, now=now)),
        "works_until": now + timedelta(days=LINK_DAYS),
    }


def _common(mine: MyMatch, now: datetime) -> Context:
    """What every mail to somebody in a match says."""
    role = mine.seat.get_role_display().lower()
    return {
        **signed_by(mine.program),
        "mine": mine,
        "others": mine.others_named,
        "match_url": links.url(reverse("sessions:match", kwargs={"match_id": mine.match.pk})),
        "why": f"You get this because you are {mine.others_named}’s {role} in {mine.program.name}.",
        "now": now,
    }


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
    return None if context is None else _with_entries({**context, "moved": message.sequence > 0})


def series(message: Message, now: datetime) -> Context | None:
    """Several sessions planned, or moved, together: what of them is to come from the one the message is about."""
    session, mine = _found(message)
    if session is None or mine is None or session.series is None or not may_open(mine):
        return None
    together = Session.objects.filter(match=session.match_id, series=session.series, state=State.PLANNED)
    to_come = list(together.filter(starts_at__gte=session.starts_at, starts_at__gt=now).order_by("starts_at", "pk"))
    if not to_come:
        return None
    return _with_entries({**_frame(to_come[0], mine, message, now), "moved": message.sequence > 0}, to_come)


def cancelled(message: Message, now: datetime) -> Context | None:
    """Also goes out when the match has ended, for that is one of its causes. One mail for all called off at once."""
    session, mine = _found(message)
    if session is None or mine is None or session.state != State.CANCELLED or session.sequence != message.sequence:
        return None
    at_once = [session]
    if session.cancelled_at is not None:
        off = Session.objects.filter(match=session.match_id, state=State.CANCELLED, cancelled_at=session.cancelled_at)
        at_once = list(off.order_by("starts_at", "pk"))
    return _with_entries(_frame(session, mine, message, now), at_once)


def time_offer(message: Message, now: datetime) -> Context | None:
    """None once somebody has chosen, other times were offered, or there is none left to choose."""
    found = offer_of(message.recipient, message.subject_id, now)
    mine = my_match(user=message.recipient, match_id=found[0].match_id) if found else None
    if found is None or found[1] is None or mine is None or not may_open(mine) or not found[1].times:
        return None
    offer, seen = found[0], found[1]
    url = links.url(offer_path(offer, message.recipient, now=now))
    frame = _common(mine, now)
    return {**frame, "offer": offer, "times": seen.times, "url": url, "works_until": offer.expires_at}


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


def _with_entries(context: Context, sessions: Sequence[Session] = ()) -> Context:
    """The calendar's entries of one session, or of several told of together, in the order of the files."""
    mine, told = context["mine"], list(sessions) or [context["session"]]
    entries = [
        calendar.Entry(
            session=session,
            people=[seat.enrolment.user for seat in mine.seats],
            summary=calendar.summary_for(mine.others),
            organiser=mine.program.contact_name or mine.program.name,
            place=session.place,
            cancelled=session.state == State.CANCELLED,
        )
        for session in told
    ]
    return {**context, "entries": entries, "sessions": told}


def _calendar_files(context: Context) -> list[Attachment]:
    """A file for each session: an invitation speaks of one event only (RFC 5546, 3.2.2)."""
    entries: list[calendar.Entry] = context["entries"]
    return [
        (
            _file_name(entry, number if len(entries) > 1 else 0),
            calendar.ics(entry, now=context["now"]),
            calendar.mime_type(entry),
        )
        for number, entry in enumerate(entries, 1)
    ]


def _file_name(entry: calendar.Entry, number: int) -> str:
    name = "cancelled" if entry.cancelled else "session"
    return f"{name}-{number}.ics" if number else f"{name}.ics"


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
        attachments=_calendar_files,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=planning.SERIES,
        template="sessions/mail/series",
        description="Several sessions are planned or moved together, with a calendar file each",
        context=series,
        attachments=_calendar_files,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=planning.OFFER,
        template="sessions/mail/time_offer",
        description="Times for a session, of which the reader chooses one",
        context=time_offer,
        quiet_hours="later",
        **_COMMON,
    ),
    Kind(
        slug=planning.CANCELLED,
        template="sessions/mail/cancelled",
        description="A planned session is called off, with a calendar file",
        context=cancelled,
        attachments=_calendar_files,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=planning.DAY_BEFORE,
        rests=True,
        template="sessions/mail/reminder",
        description="The day before a session",
        context=reminder,
        **{**_COMMON, "group": "day_before"},
    ),
    Kind(
        slug=planning.HOUR_BEFORE,
        rests=True,
        template="sessions/mail/reminder",
        description="An hour before a session",
        context=reminder,
        doubt=_while_of_use,
        **{**_COMMON, "group": "hour_before"},
    ),
    Kind(
        slug=planning.FOLLOW_UP,
        rests=True,
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
