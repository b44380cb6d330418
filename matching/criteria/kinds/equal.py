"""Both gave the same answer."""

from collections.abc import Sequence

from matching.criteria.answers import Answer, small
from matching.criteria.kinds.base import SINGLE_TEXT, Bound, Encoded, Facts, Kind, Outcome, all_or_nothing, codes

_COMPARABLE = (SINGLE_TEXT, frozenset({"number"}), frozenset({"yesno"}))


class Equal(Kind):
    slug = "equal"
    title = "Equal"
    help = "Fits where both gave the same answer."
    order = 10
    taker_kinds = giver_kinds = SINGLE_TEXT | {"number", "yesno"}

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        del bound
        return codes(takers, givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        return all_or_nothing(bound.rule, takers[:, None] == givers[None, :])

    def sentence(self, facts: Facts) -> str:
        return same_or_different(facts, same=facts.met)

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        return told_same_or_different(facts, same=facts.met, to_giver=to_giver)

    def problems(self, bound: Bound) -> list[str]:
        kinds = {bound.taker_field.kind, bound.giver_field.kind}
        if any(kinds <= group for group in _COMPARABLE):
            return []
        labels = f"“{bound.taker_field.label}” and “{bound.giver_field.label}”"
        return [f"{labels} cannot be compared: they are of different kinds."]


def same_or_different(facts: Facts, *, same: bool) -> str:
    """`Same profession: Policy`, `Different profession: Policy and Security`, `Works from home: both no`."""
    if not facts.named:
        return (
            f"{facts.label}: {f'both {facts.giver_shown}' if same else f'{facts.giver_shown} and {facts.taker_shown}'}"
        )
    if same:
        return f"Same {small(facts.label)}: {facts.giver_shown}"
    return f"Different {small(facts.label)}: {facts.giver_shown} and {facts.taker_shown}"


def told_same_or_different(facts: Facts, *, same: bool, to_giver: bool) -> str:
    """`Same profession: Policy`, `Different organisation: Department of Love`, `Years: yours 2, theirs 5`."""
    mine, other = facts.taker_shown, facts.giver_shown
    if to_giver:
        mine, other = other, mine
    if not facts.named:
        return f"{facts.label}: {f'both {other}' if same else f'yours {mine}, theirs {other}'}"
    return f"{'Same' if same else 'Different'} {small(facts.label)}: {other}"


KIND = Equal()
