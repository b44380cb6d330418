"""Kinds with answers of their own: weekly times, skills with levels, people named."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.criteria import (
    Condition,
    Field,
    Person,
    Rule,
    blocked_by,
    explain,
    score_peers,
    score_two_sided,
    validate_rules,
)
from tests.matching.criteria.invented import unhurried

FIELDS = [
    Field("free", "Weekly times", "week"),
    Field("wanted", "Skills wanted", "skills"),
    Field("offered", "Skills offered", "skills"),
    Field("wishes", "Wishes", "people"),
    Field("me", "Person", "person"),
    Field("unit", "Unit", "choice"),
]
WINTER, SUMMER, MARCH = "2026-01-12", "2026-07-13", "2026-03-16"
"""In the week of 16 March clocks have changed in New York, not yet in London."""


def rule(kind, taker, giver, strength="high", **params):
    return Rule("r", kind, "Rule", taker, giver, strength, params=params)


def share(ruled, taker, giver):
    return explain(Person(1, taker, name="Mia"), Person(2, giver, name="Ravi"), FIELDS, [ruled])[0]


def week(zone, *times):
    return {"free": {"zone": zone, "times": list(times)}}


# --- weekly times ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taker", "giver", "weeks", "points", "sentence"),
    [
        (
            week("Europe/Berlin", "Thu 16:00-17:30"),
            week("Europe/Berlin", "Thursday 16:30-18:00", "Mon 9:00-10:00"),
            [WINTER],
            20,
            "1 h a week in common: Thursday 16:30–17:30 (Europe/Berlin)",
        ),
        (
            week("Europe/Berlin", "Thu 16:00-17:00"),
            week("Europe/London", "Thu 15:30-18:00"),
            [WINTER, SUMMER],
            10,
            "30 min a week in common: Thursday 16:30–17:00 (Europe/Berlin)",
        ),
        (
            week("America/New_York", "Mon 09:00-10:00"),
            week("Europe/London", "Mon 14:00-15:00"),
            [WINTER, SUMMER],
            20,
            "1 h a week in common: Monday 09:00–10:00 (America/New_York)",
        ),
        (
            week("America/New_York", "Mon 09:00-10:00"),
            week("Europe/London", "Mon 14:00-15:00"),
            [WINTER, MARCH],
            0,
            "No time in common",
        ),
        (
            week("Asia/Kathmandu", "Mon 08:00-09:00"),
            week("UTC", "Mon 02:00-03:00"),
            [WINTER],
            15,
            "45 min a week in common: Monday 08:00–08:45 (Asia/Kathmandu)",
        ),
        (
            week("Pacific/Auckland", "Mon 08:00-12:00"),
            week("America/Los_Angeles", "Sun 11:00-13:30"),
            [WINTER],
            20,
            "2 h 30 min a week in common: Monday 08:00–10:30 (Pacific/Auckland)",
        ),
        (
            week("UTC", "Fri 22:00-01:00", "Mon 09:00-09:30", "Tue 09:00-09:30"),
            week("UTC", "Sat 00:00-02:00", "Mon 09:00-24:00", "Tue 00:00-24:00"),
            [WINTER],
            20,
            "2 h a week in common: Monday 09:00–09:30, Tuesday 09:00–09:30 and 1 more (UTC)",
        ),
        (
            week("UTC", "Mon 09:10-10:00"),
            week("UTC", "Mon 08:00-09:50"),
            [WINTER],
            10,
            "30 min a week in common: Monday 09:15–09:45 (UTC)",
        ),
    ],
)
def test_times_are_laid_over_each_other_across_zones(taker, giver, weeks, points, sentence):
    told = share(rule("time", "free", "free", weeks=weeks), taker, giver)
    assert (told.points, told.sentence) == (points, sentence)


def test_each_side_is_told_the_time_by_its_own_clocks():
    ruled = rule("time", "free", "free", "must", weeks=[WINTER])
    told = share(ruled, week("Europe/Berlin", "Thu 16:00-17:00"), week("Europe/London", "Thu 15:00-16:00"))
    assert told.reason == "1 h a week in common: Thursday 16:00–17:00 (Europe/Berlin)"
    assert told.reason_for_giver == "1 h a week in common: Thursday 15:00–16:00 (Europe/London)"


def test_as_a_must_too_little_time_in_common_forbids():
    ruled = rule("time", "free", "free", "must", weeks=[WINTER], min_minutes=45)
    taker = Person(1, week("UTC", "Mon 09:00-10:00"))
    for start, blocked in (("09:15", []), ("09:30", ["r"])):
        assert blocked_by(taker, Person(2, week("UTC", f"Mon {start}-12:00")), FIELDS, [ruled]) == blocked


@pytest.mark.parametrize(
    "answer",
    [
        {"zone": "Atlantis/Capital", "times": ["Mon 09:00-10:00"]},
        {"zone": "Europe", "times": ["Mon 09:00-10:00"]},
        {"zone": "../etc", "times": ["Mon 09:00-10:00"]},
        {"zone": "UTC", "times": []},
        {"zone": "UTC", "times": ["Mon 09:00-10:00", "some time"]},
        {"zone": "UTC", "times": ["Mon 25:00-26:00"]},
        {"zone": "UTC", "times": ["Mon 09:75-10:00"]},
        {"zone": "UTC", "times": ["Mon 09:00-09:00"]},
        {"zone": "UTC", "times": "Mon 09:00-10:00"},
        "Mon 09:00-10:00",
    ],
)
def test_times_that_cannot_be_read_are_not_answered(answer):
    told = share(rule("time", "free", "free"), {"free": answer}, week("UTC", "Mon 09:00-10:00"))
    assert (told.points, told.sentence) == (0, "Weekly times: Mia has not answered")


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
times = st.builds(
    lambda day, start, quarters: (day, start, start + quarters),
    st.integers(0, 6),
    st.integers(0, 90),
    st.integers(1, 6),
).filter(lambda time: time[2] <= 96)
weekly = st.tuples(st.sampled_from(ZONES), st.lists(times, min_size=1, max_size=4))


def written(drawn):
    zone, ranges = drawn
    clock = [f"{DAYS[d]} {a // 4:02}:{a % 4 * 15:02}-{b // 4:02}:{b % 4 * 15:02}" for d, a, b in ranges]
    return week(zone, *clock)


def moments(drawn, monday):
    """Every free minute of the week as a moment in UTC, folded into one week; no clock changes inside these weeks."""
    zone, ranges = drawn
    start = dt.datetime.fromisoformat(f"{monday}T00:00").replace(tzinfo=ZoneInfo(zone))
    free = set()
    for day, first, last in ranges:
        for minute in range(first * 15, last * 15):
            moment = (start + dt.timedelta(days=day, minutes=minute)).astimezone(dt.UTC)
            free.add((moment.weekday(), moment.hour, moment.minute))
    return free


@unhurried
@given(st.lists(weekly, max_size=4), st.lists(weekly, max_size=4))
def test_minutes_in_common_are_those_counted_one_by_one(some, others):
    ruled = rule("time", "free", "free", "points", weeks=[WINTER, SUMMER], full_minutes=500)
    ruled = Rule("r", "time", "Rule", "free", "free", "points", points=500, params=ruled.params)
    takers = [Person(n, written(drawn)) for n, drawn in enumerate(some)]
    givers = [Person(100 + n, written(drawn)) for n, drawn in enumerate(others)]
    wanted = [
        [min(min(500, len(moments(a, monday) & moments(b, monday))) for monday in (WINTER, SUMMER)) for b in others]
        for a in some
    ]
    assert score_two_sided(takers, givers, FIELDS, [ruled]).points.tolist() == wanted


def test_where_silence_fits_it_forbids_nobody_and_earns_nothing():
    busy, free = week("UTC", "Mon 09:00-10:00"), week("UTC", "Tue 09:00-10:00")
    people = [Person(n, answers) for n, answers in enumerate((busy, free, {}), start=1)]
    strict = Rule("r", "time", "Rule", "free", "free", "high", others_forbidden=True)
    lenient = replace(strict, params={"silent_fits": True})
    assert score_peers(people, FIELDS, [strict]).allowed.sum() == 0
    scores = score_peers(people, FIELDS, [lenient])
    assert scores.allowed.tolist() == [[False, False, True], [False, False, True], [True, True, False]]
    assert scores.points[scores.allowed].sum() == 0
    rivals = Rule("r", "differ", "Rule", "unit", "unit", "must", params={"silent_fits": True})
    units = [Person(n, {"unit": unit} if unit else {}) for n, unit in enumerate(("West", "west ", "East", None, None))]
    allowed = score_peers(units, FIELDS, [rivals]).allowed
    assert allowed.sum() == 5 * 4 - 2
    assert not allowed[0, 1]
    told = explain(units[0], units[3], FIELDS, [rivals])[0]
    assert (told.met, told.points, told.sentence) == (True, 0, "Unit: the mentor has not answered")


# --- skills with levels -----------------------------------------------------------------------

skills = st.dictionaries(st.sampled_from(["Law", "law", "Art", "Data"]), st.integers(1, 5), max_size=3)


def lowered(skills):
    return {skill.lower(): rank for skill, rank in skills.items()}


@unhurried
@given(skills, skills, st.integers(0, 2), st.integers(1, 2), st.sampled_from(["must", "points"]))
def test_skills_are_covered_at_the_level_wanted(wanted, offered, margin, least, strength):
    params = {"margin": margin, "min_covered": least}
    ruled = Rule("r", "covered", "Rule", "wanted", "offered", strength, points=7, params=params)
    taker, giver = Person(1, {"wanted": wanted}), Person(2, {"offered": offered})
    scores = score_two_sided([taker], [giver], FIELDS, [ruled])
    asked, there = lowered(wanted), lowered(offered)
    covered = sum(there.get(skill, 0) >= rank + margin for skill, rank in asked.items())
    exact = Fraction(7 * covered, len(asked)) if asked and there else Fraction(0)
    assert scores.points[0, 0] == (0 if strength == "must" else int(exact + Fraction(1, 2)))
    assert scores.allowed[0, 0] == (strength == "points" or (bool(asked and there) and covered >= least))


def test_covered_skills_are_named():
    ruled = rule("covered", "wanted", "offered", margin=1)
    told = share(ruled, {"wanted": {"Law": 2, "Data": 3, "Art": 1}}, {"offered": {"law": 3, "Data": 3, "Art": 5}})
    assert (told.points, told.sentence) == (13, "Skills wanted: 2 of 3 offered, Law and Art; not Data")
    assert (told.reason, told.reason_for_giver) == ("Skills wanted: Law and Art", "Skills offered: Law and Art")
    none = share(ruled, {"wanted": {"Law": 2}}, {"offered": {"Law": 2}})
    assert none.sentence == "Skills wanted: none offered at the level wanted (Law (2); Law (2))"


@pytest.mark.parametrize("answer", [{}, ["Law"], {"Law": 0}, {"Law": 11}, {"Law": True}, {"Law": "2"}, {" ": 2}])
def test_levels_that_cannot_be_read_are_not_answered(answer):
    told = share(rule("covered", "wanted", "offered"), {"wanted": answer}, {"offered": {"Law": 2}})
    assert told.sentence == "Skills wanted: Mia has not answered"


@pytest.mark.parametrize(
    ("kind", "points", "sentence"),
    [
        ("among", 20, "Skills wanted: Law is among Ravi’s skills offered"),
        ("overlap", 10, "Skills wanted: 1 of 2 shared, Law"),
        ("variety", 13, "Skills offered: only Law in common (Law (4) and Art (2); Law (1) and Data (2))"),
    ],
)
def test_where_lists_are_compared_skills_count_by_name(kind, points, sentence):
    wanted, offered = {"Law": 4, "Art": 2}, {"Law": 1, "Data": 2}
    told = share(rule(kind, "wanted", "offered"), {"wanted": wanted}, {"offered": offered})
    assert (told.points, told.sentence) == (points, sentence)


# --- people named -----------------------------------------------------------------------------


def test_wishes_earn_less_the_further_down_they_stand():
    taker = [Person(1, {"wishes": [12, 14, 11, 13]})]
    givers = [Person(10 + n, {"me": 10 + n}) for n in range(6)]
    scores = score_two_sided(taker, givers, FIELDS, [rule("wished", "wishes", "me")])
    assert scores.points.tolist() == [[0, 7, 20, 0, 13, 0]]
    only_named = score_two_sided(taker, givers, FIELDS, [rule("wished", "wishes", "me", "must")])
    assert only_named.allowed.tolist() == [[False, True, True, True, True, False]]


def test_either_side_may_wish_and_only_who_wished_is_told():
    mine = share(rule("wished", "wishes", "me"), {"wishes": [9, 7]}, {"me": 7})
    assert (mine.points, mine.sentence) == (13, "Mia named Ravi, at place 2 of 2")
    assert (mine.reason, mine.reason_for_giver) == ("One of the people you named", "")
    theirs = share(rule("wished", "me", "wishes", ranks=1), {"me": 7}, {"wishes": [7, 9]})
    assert (theirs.points, theirs.sentence) == (20, "Ravi named Mia, at place 1 of 2")
    assert (theirs.reason, theirs.reason_for_giver) == ("", "One of the people you named")
    others = share(rule("wished", "me", "wishes"), {"me": 7}, {"wishes": [8]})
    assert (others.points, others.sentence, others.reason_for_giver) == (0, "Ravi named others, not Mia", "")


def test_between_peers_a_wish_counts_both_ways_only_if_it_is_mutual():
    group = [Person(n, {"me": n, "wishes": wishes}) for n, wishes in ((1, [2, 3]), (2, [1]), (3, []))]
    points = score_peers(group, FIELDS, [rule("wished", "wishes", "me")]).points
    assert points.tolist() == [[0, 20, 0], [20, 0, 0], [0, 0, 0]]


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ruled", "problem"),
    [
        (rule("time", "free", "free", full_minutes=0), "“full_minutes” has to be 1 or more."),
        (
            rule("time", "free", "free", weeks=["2026-01-13"]),
            "The weeks to look at are given by their Mondays, as in 2026-01-12.",
        ),
        (
            rule("time", "free", "free", weeks=["soon"]),
            "The weeks to look at are given by their Mondays, as in 2026-01-12.",
        ),
        (rule("time", "unit", "free"), "“Weekly times in common” does not work with “Unit” (choice)."),
        (rule("equal", "free", "free"), "“Equal” does not work with “Weekly times” (week)."),
        (
            Rule("r", "equal", "Rule", "unit", "unit", "low", condition=Condition("taker", "wanted", {"Law": 2})),
            "its condition cannot be about “Skills wanted”: that is not answered with one word.",
        ),
        (rule("covered", "wanted", "offered", margin=10), "The margin has to be from 0 to 9 levels."),
        (
            rule("covered", "wanted", "offered", min_covered=0),
            "The number of skills for a must has to be 1 or more.",
        ),
        (rule("wished", "me", "me"), "One field has to hold the wishes, the other who a person is."),
        (rule("wished", "wishes", "me", ranks=0), "At least one wish has to earn points."),
    ],
)
def test_what_is_wrong_is_said(ruled, problem):
    assert validate_rules(FIELDS, [ruled]) == [f"Rule: {problem}"]
