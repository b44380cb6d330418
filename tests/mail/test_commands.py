"""The outbox without Celery or Redis, from the command line and from the tick."""

import json
import os
import signal
import threading
import time
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from mail import queries, services, tasks
from mail.clock import database_now
from mail.models import Message, Tick
from tests.factories.participants import UserFactory
from tests.mail.conftest import START, hello


@pytest.fixture
def present(clock):
    """The test's clock shows the real time, which commands and tasks read."""
    clock.now = database_now()
    return clock


def run(name: str, *arguments: str, **options) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def _signals_restored():
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


pytestmark = pytest.mark.usefixtures("_signals_restored")


def test_drain_mail_sends_what_is_due_and_closes_what_is_late(ann, kind, present, queue):
    kind()
    queue(ann, subject_id=1)
    queue(ann, subject_id=2, not_before=present.now - timedelta(hours=2), expires_at=present.now + timedelta(days=1))
    late = queue(ann, subject_id=3)
    Message.objects.filter(pk=late.pk).update(
        not_before=present.now - timedelta(hours=2), expires_at=present.now - timedelta(hours=1)
    )
    assert run("drain_mail") == "2 sent\n"
    assert queries.counts_by_state() == {**dict.fromkeys(Message.State.values, 0), "sent": 2, "expired": 1}
    assert run("drain_mail") == "nothing due\n"


def test_drain_mail_with_a_limit(db, kind, present, queue_many):
    kind()
    queue_many(5)
    assert run("drain_mail", "--limit", "2") == "2 sent\n"
    assert len(mail.outbox) == 2


def test_the_loop_finds_new_messages_until_it_is_told_to_stop(transactional_db, kind, present, queue_many):
    """SIGTERM comes while the second message is written: it is sent, the third is given back."""
    calls: list[int] = []

    def stop_at_the_second(message, now):
        calls.append(message.pk)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return hello(message, now)

    kind(context=stop_at_the_second)
    queue_many(3)
    begun = time.monotonic()
    assert run("drain_mail", "--loop", "--every", "60") == "2 sent\n"
    assert time.monotonic() - begun < 60
    waiting = Message.objects.get(state="pending")
    assert (waiting.attempts, waiting.lease_token) == (0, None)


def test_the_loop_outlives_a_database_that_does_not_answer(db, kind, present, monkeypatch):
    tries: list[int] = []

    def answer(**options):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("the server closed the connection")
        os.kill(os.getpid(), signal.SIGTERM)
        return services.Tally()

    monkeypatch.setattr(services, "drain", answer)
    monkeypatch.setattr("mail.management.commands.drain_mail.close_old_connections", lambda: None)
    told = StringIO()
    call_command("drain_mail", "--loop", "--every", "0.01", stderr=told)
    assert told.getvalue() == "The database does not answer (OperationalError); trying again.\n"
    assert len(tries) == 2


def test_after_restore_holds_and_releases(ann, kind, present, queue):
    kind()
    queue(ann, not_before=present.now - timedelta(hours=1))
    assert run("after_restore") == "1 messages held\n"
    assert run("drain_mail") == "nothing due\n"
    assert run("after_restore", "--release") == "1 messages released\n"
    assert run("drain_mail") == "1 sent\n"
    queue(ann, subject_id=2, not_before=present.now - timedelta(hours=1))
    run("after_restore")
    assert run("after_restore", "--discard") == "1 messages discarded\n"
    assert run("drain_mail") == "nothing due\n"


def test_the_tick_closes_what_is_late_and_sends_what_is_due(ann, kind, present, queue):
    kind()
    queue(ann, subject_id=1)
    queue(ann, subject_id=2, not_before=present.now - timedelta(hours=2), expires_at=present.now + timedelta(minutes=1))
    tasks.tick(present.now + timedelta(minutes=1))
    assert dict(Message.objects.values_list("subject_id", "state")) == {1: "sent", 2: "expired"}


def test_a_task_that_leaves_something_rings_again(db, kind, present, queue_many, monkeypatch):
    rings: list[int] = []
    monkeypatch.setattr(tasks, "BUDGET", timedelta(seconds=-1))
    monkeypatch.setattr(tasks.drain, "delay", lambda: rings.append(1))
    kind()
    queue_many(2)
    tasks.drain()
    assert rings == [1]
    monkeypatch.undo()
    assert Message.objects.filter(state="pending").count() == 2


def test_the_bell_rings_after_the_commit_and_not_before(transactional_db, monkeypatch):
    rings: list[int] = []
    monkeypatch.setattr(tasks.drain, "delay", lambda: rings.append(1))
    with transaction.atomic():
        tasks.ring()
        assert rings == []
    assert rings == [1]
    with transaction.atomic():
        tasks.ring()
        transaction.set_rollback(True)
    assert rings == [1]


@pytest.mark.parametrize("error", [BrokerError("Redis is away"), OSError("no space left")])
def test_a_bell_that_cannot_be_rung_is_noted_and_no_error(transactional_db, monkeypatch, caplog, error):
    def fail() -> None:
        raise error

    monkeypatch.setattr(tasks.drain, "delay", fail)
    tasks.ring()
    assert [record.message for record in caplog.records] == [
        f"The bell could not be rung ({type(error).__name__}); the next tick sends what is due"
    ]


def test_a_slot_is_taken_once_however_many_ask(transactional_db):
    taken: list[bool] = []
    gate = threading.Barrier(4)

    def ask() -> None:
        from django.db import connections

        gate.wait(10)
        taken.append(services.take_slot(name="plan", slot=START))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken) == [False, False, False, True]
    assert services.take_slot(name="plan", slot=START + timedelta(minutes=1))
    assert services.take_slot(name="other", slot=START)


def test_slots_of_long_ago_are_forgotten(db):
    for days in (0, 1, 4):
        services.take_slot(name="plan", slot=START + timedelta(days=days))
    assert list(Tick.objects.values_list("slot", flat=True)) == [START + timedelta(days=4)]


def test_the_clock_is_the_databases(db):
    """A worker whose own clock is an hour wrong agrees with the others, where there is a database server."""
    from django.db import connection

    true = database_now()
    with time_machine.travel(true + timedelta(hours=1)):
        wrong = database_now() - true
    assert wrong < timedelta(minutes=1) or connection.vendor == "sqlite"


# --- what the pages ask -----------------------------------------------------------------


def test_messages_of_a_program_come_with_their_people_in_one_query(ann, kind, queue, clock, django_assert_num_queries):
    kind()
    queue(ann, subject_id=1, program_id=7)
    queue(UserFactory.create(first_name="Bob"), subject_id=2, program_id=7, not_before=clock.now + timedelta(hours=1))
    queue(ann, subject_id=3, program_id=8)
    with django_assert_num_queries(1):
        found = [(row.subject_id, row.recipient.short_name) for row in queries.messages_of_program(7)]
    assert found == [(2, "Bob"), (1, "Ann")]


def test_counts_by_state(ann, kind, queue, drain):
    kind()
    queue(ann, subject_id=1, program_id=7)
    drain()
    queue(ann, subject_id=2, program_id=7)
    queue(ann, subject_id=3, program_id=8)
    none = dict.fromkeys(Message.State.values, 0)
    assert queries.counts_by_state(7) == {**none, "sent": 1, "pending": 1}
    assert queries.counts_by_state() == {**none, "sent": 1, "pending": 2}


def test_how_long_the_oldest_has_waited(ann, kind, queue, clock):
    kind()
    assert queries.oldest_due_age(clock.now) is None
    queue(ann, subject_id=1, not_before=clock.now + timedelta(minutes=5))
    assert queries.oldest_due_age(clock.now) is None
    queue(ann, subject_id=2)
    clock.move(minutes=3)
    assert queries.oldest_due_age(clock.now) == timedelta(minutes=3)
    (claimed,) = services.claim(1, clock.now)
    assert claimed.subject_id == 2
    assert queries.oldest_due_age(clock.now) is None
    clock.move(minutes=3)
    assert queries.oldest_due_age(clock.now) == timedelta(minutes=6)
    clock.move(days=2)
    assert queries.oldest_due_age(clock.now) is None


def test_heartbeats(db):
    services.beat(component="planner", now=START)
    services.beat(component="planner", now=START + timedelta(minutes=1))
    assert queries.heartbeats() == {"planner": START + timedelta(minutes=1)}


def test_what_is_wrong_is_said_once_it_lasts(ann, kind, queue, clock):
    kind()
    assert queries.complaints(clock.now) == []
    services.beat(component="planner", now=clock.now)
    queue(ann)
    clock.move(minutes=5)
    assert queries.complaints(clock.now) == []
    clock.move(minutes=6)
    assert queries.complaints(clock.now) == [
        "the minute tick has been silent for 11 minutes",
        "a message has been due for 11 minutes",
    ]


def test_how_long_messages_lay(queue_many, kind, drain, clock):
    kind()
    assert queries.dwell(clock.now) is None
    queue_many(3)
    clock.move(seconds=30)
    drain()
    found = queries.dwell(clock.now)
    assert found == queries.Dwell(sent=3, median=30.0, p99=30.0)
    assert queries.dwell(clock.now + timedelta(hours=2)) is None


def test_mail_health_ends_with_status_1_where_somebody_should_look(ann, kind, queue, capsys):
    kind()
    call_command("mail_health", "--json")
    assert json.loads(capsys.readouterr().out)["complaints"] == []
    # The command reads the real clock.
    services.beat(component="planner", now=timezone.now() - timedelta(minutes=7))
    with pytest.raises(SystemExit) as ended:
        call_command("mail_health")
    assert ended.value.code == 1
    assert "Look: the minute tick has been silent for 7 minutes." in capsys.readouterr().out


def test_mail_health_lists_what_was_given_up_and_that_mail_is_held(ann, kind, queue, present, capsys):
    def broken(message, now):
        raise ZeroDivisionError("7 by nothing")

    kind(context=broken)
    poison = queue(ann)
    run("drain_mail")
    services.hold_overdue(now=present.now)
    with pytest.raises(SystemExit) as ended:
        call_command("mail_health")
    told = capsys.readouterr().out
    assert (ended.value.code, f"all mail is held since {present.now.isoformat()}" in told) == (1, True)
    assert "Look: 1 messages could not be sent." in told
    assert f"  {poison.pk} hello: failed after 1, ZeroDivisionError 7 by nothing" in told
