"""What happens when messages meet a mail server: a real one, on this machine, that can be told to misbehave."""

import smtplib
import threading
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import OperationalError

from mail import queries, services
from mail.models import Heartbeat, Message
from mail.services import Outcome
from tests.factories.participants import UserFactory
from tests.mail.conftest import hello

real_mail = pytest.mark.real_mail


def stored(**which) -> tuple[str, str]:
    return Message.objects.values_list("state", "last_error_class").get(**which)


# --- all is well ------------------------------------------------------------------------


@real_mail
def test_a_due_message_arrives_and_is_sent(ann, kind, queue, drain, sink, clock):
    kind()
    queue(ann)
    queue(ann, subject_id=2, not_before=clock.now + timedelta(hours=1))
    assert drain().outcomes == {Outcome.SENT: 1}
    assert sink.recipients == ["ann@example.org"]
    sent = Message.objects.get(subject_id=1)
    assert (sent.state, sent.sent_at, sent.handed_over_at) == ("sent", clock.now, clock.now)
    assert sink.message_ids == [sent.message_id]
    assert stored(subject_id=2) == ("pending", "")


@real_mail
def test_all_messages_of_a_drain_use_one_connection(db, kind, queue_many, drain, sink):
    kind()
    queue_many(25)
    with patch.object(smtplib.SMTP, "connect", autospec=True, side_effect=smtplib.SMTP.connect) as connect:
        assert drain().outcomes == {Outcome.SENT: 25}
    assert connect.call_count == 1


@real_mail
def test_without_a_mail_server_messages_become_files(db, kind, queue_many, drain, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    kind()
    people = queue_many(12)
    assert drain().outcomes == {Outcome.SENT: 12}
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert [written.count(f"\nTo: {person.email}\n") for person in people] == [1] * 12


def test_signs_of_life_are_kept(ann, kind, queue, drain, clock):
    kind()
    drain()
    assert dict(Heartbeat.objects.values_list("component", "at")) == {"drainer": clock.now}
    queue(ann)
    clock.move(minutes=1)
    drain()
    assert dict(Heartbeat.objects.values_list("component", "at")) == {"drainer": clock.now, "mail": clock.now}


def test_a_limit_stops_and_says_that_there_may_be_more(db, kind, queue_many, drain):
    kind()
    queue_many(15)
    tally = drain(limit=12)
    assert (tally.outcomes, tally.more) == ({Outcome.SENT: 12}, True)
    tally = drain()
    assert (tally.outcomes, tally.more) == ({Outcome.SENT: 3}, False)
    assert str(drain()) == "nothing due"


def test_a_budget_of_time_stops_between_two_messages(db, kind, queue_many, drain, clock):
    def slow(message, now):
        clock.move(seconds=3)
        return hello(message, now)

    kind(context=slow)
    queue_many(15)
    tally = drain(budget=timedelta(seconds=20))
    assert (tally.outcomes, tally.more) == ({Outcome.SENT: 7}, True)
    assert Message.objects.filter(state="pending", attempts=0, lease_token=None).count() == 8


def test_a_stop_finishes_the_message_at_hand_and_gives_back_the_others(db, kind, queue_many, drain):
    stop = threading.Event()

    def stopped_while_writing(message, now):
        stop.set()
        return hello(message, now)

    kind(context=stopped_while_writing)
    queue_many(10)
    assert drain(stopping=stop.is_set).outcomes == {Outcome.SENT: 1}
    assert Message.objects.filter(state="pending", attempts=0, lease_token=None).count() == 9


def test_even_a_crash_gives_back_what_was_not_begun(db, kind, queue_many, drain):
    def crash(message, now):
        raise KeyboardInterrupt

    kind(context=crash)
    queue_many(3)
    with pytest.raises(KeyboardInterrupt):
        drain()
    assert sorted(Message.objects.values_list("state", flat=True)) == ["pending", "pending", "sending"]


def test_a_long_batch_is_claimed_anew_rather_than_sent_on_a_short_lease(db, kind, queue_many, drain, clock):
    def slow(message, now):
        clock.move(seconds=10)
        return hello(message, now)

    kind(context=slow)
    queue_many(10)
    assert drain().outcomes == {Outcome.SENT: 10}
    assert len({email.to[0] for email in mail.outbox}) == 10
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


# --- one bad row ------------------------------------------------------------------------


def break_header(message, now):
    return {**hello(message, now), "reply_to": "x@example.org\nBcc: y@example.org"}


def a_bug(message, now):
    return {"name": 1 / 0}


def nobody(message, now):
    return None


def bad_attachment(context):
    return [("x.ics", "not bytes", None, "odd")]


POISONS: dict[str, tuple[dict[str, Any], str]] = {
    "header": ({"context": break_header}, "BadHeaderError"),
    "template": ({"template": "mailtest/missing"}, "TemplateDoesNotExist"),
    "bug": ({"context": a_bug}, "ZeroDivisionError"),
    "attachment": ({"attachments": bad_attachment}, "ValueError"),
}


@pytest.mark.parametrize("poison", POISONS)
def test_one_poisoned_row_in_a_hundred_fails_and_the_others_go(db, kind, queue, queue_many, drain, poison):
    options, error = POISONS[poison]
    kind()
    kind("poison", **options)
    queue(UserFactory.create(), kind="poison")
    queue_many(99)
    assert drain().outcomes == {Outcome.SENT: 99, Outcome.FAILED: 1}
    assert stored(kind="poison") == ("failed", error)
    assert len(mail.outbox) == 99


def test_a_kind_that_no_longer_exists_fails(ann, kind, kinds, queue, drain):
    kind()
    queue(ann)
    kinds.clear()
    drain()
    assert stored() == ("failed", "UnknownKind")


def test_a_database_that_goes_away_is_no_poison(ann, kind, queue, drain, clock):
    def lost(message, now):
        raise OperationalError("server closed the connection")

    kind(context=lost)
    queue(ann)
    with pytest.raises(OperationalError):
        drain()
    assert stored() == ("sending", "")
    kind()
    clock.move(seconds=121)
    assert drain().outcomes == {Outcome.SENT: 1}


def test_what_nobody_wants_any_more_is_cancelled(ann, kind, queue, drain):
    kind(context=nobody)
    queue(ann)
    assert drain().outcomes == {Outcome.UNWANTED: 1}
    assert stored() == ("cancelled", "NoLongerWanted")
    assert mail.outbox == []


# --- too late, cancelled, restored ------------------------------------------------------


def test_what_is_too_late_is_never_sent(ann, kind, queue, drain, clock):
    kind()
    queue(ann, expires_at=clock.now + timedelta(hours=1))
    clock.move(hours=6)
    assert drain().outcomes == {}
    assert services.expire_due(clock.now) == 1
    assert stored() == ("expired", "")
    assert mail.outbox == []


def test_what_expires_while_it_is_written_is_not_sent(ann, kind, queue, drain, clock):
    def slow(message, now):
        clock.move(seconds=50)
        return hello(message, now)

    kind(context=slow)
    queue(ann, expires_at=clock.now + timedelta(seconds=40))
    assert drain().outcomes == {Outcome.STOPPED: 1}
    assert mail.outbox == []


def test_what_is_cancelled_between_claim_and_fence_is_not_sent(ann, kind, queue, drain, clock):
    def overtaken(message, now):
        services.cancel(subject_type="thing", subject_id=1, now=now)
        return hello(message, now)

    kind(context=overtaken)
    queue(ann)
    assert drain().outcomes == {Outcome.STOPPED: 1}
    assert stored() == ("cancelled", "")
    assert mail.outbox == []


def test_a_claim_that_was_never_finished_expires_too(ann, kind, queue, clock):
    kind()
    queue(ann, expires_at=clock.now + timedelta(seconds=90))
    services.claim(1, clock.now)
    assert services.expire_due(clock.move(seconds=100)) == 0
    assert services.expire_due(clock.move(seconds=21)) == 1
    assert stored() == ("expired", "")


def test_after_a_restore_nothing_due_leaves_until_somebody_says_so(ann, kind, queue, drain, clock):
    kind()
    queue(ann, subject_id=1)
    queue(ann, subject_id=2, not_before=clock.now + timedelta(hours=5))
    queue(ann, subject_id=3)
    queue(ann, subject_id=4, expires_at=clock.now + timedelta(hours=1))
    claimed = services.claim(1, clock.now)
    assert [message.subject_id for message in claimed] == [1]
    clock.move(hours=2)
    assert services.hold_overdue(now=clock.now) == 3
    assert drain().outcomes == {}
    assert services.expire_due(clock.now) == 1
    assert services.release_held(now=clock.now) == 2
    assert drain().outcomes == {Outcome.SENT: 2}
    assert dict(Message.objects.values_list("subject_id", "state")) == {
        1: "sent",
        2: "pending",
        3: "sent",
        4: "expired",
    }


def test_while_mail_is_held_nothing_planned_meanwhile_leaves_either(ann, kind, queue, drain, clock):
    """A planner in an old copy finds that yesterday's message is missing, and makes it anew."""
    kind()
    queue(ann, subject_id=1)
    services.hold_overdue(now=clock.move(minutes=1))
    queue(ann, subject_id=2)
    queue(ann, subject_id=3, not_before=clock.now - timedelta(days=1))
    queue(ann, subject_id=4, not_before=clock.now + timedelta(minutes=1))
    clock.move(hours=1)
    assert drain().outcomes == {}
    assert (queries.held_since(), queries.complaints(clock.now)) == (clock.now - timedelta(hours=1), [])
    assert services.discard_held(now=clock.now) == 2
    assert drain().outcomes == {Outcome.SENT: 2}
    assert dict(Message.objects.values_list("subject_id", "state")) == {
        1: "cancelled",
        2: "sent",
        3: "cancelled",
        4: "sent",
    }


def test_holding_twice_keeps_the_first_moment(db, clock):
    services.hold_overdue(now=clock.now)
    services.hold_overdue(now=clock.now + timedelta(hours=1))
    assert queries.held_since() == clock.now
