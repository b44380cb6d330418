"""Series over changes of the clocks: the expected instants are written out by each zone's own offsets, not computed."""

import datetime as dt

import pytest

from sessions import timing

UTC = dt.UTC
# zone, first Monday-to-Sunday wall time, hours (as h:mm) that the zone is ahead of UTC in each of twelve weeks
SERIES = [
    ("Europe/Berlin", "2027-03-01T10:00", ["1:00"] * 4 + ["2:00"] * 8),
    ("Europe/London", "2027-03-01T10:00", ["0:00"] * 4 + ["1:00"] * 8),
    ("America/New_York", "2027-03-01T10:00", ["-5:00"] * 2 + ["-4:00"] * 10),
    ("America/St_Johns", "2027-03-01T10:00", ["-3:30"] * 2 + ["-2:30"] * 10),
    ("Asia/Kathmandu", "2027-03-01T10:00", ["5:45"] * 12),
    ("Asia/Kolkata", "2027-03-01T10:00", ["5:30"] * 12),
    ("Australia/Lord_Howe", "2027-03-01T10:00", ["11:00"] * 5 + ["10:30"] * 7),
    ("Australia/Adelaide", "2027-03-01T10:00", ["10:30"] * 5 + ["9:30"] * 7),
    ("Pacific/Chatham", "2027-03-01T10:00", ["13:45"] * 5 + ["12:45"] * 7),
    ("Pacific/Kiritimati", "2027-03-01T10:00", ["14:00"] * 12),
    ("Pacific/Pago_Pago", "2027-03-01T10:00", ["-11:00"] * 12),
    ("Europe/Berlin", "2026-10-05T10:00", ["2:00"] * 3 + ["1:00"] * 9),
    ("America/New_York", "2026-10-05T10:00", ["-4:00"] * 4 + ["-5:00"] * 8),
]
CASES = [(zone, first, week, offset) for zone, first, offsets in SERIES for week, offset in enumerate(offsets)]


def ahead(offset):
    hours, minutes = offset.lstrip("-").split(":")
    return dt.timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if offset.startswith("-") else 1)


@pytest.mark.parametrize(("zone", "first", "week", "offset"), CASES)
def test_each_week_is_at_the_same_wall_time(zone, first, week, offset):
    wall = timing.at_rhythm(dt.datetime.fromisoformat(first), 7, 12)[week]
    assert f"{wall:%H:%M}" == "10:00"
    assert timing.instant(wall, zone).at == (wall - ahead(offset)).replace(tzinfo=UTC)


def test_a_series_says_on_which_day_the_clocks_skip_its_hour():
    walls = timing.at_rhythm(dt.datetime(2027, 3, 21, 2, 30), 7, 3)
    kept = [
        (f"{moment.wall:%d %H:%M}", bool(moment.remark))
        for moment in (timing.instant(w, "Europe/Berlin") for w in walls)
    ]
    assert kept == [("21 02:30", False), ("28 03:30", True), ("04 02:30", False)]
