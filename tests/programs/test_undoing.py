"""Taking an import back: everything it did, and nobody's work lost."""

import datetime as dt

import pytest

from mail.models import Message
from participants.models import AuditEntry, User
from programs.models import Enrolment, Role, Track
from programs.services import undoing
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory
from tests.programs.staging import LATER, run, stage, state, track_with_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def track() -> Track:
    return track_with_fields()


def test_undo_removes_people_and_accounts_it_made_and_nothing_else(track):
    UserFactory.create(email="b@x.org")
    done = run(stage(track))
    undone = undoing.undo_import(item=done, by=None, now=LATER)
    assert (undone.state, undone.effects, state(track)) == ("undone", [], [])
    assert list(User.objects.values_list("email", flat=True)) == ["b@x.org"]
    entry = AuditEntry.objects.get(verb="import undone")
    assert entry.detail == {"removed": 2, "restored": 0, "accounts": 1}
    assert run(stage(track)).state == "done"


def test_undo_restores_answers_but_not_those_somebody_has_changed_since(track):
    run(stage(track))
    done = run(stage(track, "email,grade,topics,capacity\na@x.org,AA,Pay,3\nb@x.org,HEO,,2\n"), now=LATER)
    Enrolment.objects.filter(user__email="b@x.org").update(capacity=5)
    undoing.undo_import(item=done, by=None, now=LATER)
    assert state(track) == [
        ("a@x.org", "active", {"grade": "HEO", "topics": ["Travel", "Pay"]}, None),
        ("b@x.org", "active", {"grade": "AA"}, 5),
    ]


def test_undo_lets_leave_again_who_had_left(track):
    user = UserFactory.create(email="a@x.org")
    EnrolmentFactory.create(
        track=track, user=user, role=Role.MENTOR, state="left", left_at=NOW, answers={"grade": "HEO"}
    )
    done = run(stage(track), now=LATER)
    undoing.undo_import(item=done, by=None, now=LATER)
    found = Enrolment.objects.get()
    assert (found.state, found.left_at, found.answers) == ("left", NOW, {"grade": "HEO"})


def test_an_account_that_is_used_stays(track):
    done = run(stage(track))
    User.objects.filter(email="a@x.org").update(last_login=NOW)
    EnrolmentFactory.create(track=track, user=User.objects.get(email="b@x.org"), role=Role.MENTEE)
    undoing.undo_import(item=done, by=None, now=LATER)
    assert sorted(User.objects.values_list("email", flat=True)) == ["a@x.org", "b@x.org"]


def test_undo_ends_after_a_day(track):
    done = run(stage(track))
    with pytest.raises(undoing.TooLate, match="for a day"):
        undoing.undo_import(item=done, by=None, now=NOW + dt.timedelta(hours=24, seconds=1))
    assert len(state(track)) == 2


def _message(track: Track, email: str, **fields) -> Message:
    return Message.objects.create(
        kind="x",
        subject_type="x",
        subject_id=1,
        recipient=User.objects.get(email=email),
        not_before=NOW,
        expires_at=LATER,
        created_at=NOW,
        message_id="x",
        **{"program_id": track.program_id, "state": "sent", "sent_at": LATER} | fields,
    )


def test_undo_ends_once_one_of_them_had_mail(track):
    done = run(stage(track))
    _message(track, "b@x.org")
    with pytest.raises(undoing.TooLate, match="1 of these people has had mail from the program since"):
        undoing.undo_import(item=done, by=None, now=LATER)
    assert len(state(track)) == 2


@pytest.mark.parametrize("fields", [{"program_id": 0}, {"sent_at": NOW - dt.timedelta(days=1)}])
def test_mail_of_another_program_or_from_before_does_not_count(track, fields):
    done = run(stage(track))
    _message(track, "b@x.org", **fields)
    assert undoing.why_not(done, now=LATER) == ""


def test_undo_ends_once_something_stands_on_the_people(track):
    done = run(stage(track))
    run(stage(track, role=Role.MENTEE))
    mentor = Enrolment.objects.get(user__email="a@x.org", role=Role.MENTOR)
    make_pair(mentor, Enrolment.objects.get(user__email="b@x.org", role=Role.MENTEE))
    with pytest.raises(undoing.TooLate, match="1 match was offered to these people"):
        undoing.undo_import(item=done, by=None, now=LATER)


def test_a_proposal_nobody_has_seen_goes_with_the_people(track):
    done = run(stage(track))
    run(stage(track, role=Role.MENTEE))
    mentor = Enrolment.objects.get(user__email="a@x.org", role=Role.MENTOR)
    draft = make_pair(mentor, Enrolment.objects.get(user__email="b@x.org", role=Role.MENTEE), state="draft")
    other = make_pair(EnrolmentFactory.create(track=track), EnrolmentFactory.create(track=track), state="draft")
    assert undoing.why_not(done, now=LATER) == ""
    undoing.undo_import(item=done, by=None, now=LATER)
    draft.proposal.refresh_from_db()
    other.proposal.refresh_from_db()
    assert (draft.proposal.state, draft.proposal.matches.count()) == ("discarded", 0)
    assert (other.proposal.state, other.proposal.matches.count()) == ("draft", 1)
    assert not Enrolment.objects.filter(role=Role.MENTOR, track=track, user__email="a@x.org").exists()


def test_undo_happens_once(track):
    done = run(stage(track))
    undoing.undo_import(item=done, by=None, now=LATER)
    with pytest.raises(undoing.TooLate, match="This import is undone; there is nothing to undo"):
        undoing.undo_import(item=done, by=None, now=LATER)
