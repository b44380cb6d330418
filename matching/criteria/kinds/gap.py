"""How far the giver stands above the taker, in steps of an ordered choice or in units of a number."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import THOUSANDTHS, Answer, level, shown, small
from matching.criteria.kinds.base import SCALES, Bound, Encoded, Facts, Kind, Outcome, Param, all_or_nothing
from matching.criteria.model import IntArray, Rule

_COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Gap(Kind):
    """With `by_gap`: these gaps, counted in full steps, fit and give these points. Without: gaps from min_gap to
    max_gap fit.
    """

    slug = "gap"
    title = "Gap between two levels"
    help = (
        "Fits where the mentor stands so many steps above the mentee (below is negative), or peers stand so far apart."
    )
    order = 30
    taker_kinds = giver_kinds = SCALES
    params: ClassVar[Mapping[str, Param]] = {
        "min_gap": Param((int, float), "The smallest gap that fits."),
        "max_gap": Param((int, float), "The largest gap that fits."),
        "absolute": Param((bool,), "Only the size of the gap counts, not who is ahead."),
        "unit": Param((str,), "What one step is called, for example grade or year."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        sides = ((bound.taker_field, takers), (bound.giver_field, givers))
        heights = [np.array([level(field, answer) for answer in side], dtype=np.int64) for field, side in sides]
        return heights[0], heights[1]

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        gap: IntArray = givers[None, :] - takers[:, None]
        if bound.param("absolute", default=False):
            gap = np.abs(gap)
        return _by_gap(bound.rule, gap) if bound.rule.by_gap else _in_window(bound, gap)

    def most(self, rule: Rule) -> int:
        if rule.by_gap and rule.strength not in {"off", "must"}:
            return max(0, *rule.by_gap.values())
        return super().most(rule)

    def sentence(self, facts: Facts) -> str:
        gap = _gap(facts)
        if gap == 0:
            return f"{facts.label}: both {facts.giver_shown}"
        steps = _steps(facts, abs(gap))
        return f"{facts.label}: {facts.giver_shown} is {steps} {'above' if gap > 0 else 'below'} {facts.taker_shown}"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        gap = -_gap(facts) if to_giver else _gap(facts)
        if gap == 0:
            return f"Same {small(facts.label)} as you: {facts.giver_shown}"
        counted = _steps(facts, abs(gap), in_letters=True)
        of = "" if _unit(facts) not in {"", "step"} else f" in {small(facts.label)}"
        return f"{counted[:1].upper()}{counted[1:]} {'ahead of' if gap > 0 else 'behind'} you{of}"

    def problems(self, bound: Bound) -> list[str]:
        taker, giver, rule = bound.taker_field, bound.giver_field, bound.rule
        found = []
        if taker.kind != giver.kind or taker.options != giver.options:
            found.append(f"“{taker.label}” and “{giver.label}” are not on the same scale.")
        low, high = bound.param("min_gap", None), bound.param("max_gap", None)
        if not rule.by_gap and low is None and high is None:
            found.append("No gap is named: give points for at least one gap, or a smallest or largest gap.")
        if low is not None and high is not None and low > high:
            found.append(f"The smallest gap ({low:g}) is larger than the largest ({high:g}).")
        if rule.by_gap and (low is not None or high is not None):
            found.append("Give either points by gap or a smallest and largest gap, not both.")
        if bound.param("absolute", default=False) and any(gap < 0 for gap in rule.by_gap):
            found.append("A gap below 0 can never occur where only its size counts.")
        return found


def _by_gap(rule: Rule, gap: IntArray) -> Outcome:
    points = np.zeros_like(gap)
    met = np.zeros(gap.shape, dtype=np.bool_)
    full_steps = np.sign(gap) * (np.abs(gap) // THOUSANDTHS)
    for steps, worth in rule.by_gap.items():
        here = full_steps == steps
        points[here] = worth
        met |= here
    return Outcome(points, met)


def _in_window(bound: Bound, gap: IntArray) -> Outcome:
    met = np.ones(gap.shape, dtype=np.bool_)
    low, high = bound.param("min_gap", None), bound.param("max_gap", None)
    if low is not None:
        met &= gap >= round(low * THOUSANDTHS)
    if high is not None:
        met &= gap <= round(high * THOUSANDTHS)
    return all_or_nothing(bound.rule, met)


def _gap(facts: Facts) -> int:
    return level(facts.bound.giver_field, facts.giver_answer) - level(facts.bound.taker_field, facts.taker_answer)


def _unit(facts: Facts) -> str:
    return str(facts.bound.param("unit", "step" if facts.bound.giver_field.kind == "ordered" else ""))


def _steps(facts: Facts, size: int, *, in_letters: bool = False) -> str:
    """`2 steps`, `one grade`, `5.5 years`; a number without a unit stays a number."""
    unit = _unit(facts)
    whole, rest = divmod(size, THOUSANDTHS)
    count = _COUNT_WORDS[whole] if in_letters and not rest and whole < len(_COUNT_WORDS) else shown(size)
    return f"{count} {unit}{'' if size == THOUSANDTHS else 's'}" if unit else count


KIND = Gap()
