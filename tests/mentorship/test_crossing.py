"""Two writes that cross: whoever the database ends is tried once more, or asked to send it again; never an error."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from matching.models import Match
from mentorship import crossing
from participants import services
from sessions.models import Goal
from tests.mentorship.test_forms_sent import KEY, browser, key_in
from tests.people import Cast, make_cast

BODY = {"text": "Read a book", "form_key": KEY}


class Crossed:
    """Around statements: a goal is not written so many times, as the database says when two cross."""

    def __init__(self, times: int, code: str) -> None:
        self.times, self.code = times, code

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.times and 'INSERT INTO "mentoring_sessions_goal"' in sql:
            self.times -= 1
            cause = Exception()
            cause.pgcode = self.code  # type: ignore[attr-defined]  # as psycopg2's errors have it
            raise OperationalError from cause
        return execute(sql, params, many, context)


def sent(cast: Cast, crossed: Crossed, **body: str) -> Any:
    client = browser(cast.mia)
    client.raise_request_exception = False
    with connection.execute_wrapper(crossed):
        return client.post(reverse("sessions:goals", args=[cast.match.pk]), {**BODY, **body})


@pytest.mark.django_db
def test_what_was_taken_back_for_another_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    assert sent(cast, Crossed(1, "40P01")).status_code == 302
    assert Goal.objects.count() == 1
    # The control: without a second try it is not done.
    monkeypatch.setattr(crossing.guards, "second_try", False)
    assert sent(cast, Crossed(1, "40P01"), text="Write one", form_key=KEY[::-1]).status_code == 503
    assert Goal.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("times", "code"), [(2, "40P01"), (2, "40001"), (1, "55P03")])
def test_who_loses_again_or_waited_too_long_can_send_it_again(times: int, code: str) -> None:
    cast = make_cast()
    answer = sent(cast, Crossed(times, code))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Nothing of yours was saved" in answer.content.decode()
    assert 'value="Read a book"' in answer.content.decode()
    assert Goal.objects.count() == 0
    again = browser(cast.mia).post(answer.request["PATH_INFO"], {**BODY, "form_key": key_in(answer)})
    assert (again.status_code, Goal.objects.count()) == (302, 1)


@pytest.mark.django_db
def test_another_error_is_an_error() -> None:
    assert sent(make_cast(), Crossed(1, "57P01")).status_code == 500


@pytest.mark.django_db
def test_what_asks_for_no_key_is_answered_too() -> None:
    cast = make_cast()
    client = browser(cast.mia)
    client.post(reverse("sessions:goals", args=[cast.match.pk]), {"text": "Write"})

    def cross(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "mentoring_sessions_goal" in sql:
            raise OperationalError from type("Locked", (Exception,), {"sqlite_errorcode": 5})()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cross):
        looked = client.get(reverse("sessions:goals", args=[cast.match.pk]))
        wrote = client.post(reverse("sessions:goals", args=[cast.match.pk]), {"text": "Read"})
    assert [each.status_code for each in (looked, wrote)] == [503, 503]
    assert ["Load it again" in looked.content.decode(), "Send it again" in wrote.content.decode()] == [True, True]


class HoldBackTheSecondTry:
    """Around statements: the key is claimed anew when whoever asked for it in between has had it.

    Without, the second try may have it first, and the two wait for each other once more.
    """

    def __init__(self) -> None:
        self.claims, self.was_had = 0, Event()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(r'(INSERT INTO "|EXECUTE insert_)participants_sentform', sql):
            self.claims += 1
            if self.claims == 2:
                assert self.was_had.wait(30)
        return execute(sql, params, many, context)


@contextmanager
def posting(cast: Cast, settings: str, around: Callable[..., Any] | None = None) -> Iterator[Future[Any]]:
    """Mia's form on its way by a connection of its own, while this one holds the match that it waits for."""

    def send(client: Client) -> Any:
        client.raise_request_exception = False
        try:
            with connection.cursor() as cursor:
                cursor.execute(settings)
            with connection.execute_wrapper(around) if around else nullcontext():
                return client.post(reverse("sessions:goals", args=[cast.match.pk]), BODY)
        finally:
            connection.close()

    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    client = browser(cast.mia)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Match.objects.select_for_update().get(pk=cast.match.pk)
        yield pool.submit(send, client)


def wait_until_it_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail("Nobody waits")


@pytest.mark.as_in_production
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("second_try", "goals"), [(True, 1), (False, 0)])
def test_two_that_wait_for_each_other(second_try: bool, goals: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one: the form holds its key and waits for the match; whoever holds the match asks for the same key."""
    monkeypatch.setattr(crossing.guards, "second_try", second_try)
    cast, held_back = make_cast(), HoldBackTheSecondTry()
    # PostgreSQL looks only once, so long after the wait began; this one waits by then, on a busy machine too.
    with posting(cast, "SET deadlock_timeout = '2s'", held_back) as answer:
        wait_until_it_waits()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
        services.claim_form(owner=services.owner_of(cast.mia), key=KEY, body="", now=cast.program.created_at)
        transaction.set_rollback(True)
        held_back.was_had.set()
    assert answer.result(30).status_code == (302 if second_try else 503)
    assert (Goal.objects.count(), held_back.claims) == (goals, 2 if second_try else 1)


@pytest.mark.as_in_production
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_for_long() -> None:
    cast = make_cast()
    with posting(cast, "SET lock_timeout = '50ms'") as answer:
        assert answer.result(30).status_code == 503
    assert Goal.objects.count() == 0
