"""Texts compared by a scorer an installation names; without one there is no such rule."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.criteria import (
    ALL_KINDS,
    RULE_KINDS,
    Field,
    Person,
    Rule,
    explain,
    max_points,
    score_two_sided,
    validate_rules,
)
from matching.criteria.kinds import withdraw
from matching.criteria.likeness import use_text_scorer
from tests.matching.criteria.invented import unhurried

FIELDS = [Field("goal", "Goal in your own words", "text"), Field("level", "Level", "ordered", ("a", "b"))]
RULE = Rule("r", "likeness", "Goals", "goal", "goal", "high")
WORDS = ("write", "speak", "lead", "code")


class Counting:
    """Counts the few words it knows."""

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[float(text.split().count(word)) for word in WORDS] for text in texts]).reshape(-1, len(WORDS))


@pytest.fixture
def scorer() -> Iterator[None]:
    use_text_scorer(Counting())
    yield
    withdraw("likeness")


def test_without_a_scorer_there_is_no_such_rule():
    assert "likeness" not in {*ALL_KINDS, *RULE_KINDS}
    assert validate_rules(FIELDS, [RULE]) == ["Goals: there is no kind of rule called “likeness”."]


@pytest.mark.usefixtures("scorer")
def test_texts_about_the_same_thing_earn_points_and_say_so():
    people = [
        Person(n, {"goal": text}) for n, text in enumerate(("write write", "write", "speak", "write lead", "nothing"))
    ]
    scores = score_two_sided(people[:1], [*people[1:], Person(9, {})], FIELDS, [RULE])
    assert scores.points.tolist() == [[20, 0, 14, 0, 0]]
    told = explain(people[0], people[3], FIELDS, [RULE])[0]
    assert (told.points, told.sentence) == (14, "Goal in your own words: the two texts are alike to 71 of 100")
    assert told.reason == told.reason_for_giver == "Goal in your own words: you wrote of similar things"
    must = Rule("r", "likeness", "Goals", "goal", "goal", "must", params={"least": 72})
    allowed = score_two_sided(people[:1], people[1:], FIELDS, [must]).allowed
    assert allowed.tolist() == [[True, False, False, False]]


texts = st.lists(st.lists(st.sampled_from([*WORDS, "else"]), max_size=5).map(" ".join), min_size=1, max_size=5)


@pytest.mark.usefixtures("scorer")
@unhurried
@given(texts, texts, st.integers(1, 3))
def test_points_add_up_and_do_not_depend_on_the_blocks(mine, theirs, rows):
    takers = [Person(n, {"goal": text}) for n, text in enumerate(mine)]
    givers = [Person(100 + n, {"goal": text}) for n, text in enumerate(theirs)]
    whole = score_two_sided(takers, givers, FIELDS, [RULE])
    parts = score_two_sided(takers, givers, FIELDS, [RULE], block_rows=rows)
    assert (whole.points == parts.points).all()
    assert whole.points.max(initial=0) <= max_points(RULE)
    for row, taker in enumerate(takers):
        for column, giver in enumerate(givers):
            assert sum(share.points for share in explain(taker, giver, FIELDS, [RULE])) == whole.points[row, column]


@pytest.mark.parametrize("bad", [np.zeros((1, 3)), np.full((2, 3), np.nan)])
def test_a_scorer_that_gives_nonsense_is_found_out(bad):
    class Broken:
        def vectors(self, texts: Sequence[str]) -> np.ndarray:
            return bad

    use_text_scorer(Broken())
    try:
        with pytest.raises(ValueError, match="rows for 2 texts"):
            score_two_sided(
                [Person(1, {"goal": "a"}), Person(2, {"goal": "b"})], [Person(3, {"goal": "c"})], FIELDS, [RULE]
            )
    finally:
        withdraw("likeness")


@pytest.mark.usefixtures("scorer")
def test_what_cannot_be_asked_is_said():
    strict = Rule("r", "likeness", "Goals", "goal", "goal", "must", params={"least": 101})
    assert validate_rules(FIELDS, [strict]) == ["Goals: Texts are alike to 1 up to 100 of 100."]
    wrong = Rule("r", "likeness", "Goals", "level", "level", "high")
    assert validate_rules(FIELDS, [wrong]) == [
        "Goals: “Texts about the same thing” does not work with “Level” (ordered)."
    ]
