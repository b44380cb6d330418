"""Wishes as matching compares them: two questions nobody is asked on a form, and three rules over the answers.

A wish earns points, most for the first named; between peers where both named each other. Whoever accepts only people
they named is matched with nobody else. The fields are private: no reason that a participant reads comes from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matching.criteria import Condition, Field, Person, Rule
from programs.queries.wishing import WishList

# No slug of a program's own field begins so.
WISHES, ONESELF, ONLY = "~wishes", "~oneself", "~only"
FIELDS = (
    Field(WISHES, "People they named", "people", private=True),
    Field(ONESELF, "Person", "person", private=True),
    Field(ONLY, "Accepts only people they named", "yesno", private=True),
)
RANKS = 3


def _wish(key: str, taker: str, giver: str, label: str) -> Rule:
    return Rule(f"~{key}", "wished", label, taker, giver, "mid", params={"ranks": RANKS})


def _only(key: str, side: str, taker: str, giver: str) -> Rule:
    condition = Condition(side, ONLY, equals=True)
    return Rule(f"~{key}", "wished", "Accepts only people they named", taker, giver, "must", condition=condition)


def rules_for(wishes: Mapping[int, WishList], *, peers: bool, taker: str, giver: str) -> tuple[Rule, ...]:
    """The rules that these wishes call for: none where nobody has any."""
    if not wishes:
        return ()
    if peers:
        return (
            _wish("wish", WISHES, ONESELF, "Both named each other"),
            _only("only", "taker", WISHES, ONESELF),
        )
    return (
        _wish("taker-wish", WISHES, ONESELF, f"Named by the {taker}"),
        _wish("giver-wish", ONESELF, WISHES, f"Named by the {giver}"),
        _only("taker-only", "taker", WISHES, ONESELF),
        _only("giver-only", "giver", ONESELF, WISHES),
    )


def with_wishes(people: Sequence[Person], wishes: Mapping[int, WishList]) -> list[Person]:
    """The same people, knowing whom they named. Where nobody in the track named anybody they stay as they are."""
    return [_with_wishes(person, wishes.get(person.id)) for person in people] if wishes else list(people)


def _with_wishes(person: Person, wishes: WishList | None) -> Person:
    own: dict[str, object] = {ONESELF: person.id}
    if wishes is not None:
        own |= {WISHES: list(wishes.liked), ONLY: wishes.only}
    return replace(person, answers={**person.answers, **own})
