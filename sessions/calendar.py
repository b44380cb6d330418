"""Sessions as calendar files. They carry who and when, never what was said or aimed at.

A file in a mail invites; a feed lists what its reader has agreed to, and says less: no addresses and no place, for
its own address may have been passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Protocol
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.parser import Contentline

from matching.queries import HasName, named
from participants.models import User

PRODUCT = "-//mentorship//sessions//EN"
FEED_NAME = "Mentoring sessions"
# How often a calendar program is asked to look again.
FEED_EVERY = timedelta(hours=4)
# A line shorter than this is never folded.
SHORT = 75


class Meeting(Protocol):
    """A session, or those columns of one that every calendar may show."""

    @property
    def uid(self) -> UUID: ...
    @property
    def sequence(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def planned_at(self) -> datetime | None: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class Entry:
    """What one reader's calendar shows of a session; people, organiser and place stand only in mailed files."""

    session: Meeting
    summary: str
    cancelled: bool = False
    people: Sequence[User] = ()
    organiser: str = ""
    place: str = ""

    @property
    def method(self) -> str:
        return "CANCEL" if self.cancelled else "REQUEST"


def ics(entry: Entry, *, now: datetime) -> bytes:
    """An iTIP message (RFC 5546): REQUEST for a session planned or moved, CANCEL for one that will not be held.

    Times are UTC, the class is private, and there is no description.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(_event(entry, now))
    content: bytes = calendar.to_ical()
    return content


def summary_for(others: Sequence[HasName]) -> str:
    """What a session with these people is called in the calendar of somebody who is in the match with them."""
    return f"Session with {named(others)}" if others else "Session"


def feed(entries: Sequence[Entry]) -> bytes:
    """A calendar (RFC 5545, without a method: nothing is asked of its reader) of the same events as in the mails.

    An event is stamped with the moment its time was agreed, so that the same sessions give the same bytes. Calendar
    programs ask all day, and the library takes ten times as long for an event as its lines do: it only escapes and
    folds here, and a test holds the bytes against its own.
    """
    hours = int(FEED_EVERY / timedelta(hours=1))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", f"X-WR-CALNAME:{FEED_NAME}"]
    lines.append(f"REFRESH-INTERVAL;VALUE=DURATION:PT{hours}H")
    # One person's sessions are called the same throughout a match.
    called = {
        summary: _folded(f"SUMMARY:{vText(_clean(summary)).to_ical().decode()}")
        for summary in {entry.summary for entry in entries}
    }
    for entry in entries:
        lines += _lines(entry, called[entry.summary])
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _lines(entry: Entry, summary: str) -> list[str]:
    """One event of a feed: what `_facts` says, in the order in which the library writes it, with the line of its
    summary as it is.
    """
    session = entry.session
    return [
        "BEGIN:VEVENT",
        summary,
        f"DTSTART:{_utc(session.starts_at)}",
        f"DTEND:{_utc(session.ends_at)}",
        f"DTSTAMP:{_utc(session.planned_at or session.created_at)}",
        _folded(f"UID:{_uid(session)}"),
        f"SEQUENCE:{session.sequence}",
        "CLASS:PRIVATE",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def _folded(line: str) -> str:
    """A line has 75 bytes at the most."""
    if len(line) < SHORT and line.isascii():
        return line
    folded: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]  # the library's types have gaps
    return folded.decode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _uid(session: Meeting) -> str:
    return f"{session.uid}@{settings.SITE_HOST.split(':')[0]}"


def mime_type(entry: Entry) -> str:
    return f"text/calendar; method={entry.method}; charset=UTF-8"


def _event(entry: Entry, now: datetime) -> Event:
    event = _facts(entry, now)
    if entry.place:
        event.add("location", _clean(entry.place))
    event.add("organizer", _person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], entry.organiser))
    for user in entry.people:
        event.add("attendee", _person(user.email, user.name, partstat="ACCEPTED", rsvp="FALSE"))
    return event


def _facts(entry: Entry, stamp: datetime) -> Event:
    """What every calendar may show."""
    session = entry.session
    event = Event()
    event.add("uid", _uid(session))
    event.add("sequence", session.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("summary", _clean(entry.summary))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event


def _person(email: str, name: str, **params: str) -> vCalAddress:
    address = vCalAddress(f"MAILTO:{email}")
    address.params["cn"] = vText(_clean(name).replace('"', "'"))
    for key, value in params.items():
        address.params[key] = vText(value)
    return address


def _clean(text: str) -> str:
    """One line without control characters; commas, semicolons and the like are escaped by the library."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
