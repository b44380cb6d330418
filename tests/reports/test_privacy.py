"""What follows from figures that are shown together. `python benchmarks/privacy.py` asks for 10,000."""

from random import Random

import pytest

from reports.privacy import Room, known_alone
from tests.reports.attacking import Attacker, attack


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


@pytest.mark.django_db
def test_no_single_answer_follows_from_all_that_is_ever_shown() -> None:
    rng = Random(20)
    attackers = [attack(rng) for _ in range(5)]
    assert sum(attacker.asked for attacker in attackers) > 250
    assert [attacker.found() for attacker in attackers] == [[]] * 5
