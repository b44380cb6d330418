"""Pages of the people in a match: what comes first, and nobody else sees them."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching.models import Match, Seat
from programs.models import Enrolment, Role
from sessions.services.agreements import sign_agreement
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import GoalFactory, SessionFactory
from tests.sessions.reading import TIME, WRITES, heading, text


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
    sign_agreement(match=cast.match, version=0, by=cast.bob, now=NOW)
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
    assert one <= 11
