from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mail.quiet import shift
from mail.registry import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")


POLICIES: list[tuple[QuietHours, int]] = [("earlier", -1), ("later", 1)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# zone, moment in UTC, moved earlier, moved later
NIGHTS = [
    ("Europe/Berlin", "2026-05-12T20:00", "2026-05-12T19:00", "2026-05-13T06:00"),  # 22:00 in summer
    ("Europe/Berlin", "2026-05-13T04:00", "2026-05-12T19:00", "2026-05-13T06:00"),  # 06:00 the next morning
    ("Europe/Berlin", "2026-01-12T05:00", "2026-01-11T20:00", "2026-01-12T07:00"),  # 06:00 in winter
    ("Europe/Berlin", "2027-03-28T00:30", "2027-03-27T20:00", "2027-03-28T06:00"),  # the night that loses an hour
    ("Europe/Berlin", "2026-10-25T00:30", "2026-10-24T19:00", "2026-10-25T07:00"),  # the night that gains one
    ("Europe/Berlin", "2026-12-31T23:30", "2026-12-31T20:00", "2027-01-01T07:00"),  # over the new year
    ("Europe/Berlin", "2028-02-28T22:00", "2028-02-28T20:00", "2028-02-29T07:00"),  # into a leap day
    ("Asia/Kathmandu", "2026-05-12T16:00", "2026-05-12T15:15", "2026-05-13T02:15"),  # +05:45
    ("Pacific/Chatham", "2026-01-12T10:00", "2026-01-12T07:15", "2026-01-12T18:15"),  # +13:45
    ("Australia/Lord_Howe", "2026-10-03T14:00", "2026-10-03T10:30", "2026-10-03T21:00"),  # half an hour of summer time
    ("Africa/Casablanca", "2027-02-07T01:00", "2027-02-06T20:00", "2027-02-07T08:00"),  # Ramadan begins
    ("America/New_York", "2026-03-08T06:30", "2026-03-08T02:00", "2026-03-08T12:00"),  # US change, weeks before Europe
    ("Pacific/Apia", "2011-12-30T08:30", "2011-12-30T07:00", "2011-12-30T18:00"),  # the day that was left out
]


@pytest.mark.parametrize(("zone", "moment", "earlier", "later"), NIGHTS)
def test_nights_all_over_the_world(zone, moment, earlier, later):
    assert shift(utc(moment), ZoneInfo(zone), "earlier") == utc(earlier)
    assert shift(utc(moment), ZoneInfo(zone), "later") == utc(later)


@pytest.mark.parametrize("policy", ["earlier", "later", "exempt"])
@pytest.mark.parametrize("moment", ["2026-05-12T06:00", "2026-05-12T12:00", "2026-05-12T19:00"])
def test_the_day_and_its_edges_stay(policy, moment):
    assert shift(utc(moment), BERLIN, policy) == utc(moment)


def test_who_asked_for_it_gets_it_at_night():
    assert shift(utc("2026-05-12T22:00"), BERLIN, "exempt") == utc("2026-05-12T22:00")


@pytest.mark.parametrize(
    ("moment", "earlier", "later"),
    [
        ("2026-05-12T10:30", "2026-05-12T10:00", "2026-05-12T12:00"),
        ("2026-05-12T09:30", "2026-05-12T09:30", "2026-05-12T09:30"),
        ("2026-05-12T23:30", "2026-05-12T23:30", "2026-05-12T23:30"),
    ],
)
def test_quiet_hours_within_one_day(moment, earlier, later):
    midday = {"start": 12, "end": 14}
    assert shift(utc(moment), BERLIN, "earlier", **midday) == utc(earlier)
    assert shift(utc(moment), BERLIN, "later", **midday) == utc(later)


def test_every_quarter_of_an_hour_of_a_year_ends_outside_the_night_and_stays_there():
    moment, end = utc("2026-01-01T00:00"), utc("2027-01-01T00:00")
    while moment < end:
        for policy, sign in POLICIES:
            moved = shift(moment, BERLIN, policy)
            wall = moved.astimezone(BERLIN)
            assert 8 * 60 <= wall.hour * 60 + wall.minute <= 21 * 60
            assert timedelta(0) <= sign * (moved - moment) <= timedelta(hours=12)
            assert shift(moved, BERLIN, policy) == moved
        moment += timedelta(minutes=15)
