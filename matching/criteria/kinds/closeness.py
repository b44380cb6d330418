"""How near the gap between two levels is to the one that is wanted: nearest earns most."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import THOUSANDTHS, Answer, shown
from matching.criteria.kinds.base import Bound, Encoded, Facts, Outcome, Param, portion
from matching.criteria.kinds.gap import Gap
from matching.criteria.model import IntArray, Rule


class Closeness(Gap):
    """distance = |giver − taker − target|; points fall evenly from all (distance 0) to none (distance `within`)."""

    slug = "closeness"
    title = "The closer, the more points"
    help = "All points where the two are as far apart as wanted (normally not at all), fewer the further from that."
    order = 60
    params: ClassVar[Mapping[str, Param]] = {
        "within": Param(
            (int, float), "From this distance on there are no points; as a must, the largest distance allowed."
        ),
        "target": Param((int, float), "How far the mentor should be above the mentee; 0 if not given."),
        "absolute": Param((bool,), "Only the size of the gap counts, not who is ahead."),
        "unit": Param((str,), "What one step is called, for example grade or year."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        return super().encode(bound, takers, givers)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        gap: IntArray = givers[None, :] - takers[:, None]
        if bound.param("absolute", default=False):
            gap = np.abs(gap)
        within = _thousandths(bound, "within", 1)
        distance = np.abs(gap - _thousandths(bound, "target", 0))
        left = np.maximum(within - distance, 0)
        return Outcome(portion(bound.rule.full_points, left, within), distance <= within)

    def most(self, rule: Rule) -> int:
        return 0 if rule.strength in {"off", "must"} else max(rule.full_points, 0)

    def sentence(self, facts: Facts) -> str:
        target = _thousandths(facts.bound, "target", 0)
        wanted = f"; wanted: {shown(target)}" if target else ""
        return super().sentence(facts) + wanted

    def problems(self, bound: Bound) -> list[str]:
        taker, giver = bound.taker_field, bound.giver_field
        found = []
        if taker.kind != giver.kind or taker.options != giver.options:
            found.append(f"“{taker.label}” and “{giver.label}” are not on the same scale.")
        within = bound.param("within", None)
        if within is None or round(within * THOUSANDTHS) < 1:
            found.append("Say from which distance on there are no points: a number above 0.")
        return found


def _thousandths(bound: Bound, name: str, default: int) -> int:
    thousandths: int = round(bound.param(name, default) * THOUSANDTHS)
    return thousandths


KIND = Closeness()
