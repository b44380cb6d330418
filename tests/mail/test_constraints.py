"""Each rule of the tables, broken once."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mail.models import STRIKES, Heartbeat, Hold, MailPreference, Message, SuppressedAddress, Tick
from tests.mail.conftest import START


def row(user, **changes) -> Message:
    given = {
        "kind": "hello",
        "subject_type": "thing",
        "subject_id": 1,
        "recipient": user,
        "not_before": START,
        "expires_at": START + timedelta(days=1),
        "message_id": "<1@example.org>",
        "created_at": START,
    }
    return Message(**{**given, **changes})


def refused(*rows, by: str) -> bool:
    """Whether saving the last row breaks a constraint; SQLite names columns rather than unique constraints."""
    *before, last = rows
    for each in before:
        each.save(force_insert=True)
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        last.save(force_insert=True)
    return True


def test_one_message_of_a_kind_each(ann):
    assert refused(row(ann), row(ann), by="(?i)unique")


@pytest.mark.parametrize(
    "change", [{"kind": "other"}, {"subject_type": "match"}, {"subject_id": 2}, {"sequence": 1}], ids=str
)
def test_another_key_is_another_message(ann, change):
    row(ann).save()
    row(ann, **change).save()
    assert Message.objects.count() == 2


def test_an_unknown_state(ann):
    assert refused(row(ann, state="posted"), by="message_state_known")


@pytest.mark.parametrize(
    "lease", [{}, {"lease_until": START}, {"lease_token": uuid.uuid4()}], ids=["", "until", "token"]
)
def test_sending_without_a_lease(ann, lease):
    assert refused(row(ann, state="sending", **lease), by="message_sending_is_leased")


def test_sent_without_a_time(ann):
    assert refused(row(ann, state="sent"), by="message_sent_has_a_time")


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_expired_before_it_is_due(ann, late):
    assert refused(row(ann, not_before=START + late, expires_at=START), by="message_expires_after_due")


@pytest.mark.parametrize("changes", [{"strikes": STRIKES}, {"strikes": STRIKES + 1, "state": "failed"}], ids=str)
def test_what_was_given_up_is_queued_again(ann, changes):
    assert refused(row(ann, **changes), by="message_given_up_stays_so")


def test_a_second_hold(db):
    assert refused(Hold(since=START), Hold(pk=2, since=START), by="one_hold")


def test_one_tick_a_slot(db):
    assert refused(Tick(name="plan", slot=START), Tick(name="plan", slot=START), by="(?i)unique")


def test_one_heartbeat_a_component(db):
    assert refused(Heartbeat(component="drainer", at=START), Heartbeat(component="drainer", at=START), by="(?i)unique")


@pytest.mark.parametrize("program_id", [7, None])
def test_one_preference_a_group(ann, program_id):
    wish = {"user": ann, "program_id": program_id, "kind_group": "surveys"}
    assert refused(MailPreference(**wish), MailPreference(**wish), by="(?i)unique")


def test_one_suppression_an_address(db):
    gone = {"email": "gone@example.org", "reason": "550", "at": START}
    assert refused(SuppressedAddress(**gone), SuppressedAddress(**gone), by="(?i)unique")
