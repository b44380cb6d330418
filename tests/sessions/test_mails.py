"""The mails as they leave: exact words, the reader's zone, and nothing that was said."""

import datetime as dt
import re

import pytest
from icalendar import Calendar

from mail.models import Message
from mail.services.composing import compose
from matching.models import Seat
from sessions import planning, services
from tests.factories.programs import NOW
from tests.factories.sessions import GoalFactory, NoteFactory

UTC = dt.UTC
LINK = re.compile(r"http://testserver/t/[\w.-]+/")


def at(day, hour, minute=0):
    return dt.datetime(2027, 3, day, hour, minute, tzinfo=UTC)


def written(kind, user, now, sequence=0):
    message = Message.objects.select_related("recipient").get(kind=kind, recipient=user, sequence=sequence)
    return compose(message, now=now)


def body(email):
    """The text without the frame that all mails share, links shortened."""
    text = LINK.sub("http://testserver/t/…/", email.body)
    return text.split("\n---\n")[0].strip()


def calendar_of(email):
    (attached,) = [part for part in email.attachments if part[2].startswith("text/calendar")]
    return attached[0], attached[2], Calendar.from_ical(attached[1])


def test_a_planned_session(cast, plan):
    plan(place="Room 4")
    email = written("session-planned", cast.bob, NOW)
    assert email.subject == "Session with Mia, Monday 8 March"
    assert body(email) == (
        "Your session with Mia is planned\n\n"
        "Monday 8 March, 16:00–16:45 (Berlin), video call.\nWhere: Room 4\n\n"
        "The attached file puts it into your calendar.\n\n"
        f"Move it or call it off: http://testserver/me/match/{cast.match.pk}/\n\n"
        "Spring program"
    )
    name, mimetype, calendar = calendar_of(email)
    assert (name, mimetype) == ("session.ics", "text/calendar; method=REQUEST; charset=UTF-8")
    (event,) = calendar.walk("VEVENT")
    assert (str(event["SUMMARY"]), event["SEQUENCE"], event.decoded("DTSTART")) == (
        "Session with Mia",
        0,
        at(8, 15),
    )


def test_each_reads_their_own_time_and_the_others_name(cast, plan):
    cast.mia.timezone = "America/New_York"
    cast.mia.save()
    plan()
    email = written("session-planned", cast.mia, NOW)
    assert email.subject == "Session with Bob, Monday 8 March"
    assert "Monday 8 March, 10:00–10:45 (New York), video call." in body(email)
    assert "You get this because you are Bob’s mentee in Spring program." in email.body


def test_a_moved_session(cast, plan):
    session = plan()
    facts = {"zone": "Europe/Berlin", "minutes": 60, "channel": "in_person", "by": cast.mia, "now": NOW}
    services.move_session(session=session, starts=dt.datetime(2027, 3, 9, 10, 0), **facts)
    assert written("session-planned", cast.bob, NOW) is None
    email = written("session-planned", cast.bob, NOW, sequence=1)
    assert email.subject == "Moved: Mia, Tuesday 9 March"
    assert body(email).startswith(
        "Your session with Mia has moved\n\nIt is now Tuesday 9 March, 10:00–11:00 (Berlin), in person.\n\n"
        "The attached file puts it into your calendar, in place of the time before.\n\n"
    )
    (event,) = calendar_of(email)[2].walk("VEVENT")
    assert (event["SEQUENCE"], event["UID"]) == (1, f"{session.uid}@testserver")


def test_a_session_called_off(cast, plan):
    session = plan()
    services.cancel_session(session=session, by=cast.mia, now=NOW)
    email = written("session-cancelled", cast.bob, NOW, sequence=1)
    assert email.subject == "Cancelled: Mia, Monday 8 March"
    assert body(email).startswith(
        "Your session with Mia is called off\n\n"
        "It was planned for Monday 8 March, 16:00 (Berlin). The attached file takes it out of your calendar.\n\n"
        f"Plan another time: http://testserver/me/match/{cast.match.pk}/\n\n"
    )
    name, mimetype, calendar = calendar_of(email)
    assert (name, mimetype) == ("cancelled.ics", "text/calendar; method=CANCEL; charset=UTF-8")
    (event,) = calendar.walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_reminders_say_when_in_a_word(cast, plan):
    plan()
    planning.plan_all(at(7, 15))
    day = written("session-day-before", cast.bob, at(7, 15))
    hour = written("session-hour-before", cast.bob, at(8, 14))
    assert (day.subject, hour.subject) == ("Tomorrow 16:00 with Mia", "Today 16:00 with Mia")
    assert body(day).startswith(
        "Tomorrow 16:00 with Mia\n\nMonday 8 March, 16:00–16:45 (Berlin), video call.\n\n"
        f"Move it: http://testserver/me/match/{cast.match.pk}/\n\n"
    )
    assert day.attachments == []


def test_a_reminder_that_leaves_two_days_before_names_the_day(cast, plan):
    plan(starts=dt.datetime(2027, 3, 8, 7, 30))
    planning.plan_all(at(6, 20))
    assert written("session-day-before", cast.bob, at(6, 20)).subject == "Monday 8 March 07:30 with Mia"


def test_did_you_meet(cast, plan):
    plan()
    planning.plan_all(at(8, 12))
    email = written("session-follow-up", cast.bob, at(8, 17, 45))
    assert email.subject == "Did you and Mia meet?"
    assert body(email).startswith(
        "Did you and Mia meet?\n\n"
        "Monday 8 March, 16:00 (Berlin), 45 minutes, video call.\n\n"
        "Yes, we met: http://testserver/t/…/session/?a=met\n"
        "It moved, or did not happen: http://testserver/t/…/session/?a=other\n\n"
    )
    assert "No sign-in needed: the link is yours, so keep it to yourself. It works until Monday 22 March." in email.body
    (html,) = [content for content, mimetype in email.alternatives if mimetype == "text/html"]
    assert html.count("/session/?a=met") == 1
    assert html.count("/session/?a=other") == 1


@pytest.mark.parametrize("kind", ["session-planned", "session-day-before", "session-hour-before", "session-follow-up"])
@pytest.mark.parametrize("end", ["logged", "called off", "over"])
def test_what_nobody_needs_any_more_does_not_leave(cast, plan, kind, end):
    session = plan()
    planning.plan_all(at(7, 15))
    now = at(7, 16)
    if end == "logged":
        now = at(8, 18)
        services.log_session(session=session, said=services.Said(held=True), by=cast.mia, now=now)
    elif end == "called off":
        services.cancel_session(session=session, by=cast.mia, now=now)
    else:
        cast.match.state, cast.match.ended_at = "ended", now
        cast.match.save()
        Seat.objects.filter(match=cast.match).update(live=False)
    if kind in set(Message.objects.values_list("kind", flat=True)):
        assert written(kind, cast.bob, now) is None


def test_no_mail_quotes_what_was_written(cast, plan):
    session = plan()
    NoteFactory.create(session=session, author=cast.mia, body="canary-shared")
    NoteFactory.create(session=session, author=cast.bob, visibility="private", body="canary-private")
    GoalFactory.create(match=cast.match, owner=cast.mia, text="canary-goal")
    planning.plan_all(at(8, 12))
    services.send_new_link(session=session, user=cast.bob, now=at(7, 12))
    emails = [compose(message, now=at(7, 12)) for message in Message.objects.select_related("recipient")]
    sent = [email for email in emails if email is not None]
    assert len(sent) == 7
    for email in sent:
        assert "canary" not in email.message().as_string()


def test_a_place_is_text_in_every_part(cast, plan):
    plan(place="<b>Room</b> & {{ 4 }}")
    email = written("session-planned", cast.bob, NOW)
    (html,) = [content for content, mimetype in email.alternatives if mimetype == "text/html"]
    assert "&lt;b&gt;Room&lt;/b&gt; &amp; {{ 4 }}" in html
    assert "Where: <b>Room</b> & {{ 4 }}" in email.body


def test_a_new_link_is_sent_once_in_ten_minutes(cast, plan):
    session = plan()
    for minute in (0, 3, 9, 12):
        services.send_new_link(session=session, user=cast.bob, now=at(7, 12, minute))
    emails = Message.objects.filter(kind="session-link")
    assert emails.count() == 2
    email = compose(emails.earliest("sequence"), now=at(7, 12, 1))
    assert email.subject == "Your new link: session with Mia"
    assert "/session/" in email.body
    assert "List-Unsubscribe" not in email.extra_headers
