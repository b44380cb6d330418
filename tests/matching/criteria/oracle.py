"""The same rules once more, in the plainest Python: one pair at a time, fractions instead of arrays."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matching.criteria import STRENGTH_POINTS, Condition, Field, Person, Rule
from tests.matching.criteria.invented import FIELDS

_BY_SLUG = {field.slug: field for field in FIELDS}


def plain(field: Field, answer: object) -> object:
    """The answer reduced to what may be compared, or None."""
    if field.kind == "yesno":
        return answer
    if field.kind == "number":
        finite = isinstance(answer, int | float) and math.isfinite(answer)
        return Fraction(str(answer)) if finite else None
    if field.kind == "multi":
        return {item.strip().lower() for item in answer if item.strip()} or None if isinstance(answer, list) else None
    word = answer.strip().lower() if isinstance(answer, str) else ""
    if field.kind == "ordered":
        scale = [option.lower() for option in field.options]
        return Fraction(scale.index(word)) if word in scale else None
    return word or None


def answer_of(person: Person, slug: str) -> object:
    return plain(_BY_SLUG[slug], person.answers.get(slug))


def as_set(value: object) -> set[object]:
    return value if isinstance(value, set) else {value}


def holds(condition: Condition, taker: Person, giver: Person) -> bool:
    given = answer_of(taker if condition.side == "taker" else giver, condition.field)
    wanted = condition.equals if isinstance(condition.equals, bool) else None
    if wanted is None:
        listed = condition.equals if isinstance(condition.equals, list) else [condition.equals]
        return given is not None and {str(item).lower() for item in listed} <= as_set(given)
    return given is not None and given == wanted


def rounded(exact: Fraction) -> int:
    """Half away from zero."""
    size = math.floor(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


def measured(rule: Rule, full: int, taker: Any, giver: Any) -> tuple[int, bool]:
    """Points and fit of two known answers, whatever the strength."""
    if rule.kind in {"equal", "differ"}:
        fits = (taker == giver) is (rule.kind == "equal")
        return (full if fits else 0), fits
    if rule.kind in {"among", "overlap", "variety"}:
        return measured_lists(rule, full, as_set(taker), as_set(giver))
    return measured_gap(rule, full, giver - taker)


def measured_lists(rule: Rule, full: int, taker: set[object], giver: set[object]) -> tuple[int, bool]:
    shared, params = taker & giver, dict[str, Any](rule.params)
    if rule.kind == "among":
        return (full if shared else 0), bool(shared)
    if rule.kind == "variety":
        return rounded(full * Fraction(len(taker ^ giver), len(taker | giver))), taker != giver
    whole = params.get("full_at") or len(
        {"taker": taker, "giver": giver, "all": taker | giver}[params.get("of", "taker")]
    )
    earned = rounded(full * Fraction(min(len(shared), whole), whole))
    return earned, len(shared) >= params.get("min_shared", 1)


def measured_gap(rule: Rule, full: int, gap: Fraction) -> tuple[int, bool]:
    params = dict[str, Any](rule.params)
    gap = abs(gap) if params.get("absolute") else gap
    if rule.kind == "closeness":
        within = Fraction(str(params["within"]))
        away = abs(gap - Fraction(str(params["target"])))
        return rounded(full * max(within - away, Fraction(0)) / within), away <= within
    if rule.by_gap:
        return rule.by_gap.get(math.trunc(gap), 0), math.trunc(gap) in rule.by_gap
    fits = params["min_gap"] <= gap <= Fraction(str(params["max_gap"]))
    return (full if fits else 0), fits


def one_way(rule: Rule, taker: Person, giver: Person) -> tuple[int, bool]:
    """Points, and whether the rule lets the pair be."""
    if rule.strength == "off" or (rule.condition and not holds(rule.condition, taker, giver)):
        return 0, True
    full = rule.points if rule.strength == "points" else STRENGTH_POINTS.get(rule.strength, 0)
    answers = answer_of(taker, rule.taker_field), answer_of(giver, rule.giver_field)
    points, fits = (0, False) if None in answers else measured(rule, full, *answers)
    if rule.strength == "must":
        return 0, fits
    return points, fits or not rule.others_forbidden


def two_humans(one: Person, other: Person) -> bool:
    return one.id != other.id and (one.who is None or one.who != other.who)


def pair_score(taker: Person, giver: Person, rules: Sequence[Rule]) -> tuple[int, bool]:
    ways = [one_way(rule, taker, giver) for rule in rules]
    return sum(points for points, _ in ways), two_humans(taker, giver) and all(fine for _, fine in ways)


def peer_score(one: Person, other: Person, rules: Sequence[Rule], two_way: str) -> tuple[int, bool]:
    there, back = pair_score(one, other, rules), pair_score(other, one, rules)
    allowed = there[1] and back[1]
    if two_way == "weaker_total":
        return min(there[0], back[0]), allowed
    return sum(min(one_way(r, one, other)[0], one_way(r, other, one)[0]) for r in rules), allowed
