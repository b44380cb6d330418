# ruff: noqa: PLR0917  fixtures and columns of tables are asked for by position
"""Fewer e-mails, a pause, none: by the links in the foot of a mail and by the mail program's own button."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from mail import links, queries, services
from mail.models import MailPreference, Message
from mail.services import Choice
from participants.models import Browser, User
from tests.factories.participants import UserFactory
from tests.mail.conftest import START, Clock

PROGRAM = 7
REFUSED = "This link no longer works"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def three(kind):
    kind("reminder", group="sessions")
    kind("pulse", group="surveys")
    kind("sign_in", transactional=True)


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def address(user: User, page: str = "mail", program_id: int = PROGRAM, **changes) -> str:
    token = links.make("mail", user, program_id, days=365, now=START, **changes)
    return f"/t/{token}/{page}/"


def wishes(user: User) -> list[tuple[int | None, str, datetime | None]]:
    return list(
        MailPreference.objects.filter(user=user).order_by("pk").values_list("program_id", "kind_group", "until")
    )


def queued(user: User, queue) -> None:
    for slug in ("reminder", "pulse", "sign_in"):
        queue(user, kind=slug, program_id=PROGRAM)


def states(user: User) -> dict[str, str]:
    return dict(Message.objects.filter(recipient=user).values_list("kind", "state"))


# --- what a choice does -----------------------------------------------------------------

CHOICES = [
    (Choice.ALL, [], [], {"reminder": "sent", "pulse": "sent"}),
    (Choice.FEWER, ["surveys"], [(PROGRAM, "surveys", None)], {"reminder": "sent", "pulse": "cancelled"}),
    (
        Choice.PAUSE,
        [],
        [(PROGRAM, "", START + timedelta(weeks=4))],
        {"reminder": "cancelled", "pulse": "cancelled"},
    ),
    (Choice.NONE, [], [(PROGRAM, "", None)], {"reminder": "cancelled", "pulse": "cancelled"}),
]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("choice", "off", "stored", "becomes"), CHOICES)
@pytest.mark.parametrize("first", ["queue", "choose"])
def test_a_choice_stops_what_is_queued_and_what_comes(ann, queue, drain, choice, off, stored, becomes, first):
    if first == "queue":
        queued(ann, queue)
    services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=choice, off=off, now=START)
    if first == "choose":
        queued(ann, queue)
    drain()
    assert wishes(ann) == stored
    assert states(ann) == {**becomes, "sign_in": "sent"}
    assert len(mail.outbox) == list(states(ann).values()).count("sent")


@pytest.mark.usefixtures("three")
def test_a_choice_is_for_one_person_and_one_program(ann, queue, drain):
    bob = UserFactory.create()
    queue(ann, kind="pulse", program_id=8, subject_id=8)
    queue(ann, kind="pulse", program_id=None, subject_id=0)
    queue(bob, kind="pulse", program_id=PROGRAM)
    services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=Choice.NONE, now=START)
    drain()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.usefixtures("three")
def test_a_pause_ends_by_itself_and_leaves_alone_what_comes_after_it(ann, queue, drain, clock: Clock):
    far = START + timedelta(weeks=5)
    queue(ann, kind="pulse", program_id=PROGRAM, not_before=far, expires_at=far + timedelta(days=1))
    services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=Choice.PAUSE, now=START)
    assert states(ann) == {"pulse": "pending"}
    clock.now = far
    drain()
    assert states(ann) == {"pulse": "sent"}
    assert queries.wishes_of(user_id=ann.pk, program_id=PROGRAM, now=START + timedelta(weeks=4)) == []


def test_choosing_twice_is_choosing_once(ann):
    for choice in (Choice.PAUSE, Choice.FEWER, Choice.NONE, Choice.NONE):
        services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=choice, off=["surveys"], now=START)
    assert wishes(ann) == [(PROGRAM, "", None)]
    services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=Choice.ALL, now=START)
    assert wishes(ann) == []


def test_an_unknown_group_is_refused(ann):
    with pytest.raises(ValueError, match=r"No such groups of messages: \['weather'\]"):
        services.save_wishes(user_id=ann.pk, program_id=PROGRAM, choice=Choice.FEWER, off=["weather"], now=START)
    assert wishes(ann) == []


# --- the page ---------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_the_page_shows_what_is_on_and_names_nobody(ann, client):
    page = client.get(address(ann)).content.decode()
    assert "You get every e-mail of this program." in page
    assert re.findall(r'name="groups"[^>]*value="(\w+)"', page) == ["sessions", "surveys"]
    assert [
        secret for secret in (ann.email, ann.first_name, links.make("mail", ann, 7, days=365)) if secret in page
    ] == []


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("page", ["mail", "unsubscribe"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(ann, client, queue, page, method):
    queued(ann, queue)
    for _scan in range(3):
        response = getattr(client, method)(address(ann, page), {"choice": "none"})
        assert response.status_code == 200
    assert wishes(ann) == []
    assert set(states(ann).values()) == {"pending"}
    assert Browser.objects.count() == 0


@pytest.mark.usefixtures("three")
def test_saving_on_the_page(ann, client, queue):
    queued(ann, queue)
    response = client.post(address(ann), {"choice": "fewer", "groups": ["sessions"]}, headers={"origin": "null"})
    assert (response.status_code, response["Location"]) == (302, f"{address(ann)}?saved=1")
    assert wishes(ann) == [(PROGRAM, "surveys", None)]
    assert states(ann) == {"reminder": "pending", "pulse": "cancelled", "sign_in": "pending"}
    page = client.get(response["Location"]).content.decode()
    assert "Saved." in page
    assert "You get fewer e-mails of this program." in page


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("pause", "You get no e-mail of this program until 9 June 2026."),
        ("none", "You get no e-mail of this program."),
        ("all", "You get every e-mail of this program."),
    ],
)
def test_the_page_says_what_was_chosen_and_has_it_ticked(ann, client, choice, told):
    client.post(address(ann), {"choice": choice})
    page = client.get(address(ann)).content.decode()
    assert told in page
    assert re.findall(r'name="choice"[^>]*value="(\w+)"[^>]*checked', page) == [choice]


@pytest.mark.usefixtures("three")
def test_the_link_in_the_mail_only_preselects(ann, client):
    page = client.get(address(ann), {"choice": "pause"}).content.decode()
    assert re.findall(r'name="choice"[^>]*value="(\w+)"[^>]*checked', page) == ["pause"]
    page = client.get(address(ann), {"choice": "<script>"}).content.decode()
    assert re.findall(r'name="choice"[^>]*value="(\w+)"[^>]*checked', page) == ["all"]
    assert wishes(ann) == []


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("data", [{}, {"choice": "everything"}, {"choice": "fewer", "groups": ["weather"]}])
def test_a_choice_that_does_not_exist_is_an_error_on_the_form(ann, client, data):
    response = client.post(address(ann), data)
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert wishes(ann) == []


@pytest.mark.usefixtures("three")
def test_other_fields_are_ignored(ann, client):
    bob = UserFactory.create()
    client.post(address(ann), {"choice": "none", "user": bob.pk, "user_id": bob.pk, "program_id": 8})
    assert wishes(ann) == [(PROGRAM, "", None)]
    assert wishes(bob) == []


def test_messages_of_no_program_have_a_choice_of_their_own(ann, client):
    assert "You get every e-mail of this organisation." in client.get(address(ann, program_id=0)).content.decode()
    client.post(address(ann, "unsubscribe", program_id=0))
    assert wishes(ann) == [(None, "", None)]


# --- one click --------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
def test_the_mail_programs_button_needs_no_cookie(ann, client, queue):
    queued(ann, queue)
    one_click = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}
    for _twice in range(2):
        response = client.post(address(ann, "unsubscribe"), **one_click)
        assert (response.status_code, dict(response.cookies)) == (200, {})
    assert wishes(ann) == [(PROGRAM, "", None)]
    assert states(ann) == {"reminder": "cancelled", "pulse": "cancelled", "sign_in": "pending"}


@pytest.mark.usefixtures("three")
def test_the_header_of_a_mail_leads_to_it(ann, client, queue, drain):
    queue(ann, kind="pulse", program_id=PROGRAM)
    drain()
    (email,) = mail.outbox
    target = email.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    asked = client.get(target).content.decode()
    assert '<form method="post">' in asked
    assert client.post(target).status_code == 200
    assert wishes(ann) == [(PROGRAM, "", None)]


# --- links that do not hold -------------------------------------------------------------


@pytest.mark.parametrize("page", ["mail", "unsubscribe"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_does_not_hold_says_so_and_changes_nothing(ann, client, page, method):
    good = address(ann, page)
    expired = f"/t/{links.make('mail', ann, PROGRAM, days=1, now=START - timedelta(days=2))}/{page}/"
    other = f"/t/{links.make('session', ann, PROGRAM, days=1, now=START)}/{page}/"
    for bad in (good[:-20] + f"/{page}/", expired, other, f"/t/x/{page}/"):
        response = getattr(client, method)(bad, {"choice": "none"})
        assert response.status_code == 404
        assert REFUSED in response.content.decode()
    User.objects.filter(pk=ann.pk).update(link_version=2)
    assert getattr(client, method)(good, {"choice": "none"}).status_code == 404
    assert wishes(ann) == []


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("page", ["mail", "unsubscribe"])
def test_the_token_does_not_leak(ann, client, page):
    for target in (address(ann, page), f"/t/x/{page}/"):
        response = client.get(target)
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
@pytest.mark.parametrize("page", ["mail", "unsubscribe"])
def test_other_methods_are_refused(ann, client, page, method):
    assert getattr(client, method)(address(ann, page)).status_code == 405


def test_times_are_the_readers(ann, client):
    """Four weeks from noon in Berlin end on another day in Apia."""
    User.objects.filter(pk=ann.pk).update(timezone="Pacific/Apia")
    with time_machine.travel(datetime(2026, 5, 12, 12, 0, tzinfo=UTC), tick=False):
        client.post(address(ann), {"choice": "pause"})
        assert "until 10 June 2026" in client.get(address(ann)).content.decode()
