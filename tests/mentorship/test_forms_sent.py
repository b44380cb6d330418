"""Forms and their keys, one case at a time; that every address keeps to it is in tests/house/test_sent_twice.py."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mail import links
from mentorship import forms_sent
from participants import services
from participants.models import Browser, SentForm
from programs.models import Import, ProfileField
from sessions.mails import PURPOSE
from sessions.models import Goal, Session
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast

KEY = "a-key-of-the-page-00001"
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def goals_of(cast: Cast) -> str:
    return reverse("sessions:goals", args=[cast.match.pk])


def key_in(response: Any) -> str:
    found = re.search(r'name="form_key" value="([\w-]+)"', response.content.decode())
    assert found
    return found[1]


def test_each_form_of_each_page_has_a_key_of_its_own(cast: Cast) -> None:
    client = browser(cast.mia)
    pages = [client.get(goals_of(cast)).content.decode() for _ in range(2)]
    keys = [key for page in pages for key in re.findall(r'name="form_key" value="([\w-]{22})"', page)]
    assert len(keys) == len(set(keys)) >= 2


def test_a_form_with_a_mistake_is_corrected_with_the_same_key(cast: Cast) -> None:
    client, url = browser(cast.mia), goals_of(cast)
    assert client.post(url, {"text": "", "form_key": KEY}).status_code == 422
    assert SentForm.objects.count() == 0
    assert client.post(url, {"text": "Read", "form_key": KEY}).status_code == 302
    assert client.post(url, {"text": "Read", "form_key": KEY})["Location"] == url
    assert Goal.objects.count() == 1


def test_what_came_with_a_used_key_is_given_back_and_can_be_sent_as_well(cast: Cast) -> None:
    client, url = browser(cast.mia), goals_of(cast)
    client.post(url, {"text": "Read", "form_key": KEY})
    page = client.post(url, {"text": "Write a <b>book</b>", "password": "secret words", "form_key": KEY})
    shown = page.content.decode()
    assert page.status_code == 422
    assert shown.count("Write a &lt;b&gt;book&lt;/b&gt;") == 2
    assert "secret words" not in shown
    assert f'href="{url}"' in shown
    assert Goal.objects.count() == 1
    client.post(url, {"text": "Write a <b>book</b>", "form_key": key_in(page)})
    assert sorted(Goal.objects.values_list("text", flat=True)) == ["Read", "Write a <b>book</b>"]


def test_the_same_key_at_another_address_or_of_somebody_else_is_another(cast: Cast) -> None:
    body = {"text": "Read", "form_key": KEY}
    assert browser(cast.mia).post(goals_of(cast), body).status_code == 302
    assert browser(cast.mia).post(goals_of(cast) + "?a=1", body).status_code == 422
    assert browser(cast.bob).post(goals_of(cast), body).status_code == 302
    assert Goal.objects.count() == 2


def test_a_file_is_known_by_what_is_in_it(cast: Cast) -> None:
    client, url = browser(cast.alice), "/programs/spring/people/import/"

    def upload(text: str) -> Any:
        file = SimpleUploadedFile("people.csv", text.encode())
        return client.post(url, {"who": "mentoring:mentee", "file": file, "form_key": KEY})

    first = upload("email\nnew@x.org\n")
    assert (first.status_code, Import.objects.count()) == (302, 1)
    assert upload("email\nnew@x.org\n")["Location"] == first["Location"]
    other = upload("email\nold@x.org\n")
    assert other.status_code == 422
    assert "choose it once more" in other.content.decode()
    assert Import.objects.count() == 1


def test_what_is_refused_or_not_there_leaves_the_key_free(cast: Cast) -> None:
    client = browser(cast.paul)
    assert client.post(goals_of(cast), {"text": "Read", "form_key": KEY}).status_code == 404
    assert Client().post(goals_of(cast), {"text": "Read", "form_key": KEY}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.mia)
    assert strict.post(goals_of(cast), {"text": "Read", "form_key": KEY}).status_code == 403
    assert SentForm.objects.count() == 0


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with spaces and more", "\x00" * 20, "é" * 20])
def test_a_key_that_is_none_of_ours_is_refused(cast: Cast, key: str) -> None:
    assert browser(cast.mia).post(goals_of(cast), {"text": "Read", "form_key": key}).status_code == 400
    assert Goal.objects.count() == 0


def test_behind_a_link_the_address_is_the_owner_signed_in_or_not(cast: Cast) -> None:
    meeting = SessionFactory.create(match=cast.match, starts_at=dt.datetime(2099, 1, 1, 9, tzinfo=dt.UTC))
    url = f"/t/{links.make(PURPOSE, cast.mia, meeting.pk, days=14)}/session/move/"
    answers: list[Any] = [client.post(url, {"later": "1", "form_key": KEY}) for client in (Client(), browser(cast.mia))]
    assert [each.status_code for each in answers] == [200, 200]
    assert "This was done already" in answers[1].content.decode()
    assert [each["Referrer-Policy"] for each in answers] == ["no-referrer"] * 2
    meeting.refresh_from_db()
    assert meeting.state == Session.State.CANCELLED
    other = Client().post(url, {"later": "2", "form_key": KEY})
    assert (other.status_code, other["Referrer-Policy"]) == (422, "no-referrer")
    assert "csrfmiddlewaretoken" not in other.content.decode()
    assert other.cookies == {}


def test_a_page_that_says_it_is_done_is_not_done_again(cast: Cast) -> None:
    client = browser(cast.alice)
    page = {"HTTP_REFERER": "http://testserver/programs/spring/reports/links/?a=1"}
    answers = [client.post("/programs/spring/reports/links/", {"days": 30, "form_key": KEY}, **page) for _ in "12"]  # type: ignore[arg-type]  # headers
    assert [each.status_code for each in answers] == [200, 200]
    assert "This was done already" in answers[1].content.decode()
    assert 'href="/programs/spring/reports/links/"' in answers[1].content.decode()


@pytest.mark.parametrize("said", ["https://evil.example/x", "//evil.example", "", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_house(cast: Cast, said: str) -> None:
    client = browser(cast.alice)
    for _ in range(2):
        page = client.post("/programs/spring/reports/links/", {"days": 30, "form_key": KEY}, HTTP_REFERER=said)
    assert '<a class="btn btn-primary" href="/">' in page.content.decode()


def test_nothing_that_was_sent_stands_in_the_row_and_it_goes_after_a_day(cast: Cast) -> None:
    client = browser(cast.mia)
    client.post(goals_of(cast), {"text": "Read canarywords", "form_key": KEY})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM participants_sentform")
        stored = repr(cursor.fetchall())
    assert "canary" not in stored
    assert goals_of(cast) not in stored
    sent = SentForm.objects.get()
    assert (sent.key, sent.led_to, sent.owner) == (KEY, goals_of(cast), services.owner_of(cast.mia))
    half_past = NOW.replace(minute=30, second=0, microsecond=0)
    SentForm.objects.update(sent_at=half_past)
    Browser.objects.all().delete()
    day = half_past + dt.timedelta(hours=24)
    assert services.forget_ended(now=day) == 0
    assert services.forget_ended(now=day + dt.timedelta(minutes=29)) == 0  # not twice in an hour
    assert services.forget_ended(now=day + dt.timedelta(minutes=30)) == 1


def test_erasing_somebody_erases_what_they_sent(cast: Cast) -> None:
    for user in (cast.mia, cast.bob):
        browser(user).post(goals_of(cast), {"text": "Read", "form_key": KEY})
    services.erase(user=cast.mia, by=None, now=NOW)
    assert [each.owner for each in SentForm.objects.all()] == [services.owner_of(cast.bob)]


def test_it_costs_two_statements_and_looking_none(cast: Cast) -> None:
    client, url = browser(cast.mia), goals_of(cast)
    counts = []
    for more in ({}, {"form_key": KEY}, {"form_key": KEY}):
        with CaptureQueriesContext(connection) as seen:
            client.post(url, {"text": "Read" if more else "Write", **more})
        counts.append([each["sql"] for each in seen if "SAVEPOINT" not in each["sql"]])
    without, with_key, again = counts
    assert len(with_key) == len(without) + 2
    ours = [sql.strip().lower() for sql in again if "sentform" in sql]
    assert [sql.startswith(("insert", "execute insert")) for sql in ours] == [True, False]
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert [each["sql"] for each in seen if "sentform" in each["sql"]] == []


def at_once(deeds: int, client: Client, url: str, body: dict[str, str]) -> list[Any]:
    """The same form from as many threads, each with a connection of its own."""
    start = Barrier(deeds)

    def send(_: int) -> Any:
        fresh = Client()
        fresh.cookies.update(client.cookies)
        try:
            start.wait(10)
            answer = fresh.post(url, body)
            return answer.status_code, answer.headers.get("Location")
        finally:
            connection.close()

    with ThreadPoolExecutor(deeds) as pool:
        return list(pool.map(send, range(deeds)))


@pytest.mark.django_db(transaction=True)
def test_a_double_click_does_one_deed() -> None:
    cast = make_cast()
    client, url = browser(cast.mia), goals_of(cast)
    for number in range(4):
        body = {"text": f"Read {number}", "form_key": f"a-key-of-the-page-1{number:04}"}
        assert at_once(3, client, url, body) == [(302, url)] * 3
        assert Goal.objects.count() == number + 1
    wrong = {"text": "", "form_key": KEY}
    assert at_once(3, client, url, wrong) == [(422, None)] * 3
    assert client.post(url, {**wrong, "text": "Read"}).status_code == 302
    assert Goal.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_each_click_makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above, and that such a form has no other guard."""
    cast = make_cast()
    client, url = browser(cast.alice), reverse("programs:add_field", args=["spring"])
    body = {"label": "Town", "kind": "text", "asked_of": "mentee", "form_key": KEY}
    at_once(3, client, url, body)
    assert ProfileField.objects.filter(label="Town").count() == 1
    monkeypatch.setattr(forms_sent, "key_of", lambda _: None)
    at_once(3, client, url, body)
    assert ProfileField.objects.filter(label="Town").count() > 2


def test_what_is_sent_to_a_link_too_often_waits_with_its_words_and_looking_is_not_counted(cast: Cast) -> None:
    meeting = SessionFactory.create(match=cast.match)
    client, other = Client(), Client()
    urls = [f"/t/{links.make(PURPOSE, user, meeting.pk, days=14)}/session/move/" for user in (cast.mia, cast.bob)]
    words = {"message": "Could we meet later?", "form_key": KEY}
    assert [client.post(urls[0], words).status_code for _ in range(30)] == [422] * 30
    with_key, without = client.post(urls[0], words), other.post(urls[0], {"message": "Could we meet later?"})
    for refused in (with_key, without):
        assert (refused.status_code, refused["Retry-After"], refused["Referrer-Policy"]) == (429, "60", "no-referrer")
        page = refused.content.decode()
        assert "<h1>Wait a minute</h1>" in page
        assert '<input type="hidden" name="message" value="Could we meet later?">' in page
    assert SentForm.objects.count() == 0
    assert {client.get(urls[0]).status_code for _ in range(3)} == {200}
    assert client.post(urls[1], words).status_code == 422
    assert client.post("/t/1.2.3.cut/session/move/", words).status_code == 404
