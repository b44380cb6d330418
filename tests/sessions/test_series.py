"""Several sessions at once: at the same wall time, all or none, told of in one mail, and each free to move alone."""

import datetime as dt
from email import message_from_bytes
from typing import Any

import pytest
from icalendar import Calendar

from mail.models import Message
from programs.models import Enrolment, Role
from programs.services import leave
from sessions import mails, services
from sessions.errors import SessionError, TimeTaken, TooLate
from sessions.models import Session
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory

UTC = dt.UTC
State = Session.State
FIRST = dt.datetime(2027, 3, 15, 16, 0)
WEEKLY = [FIRST + dt.timedelta(weeks=n) for n in range(4)]
FACTS: dict[str, Any] = {"zone": "Europe/Berlin", "minutes": 45, "channel": "video", "place": ""}


@pytest.fixture
def several(cast):
    def several(**changes):
        return services.plan_series(
            **{"match": cast.match, "starts": WEEKLY, **FACTS, "by": cast.bob, "now": NOW, **changes}
        )

    return several


def hours(sessions):
    return [each.starts_at.strftime("%m-%d %H:%M") for each in sessions]


def stored(match):
    return [(each.wall_start, each.state, each.sequence) for each in Session.objects.filter(match=match)]


def told(kind):
    return sorted(Message.objects.filter(kind=kind, state="pending").values_list("recipient__first_name", flat=True))


def test_the_clock_on_the_wall_stays_when_the_clocks_change(several):
    sessions = several()
    assert hours(sessions) == ["03-15 15:00", "03-22 15:00", "03-29 14:00", "04-05 14:00"]
    assert {each.wall_start[11:] for each in sessions} == {"16:00"}
    assert len({each.series for each in sessions}) == 1


def test_everybody_gets_one_mail_and_no_other(several):
    several()
    assert told("session-series") == ["Bob", "Mia"]
    assert told("session-planned") == []


def test_asking_twice_is_asking_once(several):
    assert several() == several()
    assert Session.objects.count() == 4
    assert told("session-series") == ["Bob", "Mia"]


def test_one_taken_hour_leaves_none_planned(cast, several):
    second = EnrolmentFactory.create(track=cast.track, role=Role.MENTEE)
    other = make_pair(Enrolment.objects.get(user=cast.bob), second)
    taken = dt.datetime(2027, 3, 29, 16, 30)
    services.plan_session(match=other, starts=taken, **FACTS, by=second.user, now=NOW)
    with pytest.raises(TimeTaken):
        several()
    assert Session.objects.filter(match=cast.match).count() == 0
    assert told("session-series") == []


@pytest.mark.parametrize(
    "starts",
    [
        [],
        [FIRST + dt.timedelta(days=n) for n in range(27)],
        [FIRST, FIRST + dt.timedelta(minutes=30)],
        [FIRST, dt.datetime(2027, 2, 1, 16, 0)],
    ],
    ids=["none", "too many", "overlapping", "one of them over"],
)
def test_what_is_no_series_is_refused(several, starts):
    with pytest.raises(SessionError):
        several(starts=starts)
    assert Session.objects.count() == 0


def test_one_moves_alone(cast, several):
    second = several()[1]
    services.move_session(session=second, starts=dt.datetime(2027, 3, 23, 9, 0), **FACTS, by=cast.mia, now=NOW)
    assert stored(cast.match) == [
        ("2027-03-15T16:00", "planned", 0),
        ("2027-03-23T09:00", "planned", 1),
        ("2027-03-29T16:00", "planned", 0),
        ("2027-04-05T16:00", "planned", 0),
    ]


def test_this_and_all_later_move_by_as_many_days_to_one_clock(cast, several):
    second = several()[1]
    # By a week: each takes the place of the next.
    services.move_later(session=second, starts=dt.datetime(2027, 3, 29, 16, 0), **FACTS, by=cast.mia, now=NOW)
    assert stored(cast.match) == [
        ("2027-03-15T16:00", "planned", 0),
        ("2027-03-29T16:00", "planned", 1),
        ("2027-04-05T16:00", "planned", 1),
        ("2027-04-12T16:00", "planned", 1),
    ]
    # And back again, to another hour.
    services.move_later(session=second, starts=dt.datetime(2027, 3, 22, 9, 30), **FACTS, by=cast.mia, now=NOW)
    assert [wall for wall, _, _ in stored(cast.match)][1:] == [
        "2027-03-22T09:30",
        "2027-03-29T09:30",
        "2027-04-05T09:30",
    ]
    pending = Message.objects.filter(kind="session-series", subject_id=second.pk, state="pending")
    assert set(pending.values_list("sequence", flat=True)) == {2}


def test_a_move_of_all_that_meets_something_moves_none(cast, several):
    first = several()[0]
    services.plan_session(match=cast.match, starts=dt.datetime(2027, 3, 30, 9, 0), **FACTS, by=cast.bob, now=NOW)
    with pytest.raises(TimeTaken):
        services.move_later(session=first, starts=dt.datetime(2027, 3, 16, 9, 0), **FACTS, by=cast.mia, now=NOW)
    assert [wall for wall, _, sequence in stored(cast.match) if sequence] == []


def test_this_and_all_later_are_called_off_in_one_mail(cast, several):
    sessions = several()
    services.cancel_session(session=sessions[3], by=cast.bob, now=NOW)
    Message.objects.all().delete()
    services.cancel_later(session=sessions[1], by=cast.bob, now=NOW + dt.timedelta(hours=1))
    assert [state for _, state, _ in stored(cast.match)] == ["planned", "cancelled", "cancelled", "cancelled"]
    assert told("session-cancelled") == ["Bob", "Mia"]
    # The one called off before is not told of again.
    assert [each.pk for each in context_of("session-cancelled", cast.mia)["sessions"]] == [
        sessions[1].pk,
        sessions[2].pk,
    ]


def test_what_was_logged_is_not_called_off_with_the_rest(cast, several, over):
    sessions = several()
    later = dt.datetime(2027, 3, 15, 18, 0, tzinfo=UTC)
    services.log_session(session=sessions[0], said=services.Said(held=True), by=cast.bob, now=later)
    with pytest.raises(TooLate):
        services.cancel_later(session=sessions[0], by=cast.bob, now=later)
    services.cancel_later(session=sessions[1], by=cast.bob, now=later)
    assert [state for _, state, _ in stored(cast.match)] == ["held", "cancelled", "cancelled", "cancelled"]


def test_leaving_calls_a_series_off_in_one_mail(cast, several):
    several()
    Message.objects.all().delete()
    leave(enrolment=Enrolment.objects.get(user=cast.mia), by=cast.alice, now=NOW)
    assert {state for _, state, _ in stored(cast.match)} == {"cancelled"}
    assert told("session-cancelled") == ["Bob"]
    assert len(context_of("session-cancelled", cast.bob)["sessions"]) == 4


def context_of(kind, user):
    message = Message.objects.get(kind=kind, recipient=user, state="pending")
    make = {"session-cancelled": mails.cancelled, "session-series": mails.series}[kind]
    return make(message, NOW + dt.timedelta(hours=1))


def files_of(kind, user):
    return [
        (name, mime, Calendar.from_ical(content))
        for name, content, mime in mails._calendar_files(context_of(kind, user))
    ]


def events_of(kind, user):
    """(method, sequence, start, status) of each file; each holds one event."""
    found = []
    for _, mime, calendar in files_of(kind, user):
        (event,) = calendar.walk("VEVENT")
        assert str(calendar["METHOD"]) in message_from_bytes(f"Content-Type: {mime}\n\n".encode())["Content-Type"]
        found.append(
            (
                str(calendar["METHOD"]),
                event["SEQUENCE"],
                event.decoded("dtstart").strftime("%m-%d %H:%M"),
                str(event["STATUS"]),
            )
        )
    return found


def test_each_session_is_a_file_of_its_own(cast, several):
    several()
    assert [name for name, _, _ in files_of("session-series", cast.mia)] == [f"session-{n}.ics" for n in (1, 2, 3, 4)]
    assert events_of("session-series", cast.mia) == [
        ("REQUEST", 0, "03-15 15:00", "CONFIRMED"),
        ("REQUEST", 0, "03-22 15:00", "CONFIRMED"),
        ("REQUEST", 0, "03-29 14:00", "CONFIRMED"),
        ("REQUEST", 0, "04-05 14:00", "CONFIRMED"),
    ]
    uids = {str(calendar.walk("VEVENT")[0]["UID"]) for _, _, calendar in files_of("session-series", cast.mia)}
    assert len(uids) == 4


def test_a_moved_session_keeps_its_identity_and_raises_its_sequence(cast, several):
    third = several()[2]
    Message.objects.all().delete()
    services.move_later(session=third, starts=dt.datetime(2027, 3, 30, 16, 0), **FACTS, by=cast.bob, now=NOW)
    assert events_of("session-series", cast.mia) == [
        ("REQUEST", 1, "03-30 14:00", "CONFIRMED"),
        ("REQUEST", 1, "04-06 14:00", "CONFIRMED"),
    ]
    Message.objects.all().delete()
    services.cancel_later(session=third, by=cast.bob, now=NOW)
    assert events_of("session-cancelled", cast.mia) == [
        ("CANCEL", 2, "03-30 14:00", "CANCELLED"),
        ("CANCEL", 2, "04-06 14:00", "CANCELLED"),
    ]
