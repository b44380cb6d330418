"""The page of one match: who, when, and what comes next."""

import pytest
import time_machine

from matching.models import Match
from programs.models import Enrolment, Role
from sessions import services
from sessions.models import Note, Session
from tests.factories.matching import MatchFactory, SeatFactory
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory, TrackFactory
from tests.sessions.reading import TIME, State, heading, text


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
    services.log_session(session=session, said=services.Said(held=True), by=people[2].user, now=session.ends_at)
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
