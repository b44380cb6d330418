"""At most two messages a week to one person from one program; the others wait, or say that they could not."""

from collections import Counter
from datetime import timedelta

from mail import services
from mail.models import Message
from tests.factories.participants import UserFactory
from tests.mail.conftest import in_threads


def test_the_third_message_of_a_week_waits(ann, kind, queue, clock, drain):
    kind(capped=True)
    start = clock.now
    for number in (1, 2, 3):
        queue(ann, subject_id=number, program_id=7, expires_at=start + timedelta(days=30))
        clock.move(hours=1)
        drain()
    third = Message.objects.get(subject_id=3)
    assert (third.state, third.last_error_class) == ("pending", "WeeklyCap")
    assert third.not_before == start + timedelta(days=7, hours=1)
    assert third.attempts == 0
    clock.now = third.not_before
    drain()
    third.refresh_from_db()
    assert (third.state, third.sent_at) == ("sent", clock.now)


def test_one_that_cannot_wait_expires_and_says_why(ann, kind, queue, clock, drain):
    kind(capped=True)
    for number in (1, 2, 3):
        queue(ann, subject_id=number, program_id=7)
        drain()
    assert Message.objects.values_list("state", "last_error_class").get(subject_id=3) == ("expired", "WeeklyCap")


def test_the_cap_is_for_one_person_in_one_program(ann, kind, queue, drain):
    kind(capped=True)
    kind("reminder", capped=False)
    kind("sign_in", transactional=True)
    bob = UserFactory.create()
    for user, program_id, slug in (
        (ann, 7, "hello"),
        (ann, 7, "hello"),
        (ann, 8, "hello"),
        (bob, 7, "hello"),
        (ann, None, "hello"),
        (ann, 7, "reminder"),
        (ann, 7, "sign_in"),
    ):
        queue(user, program_id=program_id, kind=slug, subject_id=Message.objects.count())
        drain()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_what_was_refused_does_not_count(ann, kind, queue, clock, drain):
    kind(capped=True)
    for number in (1, 2):
        queue(ann, subject_id=number, program_id=7)
    Message.objects.update(state="failed", handed_over_at=clock.now)
    queue(ann, subject_id=3, program_id=7)
    drain()
    assert Message.objects.get(subject_id=3).state == "sent"


def test_ten_workers_together_send_no_more_than_the_cap(transactional_db, kind, queue, clock):
    kind(capped=True)
    person = UserFactory.create()
    for number in range(10):
        queue(person, subject_id=number, program_id=7)
    waiting = services.claim(10, clock.now)
    passed: list[bool] = []
    in_threads(10, lambda: passed.append(services.hand_over(waiting.pop(), now=clock.now)))
    assert Counter(passed) == {True: 2, False: 8}
