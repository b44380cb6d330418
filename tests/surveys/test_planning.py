"""Who is asked when: once, at their moment, and not when it makes no sense any more."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from mail.models import Message
from mail.services.composing import compose
from matching.models import Match
from programs.models import Enrolment, Role, Track
from surveys import planning, services, tasks
from surveys.models import Invitation, Timing
from tests.factories.matching import make_pair
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
# The match is on at NOW, 1 March 2027; the program ends on 31 August at 18:00 in Berlin, which is 16:00 UTC.
END = dt.datetime(2027, 8, 31, 16, tzinfo=dt.UTC)


@pytest.fixture
def track() -> Track:
    return TrackFactory.create()


@pytest.fixture
def match(track: Track) -> Match:
    mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR, joined_at=NOW - 9 * DAY)
    return make_pair(mentor, EnrolmentFactory.create(track=track, joined_at=NOW - 9 * DAY))


def asked(kind: str) -> list[Invitation]:
    return list(Invitation.objects.filter(survey__kind=kind).order_by("pk"))


def mails() -> list[tuple[str, int, dt.datetime]]:
    rows = Message.objects.order_by("not_before", "recipient", "pk")
    return list(rows.values_list("kind", "sequence", "not_before"))


def test_learners_are_asked_a_day_after_they_enrol_and_mentors_are_not(track: Track) -> None:
    mentee = EnrolmentFactory.create(track=track, joined_at=NOW)
    EnrolmentFactory.create(track=track, role=Role.MENTOR, joined_at=NOW)
    assert planning.plan_all(NOW + DAY - dt.timedelta(minutes=1)) == 0
    assert planning.plan_all(NOW + DAY) == 1
    assert planning.plan_all(NOW + DAY) == 0
    assert [(each.user, each.with_core, each.match) for each in asked("baseline")] == [(mentee.user, True, None)]
    assert mails() == [("survey-baseline", 0, NOW + DAY), ("survey-reminder", 1, NOW + 5 * DAY)]


def test_one_person_in_two_tracks_is_asked_once(track: Track) -> None:
    first = EnrolmentFactory.create(track=track, joined_at=NOW)
    EnrolmentFactory.create(track=TrackFactory.create(program=track.program), user=first.user, joined_at=NOW)
    assert planning.plan_all(NOW + DAY) == 1


def test_nobody_is_asked_how_they_stood_before_once_they_are_matched(match: Match) -> None:
    planning.plan_all(NOW + DAY)
    assert asked("baseline") == []


def test_what_was_asked_before_closes_when_the_match_is_on(track: Track) -> None:
    mentee = EnrolmentFactory.create(track=track, joined_at=NOW)
    planning.plan_all(NOW + DAY)
    make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), mentee)
    (invitation,) = asked("baseline")
    with pytest.raises(services.SurveyClosed):
        services.answer(invitation=invitation, answers={"skills": 4}, now=NOW + 2 * DAY)
    reminder = Message.objects.get(kind="survey-reminder")
    assert compose(reminder, now=NOW + 5 * DAY) is None


def test_both_are_asked_after_two_weeks_once_and_not_later_than_a_week(match: Match) -> None:
    assert planning.plan_all(NOW + 14 * DAY - dt.timedelta(minutes=1)) == 0
    assert planning.plan_all(NOW + 14 * DAY) == 2
    assert planning.plan_all(NOW + 15 * DAY) == 0
    assert [each.match for each in asked("two_weeks")] == [match, match]


def test_after_a_break_of_three_weeks_a_stale_question_is_not_sent(match: Match) -> None:
    assert planning.plan_all(NOW + 21 * DAY) == 0


def test_half_way_of_six_months_is_day_90_and_learners_get_the_core_too(match: Match) -> None:
    """184 days and seven hours from the match to the end; half of them is later than day 90."""
    assert planning.plan_all(NOW + 90 * DAY - dt.timedelta(minutes=1)) == 0
    assert planning.plan_all(NOW + 90 * DAY) == 2
    assert {each.user_id: each.with_core for each in asked("midpoint")} == {
        seat.enrolment.user_id: seat.role == Role.MENTEE for seat in match.seats.select_related("enrolment")
    }
    assert [(kind, number) for kind, number, _ in mails()] == [("survey-midpoint", 0)] * 2 + [
        ("survey-reminder", 1)
    ] * 2
    assert mails()[2][2] == NOW + 94 * DAY


def test_half_way_of_a_short_match_is_half_of_it(match: Match) -> None:
    Match.objects.filter(pk=match.pk).update(ends_on=dt.date(2027, 4, 30))
    last = dt.datetime(2027, 4, 30, 16, tzinfo=dt.UTC)
    half = NOW + (last - NOW) / 2
    assert planning.plan_all(half - dt.timedelta(minutes=1)) == 0
    assert planning.plan_all(half) == 2


def test_at_the_end_with_reminders_after_7_and_14_days(match: Match) -> None:
    assert planning.plan_all(END - dt.timedelta(minutes=1)) == 0
    assert planning.plan_all(END) == 2
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=END, end_reason="finished")
    assert planning.plan_all(END + dt.timedelta(minutes=1)) == 0
    times = {(kind, number): at for kind, number, at in mails()}
    assert times == {
        ("survey-closing", 0): END,
        ("survey-reminder", 1): END + 7 * DAY,
        ("survey-reminder", 2): END + 14 * DAY,
    }
    assert {each.early for each in asked("closing")} == {False}


@pytest.mark.parametrize(("days", "people"), [(13, 0), (40, 2)])
def test_an_early_end_is_asked_about_where_there_was_something(match: Match, days: int, people: int) -> None:
    over = NOW + days * DAY
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=over, end_reason="ended")
    match.seats.update(live=False)
    planning.plan_all(over)
    assert [each.early for each in asked("closing")] == [True] * people
    assert asked("two_weeks") == []


def test_who_has_left_the_program_is_asked_nothing(match: Match) -> None:
    Enrolment.objects.filter(role=Role.MENTEE).update(state="left", left_at=NOW)
    assert planning.plan_all(NOW + 14 * DAY) == 1


def test_no_question_goes_out_after_an_answer_or_after_the_end_of_the_match(match: Match) -> None:
    planning.plan_all(NOW + 14 * DAY)
    first, second = asked("two_weeks")
    services.answer(invitation=first, answers={"start": 4}, now=NOW + 14 * DAY)
    assert Message.objects.get(subject_id=first.pk).state == Message.State.CANCELLED
    message = Message.objects.get(subject_id=second.pk)
    assert compose(message, now=NOW + 14 * DAY) is not None
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=NOW + 14 * DAY, end_reason="left")
    assert compose(message, now=NOW + 14 * DAY) is None


def test_a_mail_due_at_night_waits_for_the_morning_of_its_reader(match: Match) -> None:
    night = dt.datetime(2027, 3, 15, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    planning.plan_all(night)
    first = Message.objects.filter(kind="survey-two-weeks", recipient__timezone="Europe/Berlin")[0]
    assert first.not_before == dt.datetime(2027, 3, 16, 7, tzinfo=dt.UTC)


def test_what_a_coordinator_switched_off_or_moved_is_kept_to(match: Match) -> None:
    program = match.track.program
    Timing.objects.create(program=program, kind="two_weeks", on=False, after_days=14)
    Timing.objects.create(program=program, kind="midpoint", after_days=30, reminder_days=[2, 3])
    tasks.tick(NOW + 14 * DAY)
    tasks.tick(NOW + 30 * DAY)
    assert [each.survey.kind for each in Invitation.objects.all()] == ["midpoint"] * 2
    assert Message.objects.filter(kind="survey-reminder").count() == 4


def test_a_second_match_of_one_person_asks_about_the_match_alone(track: Track, match: Match) -> None:
    mentee = match.seats.get(role=Role.MENTEE).enrolment
    other = TrackFactory.create(program=track.program)
    again = EnrolmentFactory.create(track=other, user=mentee.user, joined_at=NOW - 9 * DAY)
    make_pair(EnrolmentFactory.create(track=other, role=Role.MENTOR), again)
    planning.plan_all(END)
    assert sorted(each.with_core for each in asked("closing") if each.user == mentee.user) == [False, True]


def test_after_flash_sessions_only_how_people_stand_is_asked_at_the_programs_end() -> None:
    track = TrackFactory.create(model="flash")
    match = make_pair(EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track))
    Match.objects.filter(pk=match.pk).update(state="ended", ended_at=NOW, end_reason="done")
    for days in (14, 40, 90):
        assert planning.plan_all(NOW + days * DAY) == 0
    assert planning.plan_all(END) == 1
    (invitation,) = asked("closing")
    assert (invitation.match, invitation.with_core) == (None, True)


def test_a_quiet_tick_only_reads(match: Match, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(10) as queries:
        planning.plan_all(NOW + DAY)
    # On PostgreSQL a cursor is declared for what is read in portions: of that, what it is for.
    read = [re.sub(r"^DECLARE .*? CURSOR .*?FOR ", "", each["sql"]) for each in queries.captured_queries]
    assert {each.split()[0] for each in read} == {"SELECT"}
