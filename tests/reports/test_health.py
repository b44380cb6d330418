import datetime as dt
from typing import Any

import pytest

from reports.health import NUMBERS, RULES, Around, Limits, signal_of, signals_of
from reports.queries.base import MatchRow, Meeting, Member
from reports.queries.resting import Rest

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 6, 1, 12, 0, tzinfo=dt.UTC)


def match(started: int, *meetings: tuple[int, str]) -> MatchRow:
    """A match that began so many days ago; meetings as (days ago, state), negative in the future."""
    row = MatchRow(1, 1, "active", None, NOW - dt.timedelta(days=started), None, "")
    row.meetings = [Meeting(1, state, NOW - dt.timedelta(days=days), 45) for days, state in meetings]
    return row


def around(cadence: int = 14, **more: object) -> Around:
    """With a goal, and a next step of today, so that only sessions speak unless a test says otherwise."""
    return Around(**{"cadence_days": cadence, "goals": 1, "steps": (NOW,), "moved": (NOW,), **more})  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("row", "level", "words"),
    [
        (match(9), "ok", "On plan"),
        (match(10), "warn", "Not met yet"),
        (match(13), "warn", "Not met yet"),
        (match(14), "risk", "Not met yet"),
        (match(30, (-2, "planned")), "warn", "First one planned"),
        (match(30, (1, "planned")), "risk", "Not met yet"),
        (match(90, (20, "held")), "ok", "On plan"),
        (match(90, (21, "held")), "warn", "Nothing planned"),
        (match(90, (44, "held")), "warn", "Nothing planned"),
        (match(90, (45, "held")), "risk", "Gone quiet"),
        (match(90, (45, "held"), (-3, "planned")), "ok", "On plan"),
        (match(90, (30, "held"), (20, "missed"), (10, "cancelled"), (2, "held")), "risk", "2 did not happen"),
        (
            match(90, (50, "missed"), (40, "missed"), (30, "held"), (20, "held"), (10, "held"), (2, "held")),
            "ok",
            "On plan",
        ),
    ],
)
def test_every_edge_of_the_rules(row: MatchRow, level: str, words: str) -> None:
    signal = signal_of(row, around(), NOW)
    assert (signal.level, signal.words) == (level, words)


def test_a_slow_cadence_has_more_patience_than_a_quick_one() -> None:
    quiet = match(120, (46, "held"))
    assert [signal_of(quiet, around(cadence), NOW).level for cadence in (14, 30, 60)] == ["risk", "warn", "ok"]


def test_the_reason_names_the_numbers() -> None:
    assert signal_of(match(90, (50, "held")), around(), NOW).reason == (
        "Last met 50 days ago, nothing planned; agreed was every 14 days."
    )


HELD = [(days, "held") for days in (50, 40, 30, 20, 10, 2)]
OFTEN = [(days, "held") for days in range(57, 0, -7)]  # nine in two months, where 4.3 were agreed
OLD = (NOW - 42 * DAY,)


def rules(row: MatchRow, **more: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.level) for each in signals_of(row, around(**more), NOW)]


def test_no_direction_is_no_goal_by_day_30_or_three_sessions_without_a_step() -> None:
    assert rules(match(29, (5, "held")), goals=0) == []
    assert rules(match(30, (5, "held")), goals=0) == [("direction", "warn")]
    assert rules(match(60, *HELD), steps=(NOW - 21 * DAY,)) == [("direction", "warn")]
    assert rules(match(60, *HELD), steps=(NOW - 20 * DAY,)) == []
    assert rules(match(60, *HELD[-2:]), steps=()) == []


def test_dependency_takes_both_signs_that_may_be_seen() -> None:
    assert rules(match(90, *OFTEN), moved=(NOW - 43 * DAY,)) == [("dependency", "warn")]
    assert rules(match(90, *OFTEN), moved=OLD) == []
    assert rules(match(90, *HELD), moved=()) == []
    assert rules(match(59, *OFTEN), moved=()) == []


def group(people: int, *absent: int) -> MatchRow:
    """A group whose sessions, ten days apart, so many were missing from."""
    row = match(90)
    row.members = [Member(user, "peer", f"P{user}", f"P{user}", True) for user in range(people)]
    ago = range(10 * len(absent), 0, -10)
    row.meetings = [
        Meeting(1, "held", NOW - days * DAY, 60, frozenset(range(missing)))
        for days, missing in zip(ago, absent, strict=True)
    ]
    return row


def test_a_group_is_looked_at_when_few_come_twice_or_fewer_than_three_came() -> None:
    assert rules(group(10, 5, 5)) == [("group", "warn")]
    assert rules(group(10, 5, 4)) == []
    assert rules(group(10, 4, 8)) == [("group", "warn")]
    assert rules(group(10, 8, 0)) == []
    assert rules(group(2, 1, 1)) == []


def led(people: int, *leaders: int | None) -> MatchRow:
    """A group of those who were all there, and who led each session."""
    row = group(people, *(0 for _ in leaders))
    row.meetings = [each._replace(led_by=who) for each, who in zip(row.meetings, leaders, strict=True)]
    return row


def test_one_who_leads_three_times_running_is_noticed_in_a_group() -> None:
    assert rules(led(6, 1, 4, 4, 4)) == [("facilitator", "warn")]
    assert signal_of(led(6, 4, 4, 4), around(), NOW).reason == "P4 has led the last 3 sessions."
    for leaders in ((4, 4), (4, 4, 1, 4), (4, 4, None), (None, None, None)):
        assert rules(led(6, *leaders)) == []
    assert rules(led(2, 1, 1, 1)) == []


def test_an_expert_wanted_twice_is_noticed_and_once_is_not() -> None:
    def wanted(*ago: int) -> MatchRow:
        row = match(90, *HELD)
        row.meetings = [each._replace(expert_wanted=(NOW - each.starts_at).days in ago) for each in row.meetings]
        return row

    assert rules(wanted(2)) == []
    assert rules(wanted(2, 40)) == [("expert_wanted", "warn")]
    assert signal_of(wanted(2, 40), around(), NOW).reason == "An expert was asked for in 2 of the last 6 sessions."
    assert signals_of(wanted(2, 40), around(), NOW, Limits({"expert_of": 3})) == []


def test_who_pauses_is_not_silent_and_who_is_back_has_the_whole_time() -> None:
    quiet, unmet, away = match(90, (60, "held")), match(90), Rest(resting=True)
    assert rules(quiet, rest=away) == rules(unmet, rest=away) == []
    assert signal_of(quiet, around(rest=away), NOW).words == "Pauses"
    for days, level in ((20, "ok"), (21, "warn"), (45, "risk")):
        assert signal_of(quiet, around(rest=Rest(back_at=NOW - days * DAY)), NOW).level == level
    for days, level in ((9, "ok"), (10, "warn"), (14, "risk")):
        assert signal_of(unmet, around(rest=Rest(back_at=NOW - days * DAY)), NOW).level == level
    assert signal_of(quiet, around(rest=Rest(back_at=NOW - 30 * DAY)), NOW).reason.endswith(
        "They are back from a pause for 30 days."
    )
    # A pause that was over before they last met changes nothing.
    assert signal_of(quiet, around(rest=Rest(back_at=NOW - 80 * DAY)), NOW).level == "risk"


def test_a_match_of_one_session_is_not_asked_for_goals_or_rhythm() -> None:
    assert rules(match(90), goals=0, one_off=True) == []
    assert rules(match(90, (9, "missed"), (5, "missed")), goals=0, one_off=True) == [("no_shows", "risk")]


def test_a_changed_threshold_changes_the_day() -> None:
    patient = Limits({"first_watch": 20, "first_risk": 30})
    levels = [signal_of(match(days), around(), NOW, patient).level for days in (19, 20, 29, 30)]
    assert levels == ["ok", "warn", "warn", "risk"]


def test_every_number_has_a_default_within_its_bounds_and_every_rule_a_name() -> None:
    assert [each.slug for each in NUMBERS.values() if not each.least <= each.default <= each.most] == []
    assert len(NUMBERS) == sum(len(rule.numbers) for rule in RULES.values())


@pytest.mark.parametrize(
    ("cadence", "days", "level"),
    [
        (7, 20, "ok"),
        (7, 21, "warn"),
        (7, 44, "warn"),
        (7, 45, "risk"),
        (30, 44, "ok"),
        (30, 45, "warn"),
        (30, 74, "warn"),
        (30, 75, "risk"),
    ],
)
def test_quiet_is_so_many_intervals_and_never_less_than_three_weeks(cadence: int, days: int, level: str) -> None:
    assert signal_of(match(120, (days, "held")), around(cadence), NOW).level == level


@pytest.mark.parametrize(
    ("states", "raised"),
    [
        ("held held held missed", False),
        ("missed held held missed", True),
        ("missed held held held missed", False),
        ("held held cancelled missed", True),
        ("missed missed", True),
        ("missed", False),
    ],
)
def test_no_shows_are_two_of_the_last_four(states: str, raised: bool) -> None:
    each = states.split()
    row = match(90, *((2 + 3 * (len(each) - at), state) for at, state in enumerate(each)))
    assert (("no_shows", "risk") in rules(row)) is raised


def test_dependency_begins_above_one_and_a_half_times_what_was_agreed_over_two_months() -> None:
    """Every 14 days are 4.3 sessions in 60 days, and one and a half times that 6.4."""
    often = [(8 * at, "held") for at in range(7, 0, -1)]
    assert rules(match(60, *often), moved=()) == [("dependency", "warn")]
    assert rules(match(60, *often[1:]), moved=()) == []
    # The seventh was longer ago.
    assert rules(match(90, (61, "held"), *often[1:]), moved=()) == []


def test_three_of_ten_are_few_twice_and_enough_once() -> None:
    assert rules(group(10, 4, 7)) == []
    assert rules(group(10, 4, 8)) == [("group", "warn")]
