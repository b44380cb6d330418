import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from mail import registry, services
from mail.models import Message
from mail.registry import Kind
from mail.services import Draft
from participants.models import User
from tests.factories.participants import UserFactory
from tests.mail.sink import Sink, running_sink

START = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **distance: float) -> datetime:
        self.now += timedelta(**distance)
        return self.now


def hello(message: Message, now: datetime) -> dict[str, Any]:
    return {"name": message.recipient.short_name, "moment": now, "why": "You get this because you are in a test."}


def in_threads(count: int, work: Callable[[], object]) -> None:
    """Run work() in so many threads that all start at once, and pass on what went wrong in any."""
    gate = threading.Barrier(count)
    errors: list[Exception] = []

    def run() -> None:
        try:
            gate.wait(30)
            work()
        except Exception as error:  # noqa: BLE001  an error in a thread must fail the test
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


@pytest.fixture(autouse=True)
def _templates_and_urls(settings: Any) -> None:
    engine = dict(settings.TEMPLATES[0])
    engine["DIRS"] = [*engine["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = [engine]
    settings.ROOT_URLCONF = "tests.mail.urls"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, Kind]:
    """No kinds but those of the test."""
    own: dict[str, Kind] = {}
    monkeypatch.setattr(registry, "_kinds", own)
    return own


@pytest.fixture
def kind(kinds: dict[str, Kind]) -> Callable[..., Kind]:
    """Register a kind of message: kind(doubt="hold")."""

    def make(slug: str = "hello", **changes: Any) -> Kind:
        kinds.pop(slug, None)
        given = {"template": "mailtest/hello", "description": "A greeting", "context": hello, "capped": False}
        return registry.register(Kind(slug=slug, **{**given, **changes}))

    return make


@pytest.fixture
def a_kind(kind: Callable[..., Kind]) -> Kind:
    return kind()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory.create(email="ann@example.org", first_name="Ann", last_name="Example")


@pytest.fixture
def queue(clock: Clock) -> Callable[..., Message]:
    """Queue a message that is due now and has a day: queue(user, subject_id=2)."""

    def put(user: User, **changes: Any) -> Message:
        given: dict[str, Any] = {
            "kind": "hello",
            "subject_type": "thing",
            "subject_id": 1,
            "not_before": clock.now,
            "expires_at": clock.now + timedelta(days=1),
        }
        message = services.enqueue(recipient=user, now=clock.now, **{**given, **changes})
        assert message is not None
        return message

    return put


@pytest.fixture
def queue_many(db: None, clock: Clock) -> Callable[[int], list[User]]:
    """Queue one due message to each of so many people."""

    def put(count: int) -> list[User]:
        people = UserFactory.create_batch(count)
        ends = clock.now + timedelta(days=1)
        drafts = [Draft("hello", "thing", 1, person.pk, clock.now, ends) for person in people]
        assert services.enqueue_many(drafts, now=clock.now) == count
        return people

    return put


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real SMTP server on this machine, which the outbox is told to use. Needs the mark real_mail."""
    with running_sink() as (server, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture
def drain(clock: Clock) -> Callable[..., services.Tally]:
    def run(**options: Any) -> services.Tally:
        return services.drain(clock=clock, **options)

    return run
