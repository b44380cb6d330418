"""From advice to what one press sets up, and what it refuses."""

import datetime as dt

import pytest

from programs.catalogue import registry
from programs.catalogue.advisor import Answers, advise, plan_of, refusal, together
from programs.catalogue.advisor.plan import first_day, months_later, names_of

pytestmark = pytest.mark.pure
MONDAY = dt.date(2027, 3, 1)


def models(*slugs):
    return [registry.get(slug) for slug in slugs]


def test_a_plan_begins_on_a_monday_that_leaves_four_weeks_and_lasts_as_its_model_says():
    plan = plan_of(models("circle"), Answers(), MONDAY)
    assert (plan.name, plan.starts_on, plan.ends_on) == (
        "Mentoring circles, March 2027",
        dt.date(2027, 3, 29),
        dt.date(2027, 9, 28),
    )


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (MONDAY, dt.date(2027, 3, 29)),
        (dt.date(2027, 3, 2), dt.date(2027, 4, 5)),
        (dt.date(2027, 3, 7), dt.date(2027, 4, 5)),
    ],
)
def test_the_first_day(today, first):
    assert first_day(today) == first


@pytest.mark.parametrize(
    ("months", "ends_on"),
    [
        (3, dt.date(2027, 6, 28)),
        (2.5, dt.date(2027, 6, 28)),
        (0, dt.date(2027, 9, 28)),
        (100_000, dt.date(2030, 3, 28)),
    ],
)
def test_it_lasts_as_long_as_was_answered(months, ends_on):
    assert plan_of(models("circle"), Answers(months=months), MONDAY).ends_on == ends_on


def test_two_models_are_one_plan_as_long_as_the_longer():
    plan = plan_of(models("pod", "flash"), Answers(), MONDAY)
    assert (plan.name, plan.ends_on) == ("Peer learning pods and flash mentoring, March 2027", dt.date(2027, 9, 28))
    assert names_of(models("peer")) == "Peer mentoring"


def test_a_month_without_that_day_gives_its_last():
    assert months_later(dt.date(2027, 1, 31), 1) == dt.date(2027, 2, 28)
    assert months_later(dt.date(2027, 12, 15), 1) == dt.date(2028, 1, 15)


def test_a_plan_above_the_pledged_hours_is_refused_with_the_numbers():
    advice = advise(Answers(learners=60, seniors=0.5, hours=1))
    assert refusal(advice, models("traditional")) == (
        "Traditional mentoring: 60 learners need 30 mentors and 152.1 hours a month: 101.4 sessions of 60 minutes, "
        "with 30 minutes to prepare. Pledged: 30 mentors with 30 hours."
    )
    assert refusal(advice, models("pod")) == ""


def test_what_is_ruled_out_is_refused_with_the_reason():
    advice = advise(Answers(seniors=0.0))
    assert refusal(advice, models("traditional")) == (
        "Traditional mentoring: There is less than one mentor for ten learners"
    )


def test_hours_of_two_models_add_up_and_their_mentors_serve_in_both():
    answers = Answers(learners=24, seniors=0.5, hours=2)
    circle, flash = models("circle", "flash")
    assert [together([each], answers).needed.hours for each in (circle, flash)] == [6.1, 4.0]
    both = together([circle, flash], answers)
    assert (both.needed.hours, both.needed.mentors, both.fits) == (10.1, 3, True)


def test_two_models_whose_hours_do_not_fit_together_are_neither_recommended_nor_set_up():
    """Each of them fits alone: 40 people, 8 mentors with an hour each."""
    tight = Answers(learners=40, seniors=0.2, hours=1.35)
    advice = advise(tight)
    pair = models("circle", "flash")
    assert {entry.model.slug for entry in advice.ranked} >= {"circle", "flash"}
    both = together(pair, tight)
    assert not both.fits
    assert refusal(advice, pair) == both.sentence
    assert all(list(each.models) != pair for each in advice.integrated)
    assert all(each.capacity.fits for each in advice.integrated)
