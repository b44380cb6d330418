"""One-off sessions: notice, caps, no repeats, times of both, topics."""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from matching import services
from matching.criteria import Field, Person
from matching.models import Match, Proposal, Seat
from matching.queries.inputs import Entrant
from matching.queries.openings import LEAD, Calendar, calendar_of
from programs.models import Enrolment, Role
from programs.services.enrolling_wishing import keep_apart
from tests.factories.crowds import Crowd, make_crowd
from tests.factories.programs import NOW, EnrolmentFactory
from tests.matching.shape_truths import holds, members_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
HOUR = dt.timedelta(hours=1)
WEEK = {"zone": "UTC", "times": ["Tue 09:00-12:00"]}
TOPIC = {"skills-wanted": {"Strategy": 2}, "skills-offered": {"Strategy": 3}, "language": ["English"]}


def experts(mentors: int, mentees: int) -> Crowd:
    """People who all fit each other and have time on Tuesday mornings."""
    return make_crowd("flash", {"mentor": mentors, "mentee": mentees}, lines=False, same={**TOPIC, "time": WEEK})


def starts(proposal: Proposal) -> list[dt.datetime]:
    return sorted(match.starts_at for match in proposal.matches.all() if match.starts_at)


def test_sessions_keep_notice_caps_topics_and_the_times_of_both():
    crowd = make_crowd("flash", {"mentor": 8, "mentee": 20})
    proposal = crowd.propose()
    holds(crowd, proposal)
    assert proposal.optimal
    held: Counter[tuple[int, int]] = Counter()
    for match, seats in zip(proposal.matches.order_by("number"), members_of(proposal), strict=True):
        asker, expert = seats
        assert match.starts_at is not None
        assert match.starts_at >= NOW + LEAD + 24 * HOUR
        assert match.minutes == 30
        assert match.topic in set(asker.enrolment.answers["skills-wanted"]) & set(
            expert.enrolment.answers["skills-offered"]
        )
        for seat in seats:
            assert free_at(seat, match.starts_at)
        held[expert.enrolment_id, match.starts_at.astimezone(ZoneInfo("Europe/Berlin")).month] += 1
    assert max(held.values()) <= 2
    booked = [(seats[1].enrolment_id, match.starts_at) for match, seats in zip(
        proposal.matches.order_by("number"), members_of(proposal), strict=True)]  # fmt: skip
    assert len(set(booked)) == len(booked)


def free_at(seat: Seat, start: dt.datetime) -> bool:
    """Read from the answer as it was given: days and hours by the clock of its own zone."""
    answer = seat.enrolment.answers["time"]
    local = start.astimezone(ZoneInfo(answer["zone"]))
    end = (local + dt.timedelta(minutes=30)).strftime("%H:%M")
    times = (each.split(" ") for each in answer["times"])
    return any(
        local.strftime("%a") == day and span[:5] <= local.strftime("%H:%M") and end <= span[6:] for day, span in times
    )


def test_an_expert_holds_two_a_month_and_the_third_reads_why_not():
    proposal = experts(1, 3).propose()
    assert (proposal.placed, proposal.possible, len(proposal.left_over)) == (2, 2, 1)
    assert "then is booked: P1 Crowd." in proposal.left_over[0]["reason"]
    assert starts(proposal) == [
        dt.datetime(2027, 3, 9, 9, 0, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 9, 10, 0, tzinfo=dt.UTC),
    ]


def test_what_an_expert_agreed_to_is_the_cap():
    crowd = experts(1, 3)
    Enrolment.objects.filter(pk=crowd.people["mentor"][0].pk).update(capacity=1)
    assert crowd.propose().placed == 1


def test_sessions_held_already_count_for_the_month_and_for_the_hour():
    crowd = experts(1, 2)
    first = crowd.propose()
    services.publish(proposal=first, by=None, now=NOW)
    for seats in members_of(first):
        for seat in seats:
            services.answer_seat(seat=seat, accept=True, now=NOW)
    crowd.join(Role.MENTEE, crowd.people["mentee"][0].answers, name="Third")
    again = crowd.propose()
    assert (again.placed, [entry["enrolment"] for entry in again.left_over]) == (0, [crowd.people["mentee"][2].pk])


def test_the_same_two_meet_again_only_after_two_weeks():
    crowd = experts(1, 1)
    first = crowd.propose()
    services.publish(proposal=first, by=None, now=NOW)
    for seat in members_of(first)[0]:
        services.answer_seat(seat=seat, accept=True, now=NOW)
    (held,) = starts(first)
    services.finish_sessions(now=held + dt.timedelta(days=14))
    (again,) = starts(crowd.propose())
    assert again == held + dt.timedelta(days=14)


def test_who_declined_is_not_asked_by_the_same_person_again():
    crowd = experts(1, 1)
    first = crowd.propose()
    services.publish(proposal=first, by=None, now=NOW)
    services.answer_seat(seat=members_of(first)[0][1], accept=False, now=NOW)
    assert crowd.propose().placed == 0


def test_people_kept_apart_have_no_session():
    crowd = experts(1, 1)
    asker, expert = crowd.people["mentee"][0], crowd.people["mentor"][0]
    keep_apart(
        program=crowd.track.program, one=asker.user.email, other=expert.user.email, note="", by=asker.user, now=NOW
    )
    assert crowd.propose().placed == 0


def test_nobody_is_asker_and_expert_at_once_nor_their_own_expert():
    """Both ask and both are experts, with one half-hour a week: each of the two sessions has its own."""
    crowd = make_crowd(
        "flash", {"mentor": 2}, lines=False, same={**TOPIC, "time": {"zone": "UTC", "times": ["Tue 09:00-09:30"]}}
    )
    for expert in crowd.people["mentor"]:
        answers = {**expert.answers, "skills-wanted": {"Strategy": 1}}
        crowd.people.setdefault("mentee", []).append(
            EnrolmentFactory.create(track=crowd.track, user=expert.user, role=Role.MENTEE, answers=answers)
        )
    proposal = crowd.propose()
    holds(crowd, proposal)
    assert proposal.placed == 2
    assert len(set(starts(proposal))) == 2


def test_without_a_question_about_times_nothing_can_be_booked():
    crowd = experts(1, 1)
    crowd.track.plan.rules.all().delete()
    crowd.track.program.fields.filter(slug="time").delete()
    failed = crowd.propose()
    assert failed.state == "failed"
    assert (
        failed.error == "Sessions are booked at times that suit people: add the question “Times that suit you” first."
    )


def test_who_has_no_time_in_common_reads_so():
    crowd = experts(1, 1)
    asker = crowd.people["mentee"][0]
    late = {"zone": "UTC", "times": ["Fri 20:00-22:00"]}
    Enrolment.objects.filter(pk=asker.pk).update(answers={**asker.answers, "time": late})
    assert crowd.propose().left_over[0]["reason"] == (
        "The only expert who fits is P1 Crowd, who has no time in the next weeks when they have."
    )


def test_who_has_not_said_when_they_have_time_can_make_any():
    crowd = experts(1, 1)
    asker = crowd.people["mentee"][0]
    answers = {slug: answer for slug, answer in asker.answers.items() if slug != "time"}
    Enrolment.objects.filter(pk=asker.pk).update(answers=answers)
    assert crowd.propose().placed == 1


def test_the_same_moment_gives_the_same_sessions_and_another_moment_other_input():
    crowd = experts(2, 3)
    one, two = crowd.propose(), crowd.propose()
    assert (one.input_hash, starts(one)) == (two.input_hash, starts(two))
    queued = services.start_proposal(track=crowd.track, by=None, now=NOW + HOUR)
    later = services.run_proposal(queued.pk, clock=lambda: NOW + HOUR)
    assert later is not None
    assert later.input_hash != one.input_hash


def test_a_locked_session_keeps_its_two_people():
    crowd = experts(2, 2)
    first = crowd.propose()
    kept = first.matches.order_by("number")[0]
    Match.objects.filter(pk=kept.pk).update(locked=True)
    again = crowd.propose(based_on=first)
    people = {seat.enrolment_id for seat in kept.seats.all()}
    same = [match for match in again.matches.all() if {seat.enrolment_id for seat in match.seats.all()} == people]
    assert [match.locked for match in same] == [True]


# --- calendars --------------------------------------------------------------------------


def entrant(zone: str, answer: object) -> Entrant:
    return Entrant(Person(1, {"time": answer}), 1, "mentor", "a@example.org", "A", 1, 1, zone)


def spans(zone: str, answer: object, kind: str = "multi") -> list[str]:
    asked = Field("time", "Times", kind)
    first = dt.datetime(2027, 3, 22, 0, 0, tzinfo=dt.UTC)
    calendar = calendar_of(entrant(zone, answer), asked, first, first + dt.timedelta(days=14))
    assert calendar is not None
    return [f"{begin:%d %H:%M}-{end:%H:%M}" for begin, end in calendar.spans]


def test_half_days_are_by_ones_own_clock_and_follow_its_changes():
    """Berlin's clocks go forward on 28 March 2027: nine in the morning is eight, then seven, in UTC."""
    assert spans("Europe/Berlin", ["Monday morning"]) == ["22 08:00-11:00", "29 07:00-10:00"]


def test_weekly_times_are_by_the_clock_they_were_given_in():
    week = {"zone": "America/New_York", "times": ["Mon 22:00-23:30"]}
    assert spans("Europe/Berlin", week, "week") == ["23 02:00-03:30", "30 02:00-03:30"]


def test_sessions_of_one_person_do_not_overlap_and_taken_hours_are_left_out():
    nine = dt.datetime(2027, 3, 22, 9, 0, tzinfo=dt.UTC)
    calendar = Calendar(((nine, nine + 3 * HOUR),))
    assert calendar.starts(HOUR) == [nine, nine + HOUR, nine + 2 * HOUR]
    assert calendar.starts(HOUR / 2) == [nine, nine + HOUR, nine + 2 * HOUR]
    assert calendar.starts(1.25 * HOUR) == [nine, nine + 1.5 * HOUR]
    taken = calendar.without([(nine + HOUR, nine + 1.5 * HOUR)])
    assert taken.spans == ((nine, nine + HOUR), (nine + 1.5 * HOUR, nine + 3 * HOUR))
    assert taken.holds(nine + 1.5 * HOUR, HOUR)
    assert not taken.holds(nine + 0.5 * HOUR, HOUR)
