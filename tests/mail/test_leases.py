import threading
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections, transaction

from mail import queries, services
from mail.models import STRIKES, MailPreference, Message, SuppressedAddress
from mail.services.guards import guards
from participants.models import User
from tests.factories.participants import UserFactory
from tests.mail.conftest import START, in_threads

DAY = timedelta(days=1)


def claim_one(clock) -> Message:
    (message,) = services.claim(10, clock.now)
    return message


# --- the claim --------------------------------------------------------------------------


def test_a_claim_leases_what_is_due_the_longest_waiting_first(ann, kind, queue, clock):
    kind()
    for number, hours in ((1, -1), (2, -3), (3, 1), (4, -2)):
        queue(ann, subject_id=number, not_before=clock.now + timedelta(hours=hours))
    claimed = services.claim(2, clock.now)
    assert [message.subject_id for message in claimed] == [2, 4]
    stored = Message.objects.get(pk=claimed[0].pk)
    assert (stored.state, stored.lease_until, stored.attempts) == ("sending", clock.now + timedelta(seconds=120), 1)
    assert stored.lease_token == claimed[0].lease_token
    assert [message.subject_id for message in services.claim(10, clock.now)] == [1]
    assert services.claim(10, clock.now) == []


@pytest.mark.parametrize("state", ["sent", "unknown", "cancelled", "expired", "failed", "held"])
def test_what_is_settled_or_held_is_not_claimed(ann, kind, queue, clock, state):
    kind()
    queue(ann)
    Message.objects.update(state=state, sent_at=clock.now)
    assert services.claim(10, clock.now) == []


def test_what_is_too_late_is_not_claimed(ann, kind, queue, clock):
    kind()
    queue(ann, expires_at=clock.now + timedelta(minutes=5))
    clock.move(minutes=5)
    assert services.claim(10, clock.now) == []


def test_a_lapsed_lease_is_claimed_by_another(ann, kind, queue, clock):
    kind()
    queue(ann)
    first = claim_one(clock)
    clock.move(seconds=120)
    assert services.claim(10, clock.now) == []
    clock.move(seconds=1)
    second = claim_one(clock)
    assert (second.pk, second.attempts) == (first.pk, 2)
    assert second.lease_token != first.lease_token


def test_giving_back_leaves_no_trace(ann, kind, queue, clock):
    kind()
    queue(ann)
    before = Message.objects.values().get()
    assert services.release([claim_one(clock)]) == 1
    assert Message.objects.values().get() == before


def test_only_ones_own_claim_can_be_given_back(ann, kind, queue, clock):
    kind()
    queue(ann)
    old = claim_one(clock)
    clock.move(seconds=121)
    claim_one(clock)
    assert services.release([old]) == 0
    assert Message.objects.get().state == "sending"


def claims_of_eight_threads(clock) -> Counter[int]:
    taken: Counter[int] = Counter()

    def work() -> None:
        while claimed := services.claim(3, clock.now):
            taken.update(message.pk for message in claimed)

    in_threads(8, work)
    return taken


def test_no_row_is_claimed_twice_by_eight_at_once(transactional_db, kind, queue_many, clock):
    kind()
    queue_many(60)
    taken = claims_of_eight_threads(clock)
    assert (len(taken), set(taken.values())) == (60, {1})


def test_without_row_locks_rows_are_claimed_twice(transactional_db, kind, queue_many, clock, monkeypatch):
    """The negative control. On SQLite the transaction itself is the lock, so there it must be taken away as well."""
    kind()
    queue_many(60)
    monkeypatch.setattr(guards, "row_locks", False)
    if connection.vendor == "sqlite":
        monkeypatch.setattr("mail.services.leases.transaction", SimpleNamespace(atomic=nullcontext))
    for _round in range(20):
        taken = claims_of_eight_threads(clock)
        if max(taken.values()) > 1:
            return
        Message.objects.update(state="pending", lease_token=None)
    pytest.fail("Nothing was claimed twice, though nothing was locked")


def test_a_locked_row_is_stepped_over(transactional_db, kind, queue_many, clock):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    kind()
    queue_many(2)
    first = Message.objects.order_by("pk")[0]
    claimed: list[int] = []
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=first.pk)
        in_threads(1, lambda: claimed.extend(message.pk for message in services.claim(10, clock.now)))
    assert claimed == [first.pk + 1]


# --- doubt ------------------------------------------------------------------------------


def die_past_the_fence(clock) -> Message:
    message = claim_one(clock)
    assert services.hand_over(message, now=clock.now)
    clock.move(seconds=121)
    return message


def test_in_doubt_a_reminder_is_sent_again(ann, kind, queue, clock):
    kind(doubt="resend")
    queue(ann)
    assert die_past_the_fence(clock) == claim_one(clock)


def test_in_doubt_an_invitation_is_held_and_listed(ann, kind, queue, clock):
    kind(doubt="hold")
    queue(ann)
    die_past_the_fence(clock)
    assert services.claim(10, clock.now) == []
    assert Message.objects.get().state == "unknown"


def test_what_is_held_does_not_keep_the_next_from_being_claimed(ann, kind, queue, clock):
    kind(doubt="hold")
    queue(ann)
    die_past_the_fence(clock)
    second = queue(ann, subject_id=2, not_before=clock.now, expires_at=clock.now + DAY)
    assert services.claim(1, clock.now) == [second]


def test_a_kind_may_decide_by_the_time_that_is_left(ann, kind, queue, clock):
    kind(doubt=lambda now, message: "resend" if message.expires_at - now > timedelta(minutes=10) else "hold")
    queue(ann, subject_id=1, expires_at=clock.now + timedelta(minutes=20))
    queue(ann, subject_id=2, expires_at=clock.now + timedelta(minutes=5))
    for message in services.claim(10, clock.now):
        services.hand_over(message, now=clock.now)
    clock.move(seconds=121)
    assert [message.subject_id for message in services.claim(10, clock.now)] == [1]


def test_if_the_next_server_drops_repeats_nothing_is_held(ann, kind, queue, clock, settings):
    settings.EMAIL_IDEMPOTENCY_HEADER = "Idempotency-Key"
    kind(doubt="hold")
    queue(ann)
    assert die_past_the_fence(clock) == claim_one(clock)


def test_a_kind_that_is_gone_is_held(ann, kind, kinds, queue, clock):
    kind()
    queue(ann)
    die_past_the_fence(clock)
    kinds.clear()
    assert services.claim(10, clock.now) == []
    assert Message.objects.get().state == "unknown"


# --- the fence --------------------------------------------------------------------------


def test_the_fence_lets_the_claimer_through_once(ann, kind, queue, clock):
    kind()
    queue(ann)
    assert services.hand_over(claim_one(clock), now=clock.now)
    assert Message.objects.get().handed_over_at == clock.now


@pytest.fixture
def zombie(ann, kind, queue, clock) -> Message:
    """A worker that slept through its lease, while another one took the message."""
    kind()
    queue(ann)
    sleeper = claim_one(clock)
    clock.move(seconds=121)
    claim_one(clock)
    return sleeper


def test_a_zombie_loses_at_the_fence(zombie, clock):
    assert not services.hand_over(zombie, now=clock.now)


def test_without_the_fence_a_zombie_sends(zombie, clock, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(guards, "fence", False)
    assert services.hand_over(zombie, now=clock.now)


def test_a_lease_with_less_than_a_minute_left_is_too_short(ann, kind, queue, clock):
    kind()
    queue(ann)
    message = claim_one(clock)
    assert not services.hand_over(message, now=clock.now + timedelta(seconds=60))
    assert services.hand_over(message, now=clock.now + timedelta(seconds=59))


def test_what_is_cancelled_after_the_claim_does_not_leave(ann, kind, queue, clock):
    kind()
    queue(ann)
    message = claim_one(clock)
    services.cancel(subject_type="thing", subject_id=1, now=clock.now)
    assert not services.hand_over(message, now=clock.now)
    assert Message.objects.values_list("state", "handed_over_at").get() == ("cancelled", None)


def test_what_expires_after_the_claim_does_not_leave(ann, kind, queue, clock):
    kind()
    queue(ann, expires_at=clock.now + timedelta(seconds=5))
    message = claim_one(clock)
    assert not services.hand_over(message, now=clock.move(seconds=5))


def test_what_is_cancelled_on_its_way_is_sent_once_and_never_again(ann, kind, queue, clock):
    kind()
    queue(ann)
    message = claim_one(clock)
    services.hand_over(message, now=clock.now)
    assert services.cancel(subject_type="thing", subject_id=1, now=clock.now) == 1
    clock.move(hours=1)
    assert services.claim(10, clock.now) == []
    assert services.mark_sent(message, now=clock.now)
    assert Message.objects.get().state == "sent"


OBJECTIONS = [
    (lambda user: User.objects.filter(pk=user.pk).update(is_active=False), ("cancelled", "Inactive")),
    (lambda user: MailPreference.objects.create(user=user, program_id=7), ("cancelled", "Unsubscribed")),
    (
        lambda user: SuppressedAddress.objects.create(email=user.email, reason="550", at=START),
        ("failed", "SuppressedAddress"),
    ),
    (lambda user: User.objects.filter(pk=user.pk).update(email="new@example.org"), ("pending", "")),
]


@pytest.mark.parametrize(("change", "after"), OBJECTIONS, ids=["inactive", "unsubscribed", "suppressed", "moved"])
@pytest.mark.usefixtures("a_kind")
def test_what_changed_about_the_person_counts_at_the_fence(ann, queue, clock, change, after):
    queue(ann, program_id=7)
    message = claim_one(clock)
    change(ann)
    assert not services.hand_over(message, now=clock.now)
    assert Message.objects.values_list("state", "last_error_class", "handed_over_at").get() == (*after, None)


def test_a_sign_in_link_ignores_wishes_and_suppression_but_not_a_closed_account(ann, kind, queue, clock):
    kind(transactional=True)
    MailPreference.objects.create(user=ann, program_id=None)
    SuppressedAddress.objects.create(email=ann.email, reason="550", at=START)
    queue(ann, subject_id=1)
    queue(ann, subject_id=2)
    first, second = services.claim(10, clock.now)
    assert services.hand_over(first, now=clock.now)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert not services.hand_over(second, now=clock.now)


def test_cancelling_and_the_fence_never_both_win(transactional_db, kind, queue, clock):
    """Whoever commits first decides: either it is cancelled and does not leave, or it is on its way."""
    kind()
    person = UserFactory.create()
    for number in range(15):
        queue(person, subject_id=number)
        message = claim_one(clock)
        passed: list[bool] = []
        gate = threading.Barrier(2)

        def cross(message=message, passed=passed, gate=gate) -> None:
            gate.wait(10)
            passed.append(services.hand_over(message, now=clock.now))
            connections.close_all()

        def stop(number=number, gate=gate) -> None:
            gate.wait(10)
            services.cancel(subject_type="thing", subject_id=number, now=clock.now)
            connections.close_all()

        threads = [threading.Thread(target=cross), threading.Thread(target=stop)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        handed = Message.objects.get(pk=message.pk).handed_over_at is not None
        assert passed == [handed]


# --- messages that bring their workers down ---------------------------------------------


def dies(clock) -> list[int]:
    """A worker claims and is never heard of again; the subjects of what it had."""
    taken = [message.subject_id for message in services.claim(10, clock.now)]
    clock.move(seconds=121)
    return taken


def test_a_message_that_kills_its_workers_is_taken_alone_and_given_up(ann, kind, queue, clock):
    kind()
    for number in (1, 2, 3):
        queue(ann, subject_id=number)
    assert dies(clock) == [1, 2, 3]
    assert [dies(clock) for _ in range(4)] == [[1], [1], [1], [1]]
    assert [message.subject_id for message in services.claim(10, clock.now)] == [2]
    assert [message.subject_id for message in services.claim(10, clock.now)] == [3]
    given_up = Message.objects.get(subject_id=1)
    assert (given_up.state, given_up.strikes, given_up.attempts) == ("failed", STRIKES, STRIKES)
    assert (given_up.last_error_class, list(queries.poisoned(clock.now))) == ("GaveUp", [given_up])


def test_one_given_up_that_may_have_arrived_is_unknown(ann, kind, queue, clock):
    kind()
    queue(ann)
    for _ in range(STRIKES):
        [message] = services.claim(1, clock.now)
        assert services.hand_over(message, now=clock.now)
        clock.move(seconds=121)
    assert services.claim(1, clock.now) == []
    assert Message.objects.get().state == "unknown"


def test_what_has_no_strikes_is_taken_up_to_the_first_that_has(ann, kind, queue, clock):
    kind()
    for number in (1, 2, 3, 4):
        queue(ann, subject_id=number)
    Message.objects.filter(subject_id=3).update(strikes=1)
    claimed = [[message.subject_id for message in services.claim(10, clock.now)] for _ in range(4)]
    assert claimed == [[1, 2], [3], [4], []]
