"""Shares of what people said of themselves: nobody's answer follows from one, nor from the parts beside the whole."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from reports.exports.outcome import table
from reports.queries import bounds
from reports.queries.bounds import part_of, shown_parts, whole_of_parts
from reports.queries.outcome import outcome
from surveys.coding import Coded
from surveys.services.publishing import _mean as published
from tests.factories.programs import NOW, ProgramFactory, TrackFactory
from tests.factories.sessions import GoalFactory
from tests.reports.test_outcome import pairs

Counts = tuple[int, ...]


def told(cases: Iterable[tuple[Hashable, list[tuple[int, int]]]]) -> int:
    """Of how many cases what is shown leaves only one answer to everybody in some group.

    Each case is what is shown and, of each group, how many said yes out of how many: who of them it was nobody knows,
    so that an answer follows only where all said the same in every case that looks like this one.
    """
    alike: dict[Hashable, list[list[tuple[int, int]]]] = defaultdict(list)
    for shown, groups in cases:
        alike[shown].append(groups)
    return sum(
        any({count for count, _ in group} in ({0}, {group[0][1]}) for group in zip(*cases, strict=True))
        for cases in alike.values()
    )


def plainly(count: int, _whole: int, _most: int = 1) -> Coded:
    return Coded(count, "", count, count)


def every_whole(sizes: Counts, hidden: int) -> Iterable[tuple[Hashable, list[tuple[int, int]]]]:
    """Every way in which so many groups said yes, the last `hidden` of which are not shown beside the whole."""
    for counts in product(*(range(size + 1) for size in sizes)):
        groups = list(zip(counts, sizes, strict=True))
        parts = groups[: len(groups) - hidden]
        shown = [whole_of_parts(sum(counts), sum(sizes), parts), *(bounds.part_of(*each) for each in parts)]
        yield tuple((each.value, each.end) if each else None for each in shown), groups


@pytest.mark.pure
def test_no_answer_follows_from_a_share_nor_from_parts_beside_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = (((5,), 0), ((9,), 0), ((5, 6), 0), ((5, 5, 6), 0), ((6, 3, 3), 2), ((5, 6, 5), 1))
    assert [told(every_whole(*each)) for each in cases] == [0] * len(cases)
    monkeypatch.setattr(bounds, "part_of", plainly)
    assert all(told(every_whole(*each)) >= 2 for each in cases)


def every_part(sizes: Counts, hidden: int) -> Iterable[tuple[Hashable, list[tuple[int, int]]]]:
    """The same with the whole as it is and parts left out."""
    for counts in product(*(range(size + 1) for size in sizes)):
        groups = list(zip(counts, sizes, strict=True))
        parts = groups[: len(groups) - hidden]
        shown = [part_of(sum(counts), sum(sizes)), *shown_parts(sum(counts), sum(sizes), parts)]
        yield tuple((each.value, each.end) if each else None for each in shown), groups


@pytest.mark.pure
@pytest.mark.parametrize(("sizes", "hidden"), [((5, 6), 0), ((5, 5, 6), 0), ((6, 7, 3), 1), ((5, 5, 5, 6), 0)])
def test_no_answer_follows_from_parts_left_out_beside_an_exact_whole(sizes: Counts, hidden: int) -> None:
    assert told(every_part(sizes, hidden)) == 0


@pytest.mark.pure
def test_parts_are_left_out_only_where_they_tell() -> None:
    """14 less four and four would be all the six."""
    assert shown_parts(14, 26, [(6, 6), (4, 10), (4, 10)]) == [None] * 3
    kept = shown_parts(12, 26, [(4, 6), (4, 10), (4, 10)])
    assert [(each.value, each.end) for each in kept if each] == [(4, "")] * 3


@pytest.mark.pure
def test_how_near_an_end_a_share_is_a_bound() -> None:
    said = [part_of(count, 10) for count in (0, 1, 2, 8, 9, 10)]
    assert [(each.value, each.end) for each in said if each] == [
        (1, "less"),
        (1, "less"),
        (2, ""),
        (8, ""),
        (9, "more"),
        (9, "more"),
    ]
    # Of ten goals one person has four: whatever is shown, that person's may all be reached, or none.
    of_four = [part_of(count, 10, 4) for count in (0, 4, 5, 6)]
    assert [(each.value, each.end) for each in of_four if each] == [(4, "less"), (4, "less"), (5, ""), (6, "more")]
    assert part_of(3, 10, 5) is None


@pytest.mark.django_db
def test_everybody_reached_a_goal_is_a_bound_in_the_report_and_its_files_and_hides_the_tracks() -> None:
    program = ProgramFactory.create()
    for position, reached in enumerate((6, 3)):
        seats = [
            seat
            for match in pairs(TrackFactory.create(program=program, position=position), 3)
            for seat in match.seats.all()
        ]
        for number, seat in enumerate(seats):
            at = NOW if number < reached else None
            GoalFactory.create(match=seat.match, owner=seat.enrolment.user, reached_at=at)
    report = outcome(program, NOW)
    # The nine less the three of the one would be the six of the other: both are left out.
    assert (report.figures["goal_people"].numerator, report.figures["goal_people"].bound) == (9, "")
    assert [each.figures["goal_people"].shown for each in report.tracks] == [False, False]
    report.program.tracks.get(position=1).matches.all()[0].goals.update(reached_at=NOW)
    for goal in [goal for match in program.tracks.get(position=1).matches.all() for goal in match.goals.all()]:
        goal.reached_at = NOW
        goal.save(update_fields=["reached_at"])
    report = outcome(program, NOW)
    assert (report.figures["goal_people"].numerator, report.figures["goal_people"].bound) == (11, "or more")
    row = next(each for each in table(report) if each[0] == "People who reached a goal")
    assert (row[4], row[5], row[7], row[10]) == (11, 12, round(11 / 12, 4), "yes: or more")


# --- how check-ins spread ---
QUESTION: Any = SimpleNamespace(values=[1, 2, 3], survey=SimpleNamespace(kind="pulse"))


def spread(said: list[list[tuple[int, bool]]], before: dict[str, Any] | None = None) -> dict[str, Any]:
    return published(QUESTION, said, before)


def rated(size: int) -> list[Counts]:
    return [(low, middle, size - low - middle) for low in range(size + 1) for middle in range(size + 1 - low)]


def people(counts: Counts, *, old: bool) -> list[list[tuple[int, bool]]]:
    return [[(rating, old)] for rating, count in enumerate(counts, start=1) for _ in range(count)]


def as_seen(figure: dict[str, Any]) -> Hashable:
    return figure.get("mean"), figure.get("end"), tuple(figure.get("spread", ())), figure.get("people")


def told_by_spreads(first: int, more: int, show: Callable[[dict[str, Any]], Hashable] = as_seen) -> int:
    """Of how many different pairs of figures, of so many people and of five more after them, it follows that all the
    first or all the others gave the same rating.
    """
    alike: dict[Hashable, list[tuple[set[int], set[int]]]] = defaultdict(list)
    for one in rated(first):
        before = spread(people(one, old=False))
        old = people(one, old=True)
        for other in rated(more):
            after = spread([*old, *people(other, old=False)], before)
            ratings = ({at for at, count in enumerate(each) if count} for each in (one, other))
            alike[show(before), show(after)].append((next(ratings), next(ratings)))
    return sum(any(len(set.union(*group)) == 1 for group in zip(*cases, strict=True)) for cases in alike.values())


@pytest.mark.pure
def test_nobodys_rating_follows_from_how_they_spread_beside_the_mean_nor_from_two_such() -> None:
    assert told_by_spreads(10, 5) == 0


@pytest.mark.pure
def test_without_the_rules_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "surveys.services.publishing.counts_shown",
        lambda options, chosen: [[option, chosen.count(at)] for at, option in enumerate(options, start=1)],
    )
    assert told_by_spreads(10, 5) > 20
