"""What follows from figures that are shown together. `python benchmarks/privacy.py` asks for 10,000."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from statistics import fmean, variance
from typing import Any

import pytest

from reports.privacy import Room, known_alone
from reports.queries.bounds import at_both, whole_of
from reports.statistics import welch
from surveys.coding import Coded, coded, leeway, span_after
from surveys.models import Publication, Response, Survey
from surveys.services import publish_figures
from tests.reports.attacking import Attacker, attack
from tests.reports.attacking_spread import Told, caught, known, variances


def whole(*people: int) -> dict[tuple[int, int], float]:
    return {(person, 1): 1.0 for person in people}


def test_the_whole_less_all_but_one_gives_the_one_away() -> None:
    assert known_alone([whole(1, 2, 3, 4, 5, 6), whole(1, 2, 3, 4, 5)]) == {6}
    assert known_alone([whole(1, 2, 3, 4, 5, 6), whole(1, 2, 3)]) == set()


def test_several_answers_of_one_person_together_are_theirs_alone_too() -> None:
    """The sum of two answers of one person, and nobody else's, is as good as one."""
    both = {(6, 1): 1.0, (6, 2): 1.0}
    assert known_alone([{**whole(1, 2, 3, 4, 5), **both}, whole(1, 2, 3, 4, 5)]) == {6}


def test_a_figure_that_would_tell_is_not_let_in_and_the_next_one_is() -> None:
    room = Room([whole(1, 2, 3, 4, 5, 6)])
    assert [room.admits([whole(1, 2, 3, 4, 5)]), room.admits([whole(1, 2, 3)])] == [False, True]


def test_the_attacker_would_find_what_can_be_found() -> None:
    """1 + 2 + 3 less 2 + 3 + 4 is 1 − 4; with 1 + 4 that gives both, and then 5."""
    attacker = Attacker()
    for people in ((1, 2, 3), (2, 3, 4), (1, 4, 5), (1, 4)):
        attacker.see({("item", person): 1.0 for person in people})
    assert attacker.found() == [("item", 1), ("item", 4), ("item", 5)]


def test_the_attacker_would_corner_whole_numbers() -> None:
    """Five answers of 7.0 are five sevens; one more, and 6.7 of six can only be six and five of seven less one."""
    attacker = Attacker()
    attacker.see_sum([("item", person) for person in range(5)], 35, 0.25)
    assert attacker.cornered() == [("item", person) for person in range(5)]
    attacker = Attacker()
    attacker.see_sum([("item", person) for person in range(20)], 133, 0)
    assert attacker.cornered() == []
    attacker.see_sum([("item", person) for person in range(19)], 130, 0)
    assert attacker.cornered() == [("item", 19)]


@pytest.mark.django_db
def test_no_single_answer_follows_from_all_that_is_ever_shown() -> None:
    """Statements about working together and reasons for ending are among them."""
    rng = Random(20)
    attackers = [attack(rng) for _ in range(3)]
    assert sum(attacker.asked for attacker in attackers) > 200
    assert [attacker.found() for attacker in attackers] == [[]] * 3
    assert [attacker.cornered() for attacker in attackers] == [[]] * 3
    seen = {what for attacker in attackers for names, *_ in attacker.bounded for what, _ in names}
    assert {"closing respect", "closing disagree", "ending No times that suit"} <= seen


def every_count(options: Sequence[str], chosen: Sequence[int]) -> list[list[Any]]:
    return [[option, chosen.count(number)] for number, option in enumerate(options, start=1)]


def plainly(mean: float, _span: object, _slack: float, *, after: bool = False) -> Coded:
    """Every mean as it is, to one decimal."""
    return Coded(round(mean, 1), "", mean - 0.05, mean + 0.05)


@pytest.mark.django_db
def test_without_the_rules_single_answers_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures after every answer, once there are the five without which the database takes none."""

    def at_once(*, survey: Survey, now: dt.datetime) -> Publication | None:
        people = Response.objects.filter(survey=survey, submitted_at__lte=now).values("respondent").distinct().count()
        return publish_figures(survey=survey, now=now) if people >= 5 else None

    monkeypatch.setattr("tests.reports.attacking.publish_figures", at_once)
    monkeypatch.setattr("surveys.services.publishing.GROUP", 1)
    monkeypatch.setattr("reports.queries.looks.LEAST_PEOPLE", 1)
    monkeypatch.setattr("reports.queries.looks.Room.admits", lambda *_: True)
    monkeypatch.setattr("reports.queries.looks.counts_shown", every_count)
    monkeypatch.setattr("surveys.services.publishing.coded", plainly)
    monkeypatch.setattr("reports.queries.bounds.coded", plainly)
    attacker = attack(Random(1))
    solved, cornered = {what for what, _ in attacker.found()}, {what for what, _ in attacker.cornered()}
    assert {"closing aim", "midpoint know-how", "baseline skills"} <= solved | cornered
    assert any(what.startswith("ending ") for what in cornered)


# --- ends of a scale ---


Cut = Callable[..., Coded | None]


def cornered_by_ends(rule: Cut, scale: tuple[int, int] = (1, 7)) -> int:
    """How many answers follow from all first figures there can be of five to eight people, and from one after each of
    five more whose answers are alike or nearly so.
    """
    found = 0
    ends = (float(scale[0]), float(scale[1]))
    for people in (5, 6, 8):
        for total in range(people * scale[0], people * scale[1] + 1):
            first = rule(total / people, ends, leeway(ends) / people)
            assert first is not None
            span, slack = span_after([1.0] * people + [0.0] * 5, ends, (first.low, first.high))
            for more in {*range(5 * scale[0], 5 * scale[0] + 6), *range(5 * scale[1] - 5, 5 * scale[1] + 1)}:
                second = rule((total + more) / (people + 5), span, slack, after=True)
                attacker = Attacker()
                names = [("item", person) for person in range(people + 5)]
                attacker.see_mean(names[:people], first.value, first.end)
                if second:
                    attacker.see_mean(names, second.value, second.end)
                found += len(attacker.cornered())
    return found


def told_by_two(rule: Cut, highest: int, people: int, more: int) -> int:
    """Of how many pairs of figures, of so many people and so many more after them, on a scale from 1, it follows that
    all of the first or all of the others stand at one end: every pair of sums there can be is tried.
    """
    ends, alike = (1.0, float(highest)), defaultdict(list)
    for first in range(people, people * highest + 1):
        shown = rule(first / people, ends, leeway(ends) / people)
        if shown is None:
            continue
        span, slack = span_after([1.0] * people + [0.0] * more, ends, (shown.low, shown.high))
        for second in range(more, more * highest + 1):
            both = rule((first + second) / (people + more), span, slack, after=True)
            alike[shown.value, shown.end, both and (both.value, both.end)].append((first, second))
    known = [[{size}, {size * highest}] for size in (people, more)]
    sums = [[set(group) for group in zip(*cases, strict=True)] for cases in alike.values()]
    return sum(each[0] in known[0] or each[1] in known[1] for each in sums)


@pytest.mark.parametrize(
    ("highest", "people", "more"), [(2, 20, 5), (3, 12, 8), (4, 5, 6), (5, 12, 8), (7, 5, 5), (7, 20, 8), (7, 36, 8)]
)
def test_no_answer_follows_from_two_means_whatever_the_sums(highest: int, people: int, more: int) -> None:
    """The first is one sum alone where its rounding holds no other whole number."""
    assert told_by_two(coded, highest, people, more) == 0
    assert told_by_two(plainly, highest, people, more) > 0


def test_no_answer_follows_from_a_mean_at_an_end_of_its_scale_nor_from_two() -> None:
    assert cornered_by_ends(coded) == 0


def test_without_bounds_the_ends_of_a_scale_give_answers_away() -> None:
    assert cornered_by_ends(plainly) > 1000


@pytest.mark.parametrize(
    ("people", "mean", "shown"),
    [
        (5, 7.0, (6.4, "more")),
        (5, 6.4, (6.4, "more")),
        (5, 6.2, (6.2, "")),
        (5, 1.0, (1.6, "less")),
        (20, 7.0, (6.9, "more")),
        (80, 7.0, (7.0, "")),
    ],
)
def test_how_near_an_end_a_mean_is_a_bound(people: int, mean: float, shown: tuple[float, str]) -> None:
    found = coded(mean, (1.0, 7.0), leeway((1.0, 7.0)) / people)
    assert found is not None
    assert (found.value, found.end) == shown


def test_the_whole_of_three_kinds_does_not_bring_a_bound_back() -> None:
    kinds = [at_both({"before": before, "after": after}, 0.2) for before, after in ((4, 7), (4, 5), (4, 5.2))]
    assert kinds[0]["ends"] == {"after": "more"}
    assert whole_of({"before": 4, "after": 5.73}, 0.2, kinds) == {
        "before": 4,
        "after": round((6.4 + 5 + 5.2) / 3, 1),
        "ends": {"after": "more"},
    }


# --- what is no sum -------------------------------------------------------------------------------------------------
def told(groups: list[list[int]]) -> Told:
    """What a comparison of these changes, in sixths of a point, says to two decimals."""
    one, other = ([change / 6 for change in group] for group in groups)
    found = welch(one, other)
    assert found.low is not None
    assert found.high is not None
    means = (round(fmean(one), 2), round(fmean(other), 2))
    return Told((len(one), len(other)), means, round(found.low, 2), round(found.high, 2), round(found.df, 2))


def changes(rng: Random, size: int) -> list[int]:
    return [round(rng.gauss(4, 5)) for _ in range(size)]


def test_intervals_and_freedom_of_two_give_away_the_other_one() -> None:
    """Who is one of two and knows a mean of both knows the other; the variance confirms it. So the attack works."""
    rng = Random(3)
    for _ in range(20):
        groups = [changes(rng, 2), changes(rng, 2)]
        if len(set(groups[0])) + len(set(groups[1])) == 4:
            own = groups[0][0]
            lists = known(told(groups), (own, None))
            assert lists[0] == [(groups[0][1],)]
            assert caught(lists) >= 1


def test_variances_follow_from_an_interval_and_its_freedom() -> None:
    groups = [[0, 3, 6, 9, 12], [1, 1, 2, 8]]
    wanted = [variance([change / 6 for change in group]) for group in groups]
    near = min(variances(told(groups)), key=lambda found: abs(found[0] - wanted[0]))
    assert near == pytest.approx(wanted, rel=0.05)


def test_of_the_fewest_that_are_shown_nobody_is_known() -> None:
    """Five people in each group, in as many relationships, and the attacker one of them."""
    rng = Random(4)
    for _ in range(12):
        groups = [changes(rng, 5), changes(rng, 5)]
        lists = known(told(groups), (groups[0][0], None))
        assert caught(lists) == 0
        # What was said is among what can have been said: the attacker has not gone wrong.
        assert tuple(sorted(groups[0][1:])) in lists[0]
        assert tuple(sorted(groups[1])) in lists[1]
