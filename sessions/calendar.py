"""Sessions as calendar files. They carry who and when, never what was said or aimed at.

A file in a mail invites; a feed lists what its reader has agreed to, and says less: no addresses and no place, for
its own address may have been passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from matching.queries import MyMatch
from participants.models import User
from sessions.models import Session

PRODUCT = "-//mentorship//sessions//EN"
FEED_NAME = "Mentoring sessions"
# How often a calendar program is asked to look again.
FEED_EVERY = timedelta(hours=4)


@dataclass(frozen=True)
class Entry:
    """What one reader's calendar shows of a session; people and organiser stand only in files that are mailed."""

    session: Session
    people: Sequence[User]
    summary: str
    organiser: str
    cancelled: bool = False

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


def summary_for(mine: MyMatch) -> str:
    """What a session of this match is called in the calendar of the person who sees it so."""
    return f"Session with {mine.others_named}" if mine.others else "Session"


def feed(entries: Sequence[Entry]) -> bytes:
    """A calendar (RFC 5545, without a method: nothing is asked of its reader) of the same events as in the mails.

    An event is stamped with the moment its time was agreed, so that the same sessions give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", FEED_NAME)
    calendar.add("refresh-interval", FEED_EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_facts(entry, entry.session.planned_at or entry.session.created_at))
    content: bytes = calendar.to_ical()
    return content


def mime_type(entry: Entry) -> str:
    return f"text/calendar; method={entry.method}; charset=UTF-8"


def _event(entry: Entry, now: datetime) -> Event:
    event = _facts(entry, now)
    if entry.session.place:
        event.add("location", _clean(entry.session.place))
    event.add("organizer", _person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], entry.organiser))
    for user in entry.people:
        event.add("attendee", _person(user.email, user.name, partstat="ACCEPTED", rsvp="FALSE"))
    return event


def _facts(entry: Entry, stamp: datetime) -> Event:
    """What every calendar may show."""
    session = entry.session
    event = Event()
    event.add("uid", f"{session.uid}@{settings.SITE_HOST.split(':')[0]}")
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
