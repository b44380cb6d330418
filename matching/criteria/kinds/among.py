"""The taker's answer is among the giver's; where both gave a list, they have at least one item in common."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from matching.criteria.answers import Answer, in_words, items, small
from matching.criteria.kinds.base import LISTS, Bound, Encoded, Facts, Kind, Outcome, Param, all_or_nothing, marks


class Among(Kind):
    slug = "among"
    title = "One of theirs is among ours"
    help = "Fits where the mentee’s answer is among the mentor’s answers, or two lists share an item."
    order = 40
    taker_kinds = giver_kinds = LISTS
    params: ClassVar[Mapping[str, Param]] = {
        "verb": Param((str,), "What people do with these answers, for example speak: “Both speak German”."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        del bound
        return marks(takers, givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        return all_or_nothing(bound.rule, takers[:, 1:] @ givers[:, 1:].T > 0)

    def sentence(self, facts: Facts) -> str:
        if facts.bound.one_field or facts.bound.param("verb", ""):
            return _both(facts)
        asked = facts.shared or items(facts.taker_answer)
        verb = "is" if len(asked) == 1 else "are"
        fits = verb if facts.shared else f"{verb} not"
        return f"{facts.bound.taker_field.label}: {in_words(asked)} {fits} among {_whose(facts)}"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        if facts.bound.one_field or facts.bound.param("verb", ""):
            return _both(facts)
        label = facts.bound.giver_field.label if to_giver else facts.bound.taker_field.label
        return f"{label}: {in_words(facts.shared)}"


def _both(facts: Facts) -> str:
    if not facts.shared:
        return f"{facts.label}: nothing in common ({facts.taker_shown}; {facts.giver_shown})"
    return f"Both {facts.bound.param('verb', 'have')} {in_words(facts.shared)}"


def _whose(facts: Facts) -> str:
    return f"{facts.giver_called}’s {small(facts.bound.giver_field.label)}"


KIND = Among()
