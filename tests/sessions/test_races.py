"""Two at once: whoever comes first wins, and the database never holds both."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

import pytest

from mail.models import Message
from matching.models import Match
from participants.models import User
from programs.models import Enrolment, Role
from programs.services import leave
from sessions import services
from sessions.errors import NotActive, TimeTaken
from sessions.models import Session
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, TrackFactory
from tests.people import make_cast
from tests.racing import together as at_once

ROUNDS = 8


# What is neither of the two is an error of the test.
together = partial(at_once, refused=(TimeTaken, NotActive))


@dataclass
class Couple:
    match: Match
    mentor: Enrolment
    mentee: Enrolment
    by: User


def make_pair_of(number):
    track = TrackFactory.create()
    mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR)
    mentee = EnrolmentFactory.create(track=track, role=Role.MENTEE)
    by = CoordinatorFactory.create(program=track.program).user
    couple = Couple(make_pair(mentor, mentee), mentor, mentee, by)
    if number % 2:  # something was planned already
        plan(couple.match, mentor.user, 15)
    return couple


def plan(match, by, hour):
    return services.plan_session(
        match=match,
        starts=dt.datetime(2027, 3, 8, hour, 0),
        zone="Europe/Berlin",
        minutes=45,
        channel="video",
        by=by,
        now=NOW,
    )


@pytest.mark.django_db(transaction=True)
def test_two_mentees_cannot_take_one_hour_of_their_mentor():
    cast = make_cast()
    second = EnrolmentFactory.create(track=cast.track, role=Role.MENTEE)
    other = make_pair(Enrolment.objects.get(user=cast.bob), second)
    for number in range(ROUNDS):
        hour = 6 + number
        results = together(lambda: plan(cast.match, cast.mia, hour), lambda: plan(other, second.user, hour))  # noqa: B023 - run before the next round
        assert sorted(type(result).__name__ for result in results) == ["Session", "TimeTaken"]
    assert Session.objects.count() == ROUNDS


@pytest.mark.django_db(transaction=True)
def test_one_person_tapping_twice_plans_once():
    cast = make_cast()
    for number in range(ROUNDS):
        hour = 6 + number
        first, second = together(*[lambda: plan(cast.match, cast.mia, hour)] * 2)  # noqa: B023 - as above
        assert first == second
    assert Session.objects.count() == ROUNDS
    assert Message.objects.filter(kind="session-planned").count() == 2 * ROUNDS


@pytest.mark.django_db(transaction=True)
def test_leaving_and_planning_at_once_leave_nothing_planned():
    for number in range(ROUNDS):
        cast = make_pair_of(number)
        results = together(
            lambda: plan(cast.match, cast.mentor.user, 10),  # noqa: B023 - run before the next round
            lambda: leave(enrolment=cast.mentee, by=cast.by, now=NOW),  # noqa: B023 - as above
        )
        assert isinstance(results[1], Enrolment)
        assert type(results[0]) in (Session, NotActive)
        assert set(cast.match.sessions.values_list("state", flat=True)) <= {Session.State.CANCELLED}


@pytest.mark.django_db(transaction=True)
def test_both_logging_at_once_leave_one_log_and_one_question_each():
    from surveys.models import Invitation

    cast = make_cast()
    session = plan(cast.match, cast.mia, 10)
    now = dt.datetime(2027, 3, 8, 18, 0, tzinfo=dt.UTC)
    together(
        *[
            lambda by=by: services.log_session(session=session, said=services.Said(held=True), by=by, now=now)
            for by in (cast.bob, cast.mia, cast.bob, cast.mia)
        ]
    )
    session.refresh_from_db()
    assert session.state == Session.State.HELD
    assert Invitation.objects.filter(session=session).count() == 2
