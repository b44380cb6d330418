"""From the public page to the coordinator's list and back, as people click it."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from mail.services import drain
from participants.models import User
from programs.models import Application, Enrolment, Program
from programs.queries.enrolling import UNDO
from programs.services import leave
from programs.services.enrolling import IntakeSpec, close_enrolment, open_enrolment, set_intake
from tests.factories.participants import UserFactory
from tests.factories.programs import (
    NOW,
    CoordinatorFactory,
    EnrolmentFactory,
    FieldFactory,
    ProgramFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program():
    made = ProgramFactory.create(
        slug="spring", name="Spring", state="open", takes_applications=True, contact_email="dana@example.org"
    )
    TrackFactory.create(program=made, slug="pairs", name="Pairs", capacity=2)
    FieldFactory.create(program=made, slug="grade", label="Grade", kind="choice", options=["A", "B"], required=True)
    return made


@pytest.fixture
def boss(program):
    return CoordinatorFactory.create(program=program).user


@pytest.fixture
def coordinator(boss):
    client = Client()
    client.force_login(boss)
    return client


def body(response) -> str:
    return response.content.decode()


def mailed() -> list[str]:
    """Send what is due; the text of each mail."""
    from django.utils import timezone

    outbox.outbox.clear()
    drain(clock=timezone.now)
    return [f"{each.subject}\n{each.body}" for each in outbox.outbox]


def test_from_the_public_page_to_a_place(client, coordinator, program):
    page = body(client.get("/join/spring/"))
    assert "13 sessions of 1 hour" in page
    assert "Places for all" in page
    assert 'href="mailto:dana@example.org"' in page
    told = client.post("/join/spring/apply/", {"what": "pairs.mentee", "email": "Nia@Example.org"})
    assert (told.status_code, "nia@example.org" in body(told)) == (200, True)
    (link,) = mailed()
    assert link.startswith("Your application for Spring\n")
    path = re.search(r"http://[^/]+(/t/\S+)", link)[1]
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(path).headers["Location"].startswith("/me/application/")
    application = Application.objects.get()
    at = f"/me/application/{application.pk}/"
    # The link has been used.
    assert Client().get(path).status_code == 410
    first = client.get(at, follow=True)
    assert (first.redirect_chain[-1][0], "step 1 of 2" in body(first)) == (f"{at}1/", True)
    you = {"first_name": "Nia", "last_name": "Vogel", "timezone": "Europe/Berlin"}
    assert client.post(f"{at}1/", you).headers["Location"] == f"{at}2/"
    assert client.post(f"{at}2/", {"answer_grade": "C"}).status_code == 422
    # Away, and back by signing in again: it goes on where it was left.
    later = Client()
    later.force_login(User.objects.get(email="nia@example.org"))
    assert "Your application is not sent yet" in body(later.get("/me/"))
    assert later.get(at).headers["Location"] == f"{at}2/"
    assert later.post(f"{at}2/", {"answer_grade": "B"}).headers["Location"] == f"{at}check/"
    assert "Nia Vogel" in body(later.get(f"{at}check/"))
    assert later.post(f"{at}check/").headers["Location"] == at
    assert "Your application is in" in body(later.get(at))
    (received,) = mailed()
    assert "You applied as mentee for Spring." in received
    # The coordinator.
    listed = body(coordinator.get("/programs/spring/people/applications/"))
    assert "1 application waits for an answer" in listed
    assert "Nia Vogel" in listed
    assert "Grade" in body(coordinator.get(f"/programs/spring/people/applications/{application.pk}/"))
    coordinator.post("/programs/spring/people/applications/accept/", {"id": application.pk})
    assert "Your application is in" in body(later.get(at))
    with time_machine.travel(NOW + UNDO, tick=False):
        assert "You take part in" in body(later.get(at))
        (accepted,) = mailed()
    assert accepted.startswith("You are in\n")
    assert Enrolment.objects.get().answers == {"grade": "B"}


def test_an_address_that_is_known_is_answered_like_one_that_is_not(client, program):
    UserFactory.create(email="known@example.org")
    UserFactory.create(email="resting@example.org", is_active=False)
    pages = set()
    for who in ("known", "unknown", "resting"):
        response = client.post("/join/spring/apply/", {"what": "pairs.mentee", "email": f"{who}@example.org"})
        pages.add((response.status_code, body(response).replace(f"{who}@example.org", "")))
    assert len(pages) == 1
    assert len(mailed()) == 2


def test_the_public_page_says_when(client, program, coordinator):
    Program.objects.update(applications_from=dt.date(2027, 3, 9))
    assert "from <b>9 March 2027</b>" in body(client.get("/join/spring/"))
    assert client.post("/join/spring/apply/", {"what": "pairs.mentee", "email": "a@b.org"}).status_code == 302
    Program.objects.update(applications_from=None, applications_until=dt.date(2027, 2, 9))
    page = body(client.get("/join/spring/"))
    assert "ended on <b>9 February 2027</b>" in page
    assert "Pairs" not in page
    # A draft is nobody's business but that of those who set it up.
    Program.objects.update(state="draft", takes_applications=False)
    assert client.get("/join/spring/").status_code == 404
    assert "Only people who set the program up see this page" in body(coordinator.get("/join/spring/"))


def test_who_is_signed_in_goes_straight_on_and_knows_when_a_role_is_full(client, program, boss):
    track = program.tracks.get()
    set_intake(track=track, spec=IntakeSpec(mentee_places=1), by=boss, now=NOW)
    EnrolmentFactory.create(track=track)
    assert "Full: waiting list" in body(client.get("/join/spring/"))
    client.force_login(UserFactory.create())
    page = body(client.get("/join/spring/apply/"))
    assert "Mentee: Pairs (waiting list)" in page
    assert 'name="email"' not in page
    response = client.post("/join/spring/apply/", {"what": "pairs.mentor"}, follow=True)
    assert "What are you called?" in body(response)
    # A mentor is also asked how many.
    assert "step 1 of 3" in body(response)


def test_a_batch_is_accepted_and_taken_back_from_the_list(coordinator, program):
    track = program.tracks.get()
    made = [
        Application.objects.create(
            track=track, user=UserFactory.create(), role="mentee", state="applied", started_at=NOW, sent_at=NOW,
            answers={"grade": "A"},
        )
        for _ in range(3)
    ]  # fmt: skip
    url = "/programs/spring/people/applications/"
    coordinator.post(f"{url}accept/", {"id": [each.pk for each in made]})
    page = body(coordinator.get(url))
    assert "3 decisions just made:" in page
    assert "The e-mails leave at 10:10" in page
    ids = re.findall(r'type="hidden" name="id" value="(\d+)"', page)
    assert sorted(map(int, ids)) == [each.pk for each in made]
    coordinator.post(f"{url}undo/", {"id": ids})
    assert list(Application.objects.values_list("state", flat=True)) == ["applied"] * 3
    assert mailed() == []
    for wrong in ("²", "1e3", "-1", "9" * 40, ""):
        assert coordinator.post(f"{url}accept/", {"id": wrong}).status_code == 302


def test_declining_asks_why_and_the_applicant_reads_it(coordinator, program):
    track = program.tracks.get()
    user = UserFactory.create()
    made = Application.objects.create(
        track=track, user=user, role="mentee", state="applied", started_at=NOW, sent_at=NOW, answers={"grade": "A"}
    )
    url = f"/programs/spring/people/applications/{made.pk}/"
    assert coordinator.post(url, {"do": "decline", "reason": ""}).status_code == 422
    assert coordinator.post(url, {"do": "decline", "reason": "No room this time"}).status_code == 302
    client = Client()
    client.force_login(user)
    at = f"/me/application/{made.pk}/"
    assert "No room" not in body(client.get(at))
    with time_machine.travel(NOW + UNDO, tick=False):
        assert "No room this time" in body(client.get(at))
        (mail,) = mailed()
    assert "No room this time" in mail


def test_set_up_opens_and_closes_it(client, coordinator, program):
    Program.objects.update(takes_applications=False, state="draft")
    url = "/programs/spring/set-up/enrolment/"
    page = body(coordinator.get(url))
    assert ">http://testserver/join/spring/</a>" in page or "/join/spring/</a>" in page
    coordinator.post(url, {"do": "open", "first": "", "last": "2027-03-20"})
    assert "until 20 March 2027" in body(client.get("/join/spring/"))
    assert coordinator.post(url, {"do": "open", "first": "2027-03-21", "last": "2027-03-20"}).status_code == 422
    spec = {
        "screened": "on",
        "mentee_places": "5",
        "wishes": "2",
        "orientation": "Read",
        "orientation_points": "A\n\nB",
    }
    assert coordinator.post(f"{url}pairs/", spec).status_code == 302
    intake = program.tracks.get().intake
    assert (intake.mentee_places, intake.mentor_places, intake.orientation_points) == (5, None, ["A", "B"])
    coordinator.post(url, {"do": "close"})
    assert Program.objects.get().takes_applications is False


def test_a_program_that_was_never_open_has_no_public_page(client, coordinator, boss):
    """One whose people are imported is known to nobody else, however far it is."""
    Program.objects.update(takes_applications=False, state="running")
    assert client.get("/join/spring/").status_code == 404
    program = open_enrolment(program=Program.objects.get(), first=None, last=None, by=boss, now=NOW)
    close_enrolment(program=program, by=boss, now=NOW)
    assert "Enrolment is closed" in body(client.get("/join/spring/"))


def test_who_is_in_is_led_home_and_who_left_is_told(client, program):
    enrolment = EnrolmentFactory.create(track=program.tracks.get(), user__email="in@example.org")
    client.post("/join/spring/apply/", {"what": "pairs.mentee", "email": "in@example.org"})
    (link,) = mailed()
    assert client.post(re.search(r"http://[^/]+(/t/\S+)", link)[1]).headers["Location"] == "/"
    made = Application.objects.create(
        track=enrolment.track, user=enrolment.user, role="mentee", state="accepted", started_at=NOW, sent_at=NOW,
        enrolment=enrolment,
    )  # fmt: skip
    leave(enrolment=enrolment, by=enrolment.user, now=NOW)
    assert "You no longer take part" in body(client.get(f"/me/application/{made.pk}/"))
    again = client.post("/join/spring/apply/", {"what": "pairs.mentee"})
    assert again.headers["Location"] == f"/me/application/{made.pk}/"
    assert Application.objects.get().state == State.STARTED
