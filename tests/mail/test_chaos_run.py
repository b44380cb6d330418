"""The chaos run of benchmarks/chaos, small: it keeps its promises, and its figures notice a guard that is missing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from benchmarks.chaos import run as chaos
from mail import services
from mail.models import Message
from mail.services import Draft
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.real_mail
SMALL = {
    "messages": 80,
    "groups": 1,
    "kills": 2,
    "flushes": 1,
    "redis-kills": 1,
    "beat-kills": 1,
    "changes": 12,
    "refusals": 2,
    "lost-answers": 1,
    "poison": 2,
    "asleep": 6,
    "patience": 180,
}


def test_kills_and_an_empty_redis_lose_nothing(root):
    options = [f"--{name}={number}" for name, number in SMALL.items()]
    command = [sys.executable, "benchmarks/chaos/run.py", "--database", "sqlite", "--calm", *options]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, found["broken"], found["bound"]) == (0, [], 4), found
    assert (found["lost"], found["stale"], found["late"]) == (0, 0, 0)
    assert (found["poison listed"], found["expired"], found["drained"]) == (2, 3, True)
    assert found["changed"] >= 6


GOOD = {
    "lost": 0,
    "duplicates": 4,
    "bound": 4,
    "stale": 0,
    "late": 0,
    "expired": 3,
    "poison listed": 2,
    "drained": True,
}
BAD = {"lost": 1, "duplicates": 5, "stale": 1, "late": 1, "expired": 2, "poison listed": 1, "drained": False}


@pytest.mark.parametrize("name", [*BAD, "poison sent"])
def test_each_figure_that_is_wrong_breaks_a_promise(name):
    options = chaos.arguments(["--calm", *(f"--{each}={number}" for each, number in SMALL.items())])
    assert chaos.broken(GOOD, options) == []
    promise = {"expired": "late", "poison listed": "poison", "poison sent": "poison"}.get(name, name)
    assert chaos.broken({**GOOD, name: BAD.get(name, 1)}, options) == [promise]


@pytest.fixture
def without_unique_key(transactional_db) -> Iterator[None]:
    # SQLite makes the table anew, with the constraints that the model names.
    every = Message._meta.constraints
    key = next(each for each in every if each.name == "one_message_of_a_kind_each")
    Message._meta.constraints = [each for each in every if each is not key]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Message, key)
    yield
    Message.objects.all().delete()
    Message._meta.constraints = every
    with connection.schema_editor() as editor:
        editor.add_constraint(Message, key)


def plan_twice_and_drain(kind, clock, drain) -> None:
    kind()
    reader = UserFactory.create()
    for _ in range(2):
        ends = clock.now + timedelta(days=1)
        services.enqueue_many([Draft("hello", "thing", 1, reader.pk, clock.now, ends)], now=clock.now)
    drain()


def test_a_plan_made_twice_is_sent_once(db, kind, clock, drain, sink):
    plan_twice_and_drain(kind, clock, drain)
    assert len(sink.messages) == 1


@pytest.mark.usefixtures("without_unique_key")
def test_without_the_unique_key_a_plan_made_twice_is_sent_twice(kind, clock, drain, sink):
    plan_twice_and_drain(kind, clock, drain)
    assert (len(sink.messages), len(set(sink.message_ids))) == (2, 1)
