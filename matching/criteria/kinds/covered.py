"""How many of the skills wanted, each at a level, the giver offers at that level or above."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import MOST_LEVELS, Answer, Levels, in_words, same_key
from matching.criteria.kinds.base import Bound, Encoded, Facts, Kind, Outcome, Param, portion
from matching.criteria.model import IntArray

_LEVELS = frozenset({"skills"})


class Covered(Kind):
    """Points = full × skills covered ÷ skills wanted. Covered: offered at the level wanted plus `margin`, or above."""

    slug = "covered"
    title = "Skills wanted, offered at the level wanted"
    help = "Each skill that is offered at the level wanted, or above, earns its part of the points."
    order = 90
    taker_kinds = giver_kinds = _LEVELS
    params: ClassVar[Mapping[str, Param]] = {
        "margin": Param((int,), "How many levels above the one wanted are needed; 0 if not given."),
        "min_covered": Param((int,), "As a must: at least so many skills; 1 if not given."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        """Wanted: a mark at skill and level, and the number of skills in front. Offered: marks at all levels
        reached.
        """
        wanted, offered = _by_skill(takers), _by_skill(givers)
        common = sorted(set().union(*wanted) & set().union(*offered), key=str)
        start = {skill: 1 + number * (MOST_LEVELS + 1) for number, skill in enumerate(common)}
        width = 1 + len(common) * (MOST_LEVELS + 1)
        margin = bound.param("margin", 0)
        return _wanted(wanted, start, width), _offered(offered, start, width, margin)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        covered: IntArray = np.rint(takers[:, 1:] @ givers[:, 1:].T).astype(np.int64)
        all_wanted = np.broadcast_to(takers[:, 0].astype(np.int64)[:, None], covered.shape)
        earned = portion(bound.rule.full_points, covered, all_wanted)
        return Outcome(earned, covered >= bound.param("min_covered", 1))

    def sentence(self, facts: Facts) -> str:
        covered, missing = _split(facts)
        label = facts.bound.taker_field.label
        if not covered:
            return f"{label}: none offered at the level wanted ({facts.taker_shown}; {facts.giver_shown})"
        rest = f"; not {in_words(missing)}" if missing else ""
        return f"{label}: {len(covered)} of {len(covered) + len(missing)} offered, {in_words(covered)}{rest}"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        covered, _ = _split(facts)
        label = facts.bound.giver_field.label if to_giver else facts.bound.taker_field.label
        return f"{label}: {in_words(covered)}" if covered else ""

    def problems(self, bound: Bound) -> list[str]:
        found = []
        if not 0 <= bound.param("margin", 0) < MOST_LEVELS:
            found.append(f"The margin has to be from 0 to {MOST_LEVELS - 1} levels.")
        if bound.param("min_covered", 1) < 1:
            found.append("The number of skills for a must has to be 1 or more.")
        return found


def _by_skill(answers: Sequence[Answer]) -> list[dict[Answer, int]]:
    return [{same_key(skill): rank for skill, rank in _given(answer)} for answer in answers]


def _given(answer: Answer) -> tuple[tuple[str, int], ...]:
    return answer.given if isinstance(answer, Levels) else ()


def _wanted(rows: Sequence[Mapping[Answer, int]], start: Mapping[Answer, int], width: int) -> Encoded:
    block = np.zeros((len(rows), width), dtype=np.float32)
    for number, row in enumerate(rows):
        block[number, 0] = len(row)
        block[number, [start[skill] + rank for skill, rank in row.items() if skill in start]] = 1
    return block


def _offered(rows: Sequence[Mapping[Answer, int]], start: Mapping[Answer, int], width: int, margin: int) -> Encoded:
    block = np.zeros((len(rows), width), dtype=np.float32)
    for number, row in enumerate(rows):
        for skill, rank in row.items():
            if skill in start:
                block[number, start[skill] : start[skill] + max(rank - margin, 0) + 1] = 1
    return block


def _split(facts: Facts) -> tuple[list[str], list[str]]:
    """The skills wanted, as the taker wrote them: those covered, and the others."""
    offered = _by_skill([facts.giver_answer])[0]
    margin = facts.bound.param("margin", 0)
    covered: list[str] = []
    missing: list[str] = []
    for skill, rank in _given(facts.taker_answer):
        (covered if offered.get(same_key(skill), 0) >= rank + margin else missing).append(skill)
    return covered, missing


KIND = Covered()
