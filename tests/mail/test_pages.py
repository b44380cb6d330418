import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from mail import links
from mail.pages import token_page
from tests.mail.conftest import START


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(START, tick=False):
        yield


def shown(request, link, **kwargs):
    zone = timezone.get_current_timezone_name()
    return HttpResponse(f"{link.user.short_name} {link.subject_id} {link.extra} {kwargs} {zone}")


def over(request, link):
    return HttpResponse(f"A new link for {link.subject_id}?")


@pytest.fixture
def token(ann):
    return lambda days=1, **options: links.make("rsvp", ann, 5, days=days, now=START, **options)


def test_the_view_gets_what_the_token_says_in_the_readers_zone(rf, token):
    page = token_page("rsvp")(shown)(rf.get("/"), tok=token(extra="yes"), number=3)
    assert page.content.decode() == "Ann 5 yes {'number': 3} Europe/Berlin"
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_token_that_has_ended_leads_to_its_own_page(rf, token):
    ended = token(days=0)
    response = token_page("rsvp", expired=over)(shown)(rf.get("/"), tok=ended)
    assert response.content.decode() == "A new link for 5?"
    assert response["Referrer-Policy"] == "no-referrer"
    assert token_page("rsvp")(shown)(rf.get("/"), tok=ended).status_code == 404


def test_one_that_never_held_does_not_lead_there(rf, token):
    assert token_page("survey", expired=over)(shown)(rf.get("/"), tok=token(days=0)).status_code == 404


def test_a_page_behind_a_link_asks_for_no_sign_in_and_no_cookie():
    marks = vars(token_page("rsvp")(shown))
    assert (marks["login_required"], marks["csrf_exempt"]) == (False, True)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_only_reading_and_posting(rf, token, method):
    assert token_page("rsvp")(shown)(getattr(rf, method)("/"), tok=token()).status_code == 405
