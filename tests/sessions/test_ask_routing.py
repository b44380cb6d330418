"""To whom an ask goes, as a pure function: the order, the number, and the reason for everybody who is not asked."""

import datetime as dt
from itertools import permutations

import pytest

from sessions.routing import Helper, Need, Why, route

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
NEED = Need(user_id=1, level=2, cap=2)

pytestmark = pytest.mark.pure


def helper(number, **facts):
    return Helper(**{"enrolment_id": number, "user_id": number, "level": 2, **facts})


def order(*people, need=NEED):
    return [each.enrolment_id for each in route(people, need).order]


def test_one_s_own_network_comes_first_then_whoever_got_fewest_then_who_waited_longest_then_who_knows_most():
    people = [
        helper(11, lately=1),
        helper(12, own=True, lately=3),
        helper(13, lately=1, last_at=NOW),
        helper(14, lately=1, last_at=NOW - dt.timedelta(days=9)),
        helper(15, level=4),
        helper(16),
        helper(17),
    ]
    for shuffled in list(permutations(people))[::97]:
        assert order(*shuffled) == [12, 15, 16, 17, 11, 14, 13]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"user_id": 1}, Why.ONESELF),
        ({"user_id": 9}, Why.ASKED),
        ({"apart": True}, Why.APART),
        ({"here": False}, Why.AWAY),
        ({"allowed": False}, Why.RULES),
        ({"level": 1}, Why.SKILL),
        ({"level": 0}, Why.SKILL),
        ({"this_week": 2, "lately": 2}, Why.FULL),
        # What is looked at first is the reason: nobody's exclusion hides behind a full week.
        ({"apart": True, "this_week": 2, "level": 0, "here": False}, Why.APART),
    ],
)
def test_who_is_not_asked_and_why(facts, why):
    need = Need(user_id=1, level=2, cap=2, asked=frozenset({9}))
    for own in (False, True):
        found = route([helper(20, own=own, **facts), helper(21)], need)
        assert (order(helper(20, own=own, **facts), helper(21), need=need), found.left_out) == ([21], {20: why})


def test_one_human_in_two_roles_is_asked_once_in_the_better_one():
    found = route([helper(30, user_id=7, level=2), helper(31, user_id=7, level=4)], NEED)
    assert ([each.enrolment_id for each in found.order], found.left_out) == ([31], {30: Why.TWICE})


@pytest.mark.parametrize(
    ("own", "others", "asked"),
    [(0, 9, 3), (1, 9, 3), (3, 9, 3), (4, 9, 4), (7, 9, 5), (0, 2, 2), (2, 0, 2), (0, 0, 0)],
)
def test_three_to_five_are_asked_and_others_only_as_far_as_three_need_them(own, others, asked):
    people = [helper(number, own=number <= 40 + own) for number in range(41, 41 + own + others)]
    chosen = route(people, NEED).first(3, 5)
    assert (len(chosen), sum(each.own for each in chosen)) == (asked, min(own, 5))


def test_an_ask_about_no_one_skill_reaches_those_who_offer_none():
    assert order(helper(50, level=0), need=Need(user_id=1, level=0, cap=1)) == [50]
