"""The page of one session, its notes, and the goals of the match."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions import services
from sessions.models import Goal, Note
from tests.factories.programs import NOW
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory
from tests.sessions.reading import CANARIES, TIME, State, heading, text


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def meeting(cast):
    return SessionFactory.create(match=cast.match, starts_at=NOW - dt.timedelta(hours=3))


def test_logging_undoing_and_correcting_on_the_page(cast, as_, meeting):
    client = as_(cast.bob)
    url = f"/me/session/{meeting.pk}/"
    assert heading(client.get(url)) == "Did you and Mia meet?"
    sent = {"outcome": "met", "day": "2027-03-01", "minutes": "60", "channel": "phone", "note": ""}
    assert client.post(f"{url}log/", sent).url == url
    page = client.get(url)
    assert heading(page) == "Session 1 with Mia , Monday 1 March"
    assert "You logged this today . Mia can see it too. Undo" in text(page).replace("today.", "today .")
    assert "Bob logged this today." in text(as_(cast.mia).get(url))
    assert "Undo" not in text(as_(cast.mia).get(url))
    assert as_(cast.mia).post(f"{url}undo/").status_code == 409
    assert as_(cast.bob).post(f"{url}undo/").url == url
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes, meeting.channel) == (State.PLANNED, 45, "video")


def test_it_did_not_happen_on_the_page(cast, as_, meeting):
    as_(cast.bob).post(f"/me/session/{meeting.pk}/log/", {"outcome": "missed"})
    meeting.refresh_from_db()
    assert meeting.state == State.MISSED


def test_moving_and_calling_off_on_the_page(cast, as_):
    session = SessionFactory.create(match=cast.match)
    url = f"/me/session/{session.pk}/"
    client = as_(cast.mia)
    assert 'value="2027-03-02"' in client.get(f"{url}move/").content.decode()
    assert client.post(f"{url}move/", TIME).url == url
    session.refresh_from_db()
    assert (session.wall_start, session.sequence) == ("2027-03-12T09:30", 1)
    assert "No reminder of it goes out any more." in text(client.get(f"{url}cancel/"))
    assert client.post(f"{url}cancel/").url == f"/me/match/{cast.match.pk}/"
    session.refresh_from_db()
    assert session.state == State.CANCELLED


def test_notes_say_who_reads_them(cast, as_, meeting):
    client = as_(cast.bob)
    for visibility, readers in (
        ("shared", "Mia can read it. Coordinators cannot."),
        ("private", "Only you can read it; Mia cannot."),
    ):
        assert readers in text(client.get(f"/me/session/{meeting.pk}/note/{visibility}/"))
    assert client.get(f"/me/session/{meeting.pk}/note/public/").status_code == 404


def test_what_each_reads_of_the_notes(cast, as_, meeting):
    for visibility in ("shared", "private"):
        url = f"/me/session/{meeting.pk}/note/{visibility}/"
        assert as_(cast.bob).post(url, {"body": CANARIES[visibility], "version": "0"}).status_code == 302
    own, others = (text(as_(user).get(f"/me/session/{meeting.pk}/")) for user in (cast.bob, cast.mia))
    assert [own.count(CANARIES[kind]) for kind in ("shared", "private")] == [1, 1]
    assert [others.count(CANARIES[kind]) for kind in ("shared", "private")] == [1, 0]


def test_a_note_changed_in_another_window_is_not_overwritten_unseen(cast, as_, meeting):
    url = f"/me/session/{meeting.pk}/note/shared/"
    client = as_(cast.bob)
    client.post(url, {"body": "First", "version": "0"})
    client.post(url, {"body": "The other window", "version": "1"})
    page = client.post(url, {"body": "This window", "version": "1"})
    assert page.status_code == 409
    assert "What stands now The other window" in text(page)
    assert "This window" in text(page)
    assert Note.objects.get().body == "The other window"
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    client.post(url, {"body": "This window", "version": version})
    assert Note.objects.get().body == "This window"


def test_notes_are_text(cast, as_, meeting):
    NoteFactory.create(session=meeting, author=cast.mia, body="<script>alert(1)</script>\n\n[x](javascript:alert)")
    page = as_(cast.bob).get(f"/me/session/{meeting.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_no_coordinators_page_shows_a_note_or_a_goal(cast, as_, meeting):
    services.log_session(session=meeting, said=services.Said(held=True), by=cast.bob, now=NOW)
    NoteFactory.create(session=meeting, author=cast.mia, body=CANARIES["shared"])
    NoteFactory.create(session=meeting, author=cast.mia, visibility="private", body=CANARIES["private"])
    GoalFactory.create(match=cast.match, owner=cast.mia, text=CANARIES["goal"])
    for user in (cast.alice, cast.ada):
        client = as_(user)
        for page in ("", "people/", "pairs/", "reports/", "history/", "messages/", "surveys/", "matching/"):
            response = client.get(f"/programs/spring/{page}")
            assert response.status_code in (200, 404)
            assert b"canary" not in response.content


# --- goals ------------------------------------------------------------------------------


def test_goals_on_the_page(cast, as_):
    client = as_(cast.mia)
    url = f"/me/match/{cast.match.pk}/goals/"
    empty = client.get(url)
    assert heading(empty) == "What do you want to reach?"
    assert text(empty).count("Use this") == 3
    for _ in range(2):
        assert client.post(url, {"text": "Lead one meeting"}).url == url
    goal = Goal.objects.get()
    assert heading(client.get(url)) == "1 goal between you and Bob"
    client.post(f"/me/goal/{goal.pk}/", {"text": "Lead two meetings", "level": "-1"})
    goal.refresh_from_db()
    assert (goal.text, goal.level) == ("Lead two meetings", -1)
    assert "Yours · less than expected" in text(client.get(url))
    client.post(f"/me/goal/{goal.pk}/reach/")
    assert "Reached" in text(client.get(url))
    client.post(f"/me/goal/{goal.pk}/drop/")
    assert heading(client.get(url)) == "What do you want to reach?"


def test_an_example_is_only_filled_in(cast, as_):
    page = as_(cast.mia).get(f"/me/match/{cast.match.pk}/goals/?text=Lead+one+meeting")
    assert "Lead one meeting</textarea>" in page.content.decode()
    assert Goal.objects.count() == 0


@pytest.mark.parametrize("level", ["3", "-3", "1.5", "x"])
def test_a_level_nobody_offered(cast, as_, level):
    goal = GoalFactory.create(match=cast.match, owner=cast.mia)
    response = as_(cast.mia).post(f"/me/goal/{goal.pk}/", {"text": "Other", "level": level})
    assert response.status_code == 422
    goal.refresh_from_db()
    assert (goal.text, goal.level) == ("Lead one meeting a month", None)


def test_match_and_session_pages_cost_as_many_queries_for_thirty_rows_as_for_one(cast, as_, meeting):
    client = as_(cast.bob)
    pages = (f"/me/match/{cast.match.pk}/", f"/me/session/{meeting.pk}/", f"/me/match/{cast.match.pk}/goals/")

    def costs():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            found.append(len(queries))
        return found

    GoalFactory.create(match=cast.match, owner=cast.bob)
    NoteFactory.create(session=meeting, author=cast.mia)
    few = costs()
    for day in range(1, 30):
        session = SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(days=day))
        NoteFactory.create(session=session, author=cast.mia)
        GoalFactory.create(match=cast.match, owner=cast.mia)
    assert costs() == few
    assert max(few) <= 12
