"""The pages behind a mail's button: no sign-in, no script, two taps."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail import links
from mail.models import Message
from programs.models import Enrolment
from programs.services import leave
from sessions import hooks, services
from sessions.models import Note, Session
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory

UTC = dt.UTC
State = Session.State
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)
PAGES = ("session", "session/move", "session/saved", "session/undo")
NEUTRAL = "This link no longer works"


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


def token(user, meeting, *, purpose="session", days=14, now=None):
    return links.make(purpose, user, meeting.pk, days=days, now=now)


def address(tok, page="session"):
    return f"/t/{tok}/{page}/"


def details(**changes):
    return {"outcome": "met", "day": "2027-03-08", "minutes": "45", "channel": "video", "note": "", **changes}


def text(response):
    """What the page says, without its markup."""
    plain = re.sub(r"<(svg|head|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def snapshot():
    """Every row of every table, for what must not change."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the names come from the database
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


def test_the_facts_are_filled_in(cast, meeting, browser):
    response = browser.get(address(token(cast.bob, meeting)))
    said = text(response)
    assert response.status_code == 200
    assert "Spring program Did you and Mia meet?" in said
    assert "Monday 8 March, 16:00 (Berlin) 45 minutes Video call" in said
    assert "This link is for Bob Example and works until Monday 22 March." in said
    assert b"<script" not in response.content


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
    services.log_session(session=meeting, held=True, by=cast.mia, now=dt.datetime(2027, 3, 8, 18, 0, tzinfo=UTC))
    clock.move_to(dt.datetime(2027, 3, 9, 9, 0, tzinfo=UTC))
    tok = token(cast.bob, meeting)
    said = text(browser.get(address(tok)))
    assert "Mia logged this yesterday: 45 minutes. Right?" in said
    before = snapshot()
    assert browser.post(address(tok), details()).url == address(tok, "session/saved")
    assert snapshot() == before


def test_the_other_may_disagree(cast, meeting, browser, over):
    services.log_session(session=meeting, held=False, by=cast.mia, now=over)
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


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_writes_nothing(cast, meeting, browser, page, method):
    tok = token(cast.bob, meeting)
    expired = token(cast.bob, meeting, days=1, now=NOW)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for each in (tok, expired):
                getattr(browser, method)(address(each, page) + "?a=met&outcome=met&later=1")
        assert [query["sql"] for query in queries if WRITES.match(query["sql"])] == []
        services.log_session(session=meeting, held=True, by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC))


@pytest.mark.parametrize("page", PAGES)
def test_headers_keep_the_token_to_this_page(cast, meeting, browser, page):
    response = browser.get(address(token(cast.bob, meeting), page))
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "no-store" in response["Cache-Control"]
    assert response.cookies == {}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_refused(cast, meeting, browser, page, method):
    assert getattr(browser, method)(address(token(cast.bob, meeting), page)).status_code == 405


def test_the_token_is_not_in_the_page(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    assert tok not in text(browser.get(address(tok)))


def foreign_tokens(cast, meeting):
    other = SessionFactory.create(match=cast.other_match)
    yield "forged", "x.y.z"
    yield "cut short", token(cast.bob, meeting)[:-3]
    yield "another purpose", token(cast.bob, meeting, purpose="match")
    yield "another program", token(cast.bob, other)
    yield "nothing there", links.make("session", cast.bob, 10**12, days=1)
    for name in ("charlie", "paul", "alice", "dora", "ada", "sally", "xena"):
        yield name, token(getattr(cast, name), meeting)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_does_not_hold_says_nothing(cast, meeting, browser, page, method):
    before = snapshot()
    for why, tok in foreign_tokens(cast, meeting):
        response = getattr(browser, method)(address(tok, page), details())
        said = text(response)
        assert response.status_code == 404, why
        assert NEUTRAL in said, why
        assert not re.search("Mia|Bob|Spring", said), why
    meeting.refresh_from_db()
    assert meeting.state == State.PLANNED
    assert snapshot()["mentoring_sessions_note"] == before["mentoring_sessions_note"]


def test_a_link_ends_with_the_session_being_called_off(cast, meeting, browser, over):
    tok = token(cast.bob, meeting)
    services.cancel_session(session=meeting, by=cast.mia, now=over)
    assert browser.get(address(tok)).status_code == 404


def test_a_link_ends_with_leaving(cast, meeting, browser, over):
    tokens = [token(user, meeting) for user in (cast.bob, cast.mia)]
    leave(enrolment=Enrolment.objects.get(user=cast.mia), by=cast.alice, now=over)
    assert [browser.get(address(tok)).status_code for tok in tokens] == [404, 404]


def test_a_link_ends_with_being_withdrawn(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    cast.bob.link_version += 1
    cast.bob.save()
    assert browser.get(address(tok)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_ended_link_offers_a_new_one_and_names_nobody(cast, meeting, browser, page, over):
    tok = token(cast.bob, meeting, days=1, now=NOW)
    offered = browser.get(address(tok, page))
    assert offered.status_code == 410
    assert "This link has ended" in text(offered)
    assert not re.search("Mia|Bob", text(offered))
    for _ in range(2):
        assert "Look into your e-mail" in text(browser.post(address(tok, page)))
    (message,) = Message.objects.filter(kind="session-link")
    assert (message.recipient, message.subject_id, message.not_before) == (cast.bob, meeting.pk, over)


def test_an_ended_link_of_a_stranger_sends_nothing_and_says_the_same(cast, meeting, browser):
    mine, foreign = (token(user, meeting, days=1, now=NOW) for user in (cast.bob, cast.charlie))
    answers = [browser.post(address(tok)).content.decode() for tok in (foreign, mine)]
    assert answers[0] == answers[1]
    assert [message.recipient for message in Message.objects.filter(kind="session-link")] == [cast.bob]


def test_the_receipt_carries_what_the_floors_above_ask(cast, meeting, browser, monkeypatch):
    part = {"template": "components/banner.html", "kind": "info", "text": "How useful was it?"}
    monkeypatch.setattr(hooks, "receipt", [lambda *_: None, lambda *_: dict(part)])
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details())
    assert text(browser.get(address(tok, "session/saved"))).count("How useful was it?") == 1


def test_the_check_ins_first_question_is_one_tap_on_the_receipt(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details())
    page = browser.get(address(tok, "session/saved")).content.decode()
    assert page.count('<fieldset class="seg rate">') == 1


def test_the_saved_page_of_what_was_not_logged_leads_back(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    assert browser.get(address(tok, "session/saved")).url == address(tok)


def test_my_own_log_shows_its_receipt(cast, meeting, browser):
    tok = token(cast.bob, meeting)
    browser.post(address(tok), details())
    assert browser.get(address(tok)).url == address(tok, "session/saved")


def test_the_mails_quiet_button_puts_the_doubts_first(cast, meeting, browser):
    page = browser.get(address(token(cast.bob, meeting)) + "?a=other").content.decode()
    assert page.index("We moved it") < page.index("Yes, we met")


def test_a_reader_in_another_zone_reads_and_sends_their_own_days(cast, plan, browser, clock):
    cast.mia.timezone = "Asia/Tokyo"
    cast.mia.save()
    meeting = plan(starts=dt.datetime(2027, 3, 8, 22, 0))
    clock.move_to(dt.datetime(2027, 3, 9, 9, 0, tzinfo=UTC))
    tok = token(cast.mia, meeting)
    page = browser.get(address(tok))
    assert "Tuesday 9 March, 06:00 (Tokyo)" in text(page)
    assert 'value="2027-03-09"' in page.content.decode()
    browser.post(address(tok), details(day="2027-03-09"))
    meeting.refresh_from_db()
    assert (meeting.state, meeting.wall_start) == (State.HELD, "2027-03-08T22:00")


def test_names_are_text(cast, meeting, browser):
    cast.mia.first_name = "<script>alert(1)</script>"
    cast.mia.save()
    for page in ("session", "session/move"):
        assert b"<script>alert" not in browser.get(address(token(cast.bob, meeting), page)).content


def test_a_page_costs_as_many_queries_with_thirty_sessions_as_with_one(cast, meeting, browser):
    def cost(page):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address(tok, page)).status_code == 200
        return len(queries)

    tok = token(cast.bob, meeting)
    asking = cost("session")
    services.log_session(session=meeting, held=True, by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC))
    receipt = cost("session/saved")
    for day in range(1, 30):
        SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(days=day))
    assert cost("session/saved") == receipt
    services.undo_log(session=meeting, by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC))
    assert cost("session") == asking
    assert asking <= 10
    assert receipt <= 14
