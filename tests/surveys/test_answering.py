"""A survey of many pages: one question each, kept, sent once."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mail.models import Message
from programs.models import Role
from surveys import services
from surveys.mails import token_for
from surveys.models import Answer, Invitation, Response
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=90)


@pytest.fixture
def invitation() -> Invitation:
    track = TrackFactory.create()
    mentee = EnrolmentFactory.create(track=track)
    match = make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), mentee)
    made = services.invite(
        program=track.program, kind="closing", user=mentee.user, match=match, with_core=True, now=LATER
    )
    assert made is not None
    return made


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def page(invitation: Invitation, n: int) -> str:
    return reverse("survey_links:question", kwargs={"tok": token_for(invitation, now=LATER), "n": n})


def begin(invitation: Invitation) -> str:
    return reverse("survey_links:answer", kwargs={"tok": token_for(invitation, now=LATER)})


# Six of the core, seven about the match, would recommend, looking back, in words; why it ended is not asked.
LAST = 17


def test_the_answer_of_the_mail_is_chosen_and_nothing_is_written(client: Client, invitation: Invitation) -> None:
    shown = client.get(page(invitation, 1) + "?a=6").content.decode()
    assert re.search(r'value="6"[^>]*checked', shown)
    assert "step 1 of 16" in shown
    assert not Response.objects.exists()


def test_one_question_after_the_other_then_all_of_them_sent_once(client: Client, invitation: Invitation) -> None:
    assert client.post(page(invitation, 1), {"answer": "6"}).headers["Location"] == page(invitation, 2)
    client.post(page(invitation, 2), {})
    client.post(page(invitation, 14), {"answer": "0"})
    client.post(page(invitation, 16), {"answer": "Time to think"})
    assert Response.objects.get().submitted_at is None
    shown = client.get(page(invitation, LAST)).content.decode()
    assert "0 (Certainly not)" in shown
    assert "Time to think" in shown
    client.post(page(invitation, LAST), {"consent": "yes"})
    response = Response.objects.get()
    assert (response.submitted_at, response.consent, response.contact_me) == (LATER, True, False)
    given = {row.question.slug: row.text or row.value for row in Answer.objects.select_related("question")}
    assert given == {"skills": 6, "recommend": 0, "made-the-difference": "Time to think"}


def test_who_comes_back_goes_on_where_they_stopped(client: Client, invitation: Invitation) -> None:
    for n in (1, 2):
        client.post(page(invitation, n), {"answer": "3"})
    shown = client.get(begin(invitation)).content.decode()
    assert f'href="{page(invitation, 3)}"' in shown
    assert "2 answers are kept" in shown


def test_back_shows_what_was_answered_and_it_can_be_taken_away(client: Client, invitation: Invitation) -> None:
    client.post(page(invitation, 1), {"answer": "3"})
    assert re.search(r'value="3"[^>]*checked', client.get(page(invitation, 1) + "?a=6").content.decode())
    client.post(page(invitation, 1), {"do": "skip", "answer": "3"})
    assert not Answer.objects.exists()


def test_a_second_window_is_told_and_changes_nothing(client: Client, invitation: Invitation) -> None:
    client.post(page(invitation, 1), {"answer": "3"})
    client.post(page(invitation, LAST), {"consent": "no"})
    for n in (1, LAST):
        late = client.post(page(invitation, n), {"answer": "7", "consent": "yes", "contact_me": "on"})
        assert late.status_code == 409
        assert "were sent already" in late.content.decode()
    assert (Answer.objects.get().value, Response.objects.get().consent) == (3, False)
    assert "Thank you" in client.get(begin(invitation)).content.decode()


def test_please_contact_me_goes_to_a_human_at_once_and_nothing_else_is_sent(
    client: Client, invitation: Invitation
) -> None:
    coordinator = CoordinatorFactory.create(program=invitation.survey.program)
    client.post(page(invitation, 1), {"do": "contact", "answer": "2"})
    told = Message.objects.get(kind="contact_request")
    assert (told.recipient, told.not_before) == (coordinator.user, LATER)
    assert Response.objects.get().submitted_at is None
    assert Answer.objects.get().value == 2


@pytest.mark.parametrize("given", ["8", "0", "-1", "x", "1.5"])
def test_an_answer_off_the_scale_is_refused(client: Client, invitation: Invitation, given: str) -> None:
    assert client.post(page(invitation, 1), {"answer": given}).status_code == 422
    assert not Answer.objects.exists()


def test_there_is_no_page_before_the_first_or_after_the_last(client: Client, invitation: Invitation) -> None:
    assert [client.get(page(invitation, n)).status_code for n in (0, LAST + 1, 10**12)] == [404] * 3


def test_after_its_last_day_it_is_closed(client: Client, invitation: Invitation) -> None:
    url = page(invitation, 1)
    with time_machine.travel(invitation.closes_at, tick=False):
        assert client.post(url, {"answer": "4"}).status_code == 410
    assert not Answer.objects.exists()


def test_a_mentor_is_asked_about_the_match_and_not_how_they_stand(invitation: Invitation) -> None:
    assert invitation.match is not None
    mentor = invitation.match.seats.get(role=Role.MENTOR).enrolment.user
    asked = services.invite(
        program=invitation.survey.program, kind="closing", user=mentor, match=invitation.match, early=True, now=LATER
    )
    assert asked is not None
    with pytest.raises(services.BadAnswer):
        services.answer(invitation=asked, answers={"skills": 4}, now=LATER)
    services.answer(invitation=asked, answers={"respect": 4, "exit-reason": 2}, now=LATER)
    assert Answer.objects.count() == 2
