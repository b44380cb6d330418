import datetime as dt

import pytest

from mail.models import Message
from matching.models import Match
from participants.models import AuditEntry
from programs.models import Enrolment, Role
from programs.services import leave
from sessions import services
from sessions.errors import NotActive, NotInMatch, SessionError, TimeTaken, TooLate
from sessions.models import Session
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory

UTC = dt.UTC
State = Session.State
LATER = NOW + dt.timedelta(hours=1)


def queue(**which):
    rows = Message.objects.filter(**which).order_by("kind", "sequence", "recipient__first_name")
    return [(row.kind, row.sequence, row.recipient.first_name, row.state) for row in rows]


def test_a_planned_session_stands_at_its_instant(cast, plan):
    session = plan()
    assert (session.starts_at, session.ends_at) == (
        dt.datetime(2027, 3, 8, 15, 0, tzinfo=UTC),
        dt.datetime(2027, 3, 8, 15, 45, tzinfo=UTC),
    )
    assert (session.wall_start, session.zone, session.sequence) == ("2027-03-08T16:00", "Europe/Berlin", 0)
    assert (session.state, session.planned_by, session.planned_at) == (State.PLANNED, cast.bob, NOW)


def test_both_are_told_and_reminders_wait_until_they_are_near(plan):
    plan()
    assert queue() == [("session-planned", 0, "Bob", "pending"), ("session-planned", 0, "Mia", "pending")]


def test_a_session_tomorrow_earns_its_reminders_at_once(plan):
    plan(starts=dt.datetime(2027, 3, 2, 16, 0))
    due = {
        (row.kind, row.recipient.first_name): row.not_before.replace(tzinfo=None).isoformat()
        for row in Message.objects.exclude(kind="session-planned")
    }
    assert due == {
        (kind, name): at
        for name in ("Bob", "Mia")
        for kind, at in (
            ("session-day-before", "2027-03-01T15:00:00"),
            ("session-hour-before", "2027-03-02T14:00:00"),
            ("session-follow-up", "2027-03-02T17:45:00"),
        )
    }


def test_nobody_is_reminded_of_what_they_were_told_within_the_day(plan):
    plan(starts=dt.datetime(2027, 3, 1, 16, 0))
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert kinds == {"session-planned", "session-hour-before", "session-follow-up"}


def test_planning_the_same_twice_is_planning_once(plan):
    assert plan() == plan()
    assert Session.objects.count() == 1
    assert Message.objects.count() == 2


@pytest.mark.parametrize("who", ["charlie", "paul", "alice", "dora", "ada", "sally"])
def test_only_the_people_of_the_match_plan(cast, plan, who):
    with pytest.raises(NotInMatch):
        plan(by=getattr(cast, who))
    assert Session.objects.count() == 0


def test_an_offered_match_has_no_sessions_yet(cast, plan):
    offered = make_pair(
        EnrolmentFactory.create(track=cast.track, role=Role.MENTOR),
        EnrolmentFactory.create(track=cast.track, role=Role.MENTEE),
        state=Match.State.OFFERED,
    )
    with pytest.raises(NotActive):
        plan(match=offered, by=offered.seats.first().enrolment.user)


REFUSED = [
    ({"starts": dt.datetime(2027, 3, 1, 10, 0)}, "day"),
    ({"starts": dt.datetime(2029, 3, 8, 10, 0)}, "day"),
    ({"starts": dt.datetime(9999, 12, 31, 23, 0), "zone": "America/New_York"}, "day"),
    ({"minutes": 4}, "minutes"),
    ({"minutes": 481}, "minutes"),
    ({"channel": "pigeon"}, "channel"),
    ({"zone": "Europe/Atlantis"}, "zone"),
    ({"place": "Room 4\nBEGIN:VALARM"}, "place"),
    ({"place": "x" * 301}, "place"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_what_cannot_be_planned_names_its_field(plan, changes, field):
    with pytest.raises(SessionError) as caught:
        plan(**changes)
    assert caught.value.field == field
    assert (Session.objects.count(), Message.objects.count()) == (0, 0)


def test_a_time_the_clocks_skip_is_moved_forward(plan):
    session = plan(starts=dt.datetime(2027, 3, 28, 2, 30))
    assert (session.wall_start, session.starts_at) == ("2027-03-28T03:30", dt.datetime(2027, 3, 28, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(("hour", "minute"), [(16, 0), (15, 30), (16, 44), (15, 16)])
def test_one_person_is_not_in_two_sessions_at_once(cast, plan, hour, minute):
    there = plan()
    bob = Enrolment.objects.get(user=cast.bob)
    other = make_pair(bob, EnrolmentFactory.create(track=cast.track, role=Role.MENTEE))
    with pytest.raises(TimeTaken) as caught:
        plan(match=other, starts=dt.datetime(2027, 3, 8, hour, minute))
    assert (caught.value.starts_at, caught.value.ends_at) == (there.starts_at, there.ends_at)


@pytest.mark.parametrize(("hour", "minute"), [(16, 45), (15, 15)])
def test_sessions_may_touch(cast, plan, hour, minute):
    plan()
    plan(starts=dt.datetime(2027, 3, 8, hour, minute))
    assert Session.objects.count() == 2


def test_a_session_of_others_takes_nobodys_time(cast, plan):
    other = Match.objects.get(seats__enrolment__user=cast.paul)
    plan(match=other, by=cast.paul)
    plan()
    assert Session.objects.count() == 2


def test_moving_tells_both_and_leaves_nothing_of_the_old_time(cast, plan):
    session = plan(starts=dt.datetime(2027, 3, 2, 16, 0))
    moved = services.move_session(
        session=session,
        starts=dt.datetime(2027, 3, 3, 9, 0),
        zone="America/New_York",
        minutes=60,
        channel="phone",
        by=cast.mia,
        now=LATER,
    )
    assert (moved.sequence, moved.wall_start, moved.zone) == (1, "2027-03-03T09:00", "America/New_York")
    assert moved.starts_at == dt.datetime(2027, 3, 3, 14, 0, tzinfo=UTC)
    kinds = ("session-day-before", "session-follow-up", "session-hour-before", "session-planned")
    assert queue(sequence=0) == [(kind, 0, name, "cancelled") for kind in kinds for name in ("Bob", "Mia")]
    near = ("session-day-before", "session-planned")
    assert queue(sequence=1) == [(kind, 1, name, "pending") for kind in near for name in ("Bob", "Mia")]


def test_moving_to_the_same_facts_changes_nothing(cast, plan):
    session = plan()
    same = services.move_session(
        session=session,
        starts=dt.datetime(2027, 3, 8, 16, 0),
        zone="Europe/Berlin",
        minutes=45,
        channel="video",
        by=cast.mia,
        now=LATER,
    )
    assert same.sequence == 0
    assert queue() == [("session-planned", 0, "Bob", "pending"), ("session-planned", 0, "Mia", "pending")]


def test_a_session_can_be_moved_within_its_own_time(cast, plan):
    moved = services.move_session(
        session=plan(),
        starts=dt.datetime(2027, 3, 8, 16, 15),
        zone="Europe/Berlin",
        minutes=45,
        channel="video",
        by=cast.bob,
        now=LATER,
    )
    assert moved.wall_start == "2027-03-08T16:15"


def test_calling_off_tells_both_once(cast, plan):
    session = plan(starts=dt.datetime(2027, 3, 2, 16, 0))
    for _ in range(2):
        services.cancel_session(session=session, by=cast.mia, now=LATER)
    session.refresh_from_db()
    assert (session.state, session.sequence) == (State.CANCELLED, 1)
    assert queue(state="pending") == [
        ("session-cancelled", 1, "Bob", "pending"),
        ("session-cancelled", 1, "Mia", "pending"),
    ]


def test_what_was_called_off_can_be_planned_again_at_that_time(cast, plan):
    services.cancel_session(session=plan(), by=cast.mia, now=LATER)
    assert plan(now=LATER).state == State.PLANNED


def test_what_was_logged_is_neither_moved_nor_called_off(cast, plan, over):
    session = services.log_session(session=plan(), said=services.Said(held=True), by=cast.bob, now=over)
    with pytest.raises(TooLate):
        services.cancel_session(session=session, by=cast.bob, now=over)
    with pytest.raises(TooLate):
        services.move_session(
            session=session,
            starts=dt.datetime(2027, 4, 8, 16, 0),
            zone="Europe/Berlin",
            minutes=45,
            channel="video",
            by=cast.bob,
            now=over,
        )


def test_whoever_leaves_calls_off_what_was_planned_and_only_the_other_is_told(cast, plan):
    session = plan(starts=dt.datetime(2027, 3, 2, 16, 0))
    leave(enrolment=Enrolment.objects.get(user=cast.mia), by=cast.alice, now=LATER)
    session.refresh_from_db()
    assert session.state == State.CANCELLED
    left = Message.objects.filter(subject_type="mentoring_sessions.session", state="pending")
    assert [(row.kind, row.recipient) for row in left] == [("session-cancelled", cast.bob)]


def test_the_record_says_who_did_what_and_not_where(cast, plan):
    session = plan(place="The quiet canary room")
    services.cancel_session(session=session, by=cast.mia, now=LATER)
    entries = AuditEntry.objects.filter(subject_id=session.pk, subject_type="mentoring_sessions.session")
    assert [(entry.verb, entry.by, entry.program_id) for entry in entries.order_by("pk")] == [
        ("session planned", cast.bob, cast.program.pk),
        ("session cancelled", cast.mia, cast.program.pk),
    ]
    assert [entry.detail for entry in entries] == [{"match": cast.match.pk}] * 2
