from datetime import timedelta

import pytest
from django.db import connection

from mail import services
from mail.models import Message
from mail.registry import Kind, UnknownKind, register
from mail.services import Draft
from tests.factories.participants import UserFactory
from tests.mail.conftest import hello

DAY = timedelta(days=1)


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_a_queued_message_waits_with_everything_it_needs(ann, kind, queue, clock):
    kind()
    message = queue(ann, sequence=3, program_id=9)
    assert Message.objects.values().get() == {
        "id": message.pk,
        "kind": "hello",
        "subject_type": "thing",
        "subject_id": 1,
        "sequence": 3,
        "recipient_id": ann.pk,
        "channel": "email",
        "program_id": 9,
        "state": "pending",
        "not_before": clock.now,
        "expires_at": clock.now + DAY,
        "lease_until": None,
        "lease_token": None,
        "attempts": 0,
        "strikes": 0,
        "handed_over_at": None,
        "sent_at": None,
        "message_id": message.message_id,
        "last_error_class": "",
        "last_error": "",
        "created_at": clock.now,
    }


def test_a_recipient_may_be_given_by_id(ann, kind, queue):
    kind()
    assert queue(ann.pk).recipient == ann


def test_asking_twice_queues_once(ann, kind, queue, clock):
    kind()
    first = queue(ann)
    clock.move(minutes=1)
    assert queue(ann) == first
    assert Message.objects.get().created_at == first.created_at


def test_a_sent_message_is_not_queued_again(ann, kind, queue, drain):
    kind()
    queue(ann)
    drain()
    assert queue(ann).state == "sent"
    assert states() == ["sent"]


def test_without_the_unique_key_planning_twice_would_send_twice(transactional_db, kind, clock):
    """The negative control: it is the constraint that holds, and nothing else."""
    kind()
    draft = Draft("hello", "thing", 1, UserFactory.create().pk, clock.now, clock.now + DAY)
    rules = Message._meta.constraints
    key = next(rule for rule in rules if rule.name == "one_message_of_a_kind_each")
    Message._meta.constraints = [rule for rule in rules if rule is not key]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Message, key)
    try:
        services.enqueue_many([draft], now=clock.now)
        services.enqueue_many([draft], now=clock.now)
        assert Message.objects.count() == 2
    finally:
        Message.objects.all().delete()
        Message._meta.constraints = rules
        with connection.schema_editor() as editor:
            editor.add_constraint(Message, key)
    services.enqueue_many([draft], now=clock.now)
    services.enqueue_many([draft], now=clock.now)
    assert Message.objects.count() == 1


def test_the_message_id_is_made_from_the_key_alone(ann, kind, queue, clock, settings):
    settings.SITE_HOST = "mentoring.example.org:8443"
    kind()
    ids = [queue(ann).message_id, queue(ann, sequence=1).message_id, queue(ann, subject_id=2).message_id]
    assert len(set(ids)) == 3
    Message.objects.all().delete()
    clock.move(days=3)
    assert queue(ann).message_id == ids[0]
    name, host = ids[0].strip("<>").split("@")
    assert (len(name), host) == (32, "mentoring.example.org")


def test_many_are_queued_in_few_queries(db, kind, clock, django_assert_max_num_queries):
    kind()
    people = UserFactory.create_batch(40)
    drafts = [Draft("hello", "thing", 1, person.pk, clock.now, clock.now + DAY) for person in people]
    with django_assert_max_num_queries(5):
        assert services.enqueue_many(drafts, now=clock.now) == 40
    assert services.enqueue_many(drafts, now=clock.now) == 0
    more = [*drafts, Draft("hello", "thing", 2, people[0].pk, clock.now, clock.now + DAY)]
    assert services.enqueue_many(more, now=clock.now) == 1
    assert Message.objects.count() == 41


def test_what_has_no_time_left_is_not_queued(ann, kind, clock):
    kind()
    given = {"kind": "hello", "subject_type": "thing", "subject_id": 1, "recipient": ann, "now": clock.now}
    past, soon = clock.now - DAY, clock.now + DAY
    assert services.enqueue(not_before=past, expires_at=clock.now, **given) is None
    assert services.enqueue(not_before=soon, expires_at=soon, **given) is None
    assert services.enqueue(not_before=past, expires_at=soon, **given) is not None


def test_an_unknown_kind_is_refused_and_nothing_is_written(ann, kind, clock):
    kind()
    drafts = [Draft(slug, "thing", 1, ann.pk, clock.now, clock.now + DAY) for slug in ("hello", "hallo")]
    with pytest.raises(UnknownKind):
        services.enqueue_many(drafts, now=clock.now)
    assert states() == []


def test_cancelling_is_about_one_thing(ann, kind, queue, clock):
    kind()
    for changes in ({}, {"subject_id": 2}, {"subject_type": "match"}):
        queue(ann, **changes)
    assert services.cancel(subject_type="thing", subject_id=1, now=clock.now) == 1
    assert states() == ["cancelled", "pending", "pending"]


def test_cancelling_may_be_narrowed(ann, kind, queue, clock):
    kind()
    kind("other")
    bob = UserFactory.create()
    queue(ann, sequence=1)
    queue(ann, sequence=2)
    queue(ann, kind="other", sequence=1)
    queue(bob, sequence=1)
    done = services.cancel(
        subject_type="thing", subject_id=1, kinds=["hello"], below_sequence=2, recipient_id=ann.pk, now=clock.now
    )
    assert done == 1
    assert states() == ["cancelled", "pending", "pending", "pending"]


def test_cancelling_leaves_what_is_settled(ann, kind, queue, clock, drain):
    kind()
    queue(ann, sequence=1)
    drain()
    queue(ann, sequence=2, expires_at=clock.now + timedelta(minutes=1))
    clock.move(minutes=2)
    assert services.cancel(subject_type="thing", subject_id=1, now=clock.now) == 0
    assert states() == ["sent", "pending"]
    services.expire_due(clock.now)
    assert states() == ["sent", "expired"]


def test_who_leaves_a_program_gets_nothing_more_of_it(ann, kind, queue, clock):
    kind()
    kind("sign_in", transactional=True)
    bob = UserFactory.create()
    for user, program_id in ((ann, 1), (ann, 2), (ann, None), (bob, 1)):
        queue(user, program_id=program_id, subject_id=program_id or 0)
    queue(ann, kind="sign_in", program_id=1)
    assert services.cancel_person(recipient_id=ann.pk, program_id=1, now=clock.now) == 2
    assert states() == ["cancelled", "pending", "pending", "pending", "cancelled"]
    assert services.cancel_person(recipient_id=ann.pk, now=clock.now) == 2
    assert states() == ["cancelled", "cancelled", "cancelled", "pending", "cancelled"]


def test_two_kinds_cannot_share_a_name(kind):
    first = kind()
    assert register(first) is first
    with pytest.raises(ValueError, match="two kinds of message called “hello”"):
        register(Kind("hello", "elsewhere", "Another greeting", hello))


def test_a_kind_belongs_to_a_known_group(kind):
    with pytest.raises(ValueError, match="no group of messages is called “weather”"):
        kind(group="weather")
