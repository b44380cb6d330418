"""Times all have: their weekly times on the very dates, less what they have planned."""

import datetime as dt

import pytest

from participants.models import User
from programs.models import Enrolment, Role
from sessions import services
from sessions.models import Session
from sessions.queries import course_of
from sessions.queries.times import shared_times
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, FieldFactory

UTC = dt.UTC


@pytest.fixture
def asked(cast):
    return FieldFactory.create(program=cast.program, slug="times", kind="week", label="When do you have time?")


def says(user, *times, zone="Europe/Berlin"):
    Enrolment.objects.filter(user=user).update(answers={"times": {"zone": zone, "times": list(times)}})
    User.objects.filter(pk=user.pk).update(timezone=zone)


def found(cast, reader=None, now=NOW):
    reader = User.objects.get(pk=(reader or cast.bob).pk)
    course = course_of(reader, cast.match.pk)
    assert course is not None
    return shared_times(course, reader, now)


def starts(shared):
    return [f"{each.at:%m-%d %H:%M}" for each in shared.times]


def test_what_both_have_week_by_week(cast, asked):
    says(cast.bob, "Tue 09:00-12:00")
    says(cast.mia, "Tue 10:30-11:30", "Wed 09:00-12:00")
    cast.track.session_minutes = 60
    cast.track.save()
    assert starts(found(cast)) == ["03-02 09:30", "03-09 09:30", "03-16 09:30"]


def test_each_by_their_own_clock_on_the_very_date(cast, asked):
    """From 14 to 28 March New York is five hours behind Berlin, before and after it six."""
    says(cast.bob, "Thu 15:00-16:00")
    says(cast.mia, "Thu 09:00-11:00", zone="America/New_York")
    cast.track.session_minutes = 60
    cast.track.save()
    shared = found(cast, now=dt.datetime(2027, 3, 8, tzinfo=UTC))
    assert starts(shared) == ["03-11 14:00", "03-18 14:00", "03-25 14:00"]
    walls = [(clock.names, f"{clock.wall:%H:%M}") for each in shared.times for clock in each.clocks]
    assert walls == [("Mia", "09:00"), ("Mia", "10:00"), ("Mia", "10:00")]
    # After Berlin has gone forward, too, Berlin's 15:00 is 13:00 UTC.
    assert starts(found(cast, now=dt.datetime(2027, 3, 27, tzinfo=UTC)))[0] == "04-01 13:00"


def test_what_either_has_planned_is_taken_out(cast, asked):
    says(cast.bob, "Tue 09:00-11:00")
    says(cast.mia, "Tue 09:00-11:00")
    second = EnrolmentFactory.create(track=cast.track, role=Role.MENTEE)
    other = make_pair(Enrolment.objects.get(user=cast.bob), second)
    services.plan_session(
        match=other, starts=dt.datetime(2027, 3, 9, 9, 0), zone="Europe/Berlin", minutes=60, channel="video",
        by=second.user, now=NOW,
    )  # fmt: skip
    cast.track.session_minutes = 60
    cast.track.save()
    nine = [each for each in starts(found(cast)) if each.startswith("03-09")]
    assert nine == ["03-09 09:00"]
    Session.objects.update(state=Session.State.CANCELLED)
    assert [each for each in starts(found(cast)) if each.startswith("03-09")] == ["03-09 08:00", "03-09 09:00"]


def test_nothing_shared_and_nothing_said(cast, asked):
    says(cast.bob, "Mon 09:00-12:00")
    assert (found(cast).silent, found(cast).asked) == ("Mia", True)
    says(cast.mia, "Tue 09:00-12:00")
    assert found(cast).times == ()


def test_a_program_that_does_not_ask_offers_no_times(cast):
    assert found(cast).asked is False


def test_one_tap_plans_a_shared_time(cast, asked, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    says(cast.bob, "Tue 09:00-10:00")
    says(cast.mia, "Tue 09:00-10:00")
    cast.track.session_minutes = 60
    cast.track.save()
    client.force_login(cast.bob)
    page = client.get(f"/me/match/{cast.match.pk}/session/new/")
    assert b'name="at" value="2027-03-09T08:00Z"' in page.content
    assert Session.objects.count() == 0
    client.post(f"/me/match/{cast.match.pk}/session/new/", {"at": "2027-03-09T08:00Z"})
    session = Session.objects.get()
    assert (session.wall_start, session.zone, session.minutes) == ("2027-03-09T09:00", "Europe/Berlin", 60)
