"""The mails at the planned end of a match, when all would go on, and when somebody is out of a group's sessions."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Attachment, Context, Kind, register
from matching.mails import frame_of
from matching.models import Match
from matching.queries import by_seat, my_match
from matching.queries.going_on import my_wish
from matching.services.going_on import ASKED
from programs.models import Program
from sessions import calendar
from sessions.models import Session
from sessions.services.closing_sessions import FINISHED, NOT_YOURS


def _finished(message: Message, _now: datetime) -> Context | None:
    """To everybody in it; None where the match is on again, or they have left the program."""
    mine = by_seat(message.subject_id)
    if mine is None or mine.has_left or mine.match.end_reason != Match.EndReason.FINISHED:
        return None
    return {**frame_of(mine), "url": links.url(reverse("sessions:closing", kwargs={"match_id": mine.match.pk}))}


def _asked(message: Message, now: datetime) -> Context | None:
    """To each of those who all would go on, where it takes a coordinator; None once that is done, or one has left."""
    mine = by_seat(message.subject_id)
    wish = my_wish(mine.match, mine.seat, now) if mine and not mine.has_left else None
    if mine is None or wish is None or not wish.agreed or wish.following is not None or wish.settled:
        return None
    url = links.url(reverse("sessions:closing", kwargs={"match_id": mine.match.pk}))
    return {**frame_of(mine), "wish": wish, "url": url}


def _not_yours(message: Message, now: datetime) -> Context | None:
    """To somebody who has gone from a group: the calendar file that takes one of its sessions out of theirs."""
    session = Session.objects.filter(pk=message.subject_id).first()
    mine = my_match(user=message.recipient, match_id=session.match_id) if session else None
    if session is None or mine is None or mine.seat.left_at is None:
        return None
    program: Program = mine.program
    entry = calendar.Entry(
        session=session,
        people=[message.recipient],
        summary=calendar.summary_for(mine.others),
        organiser=program.contact_name or program.name,
        place=session.place,
        cancelled=True,
    )
    return {**frame_of(mine), "session": session, "entry": entry, "now": now}


def _file(context: Context) -> list[Attachment]:
    entry: calendar.Entry = context["entry"]
    return [("cancelled.ics", calendar.ics(entry, now=context["now"]), calendar.mime_type(entry))]


_COMMON: dict[str, Any] = {"capped": False}
KINDS = (
    Kind(
        slug=FINISHED,
        template="sessions/mail/finished",
        description="Your match has come to its planned end",
        context=_finished,
        group="matches",
        quiet_hours="later",
        **_COMMON,
    ),
    Kind(
        slug=ASKED,
        template="sessions/mail/going_on_asked",
        description="All of you would go on: it is for the coordinator now",
        context=_asked,
        group="matches",
        quiet_hours="later",
        **_COMMON,
    ),
    Kind(
        slug=NOT_YOURS,
        template="sessions/mail/not_yours",
        description="A session of a group you are not in any more, for your calendar",
        context=_not_yours,
        attachments=_file,
        group="sessions",
        quiet_hours="exempt",
        **_COMMON,
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
