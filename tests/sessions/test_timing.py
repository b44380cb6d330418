"""When things are due, in every zone and on every odd day we know of."""

import datetime as dt

import pytest

from participants.zones import zone as zone_of
from sessions import timing

UTC = dt.UTC
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def wall(text):
    return dt.datetime.fromisoformat(text)


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


INSTANTS = [
    # zone, wall time, instant, wall time kept, remark
    (BERLIN, "2027-01-15T10:00", "2027-01-15T09:00", None, ""),
    (BERLIN, "2027-07-15T10:00", "2027-07-15T08:00", None, ""),
    (BERLIN, "2027-03-28T01:59", "2027-03-28T00:59", None, ""),
    (
        BERLIN,
        "2027-03-28T02:30",
        "2027-03-28T01:30",
        "2027-03-28T03:30",
        "The clocks in Berlin skip 02:30 that day. It is 03:30 instead.",
    ),
    (BERLIN, "2027-03-28T03:00", "2027-03-28T01:00", None, ""),
    (BERLIN, "2026-10-25T01:59", "2026-10-24T23:59", None, ""),
    (
        BERLIN,
        "2026-10-25T02:30",
        "2026-10-25T00:30",
        None,
        "02:30 comes twice in Berlin that day. It is the first of the two.",
    ),
    (BERLIN, "2026-10-25T03:00", "2026-10-25T02:00", None, ""),
    (
        "Australia/Lord_Howe",
        "2026-10-04T02:15",
        "2026-10-03T15:45",
        "2026-10-04T02:45",
        "The clocks in Lord Howe skip 02:15 that day. It is 02:45 instead.",
    ),
    (
        "Australia/Lord_Howe",
        "2027-04-04T01:45",
        "2027-04-03T14:45",
        None,
        "01:45 comes twice in Lord Howe that day. It is the first of the two.",
    ),
    ("Australia/Lord_Howe", "2027-01-15T10:00", "2027-01-14T23:00", None, ""),
    ("Asia/Kathmandu", "2027-05-14T16:00", "2027-05-14T10:15", None, ""),
    ("Pacific/Chatham", "2027-01-15T10:00", "2027-01-14T20:15", None, ""),
    ("Pacific/Chatham", "2027-07-15T10:00", "2027-07-14T21:15", None, ""),
    ("Africa/Casablanca", "2027-01-15T10:00", "2027-01-15T09:00", None, ""),
    ("Africa/Casablanca", "2027-02-20T10:00", "2027-02-20T10:00", None, ""),
    ("Africa/Casablanca", "2027-03-20T10:00", "2027-03-20T09:00", None, ""),
    (
        "Pacific/Apia",
        "2011-12-30T10:00",
        "2011-12-30T20:00",
        "2011-12-31T10:00",
        "The clocks in Apia skip 10:00 that day. It is 10:00 on 31 December instead.",
    ),
    (NEW_YORK, "2027-03-14T10:00", "2027-03-14T14:00", None, ""),
    (NEW_YORK, "2027-03-13T10:00", "2027-03-13T15:00", None, ""),
    (BERLIN, "2026-12-31T23:59", "2026-12-31T22:59", None, ""),
    ("Pacific/Kiritimati", "2027-01-01T00:00", "2026-12-31T10:00", None, ""),
    (BERLIN, "2028-02-29T10:00", "2028-02-29T09:00", None, ""),
    ("UTC", "2027-03-28T02:30", "2027-03-28T02:30", None, ""),
]


@pytest.mark.parametrize(("zone", "given", "at", "kept", "remark"), INSTANTS)
def test_a_wall_time_becomes_an_instant(zone, given, at, kept, remark):
    moment = timing.instant(wall(given), zone)
    assert moment == timing.Moment(utc(at), wall(kept or given), zone, remark)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "Europe/../../etc/passwd", "/etc/localtime", "europe/berlin"])
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match="is not a known time zone"):
        timing.instant(wall("2027-05-14T16:00"), zone)


def test_an_aware_time_is_no_wall_time():
    with pytest.raises(ValueError, match="no zone of its own"):
        timing.instant(utc("2027-05-14T16:00"), BERLIN)


@pytest.mark.parametrize(("given", "zone"), [("0001-01-01T00:00", "Asia/Tokyo"), ("9999-12-31T23:59", NEW_YORK)])
def test_the_ends_of_the_calendar_are_refused(given, zone):
    with pytest.raises(ValueError, match="outside the calendar"):
        timing.instant(wall(given), zone)


DAY_BEFORE = [
    # starts at (UTC), reader's zone, due (UTC)
    ("2027-05-14T14:00", BERLIN, "2027-05-13T14:00"),
    # The clocks go forward in between: same wall time, 23 hours.
    ("2027-03-28T08:00", BERLIN, "2027-03-27T09:00"),
    # And back: 25 hours.
    ("2026-10-25T09:00", BERLIN, "2026-10-24T08:00"),
    # One session, two readers whose clocks change on different days.
    ("2027-03-14T14:00", BERLIN, "2027-03-13T14:00"),
    ("2027-03-14T14:00", NEW_YORK, "2027-03-13T15:00"),
    ("2027-03-28T14:00", NEW_YORK, "2027-03-27T14:00"),
    ("2027-03-28T14:00", BERLIN, "2027-03-27T15:00"),
    # The day before had no such hour: the hour after it.
    ("2027-03-29T00:30", BERLIN, "2027-03-27T20:00"),
    # The day before did not exist.
    ("2011-12-30T20:00", "Pacific/Apia", "2011-12-29T20:00"),
    # In the night: earlier, to nine in the evening.
    ("2027-05-14T20:30", BERLIN, "2027-05-13T19:00"),
    ("2027-05-14T05:00", BERLIN, "2027-05-12T19:00"),
    # The edges are day.
    ("2027-05-14T06:00", BERLIN, "2027-05-13T06:00"),
    ("2027-05-14T19:00", BERLIN, "2027-05-13T19:00"),
    ("2027-01-01T09:00", BERLIN, "2026-12-31T09:00"),
    ("2028-03-01T09:00", BERLIN, "2028-02-29T09:00"),
    ("2027-03-01T09:00", BERLIN, "2027-02-28T09:00"),
    ("2027-05-14T10:15", "Asia/Kathmandu", "2027-05-13T10:15"),
    ("2027-01-14T20:15", "Pacific/Chatham", "2027-01-13T20:15"),
    ("2026-10-03T23:00", "Australia/Lord_Howe", "2026-10-02T23:30"),
]


@pytest.mark.parametrize(("starts", "zone", "due"), DAY_BEFORE)
def test_the_day_before_means_the_same_wall_time(starts, zone, due):
    assert timing.day_before(utc(starts), zone) == utc(due)


HOUR_BEFORE = [
    ("2027-05-14T14:00", BERLIN, "2027-05-14T13:00"),
    # 03:30 after the gap is one elapsed hour after 01:30; both are night.
    ("2027-03-28T01:30", BERLIN, "2027-03-27T20:00"),
    # Elapsed hours where the wall clock would give two or none: Lord Howe, at noon of the change.
    ("2026-10-04T01:00", "Australia/Lord_Howe", "2026-10-04T00:00"),
    ("2027-05-14T06:30", BERLIN, "2027-05-13T19:00"),
    ("2027-05-14T07:00", BERLIN, "2027-05-14T06:00"),
    ("2027-05-14T20:00", BERLIN, "2027-05-14T19:00"),
    ("2027-05-14T21:00", BERLIN, "2027-05-14T19:00"),
    ("2027-05-14T10:15", "Asia/Kathmandu", "2027-05-14T09:15"),
]


@pytest.mark.parametrize(("starts", "zone", "due"), HOUR_BEFORE)
def test_an_hour_before_means_elapsed_time(starts, zone, due):
    assert timing.hour_before(utc(starts), zone) == utc(due)


def test_an_hour_before_across_a_change_of_clocks_is_not_the_wall_clocks_hour():
    starts = timing.instant(wall("2026-10-25T10:00"), BERLIN).at
    three = timing.instant(wall("2026-10-25T03:00"), BERLIN).at
    assert starts - timing.hour_before(starts, BERLIN) == dt.timedelta(hours=1)
    # 03:00 came 2 hours after the first 02:00; two wall hours before it is 01:00, three elapsed ones.
    assert three - timing.instant(wall("2026-10-25T01:00"), BERLIN).at == dt.timedelta(hours=3)


FOLLOW_UP = [
    ("2027-05-14T14:45", BERLIN, "2027-05-14T16:45"),
    ("2027-05-14T17:00", BERLIN, "2027-05-14T19:00"),
    # After nine in the evening: the next morning at eight.
    ("2027-05-14T17:01", BERLIN, "2027-05-15T06:00"),
    ("2027-05-14T23:00", BERLIN, "2027-05-15T06:00"),
    # The morning after the clocks go forward.
    ("2027-03-27T20:00", BERLIN, "2027-03-28T06:00"),
    ("2027-05-14T17:01", NEW_YORK, "2027-05-14T19:01"),
]


@pytest.mark.parametrize(("ends", "zone", "due"), FOLLOW_UP)
def test_the_question_comes_two_hours_after_the_end_or_in_the_morning(ends, zone, due):
    assert timing.follow_up(utc(ends), zone) == utc(due)


ZONES = [BERLIN, NEW_YORK, "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", range(0, 400, 7))
def test_reminders_always_come_before_the_start_and_by_day(zone, days):
    starts = utc("2026-09-20T00:00") + dt.timedelta(days=days, hours=days % 24, minutes=days % 60)
    for due in (timing.day_before(starts, zone), timing.hour_before(starts, zone)):
        clock = due.astimezone(zone_of(zone)).time()
        assert due < starts
        assert dt.time(8) <= clock <= dt.time(21)


SAME_CLOCK = [
    # another day, was at (UTC), reader, the session's zone, wall time there
    (dt.date(2027, 5, 12), "2027-05-14T14:00", BERLIN, BERLIN, "2027-05-12T16:00"),
    # Late in Berlin is the next day in Tokyo: the reader's days count.
    (dt.date(2027, 5, 14), "2027-05-14T21:00", "Asia/Tokyo", BERLIN, "2027-05-13T23:00"),
    # The reader's clock keeps its hour over the change.
    (dt.date(2027, 3, 27), "2027-03-28T08:00", BERLIN, "UTC", "2027-03-27T09:00"),
]


@pytest.mark.parametrize(("day", "at", "reader", "zone", "there"), SAME_CLOCK)
def test_another_day_at_the_same_clock_of_the_reader(day, at, reader, zone, there):
    assert timing.same_clock_on(day, utc(at), reader, zone) == wall(there)


def test_a_stored_wall_time_reads_back_as_its_instant():
    assert timing.from_text("2027-05-14T16:00", BERLIN).at == utc("2027-05-14T14:00")
