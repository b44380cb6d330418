"""How much two lists differ: the less in common, the more points."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import Answer, in_words
from matching.criteria.kinds.base import (
    LISTS,
    Bound,
    Encoded,
    Facts,
    Kind,
    Outcome,
    Param,
    marks,
    portion,
    shared_counts,
)


class Variety(Kind):
    """Points = full × items only one of them has ÷ items of both together. As a must: not all the same."""

    slug = "variety"
    title = "The less in common, the more points"
    help = "Brings different people together: each item that only one of them has earns its part of the points."
    order = 65
    taker_kinds = giver_kinds = LISTS
    params: ClassVar[dict[str, Param]] = {}

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        return marks(takers, givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        shared = shared_counts(takers, givers)
        sizes = takers[:, 0].astype(np.int64)[:, None] + givers[:, 0].astype(np.int64)[None, :]
        different = sizes - 2 * shared
        return Outcome(portion(bound.rule.full_points, different, sizes - shared), different > 0)

    def sentence(self, facts: Facts) -> str:
        return _told(facts, facts.taker_shown, facts.giver_shown)

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        mine, theirs = facts.taker_shown, facts.giver_shown
        return _told(facts, *((theirs, mine) if to_giver else (mine, theirs)))


def _told(facts: Facts, mine: str, theirs: str) -> str:
    if not facts.shared:
        return f"{facts.label}: all different ({mine}; {theirs})"
    return f"{facts.label}: only {in_words(facts.shared)} in common ({mine}; {theirs})"


KIND = Variety()
