"""How much of two lists is shared: more in common, more points."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import Answer, in_words, items
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
from matching.criteria.model import IntArray


class Overlap(Kind):
    """Points = full × shared ÷ whole, where whole is `full_at`, or the length of the list named by `of`."""

    slug = "overlap"
    title = "The more in common, the more points"
    help = "Each shared item earns its part of the points, up to all of them."
    order = 50
    taker_kinds = giver_kinds = LISTS
    params: ClassVar[Mapping[str, Param]] = {
        "full_at": Param((int,), "So many shared items earn all the points; without it, the whole list does."),
        "of": Param(
            ("taker", "giver", "all"),
            "Whose list is the whole: the mentee’s (taker), the mentor’s (giver), or both together (all).",
        ),
        "min_shared": Param((int,), "As a must: at least so many shared items."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        del bound
        return marks(takers, givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        shared = shared_counts(takers, givers)
        whole = _whole(bound, takers, givers, shared)
        earned = _earned(bound.rule.full_points, shared, whole)
        return Outcome(earned, shared >= bound.param("min_shared", 1))

    def sentence(self, facts: Facts) -> str:
        shared, field = facts.shared, facts.bound.taker_field
        if not shared:
            return f"{field.label}: nothing in common ({facts.taker_shown}; {facts.giver_shown})"
        return f"{field.label}: {len(shared)} of {len(items(facts.taker_answer))} shared, {in_words(shared)}"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        field = facts.bound.giver_field if to_giver else facts.bound.taker_field
        return f"{field.label} in common: {in_words(facts.shared)}" if facts.shared else ""

    def problems(self, bound: Bound) -> list[str]:
        counts = {"full_at": "all the points", "min_shared": "a must"}
        return [
            f"The number of shared items for {what} has to be 1 or more."
            for name, what in counts.items()
            if bound.param(name, 1) < 1
        ]


def _earned(full: int, shared: IntArray, whole: IntArray) -> IntArray:
    """Both are small counts, so each possible pair of them is divided once and then looked up."""
    parts, wholes = np.arange(shared.max(initial=0) + 1), np.arange(1, whole.max(initial=1) + 1)
    table = portion(full, np.minimum(parts[:, None], wholes[None, :]), wholes[None, :])
    return table.ravel().take(shared * len(wholes) + (whole - 1))


def _whole(bound: Bound, takers: Encoded, givers: Encoded, shared: IntArray) -> IntArray:
    if full_at := bound.param("full_at", 0):
        return np.full_like(shared, full_at)
    ours, theirs = takers[:, 0].astype(np.int64)[:, None], givers[:, 0].astype(np.int64)[None, :]
    sizes = {"taker": ours, "giver": theirs, "all": ours + theirs - shared}
    return np.broadcast_to(sizes[bound.param("of", "taker")], shared.shape)


KIND = Overlap()
