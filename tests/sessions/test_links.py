"""The pages behind a mail's button: no sign-in, no script, two taps."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from sessions import services
from sessions.models import Note
from tests.factories.programs import NOW
from tests.sessions.linking import NEUTRAL, UTC, State, address, details, snapshot, text, token


@pytest.fixture(autouse=True)
def clock(over):
    with time_machine.travel(over, tick=False) as traveller:
        yield traveller


@pytest.fixture
def meeting(cast, plan):
    return plan()


@pytest.fixture
def browser():
    """A phone that is not signed in and checks every form's token, as the real one does."""
    return Client(enforce_csrf_checks=True, headers={"origin": "null"})


def test_the_facts_are_filled_in(cast, meeting, browser):
    response = browser.get(address(token(cast.bob, meeting)))
    said = text(response)
    assert response.status_code == 200
    assert "Did you and Mia meet?" in said
    assert "Monday 8 March, 16:00 (Berlin) 45 minutes Video call" in said
    assert "This link is for Bob Example and works until Monday 22 March." in said
    # What keeps the page for a phone without network; nothing on it needs a script.
    assert re.findall(rb"<script\b[^>]*?(\w+)[.\w]*\.js", response.content) == [b"kept"]


def test_yes_we_met_is_one_tap(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    response = browser.post(address(tok), details())
    assert (response.status_code, response.url) == (302, address(tok, "session/saved"))
    meeting.refresh_from_db()
    assert (meeting.state, meeting.logged_by, meeting.minutes) == (State.HELD, cast.bob, 45)
    said = text(browser.get(response.url))
    assert "Saved. Thank you, Bob" in said
    assert "Session 1 with Mia : Monday 8 March, 45 minutes. Mia can see it too. Undo" in said
    assert "1 of 13 sessions." in said


def test_two_taps_are_one(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details(note="Ask about Lisbon"))
    before = snapshot()
    again = browser.post(address(tok), details(note="Ask about Lisbon"))
    assert (again.status_code, again.url) == (302, address(tok, "session/saved"))
    assert snapshot() == before


def test_the_button_alone_is_enough_without_the_details(cast, meeting, browser):
    """The form sends the prefilled details; a browser that sends only the button is told what is missing."""
    response = browser.post(address(token(cast.bob, meeting)), {"outcome": "met"})
    assert response.status_code == 422
    assert "There is a problem" in text(response)


def test_details_and_a_private_note(cast, meeting, browser):
    sent = details(day="2027-03-05", minutes="90", channel="phone", note="canary")
    browser.post(address(token(cast.bob, meeting)), sent)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.minutes, meeting.channel) == (
        dt.datetime(2027, 3, 5, 15, 0, tzinfo=UTC),
        90,
        "phone",
    )
    assert [(note.author, note.visibility, note.body) for note in Note.objects.all()] == [
        (cast.bob, "private", "canary")
    ]


def test_a_day_to_come_is_said_at_the_field(cast, meeting, browser):
    response = browser.post(address(token(cast.bob, meeting)), details(day="2027-03-09"))
    assert response.status_code == 422
    assert text(response).count("That day is still to come.") == 2
    meeting.refresh_from_db()
    assert meeting.state == State.PLANNED


@pytest.mark.parametrize(
    "junk",
    [
        {"day": "2027-02-30"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"day": "1990-01-01"},
        {"minutes": "46"},
        {"minutes": "1e3"},
        {"channel": "pigeon"},
        {"note": "x" * 5001},
        {"day": "\x00"},
    ],
)
def test_what_no_form_offers_is_refused_in_words(cast, meeting, browser, junk):
    response = browser.post(address(token(cast.bob, meeting)), details(**junk))
    assert response.status_code == 422
    assert "There is a problem" in text(response)
    meeting.refresh_from_db()
    assert meeting.state == State.PLANNED


def test_it_did_not_happen(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    response = browser.post(address(tok), {"outcome": "missed"})
    assert response.url == address(tok, "session/saved")
    said = text(browser.get(response.url))
    assert "Your session with Mia on Monday 8 March did not happen. Mia can see it too. Undo" in said
    meeting.refresh_from_db()
    assert meeting.state == State.MISSED


def test_the_other_sees_it_and_confirms_with_one_tap(cast, meeting, browser, clock):
    services.log_session(
        session=meeting, said=services.Said(held=True), by=cast.mia, now=dt.datetime(2027, 3, 8, 18, 0, tzinfo=UTC)
    )
    clock.move_to(dt.datetime(2027, 3, 9, 9, 0, tzinfo=UTC))
    tok = token(cast.bob, meeting)
    said = text(browser.get(address(tok)))
    assert "Mia logged this yesterday: 45 minutes. Right?" in said
    before = snapshot()
    assert browser.post(address(tok), details()).url == address(tok, "session/saved")
    assert snapshot() == before


def test_the_other_may_disagree(cast, meeting, browser, over):
    services.log_session(session=meeting, said=services.Said(held=False), by=cast.mia, now=over)
    tok = token(cast.bob, meeting)
    assert "Mia says that it did not happen. Right?" in text(browser.get(address(tok)))
    browser.post(address(tok), details())
    meeting.refresh_from_db()
    assert (meeting.state, meeting.logged_by) == (State.HELD, cast.bob)


def test_undo_opens_it_again_and_twice_is_once(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details())
    for _ in range(2):
        response = browser.post(address(tok, "session/undo"))
        assert (response.status_code, response.url) == (302, address(tok))
    meeting.refresh_from_db()
    assert (meeting.state, meeting.logged_by) == (State.PLANNED, None)
    assert "Did you and Mia meet?" in text(browser.get(address(tok)))


def test_undo_too_late_is_said_on_the_receipt(cast, meeting, browser, clock, over):
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details())
    clock.move_to(over + dt.timedelta(hours=9))
    response = browser.post(address(tok, "session/undo"))
    assert response.status_code == 409
    assert "This log cannot be taken back any more. You can still correct it." in text(response)
    assert "Correct it" in text(browser.get(address(tok, "session/saved")))
    assert "Save with these details" in text(browser.get(address(tok) + "?change=1"))


def test_we_moved_it(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    response = browser.post(address(tok), details(outcome="moved"))
    assert response.url == address(tok, "session/move")
    assert "When is it now?" in text(browser.get(response.url))
    new = {
        "day": "2027-03-12",
        "time": "09:30",
        "zone": "Europe/Berlin",
        "minutes": "45",
        "channel": "video",
        "place": "",
    }
    for _ in range(2):
        assert browser.post(address(tok, "session/move"), new).url == address(tok)
    meeting.refresh_from_db()
    assert (meeting.wall_start, meeting.sequence, meeting.state) == ("2027-03-12T09:30", 1, State.PLANNED)
    assert "Your session with Mia is still to come" in text(browser.get(address(tok)))


def test_moved_without_a_new_time_is_called_off(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    response = browser.post(address(tok, "session/move"), {"later": "1"})
    assert "The session is called off" in text(response)
    meeting.refresh_from_db()
    assert meeting.state == State.CANCELLED
    assert text(browser.post(address(tok, "session/move"), {"later": "1"})).count(NEUTRAL) == 1


def test_a_taken_time_is_said_with_its_zone(cast, meeting, browser, plan):
    plan(starts=dt.datetime(2027, 3, 12, 9, 0), now=NOW)
    new = {"day": "2027-03-12", "time": "09:30", "zone": "Europe/Berlin", "minutes": "45", "channel": "video"}
    response = browser.post(address(token(cast.bob, meeting), "session/move"), new)
    assert response.status_code == 422
    assert "One of you has another session then: Friday 12 March, 09:00–09:45 (Berlin)." in text(response)
