"""Calendar files, read back by the library that calendars are tested with."""

import datetime as dt

import pytest
from icalendar import Calendar

from sessions import calendar
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory

UTC = dt.UTC


def entry(cast, *, cancelled=False, summary="Session with Mia", organiser="Alice Example", **facts):
    # Not saved: PostgreSQL itself refuses some of the texts below, and the file must hold without it.
    session = SessionFactory.build(match=cast.match, **facts)
    said = {"people": [cast.bob, cast.mia], "organiser": organiser, "place": session.place}
    return calendar.Entry(session, summary, cancelled=cancelled, **said)


def read(content):
    parsed = Calendar.from_ical(content)
    (event,) = parsed.walk("VEVENT")
    return parsed, event


def test_a_request_says_when_and_with_whom_and_nothing_more(cast):
    made = entry(cast, sequence=2, place="Room 4", starts_at=dt.datetime(2027, 3, 8, 15, 0, tzinfo=UTC))
    parsed, event = read(calendar.ics(made, now=NOW))
    assert parsed["METHOD"] == "REQUEST"
    assert {key: event.decoded(key) for key in ("DTSTART", "DTEND", "DTSTAMP", "SEQUENCE")} == {
        "DTSTART": dt.datetime(2027, 3, 8, 15, 0, tzinfo=UTC),
        "DTEND": dt.datetime(2027, 3, 8, 15, 45, tzinfo=UTC),
        "DTSTAMP": NOW,
        "SEQUENCE": 2,
    }
    texts = {key: str(event[key]) for key in ("UID", "SUMMARY", "CLASS", "STATUS", "LOCATION", "ORGANIZER")}
    assert texts == {
        "UID": f"{made.session.uid}@testserver",
        "SUMMARY": "Session with Mia",
        "CLASS": "PRIVATE",
        "STATUS": "CONFIRMED",
        "LOCATION": "Room 4",
        "ORGANIZER": "MAILTO:mentoring@testserver",
    }
    assert [str(one) for one in event["ATTENDEE"]] == ["MAILTO:bob@example.org", "MAILTO:mia@example.org"]
    assert set(event) == {*texts, "DTSTART", "DTEND", "DTSTAMP", "SEQUENCE", "TRANSP", "ATTENDEE"}


def test_times_are_utc(cast):
    content = calendar.ics(entry(cast, starts_at=dt.datetime(2027, 3, 8, 15, 0, tzinfo=UTC)), now=NOW).decode()
    assert "DTSTART:20270308T150000Z\r\n" in content
    assert "TZID" not in content


def test_a_cancellation_names_the_same_event(cast):
    made = entry(cast, cancelled=True, sequence=3)
    parsed, event = read(calendar.ics(made, now=NOW))
    assert (parsed["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert event["UID"] == f"{made.session.uid}@testserver"
    assert calendar.mime_type(made) == "text/calendar; method=CANCEL; charset=UTF-8"


HOSTILE = [
    "Mia; Bob, and \\ all",
    'Mia "the boss"',
    "Mia\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM",
    "Mia\x00\x1b",
    "Ünïcödé " + "é" * 120,
    "x" * 300,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_structure(cast, text):
    content = calendar.ics(entry(cast, summary=text, organiser=text, place=text[:300]), now=NOW)
    parsed, event = read(content)
    assert [part.name for part in parsed.walk()] == ["VCALENDAR", "VEVENT"]
    assert "X-ALARM" not in event
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    assert str(event["SUMMARY"]) == plain
    assert str(event["LOCATION"]) == plain
    assert event["ORGANIZER"].params["CN"] == plain.replace('"', "'")
