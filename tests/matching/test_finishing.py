"""Matches come to their planned end: once, on the right day where the program is, or in one go with a way back."""

import datetime as dt

import pytest

from mail.models import Message
from matching import services
from matching.errors import MatchingError, MatchOver
from matching.models import Match
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

QUARTER = dt.timedelta(minutes=15)


@pytest.fixture
def pair(town) -> Match:
    program = town.track.program
    program.timezone, program.ends_on = "Pacific/Auckland", dt.date(2027, 8, 31)
    program.save()
    return make_pair(town.people["Mona"], town.people["Tom"])


def state(match: Match) -> tuple[str, str]:
    match.refresh_from_db()
    return match.state, match.end_reason


def test_a_match_ends_once_its_last_day_is_over_where_the_program_is(pair):
    # The first of September begins in Auckland at noon UTC the day before.
    assert services.finish_due(now=dt.datetime(2027, 8, 31, 11, 59, tzinfo=dt.UTC)) == 0
    assert state(pair) == ("active", "")
    over = dt.datetime(2027, 8, 31, 12, 0, tzinfo=dt.UTC)
    assert services.finish_due(now=over) == 1
    assert state(pair) == ("ended", "finished")
    assert services.finish_due(now=over + dt.timedelta(days=1)) == 0
    assert Message.objects.filter(kind="match-finished").count() == 2
    assert pair.ended_by is None


def test_a_last_day_of_its_own_comes_before_or_after_that_of_the_program(pair):
    by, now = UserFactory.create(), dt.datetime(2027, 8, 1, tzinfo=dt.UTC)
    services.set_last_day(match=pair, ends_on=dt.date(2027, 10, 5), by=by, now=now)
    assert services.finish_due(now=dt.datetime(2027, 9, 20, tzinfo=dt.UTC)) == 0
    services.set_last_day(match=pair, ends_on=dt.date(2027, 8, 2), by=by, now=now)
    assert services.finish_due(now=dt.datetime(2027, 8, 3, tzinfo=dt.UTC)) == 1
    with pytest.raises(MatchOver):
        services.set_last_day(match=pair, ends_on=None, by=by, now=now)


def test_no_match_gets_a_last_day_that_is_over(pair):
    with pytest.raises(MatchingError) as refused:
        services.set_last_day(match=pair, ends_on=dt.date(2020, 1, 1), by=UserFactory.create(), now=NOW)
    assert refused.value.field == "ends_on"


def test_one_off_sessions_are_left_to_close_by_themselves(pair):
    Match.objects.filter(pk=pair.pk).update(starts_at=NOW, minutes=30)
    assert services.finish_due(now=dt.datetime(2028, 1, 1, tzinfo=dt.UTC)) == 0


def test_closing_in_one_go_waits_a_quarter_of_an_hour_and_can_be_taken_back(pair):
    program, by = pair.track.program, UserFactory.create()
    assert services.close_all(program=program, tracks=[pair.track_id], by=by, now=NOW) == 1
    assert services.close_all(program=program, tracks=[pair.track_id], by=by, now=NOW + QUARTER / 2) == 0
    assert services.finish_due(now=NOW + QUARTER - dt.timedelta(seconds=1)) == 0
    assert services.keep_open(program=program, by=by, now=NOW + QUARTER / 2) == 1
    assert services.finish_due(now=NOW + QUARTER) == 0
    assert state(pair) == ("active", "")
    assert not Message.objects.exists()
    services.close_all(program=program, tracks=[pair.track_id], by=by, now=NOW)
    assert services.finish_due(now=NOW + QUARTER) == 1
    assert services.keep_open(program=program, by=by, now=NOW + QUARTER) == 0
    assert state(pair) == ("ended", "finished")


def test_another_programs_track_is_not_closed_by_its_number(pair, db):
    from tests.factories.programs import ProgramFactory

    with pytest.raises(MatchingError):
        services.close_all(program=ProgramFactory.create(), tracks=[pair.track_id], by=UserFactory.create(), now=NOW)
    pair.refresh_from_db()
    assert pair.closes_at is None


def test_who_has_finished_is_proposed_to_others_once_they_ask(pair, town):
    services.finish_due(now=dt.datetime(2027, 9, 9, tzinfo=dt.UTC))
    seat = pair.seats.get(role="mentee")
    assert seat.rests
    assert not pair.seats.get(role="mentor").rests
    services.wish_another(seat=seat, another=True, by=seat.enrolment.user, now=NOW)
    seat.refresh_from_db()
    assert not seat.rests
