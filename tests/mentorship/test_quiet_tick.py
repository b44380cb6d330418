"""A minute in which nothing falls due costs the same however many people there are."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from mail.models import Message
from matching.models import Match, Seat
from programs.models import Role
from sessions import tasks as sessions
from surveys import tasks as surveys
from tests.factories.matching import SeatFactory, make_pair
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory
from tests.factories.sessions import SessionFactory

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


class Rows:
    """Counts the statements of a deed and the rows that the database touched or gave for them."""

    def __init__(self) -> None:
        self.statements = self.rows = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        self.statements += 1
        self.rows += max(0, context["cursor"].rowcount)
        return done


def crowd(pairs: int) -> Match:
    """So many pairs that have begun, with a session that is over, one tomorrow, and one next week."""
    track = TrackFactory.create()
    for _ in range(pairs):
        mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, joined_at=NOW - 9 * DAY)
        match = make_pair(mentor, EnrolmentFactory.create(track=track, joined_at=NOW - 9 * DAY))
        SessionFactory.create(match=match, held=True, starts_at=NOW - 2 * DAY)
        for days in (1, 7):
            SessionFactory.create(match=match, starts_at=NOW + days * DAY)
    return match


def quiet(at: dt.datetime) -> tuple[int, int]:
    """What the second of two ticks of one hour asks and gets."""
    for moment in (at, at + MINUTE):
        counted = Rows()
        with connection.execute_wrapper(counted):
            sessions.tick(moment)
            surveys.tick(moment)
    return counted.statements, counted.rows


@pytest.mark.as_in_production  # SQLite does not say how many rows it gives
def test_a_quiet_minute_asks_and_gets_no_more_with_many_than_with_few() -> None:
    crowd(2)
    few = quiet(NOW + 3 * DAY)
    crowd(12)
    many = quiet(NOW + 3 * DAY + 2 * dt.timedelta(hours=1))
    assert few == many


def test_what_comes_near_is_written_within_the_hour_and_a_day_before_it_is_due() -> None:
    match = crowd(1)
    for minutes in range(0, 121, 10):
        sessions.tick(NOW + 4 * DAY + minutes * MINUTE)
    late = Message.objects.filter(kind="session-day-before", subject_id=match.sessions.latest("starts_at").pk)
    assert {each.created_at.minute for each in late} == {0}
    assert all(each.not_before - each.created_at > DAY for each in late)
    assert late.count() == 2


def test_whoever_joins_shortly_before_a_session_is_reminded_of_it() -> None:
    match = crowd(1)
    soon = match.sessions.latest("starts_at")
    begins = soon.starts_at - dt.timedelta(minutes=90)
    sessions.tick(begins)
    late = EnrolmentFactory.create(track=match.track, role=Role.MENTEE)
    accepted = Seat.Answer.ACCEPTED
    SeatFactory.create(match=match, enrolment=late, answer=accepted, answered_at=begins, live=True, place=1, places=1)
    sessions.tick(begins + MINUTE)
    assert Message.objects.filter(kind="session-hour-before", subject_id=soon.pk, recipient=late.user).exists()
