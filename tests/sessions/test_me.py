"""Pages of the people in a match: what comes first, and nobody else sees them."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching.models import Match, Seat
from programs.models import Enrolment, Role
from sessions import services
from sessions.models import Goal, Note, Session
from tests.factories.matching import MatchFactory, SeatFactory, make_pair
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, TrackFactory
from tests.factories.sessions import GoalFactory, NoteFactory, SessionFactory

UTC = dt.UTC
State = Session.State
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)
TIME = {"day": "2027-03-12", "time": "09:30", "zone": "Europe/Berlin", "minutes": "45", "channel": "video"}
CANARIES = {"shared": "canary-shared", "private": "canary-private", "goal": "canary-goal"}


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


def text(response):
    plain = re.sub(r"<(svg|head|style|header|footer).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def heading(response):
    found = re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def pages_of(cast):
    """Every page of one match, with a session to come and a goal in it."""
    session = SessionFactory.create(match=cast.match)
    goal = GoalFactory.create(match=cast.match, owner=cast.bob)
    match, meeting = f"/me/match/{cast.match.pk}/", f"/me/session/{session.pk}/"
    return {
        "get": [
            match,
            f"{match}session/new/",
            f"{match}session/new/?log=1",
            f"{match}goals/",
            meeting,
            f"{meeting}move/",
            f"{meeting}cancel/",
            f"{meeting}note/shared/",
            f"{meeting}note/private/",
            f"/me/goal/{goal.pk}/",
        ],
        "post": [
            f"{meeting}log/",
            f"{meeting}undo/",
            f"/me/goal/{goal.pk}/reach/",
            f"/me/goal/{goal.pk}/drop/",
            f"/me/goal/{goal.pk}/reopen/",
        ],
    }


def test_the_people_of_the_match_open_every_page_and_looking_writes_nothing(cast, as_):
    pages = pages_of(cast)["get"]
    client = as_(cast.bob)
    for page in ["/me/", *pages]:
        with CaptureQueriesContext(connection) as queries:
            assert (page, client.get(page).status_code) == (page, 200)
        assert [query["sql"] for query in queries if WRITES.match(query["sql"])] == []


@pytest.mark.parametrize("who", ["charlie", "paul", "alice", "dora", "ada", "sally", "xena"])
def test_for_everybody_else_there_is_no_such_page(cast, as_, who):
    pages = pages_of(cast)
    client = as_(getattr(cast, who))
    answers = {(method, page): getattr(client, method)(page).status_code for method in pages for page in pages[method]}
    answers |= {("post", page): client.post(page, TIME).status_code for page in pages["get"]}
    assert {key: code for key, code in answers.items() if code not in (404, 405)} == {}
    # A page that answers 405 to everybody says nothing; those are the two that are only looked at.
    assert {page for (_, page), code in answers.items() if code == 405} == {pages["get"][0], pages["get"][4]}


def test_signed_out_one_is_sent_to_sign_in(cast, client):
    pages = pages_of(cast)
    for method in pages:
        for page in pages[method]:
            response = getattr(client, method)(page)
            assert (response.status_code, response.url.split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("state", ["draft", "offered", "declined", "ended"])
def test_a_match_that_is_not_active_has_no_pages(cast, as_, state):
    pages = pages_of(cast)
    ended = NOW if state in ("declined", "ended") else None
    Match.objects.filter(pk=cast.match.pk).update(state=state, ended_at=ended)
    client = as_(cast.bob)
    assert {client.get(page).status_code for page in pages["get"]} == {404}
    assert {client.post(page).status_code for page in pages["post"]} == {404}


def test_a_goal_of_the_other_is_read_and_not_changed(cast, as_):
    goal = GoalFactory.create(match=cast.match, owner=cast.bob)
    client = as_(cast.mia)
    assert "Lead one meeting a month Bob ’s" in text(client.get(f"/me/match/{cast.match.pk}/goals/"))
    assert client.get(f"/me/goal/{goal.pk}/").status_code == 404
    assert client.post(f"/me/goal/{goal.pk}/reach/").status_code == 404
    goal.refresh_from_db()
    assert goal.reached_at is None


# --- the home page ----------------------------------------------------------------------


def test_home_before_matching(cast, as_):
    page = as_(cast.charlie).get("/me/")
    assert heading(page) == "Nothing waits for you"
    assert "No match yet" in text(page)


def offer(cast):
    mentor = EnrolmentFactory.create(track=cast.track, role=Role.MENTOR, user__first_name="Olga")
    match = make_pair(mentor, Enrolment.objects.get(user=cast.paul), state=Match.State.OFFERED)
    Match.objects.filter(pk=match.pk).update(answer_until=NOW + dt.timedelta(days=14))
    return match


@pytest.fixture
def offered(cast):
    # Paul has a match already; this test lets him have two places.
    Seat.objects.filter(enrolment__user=cast.paul).update(live=False)
    return offer(cast)


def test_an_offer_comes_first_and_is_answered_here(cast, as_, offered):
    client = as_(cast.paul)
    page = client.get("/me/")
    assert heading(page) == "Meet Olga , and say yes or no"
    assert client.post(f"/me/match/{offered.pk}/answer/", {"answer": "accept"}).url == "/me/"
    seat = Seat.objects.get(match=offered, enrolment__user=cast.paul)
    assert seat.answer == Seat.Answer.ACCEPTED
    assert "You said yes." in text(client.get("/me/"))


def test_declining_here(cast, as_, offered):
    as_(cast.paul).post(f"/me/match/{offered.pk}/answer/", {"answer": "decline"})
    assert Match.objects.get(pk=offered.pk).state == Match.State.DECLINED


@pytest.mark.parametrize("who", ["bob", "charlie", "alice", "ada"])
def test_nobody_answers_for_somebody_else(cast, as_, offered, who):
    response = as_(getattr(cast, who)).post(f"/me/match/{offered.pk}/answer/", {"answer": "accept"})
    assert response.status_code == 404
    assert set(Seat.objects.filter(match=offered).values_list("answer", flat=True)) == {"waiting"}


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_answer_that_is_none(cast, as_, offered, answer):
    response = as_(cast.paul).post(f"/me/match/{offered.pk}/answer/", {"answer": answer})
    assert response.status_code == 409
    assert "Choose Accept or Decline." in text(response)


def test_an_offer_answered_too_late(cast, as_, offered, clock):
    clock.move_to(NOW + dt.timedelta(days=15))
    response = as_(cast.paul).post(f"/me/match/{offered.pk}/answer/", {"answer": "accept"})
    assert response.status_code == 409
    assert "The time to answer this offer is over." in text(response)


def test_a_session_to_log_comes_before_one_to_plan(cast, as_, clock):
    session = SessionFactory.create(match=cast.match)
    clock.move_to(session.ends_at)
    page = as_(cast.bob).get("/me/")
    assert heading(page) == "Did you and Mia meet?"
    assert f'href="/me/session/{session.pk}/"' in page.content.decode()


def test_then_the_next_one_is_planned(cast, as_):
    assert heading(as_(cast.bob).get("/me/")) == "You and Mia have not met yet"
    SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(days=3))
    assert heading(as_(cast.bob).get("/me/")) == "When do you and Mia meet next?"


def test_then_nothing_is_left_to_do(cast, as_):
    SessionFactory.create(match=cast.match)
    page = as_(cast.bob).get("/me/")
    assert heading(page) == "Next: Mia , Tuesday 2 March"
    assert "Tuesday 2 March, 10:00–10:45 (Berlin)" in text(page)


def test_dots_count_what_was_held_of_what_the_rhythm_gives(cast, as_):
    for day in (1, 2, 3):
        SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(days=day))
    page = as_(cast.bob).get("/me/")
    assert page.content.decode().count("3 of 13 planned sessions held") == 1
    assert "3 of 13 sessions." in text(page)


def test_both_roles_of_one_person_stand_on_one_page(cast, as_):
    track = TrackFactory.create(program=cast.program)
    mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, user__first_name="Olga")
    make_pair(mentor, EnrolmentFactory.create(track=track, role=Role.MENTEE, user=cast.bob))
    page = text(as_(cast.bob).get("/me/"))
    assert "Mentee: ME Mia" not in page
    assert re.findall(r"(Mentor|Mentee): (Olga|Mia)", page) == [("Mentor", "Olga"), ("Mentee", "Mia")]


def test_the_home_page_costs_as_many_queries_for_thirty_rows_as_for_one(cast, as_):
    client = as_(cast.bob)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get("/me/")
        return len(queries)

    SessionFactory.create(match=cast.match)
    one = cost()
    for number in range(29):
        track = TrackFactory.create(program=cast.program)
        mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, user=cast.bob)
        match = make_pair(mentor, EnrolmentFactory.create(track=track, role=Role.MENTEE))
        SessionFactory.create(match=match, starts_at=NOW + dt.timedelta(days=2 + number))
    assert cost() == one
    assert one <= 10


# --- one match --------------------------------------------------------------------------


def test_a_pair_that_has_not_met(cast, as_):
    page = as_(cast.mia).get(f"/me/match/{cast.match.pk}/")
    assert heading(page) == "You and Bob have not met yet"
    said = text(page)
    assert said.count("What would have to happen in the next six months") == 1
    assert "5 min Check in: how are you both today?" in said
    assert "bob@example.org" in said


def test_only_shared_fields_of_the_other_are_shown(cast, as_):
    for slug, shared in (("hobby", True), ("salary", False)):
        FieldFactory.create(program=cast.program, slug=slug, label=slug.title(), shared=shared)
    Enrolment.objects.filter(user=cast.bob).update(answers={"hobby": "Chess", "salary": "canary"})
    said = text(as_(cast.mia).get(f"/me/match/{cast.match.pk}/"))
    assert "Hobby Chess" in said
    assert "canary" not in said


def test_a_triad_of_peers(cast, as_):
    track = TrackFactory.create(program=cast.program, model="peer")
    match = MatchFactory.create(track=track, state=Match.State.ACTIVE, offered_at=NOW, activated_at=NOW)
    people = [
        EnrolmentFactory.create(track=track, role=Role.PEER, user__first_name=name) for name in ("Ann", "Ben", "Cy")
    ]
    for enrolment in people:
        SeatFactory.create(match=match, enrolment=enrolment, answer="accepted", answered_at=NOW, live=True)
    client = as_(people[0].user)
    assert heading(client.get(f"/me/match/{match.pk}/")) == "You and Ben and Cy have not met yet"
    client.post(f"/me/match/{match.pk}/session/new/", {**TIME, "place": ""})
    session = Session.objects.get(match=match)
    services.log_session(session=session, held=True, by=people[2].user, now=session.ends_at)
    session.refresh_from_db()
    assert session.logged_by == people[2].user


def test_planning_on_the_page(cast, as_):
    client = as_(cast.bob)
    response = client.post(f"/me/match/{cast.match.pk}/session/new/", {**TIME, "place": "Room 4"}, follow=True)
    session = Session.objects.get()
    assert (session.wall_start, session.place, session.planned_by) == ("2027-03-12T09:30", "Room 4", cast.bob)
    assert "The session is planned; everybody gets an e-mail." in text(response)
    assert heading(response) == "You and Mia meet Friday 12 March"


def test_what_the_clocks_do_is_said(cast, as_):
    new = {**TIME, "day": "2027-03-28", "time": "02:30"}
    response = as_(cast.bob).post(f"/me/match/{cast.match.pk}/session/new/", new, follow=True)
    assert "The clocks in Berlin skip 02:30 that day. It is 03:30 instead. The session is planned" in text(response)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2027-02-01"}, "That time is over. To write down a session you had, log it."),
        ({"day": ""}, "Fill in “Which day?”"),
        ({"time": "25:00"}, "Give a time, such as 16:00"),
        ({"zone": "Europe/Atlantis"}, "Choose one of the answers listed at “In which time zone?”"),
        ({"minutes": "7"}, "Choose one of the answers listed at “How long?”"),
        ({"place": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_plan_that_cannot_be_says_why(cast, as_, wrong, said):
    response = as_(cast.bob).post(f"/me/match/{cast.match.pk}/session/new/", {**TIME, **wrong})
    assert response.status_code == 422
    assert "Error: Plan a session" in response.content.decode()
    assert said in text(response)
    assert Session.objects.count() == 0


def test_logging_what_was_never_planned(cast, as_):
    sent = {**TIME, "day": "2027-02-26", "note": "canary"}
    url = f"/me/match/{cast.match.pk}/session/new/?log=1"
    for _ in range(2):
        assert as_(cast.mia).post(url, sent).status_code == 302
    session = Session.objects.get()
    assert (session.state, session.wall_start, session.planned_at) == (State.HELD, "2027-02-26T09:30", None)
    assert [(note.visibility, note.body) for note in Note.objects.all()] == [("private", "canary")]


def test_form_fields_nobody_offered_are_ignored(cast, as_):
    sent = {**TIME, "state": "held", "match": cast.other_match.pk, "planned_by": cast.ada.pk, "sequence": "9"}
    as_(cast.bob).post(f"/me/match/{cast.match.pk}/session/new/", sent)
    session = Session.objects.get()
    assert (session.state, session.match, session.planned_by, session.sequence) == (
        State.PLANNED,
        cast.match,
        cast.bob,
        0,
    )


# --- one session ------------------------------------------------------------------------


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
    services.log_session(session=meeting, held=True, by=cast.bob, now=NOW)
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
