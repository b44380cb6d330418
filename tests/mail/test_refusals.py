"""What becomes of a message that the mail server refuses, or of which nobody knows whether it took it."""

import smtplib
from datetime import timedelta

import pytest

from mail import services
from mail.models import STRIKES, Message, SuppressedAddress
from mail.services import Outcome, delivery
from mail.services.outcomes import BACK_OFF, described, next_try
from tests.factories.participants import UserFactory
from tests.mail.sink import LOSE_THE_ANSWER, running_sink

real_mail = pytest.mark.real_mail


def stored(**which) -> tuple[str, str]:
    return Message.objects.values_list("state", "last_error_class").get(**which)


# --- refusals ---------------------------------------------------------------------------


@real_mail
def test_refused_for_now_is_tried_again_after_growing_pauses(ann, kind, queue, drain, sink, clock):
    kind()
    queue(ann, expires_at=clock.now + timedelta(days=3))
    sink.data_answers.extend(["451 4.3.0 not now"] * 8)
    pauses = []
    for _attempt in range(8):
        assert drain().outcomes == {Outcome.PUT_OFF: 1}
        message = Message.objects.get()
        assert (message.state, message.last_error_class, message.handed_over_at) == ("pending", "SMTPDataError", None)
        pauses.append(message.not_before - clock.now)
        clock.now = message.not_before - timedelta(seconds=1)
        assert drain().outcomes == {}
        clock.now = message.not_before
    assert len(BACK_OFF) == 6
    for pause, least in zip(pauses, [*BACK_OFF, BACK_OFF[-1], BACK_OFF[-1]], strict=True):
        assert least <= pause <= least * 1.25
    assert drain().outcomes == {Outcome.SENT: 1}
    assert (len(sink.messages), stored()) == (1, ("sent", ""))


@real_mail
def test_tries_end_when_the_message_does(ann, kind, queue, drain, sink, clock):
    kind()
    ends = clock.now + timedelta(minutes=20)
    queue(ann, expires_at=ends)
    sink.data_answers.extend(["451 4.3.0 not now"] * 9)
    while Message.objects.get().state == "pending":
        clock.now = Message.objects.get().not_before
        drain()
    message = Message.objects.get()
    assert (message.state, message.last_error_class) == ("expired", "SMTPDataError")
    assert message.last_error == "451 4.3.0 not now"
    # 10 s, 30 s, 2 and 10 minutes (and a little) passed; half an hour more was not left, so it was tried near the end.
    assert clock.now == ends - timedelta(seconds=90)


def test_the_spread_of_pauses_is_the_same_every_time_and_differs_from_row_to_row(clock):
    def pause(pk: int, attempts: int, **options):
        row = Message(pk=pk, attempts=attempts, expires_at=clock.now + timedelta(days=9))
        again = next_try(row, clock.now, **options)
        assert again is not None
        return (again - clock.now).total_seconds()

    assert pause(1, 1) == pause(1, 1)
    plain = [pause(pk, 1) for pk in range(200)]
    assert (min(plain) >= 10, max(plain) <= 12.5, len(set(plain))) == (True, True, 200)
    crowded = [pause(pk, 1, crowded=True) for pk in range(200)]
    assert (min(crowded) < 12, max(crowded) > 45, max(crowded) <= 50) == (True, True, True)


@real_mail
@pytest.mark.parametrize("answer", ["421 4.3.2 too many connections", "432 4.3.2 concurrent connections"])
def test_a_crowded_server_is_come_back_to_one_by_one(db, kind, queue_many, drain, sink, clock, answer):
    kind()
    queue_many(5)
    sink.data_answers.extend([answer] * 5)
    drain()
    waits = [(at - clock.now).total_seconds() for at in Message.objects.values_list("not_before", flat=True)]
    assert (min(waits) >= 10, max(waits) <= 50, max(waits) > 12.5) == (True, True, True)


@real_mail
def test_an_address_that_does_not_exist_fails_and_is_not_tried_again(db, kind, queue, drain, sink, clock):
    kind()
    gone, here = UserFactory.create(email="gone@example.org"), UserFactory.create(email="here@example.org")
    sink.rcpt_answers["gone@example.org"] = "550 5.1.1 <gone@example.org>: no such user"
    queue(gone)
    queue(here)
    assert drain().outcomes == {Outcome.FAILED: 1, Outcome.SENT: 1}
    failed = Message.objects.get(recipient=gone)
    assert (failed.state, failed.last_error_class) == ("failed", "RecipientRefused")
    assert failed.last_error == "550 5.1.1 [address] no such user"
    assert SuppressedAddress.objects.values_list("email", "reason", "at").get() == (
        "gone@example.org",
        "550 5.1.1 [address] no such user",
        clock.now,
    )
    queue(gone, subject_id=2)
    drain()
    assert stored(subject_id=2) == ("failed", "SuppressedAddress")
    assert sink.recipients == ["here@example.org"]


@real_mail
def test_a_sign_in_link_that_arrives_at_a_suppressed_address_lifts_it(ann, kind, queue, drain, sink, clock):
    kind("sign_in", transactional=True)
    SuppressedAddress.objects.create(email=ann.email, reason="550", at=clock.now)
    queue(ann, kind="sign_in")
    drain()
    assert sink.recipients == ["ann@example.org"]
    assert not SuppressedAddress.objects.exists()


@real_mail
@pytest.mark.parametrize("answer", ["554 5.7.1 relay access denied", "552 5.2.2 mailbox full"])
def test_a_policy_or_a_full_mailbox_fails_but_does_not_condemn_the_address(ann, kind, queue, drain, sink, answer):
    kind()
    queue(ann)
    sink.rcpt_answers["ann@example.org"] = answer
    assert drain().outcomes == {Outcome.FAILED: 1}
    assert not SuppressedAddress.objects.exists()


@real_mail
@pytest.mark.parametrize("answer", ["530 5.7.0 authentication required", "450 4.2.1 busy"])
def test_a_refusal_that_can_be_mended_loses_nothing(ann, kind, queue, drain, sink, answer):
    kind()
    queue(ann)
    sink.rcpt_answers["ann@example.org"] = answer
    assert drain().outcomes == {Outcome.PUT_OFF: 1}
    assert stored() == ("pending", "RecipientRefused")


@real_mail
def test_a_refused_message_fails(ann, kind, queue, drain, sink):
    kind()
    queue(ann)
    sink.data_answers.append("554 5.6.0 we do not like this")
    assert drain().outcomes == {Outcome.FAILED: 1}
    assert stored() == ("failed", "SMTPDataError")


@real_mail
def test_our_own_address_refused_is_put_off(ann, kind, queue, drain, sink, monkeypatch):
    async def refuse(*_args):
        return "550 5.1.8 sender not allowed"

    sink.handle_MAIL = refuse
    kind()
    queue(ann)
    assert drain().outcomes == {Outcome.PUT_OFF: 1}
    assert stored() == ("pending", "SMTPSenderRefused")


# --- the server is away -----------------------------------------------------------------


@real_mail
def test_with_the_server_away_one_is_tried_and_the_others_wait(db, kind, queue_many, drain, settings, clock):
    kind()
    queue_many(12)
    with running_sink() as (_sink, port):
        pass
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    assert drain().outcomes == {Outcome.UNREACHABLE: 1}
    assert Message.objects.filter(state="pending", attempts=0).count() == 11
    assert Message.objects.get(attempts=1).last_error_class == "ConnectionRefusedError"
    with running_sink(port) as (sink, _port):
        clock.move(minutes=1)
        assert drain().outcomes == {Outcome.SENT: 12}
        assert len(sink.messages) == 12


@real_mail
def test_a_connection_that_died_between_two_messages_leaves_no_doubt(db, kind, queue_many, drain, sink, monkeypatch):
    """Servers close connections that idle; found before the fence, that is no reason to hold anything."""
    kind(doubt="hold")
    queue_many(3)
    send = delivery.Post.send

    def send_and_hang_up(post, email):
        send(post, email)
        post._backend.connection.sock.close()

    monkeypatch.setattr(delivery.Post, "send", send_and_hang_up)
    assert drain().outcomes == {Outcome.SENT: 3}


# --- doubt ------------------------------------------------------------------------------


@real_mail
def test_a_lost_answer_is_resent_with_the_same_message_id(ann, kind, queue, drain, sink, clock):
    kind(doubt="resend")
    message = queue(ann)
    sink.data_answers.append(LOSE_THE_ANSWER)
    assert drain().outcomes == {Outcome.PUT_OFF: 1}
    assert Message.objects.get().handed_over_at is not None
    clock.move(minutes=1)
    assert drain().outcomes == {Outcome.SENT: 1}
    assert sink.message_ids == [message.message_id] * 2


@real_mail
def test_a_lost_answer_of_a_kind_that_holds_is_listed_and_not_resent(ann, kind, queue, drain, sink, clock):
    kind(doubt="hold")
    queue(ann)
    sink.data_answers.append(LOSE_THE_ANSWER)
    assert drain().outcomes == {Outcome.UNKNOWN: 1}
    clock.move(hours=5)
    assert drain().outcomes == {}
    assert stored() == ("unknown", "SMTPServerDisconnected")
    assert len(sink.messages) == 1


@real_mail
def test_doubt_ends_as_unknown_and_not_as_expired(ann, kind, queue, drain, sink, clock):
    kind(doubt="resend")
    queue(ann, expires_at=clock.now + timedelta(minutes=5))
    sink.data_answers.append(LOSE_THE_ANSWER)
    drain()
    clock.move(minutes=5)
    assert services.expire_due(clock.now) == 1
    assert stored() == ("unknown", "SMTPServerDisconnected")


@real_mail
def test_a_server_that_dawdles_is_cut_off_before_the_lease_ends(ann, kind, queue, drain, sink, monkeypatch):
    async def dawdle(server, session, envelope):
        import asyncio

        await asyncio.sleep(5)
        return "250 OK"

    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.2)
    sink.handle_DATA = dawdle
    kind(doubt="hold")
    queue(ann)
    assert drain().outcomes == {Outcome.UNKNOWN: 1}


def test_an_error_nobody_knows_leaves_a_doubt(ann, kind, queue, drain, monkeypatch):
    def explode(post, email):
        raise RuntimeError("the library of the relay says no")

    monkeypatch.setattr(delivery.Post, "send", explode)
    kind(doubt="hold")
    queue(ann)
    assert drain().outcomes == {Outcome.UNKNOWN: 1}
    assert stored() == ("unknown", "RuntimeError")


@real_mail
def test_one_that_breaks_the_line_each_time_is_given_up(ann, kind, queue, drain, sink, clock):
    """The server takes it and then drops the line: without an end a copy would arrive with every try."""
    kind()
    queue(ann)
    sink.data_answers.extend([LOSE_THE_ANSWER] * 9)
    for _ in range(9):
        drain()
        clock.move(hours=1)
    row = Message.objects.get()
    assert (row.state, row.strikes, len(sink.messages)) == ("unknown", STRIKES, STRIKES)


def test_errors_are_described_without_addresses():
    error = smtplib.SMTPDataError(554, b"5.1.1 <mia.o'neil@example.org> \xff unknown " + b"x" * 300)
    told = described(error)
    assert told["last_error_class"] == "SMTPDataError"
    assert told["last_error"].startswith("554 5.1.1 [address] \ufffd unknown x")
    assert len(told["last_error"]) == 200
