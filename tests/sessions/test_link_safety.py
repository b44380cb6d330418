"""What a link may do and may not: looking changes nothing, and a link that does not hold says nothing."""

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
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory
from tests.sessions.linking import NEUTRAL, PAGES, UTC, WRITES, State, address, details, snapshot, text, token


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
        services.log_session(
            session=meeting, said=services.Said(held=True), by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC)
        )


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
    services.log_session(
        session=meeting, said=services.Said(held=True), by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC)
    )
    receipt = cost("session/saved")
    for day in range(1, 30):
        SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(days=day))
    assert cost("session/saved") == receipt
    services.undo_log(session=meeting, by=cast.bob, now=dt.datetime(2027, 3, 8, 18, tzinfo=UTC))
    assert cost("session") == asking
    assert asking <= 10
    assert receipt <= 14
