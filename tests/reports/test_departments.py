"""Who meets whom across departments: what is drawn, and what must not follow from it."""

from random import Random

import pytest

from reports.queries.departments import OTHERS, Crossing, crossing_of

pytestmark = pytest.mark.pure


def of(*sizes: tuple[str, int]) -> dict[int, str]:
    """People by number, department after department."""
    names = [name for name, size in sizes for _ in range(size)]
    return dict(enumerate(names))


def test_pairs_between_two_departments_are_counted() -> None:
    """Six pairs of Sales and Data, four within Sales: 6 of 10 cross."""
    people = of(("Sales", 14), ("Data", 6))
    matches = {number: {number, 14 + number} for number in range(6)} | {
        6 + number: {6 + 2 * number, 7 + 2 * number} for number in range(4)
    }
    found = crossing_of(people, matches)
    assert found == Crossing([("Sales", 14), ("Data", 6)], [("Data", "Sales", 6)], 6, 10)
    assert found.title == "6 of 10 matches cross a department line"


def test_two_pairs_are_too_few_to_draw() -> None:
    people = of(("Sales", 14), ("Data", 6))
    assert not crossing_of(people, {number: {number, 14 + number} for number in range(2)}).shown


def test_three_matches_of_one_mentor_are_one_unit() -> None:
    people = of(("Sales", 14), ("Data", 6))
    assert not crossing_of(people, {number: {0, 14 + number} for number in range(5)}).shown


def test_a_link_hidden_alone_takes_the_next_smallest_with_it() -> None:
    """Data and Legal meet in one pair only; were the other two drawn, the whole less both would tell of it."""
    people = of(("Sales", 20), ("Data", 10), ("Legal", 10))
    matches = {number: {number, 20 + number} for number in range(7)}
    matches |= {10 + number: {10 + number, 30 + number} for number in range(4)}
    matches[20] = {29, 39}
    found = crossing_of(people, matches)
    assert found.links == [("Data", "Sales", 7)]
    assert found.left_out


def test_few_within_a_department_do_not_follow_from_those_that_cross() -> None:
    people = of(("Sales", 14), ("Data", 6))
    matches = {number: {number, 14 + number} for number in range(6)} | {9: {12, 13}}
    found = crossing_of(people, matches)
    assert (found.links, found.crossing, found.matches) == ([("Data", "Sales", 6)], None, None)


def test_small_departments_are_one_and_who_said_nothing_is_in_none() -> None:
    people = {**of(("Sales", 9), ("Data", 3), ("Legal", 2)), 50: "", 51: ""}
    matches = {number: {number, 9 + number} for number in range(5)} | {9: {5, 50}, 10: {50, 51}}
    found = crossing_of(people, matches)
    assert found.groups == [("Sales", 9), (OTHERS, 5)]
    assert (found.links, found.crossing, found.matches) == ([(OTHERS, "Sales", 5)], 5, 5)


def test_no_department_of_one_to_four_ever_stands_in_a_figure() -> None:
    """Also not by taking the others from all that are known."""
    rng = Random(4)
    for _ in range(300):
        sizes = [(f"D{number}", rng.randint(1, 9)) for number in range(rng.randint(1, 6))]
        people = of(*sizes)
        everybody = list(people)
        matches = {number: set(rng.sample(everybody, min(2, len(everybody)))) for number in range(rng.randint(1, 20))}
        found = crossing_of(people, matches)
        assert all(size >= 5 for _, size in found.groups)
        assert all(number >= 3 for *_, number in found.links)
        if found.crossing is not None:
            drawn = sum(number for *_, number in found.links)
            assert found.crossing == drawn or found.crossing - drawn >= 3
