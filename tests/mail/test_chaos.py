"""Workers killed in the midst of their work: nothing is lost, whatever a worker was doing when it died.

Real processes, a real mail server, SIGKILL. What may happen twice is bounded by the number of kills, and every copy has
the same Message-ID; what may be lost is listed.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from mail import services
from mail.clock import database_now
from mail.models import Message
from mail.services import Draft
from tests.factories.participants import UserFactory
from tests.mail.sink import LOSE_THE_ANSWER, Sink, running_sink

pytestmark = pytest.mark.real_mail
MESSAGES = 120
KILLS = 5
WORKERS = 2
# One that was only starting has no handler for SIGTERM yet.
ENDED_WELL = {0, -signal.SIGTERM}
WORKER = Path(__file__).with_name("chaos_worker.py")


def database_url() -> str:
    """The database of this test, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


class Mother:
    """A process with everything set up, that forks drainers: starting each anew would be most of the time."""

    def __init__(self, root: Path) -> None:
        env = {**os.environ, "PYTHONPATH": str(root), "DATABASE_URL": database_url(), "EMAIL_URL": "smtp://127.0.0.1:9"}
        command = [sys.executable, str(WORKER)]
        self._process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **order: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate(timeout=60)


class Workers:
    """Two drainers; a killed one is replaced."""

    def __init__(self, mother: Mother, **how: Any) -> None:
        self._mother, self._how = mother, how
        self._running = [self._start() for _ in range(WORKERS)]

    def _start(self) -> int:
        return self._mother.ask(start=self._how)

    def kill_one(self, chance: random.Random) -> None:
        place = chance.randrange(WORKERS)
        self._end(self._running[place], signal.SIGKILL)
        self._running[place] = self._start()

    def _end(self, process: int, number: signal.Signals) -> int:
        os.kill(process, number)
        return self._mother.ask(wait=process)

    def stop(self) -> list[int]:
        """Ask all to end; their exit statuses."""
        return [self._end(self._running.pop(), signal.SIGTERM) for _ in range(WORKERS)]

    def kill(self) -> None:
        while self._running:
            self._end(self._running.pop(), signal.SIGKILL)


@pytest.fixture(scope="module")
def mother(django_db_setup: None) -> Iterator[Mother]:
    mother = Mother(Path(settings.BASE_DIR))
    yield mother
    mother.end()


@contextmanager
def workers(mother: Mother, doubt: str, port: int, header: str = "") -> Iterator[Workers]:
    group = Workers(mother, doubt=doubt, port=port, header=header)
    try:
        yield group
    finally:
        group.kill()


def put_in() -> None:
    now = database_now()
    people = UserFactory.create_batch(MESSAGES)
    drafts = [
        Draft("hello", "thing", number, who.pk, now, now + timedelta(days=1)) for number, who in enumerate(people)
    ]
    assert services.enqueue_many(drafts, now=now) == MESSAGES


def run_with_kills(group: Workers, sink: Sink, seed: int, *, cancelling: bool) -> None:
    """Kill a worker after each so many messages that have arrived, and cancel things meanwhile."""
    chance = random.Random(seed)
    for kill in range(1, KILLS + 1):
        wait_until(lambda kill=kill: len(sink.messages) >= kill * MESSAGES // (2 * KILLS))
        group.kill_one(chance)
        for thing in chance.sample(range(MESSAGES), 5) if cancelling else []:
            services.cancel(subject_type="thing", subject_id=thing, now=database_now())
    wait_until(lambda: not Message.objects.filter(state__in=["pending", "sending"]).exists())


def wait_until(reached, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, Counter(Message.objects.values_list("state", flat=True))
        time.sleep(0.02)


@pytest.fixture
def server() -> Iterator[tuple[Sink, int]]:
    """A mail server that takes its time, as far ones do, so that kills hit workers in its midst."""
    with running_sink() as (sink, port):
        sink.seconds = 0.02
        yield sink, port


def copies(sink: Sink) -> Counter[str]:
    """How often each message arrived; every copy went to the person it was for."""
    of_recipient = dict(Message.objects.values_list("message_id", "recipient__email"))
    assert [of_recipient[name] for name in sink.message_ids] == sink.recipients
    return Counter(sink.message_ids)


@pytest.mark.usefixtures("transactional_db", "kind")
def test_kills_lose_nothing_where_doubt_means_resending(kind, mother, server):
    sink, port = server
    kind(doubt="resend")
    put_in()
    with workers(mother, "resend", port) as group:
        run_with_kills(group, sink, seed=1, cancelling=True)
        assert set(group.stop()) <= ENDED_WELL
    arrived = copies(sink)
    for name, state, handed_over_at in Message.objects.values_list("message_id", "state", "handed_over_at"):
        assert state in {"sent", "cancelled"}
        # Cancelled before the fence: not one copy. Cancelled behind it: perhaps. Sent: at least once.
        assert arrived[name] >= 1 if state == "sent" else arrived[name] == 0 or handed_over_at
    assert arrived.total() - len(arrived) <= KILLS


@pytest.mark.usefixtures("transactional_db")
def test_kills_repeat_nothing_where_doubt_means_holding_and_what_may_be_lost_is_listed(kind, mother, server):
    sink, port = server
    kind(doubt="hold")
    put_in()
    sink.data_answers.extend(["250 OK"] * 30 + [LOSE_THE_ANSWER] + ["250 OK"] * 30 + ["451 not now"])
    with workers(mother, "hold", port) as group:
        run_with_kills(group, sink, seed=2, cancelling=False)
        assert set(group.stop()) <= ENDED_WELL
    arrived = copies(sink)
    assert set(arrived.values()) == {1}
    sent = set(Message.objects.filter(state="sent").values_list("message_id", flat=True))
    unknown = set(Message.objects.filter(state="unknown").values_list("message_id", flat=True))
    assert len(sent) + len(unknown) == MESSAGES
    assert sent <= set(arrived) <= sent | unknown
    assert 1 <= len(unknown) <= KILLS + 1


@pytest.mark.usefixtures("transactional_db")
def test_a_server_that_drops_repeats_makes_both_zero(kind, mother, server):
    sink, port = server
    sink.drops_repeats_by = "Idempotency-Key"
    kind(doubt="hold")
    put_in()
    sink.data_answers.extend(["250 OK"] * 30 + [LOSE_THE_ANSWER] + ["250 OK"] * 30 + [LOSE_THE_ANSWER])
    with workers(mother, "hold", port, header="Idempotency-Key") as group:
        run_with_kills(group, sink, seed=3, cancelling=False)
        assert set(group.stop()) <= ENDED_WELL
    assert Counter(Message.objects.values_list("state", flat=True)) == {"sent": MESSAGES}
    assert set(copies(sink).values()) == {1}
    assert len(sink.messages) == MESSAGES
    assert sink.repeats >= 1
