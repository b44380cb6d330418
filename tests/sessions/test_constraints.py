"""Each constraint, broken."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from sessions.models import ExpertWanted, Session
from tests.factories.programs import NOW
from tests.factories.sessions import GoalFactory, SessionFactory

BROKEN = [
    # An unknown state breaks both; which is named first is the database's choice.
    ("session_state_known|session_logged_has_a_date", {"state": "dreamt"}),
    ("session_ends_after_it_starts", {"ends_at": NOW}),
    ("session_5_to_480_minutes", {"minutes": 4}),
    ("session_5_to_480_minutes", {"minutes": 481}),
    ("session_logged_has_a_date", {"state": "held"}),
    ("session_logged_has_a_date", {"logged_at": NOW}),
    ("session_planned_has_a_date", {"planned_at": None}),
]


@pytest.mark.parametrize(("name", "facts"), BROKEN)
def test_a_session_is_whole(cast, name, facts):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SessionFactory.create(match=cast.match, starts_at=NOW + dt.timedelta(days=1), **facts)


def test_only_a_session_that_was_held_was_led_by_somebody(cast):
    seat = cast.match.seats.first()
    with pytest.raises(IntegrityError, match="session_facilitated_if_held"), transaction.atomic():
        SessionFactory.create(match=cast.match, facilitated_by=seat)


def test_an_expert_is_wanted_once_a_session(cast):
    session = SessionFactory.create(match=cast.match)
    ExpertWanted.objects.create(session=session, said_by=cast.mia, said_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpertWanted.objects.create(session=session, said_by=cast.bob, said_at=NOW)


def test_a_match_has_one_session_at_a_time_unless_it_was_cancelled(cast):
    SessionFactory.create(match=cast.match, state=Session.State.CANCELLED)
    SessionFactory.create(match=cast.match)
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory.create(match=cast.match)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("goal_level_minus_2_to_2", {"level": -3}),
        ("goal_level_minus_2_to_2", {"level": 3}),
        ("goal_reached_or_dropped", {"reached_at": NOW, "dropped_at": NOW}),
    ],
)
def test_a_goal_is_whole(cast, name, facts):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        GoalFactory.create(match=cast.match, owner=cast.mia, **facts)
