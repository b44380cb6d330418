"""A track's rules in words, for the page that lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matching.criteria import RULE_KINDS, STRENGTH_POINTS, max_points
from matching.models import MatchingPlan, MatchRule
from matching.queries.inputs import rule_as_criterion, words_of
from programs.answered import in_words


@dataclass(frozen=True)
class RuleLine:
    """One rule: what it compares, what it is worth, and what it forbids."""

    rule: MatchRule
    kind_title: str
    compares: str
    worth: str
    condition: str
    most: int

    @property
    def exact(self) -> bool:
        """Whether exact points are known, so that one press can go back to them."""
        return bool(self.rule.by_gap) or self.rule.strength == MatchRule.Strength.POINTS


def rule_lines(plan: MatchingPlan) -> list[RuleLine]:
    """All rules in their order, in one query."""
    saved = plan.rules.select_related("taker_field", "giver_field", "condition_field")
    return [_line(rule, plan) for rule in saved]


def _line(rule: MatchRule, plan: MatchingPlan) -> RuleLine:
    criterion = rule_as_criterion(rule)
    return RuleLine(
        rule,
        RULE_KINDS[rule.kind].title if rule.kind in RULE_KINDS else rule.kind,
        _compares(rule, plan),
        worth_of(rule),
        _condition(rule, plan),
        max_points(criterion) if rule.kind in RULE_KINDS else 0,
    )


def _compares(rule: MatchRule, plan: MatchingPlan) -> str:
    if rule.taker_field_id == rule.giver_field_id:
        return f"“{rule.giver_field.label}” of both"
    words = words_of(plan.track)
    return f"the {words.taker}’s “{rule.taker_field.label}” with the {words.giver}’s “{rule.giver_field.label}”"


def worth_of(rule: MatchRule) -> str:
    """What a rule gives and forbids, in one phrase."""
    if rule.strength == MatchRule.Strength.OFF:
        return "not counted"
    if rule.strength == MatchRule.Strength.MUST:
        return "a must: what does not fit is not allowed"
    others = ", others not allowed" if rule.others_forbidden else ""
    if rule.by_gap:
        return f"{_gaps(rule.by_gap)}{others}"
    points = rule.points if rule.strength == MatchRule.Strength.POINTS else STRENGTH_POINTS[rule.strength]
    return f"{points} points{others}"


def _gaps(by_gap: Mapping[str, int]) -> str:
    ordered = sorted(by_gap.items(), key=lambda entry: int(entry[0]))
    return ", ".join(f"{gap} step{'' if abs(int(gap)) == 1 else 's'}: {points} points" for gap, points in ordered)


def _condition(rule: MatchRule, plan: MatchingPlan) -> str:
    if rule.condition_field is None:
        return ""
    words = words_of(plan.track)
    who = words.taker if rule.condition_side == "taker" else words.giver
    wanted: Any = rule.condition_equals
    return f"only where the {who}’s “{rule.condition_field.label}” is “{in_words(wanted)}”"
