import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mail.models import Message
from sessions import planning, services, tasks
from sessions.models import Session
from tests.factories.programs import NOW
from tests.factories.sessions import SessionFactory

UTC = dt.UTC
KINDS = {"session-day-before", "session-hour-before", "session-follow-up"}


def at(day, hour, minute=0):
    return dt.datetime(2027, 3, day, hour, minute, tzinfo=UTC)


def due():
    rows = Message.objects.filter(kind__in=KINDS).select_related("recipient")
    return {(row.kind, row.recipient.first_name, row.sequence): row.not_before for row in rows}


def test_the_tick_writes_what_has_come_near(cast, plan):
    plan()  # Monday 8 March, 15:00 UTC
    tasks.tick(at(5, 14))
    assert due() == {}
    tasks.tick(at(5, 15))
    near = {("session-day-before", name, 0): at(7, 15) for name in ("Bob", "Mia")}
    assert due() == near
    tasks.tick(at(6, 18))
    assert due() == {
        **near,
        **{("session-hour-before", name, 0): at(8, 14) for name in ("Bob", "Mia")},
        **{("session-follow-up", name, 0): at(8, 17, 45) for name in ("Bob", "Mia")},
    }


def test_ticking_again_changes_nothing(cast, plan):
    plan()
    now = at(7, 12)
    assert planning.plan_all(now) == 6
    before = list(Message.objects.order_by("pk").values())
    assert planning.plan_all(now) == 0
    assert list(Message.objects.order_by("pk").values()) == before


def test_each_reads_the_time_of_their_own_zone(cast, plan):
    cast.mia.timezone = "America/New_York"
    cast.mia.save()
    # 10:00 in New York and 14:00 in Berlin on the day the clocks change in America only.
    plan(starts=dt.datetime(2027, 3, 14, 15, 0))
    planning.plan_all(at(13, 12))
    assert due()["session-day-before", "Bob", 0] == at(13, 14)
    assert due()["session-day-before", "Mia", 0] == at(13, 15)


def test_after_a_day_without_a_tick_what_is_over_is_not_written(cast, plan):
    plan()
    tasks.tick(at(8, 15, 30))
    assert set(due()) == {("session-follow-up", "Bob", 0), ("session-follow-up", "Mia", 0)}
    expired = Message.objects.filter(kind="session-follow-up").values_list("expires_at", flat=True)
    assert set(expired) == {at(15, 17, 45)}


def test_a_moved_session_is_reminded_of_its_new_time_only(cast, plan):
    session = plan()
    planning.plan_all(at(7, 12))
    facts = {"zone": "Europe/Berlin", "minutes": 45, "channel": "video", "by": cast.mia}
    services.move_session(session=session, starts=dt.datetime(2027, 3, 9, 10, 0), now=at(7, 13), **facts)
    planning.plan_all(at(8, 13))
    waiting = Message.objects.filter(kind__in=KINDS, state="pending").values_list("sequence", "kind", "not_before")
    assert set(waiting) == {
        (1, "session-day-before", at(8, 9)),
        (1, "session-hour-before", at(9, 8)),
        (1, "session-follow-up", at(9, 11, 45)),
    }


@pytest.mark.parametrize("end", ["cancel", "log", "leave"])
def test_nothing_is_planned_for_what_has_ended(cast, plan, end):
    session = plan()
    if end == "cancel":
        services.cancel_session(session=session, by=cast.bob, now=at(6, 12))
    elif end == "log":
        services.log_session(session=session, said=services.Said(held=True), by=cast.bob, now=at(8, 12))
    else:
        cast.match.state, cast.match.ended_at = "ended", at(6, 12)
        cast.match.save()
    planning.plan_all(at(8, 13))
    assert due() == {}


def test_a_session_that_was_only_logged_is_asked_about_no_more(cast):
    SessionFactory.create(match=cast.match, held=True, starts_at=NOW - dt.timedelta(hours=5), planned_at=None)
    assert planning.plan_all(NOW) == 0


def test_a_quiet_tick_reads_as_often_for_thirty_sessions_as_for_one_and_writes_nothing(cast):
    def quiet_tick():
        planning.plan_all(at(7, 12))
        with CaptureQueriesContext(connection) as queries:
            planning.plan_all(at(7, 12))
        return [query["sql"].split()[0] for query in queries]

    SessionFactory.create(match=cast.match, starts_at=at(8, 6))
    one = quiet_tick()
    for number in range(1, 30):
        SessionFactory.create(match=cast.match, starts_at=at(8, 6) + dt.timedelta(minutes=50 * number))
    assert Session.objects.count() == 30
    assert one == ["SELECT"] * 4
    assert quiet_tick() == one


def test_when_a_zones_rules_change_the_clock_on_the_wall_stands(cast):
    stays = SessionFactory.create(match=cast.match, starts_at=at(9, 9))
    # As if Berlin had been an hour further west when it was planned.
    shifted = SessionFactory.create(match=cast.match, starts_at=at(8, 16), wall_start="2027-03-08T16:00")
    over = SessionFactory.create(match=cast.match, starts_at=at(2, 16), wall_start="2027-03-02T16:00")
    for minute in (0, 1, 2):
        tasks.tick(at(3, 12, minute))
    for session in (stays, shifted, over):
        session.refresh_from_db()
    assert (shifted.starts_at, shifted.ends_at, shifted.sequence) == (at(8, 15), at(8, 15, 45), 1)
    assert [(each.starts_at, each.sequence) for each in (stays, over)] == [(at(9, 9), 0), (at(2, 16), 0)]
    told = Message.objects.filter(kind="session-planned").values_list("subject_id", "sequence", "recipient")
    assert set(told) == {(shifted.pk, 1, cast.bob.pk), (shifted.pk, 1, cast.mia.pk)}
