"""Matching's part of a program's JSON file: the key "matching" of each track.

    {"objective": "cover", "answer_days": 14, "allow_repeats": false, "rules": [RULE, …]}

RULE: "kind" and "label"; "field", or "mentee_field" and "mentor_field" where they differ (slugs); "strength" (off, low,
mid, high, must, points; mid where it is missing) and "points" for the last; "by_gap" {"2": 12}; "others_forbidden";
"params" of the kind; "only_where" {"side": "mentee" or "mentor", "field", "is"}. In tracks of peers "mentee" is the one
and "mentor" the other of the two. Without "rules" a new track starts with those of its model.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from matching.models import MatchingPlan
from matching.queries.inputs import field_as_criterion
from matching.services.rules import (
    RuleSpec,
    ensure_plan,
    is_one_sided,
    problems_of,
    replace_rules,
    set_plan,
    spec_of,
)
from programs.models import ProfileField, Track

SIDES = {"mentee": "taker", "mentor": "giver"}
SIDE_WORDS = {side: word for word, side in SIDES.items()}
# Which key of a rule a sentence is about, by a word in it; the first that fits.
PLACES = (
    ("kind of rule called", "kind"),
    ("points by gap", "by_gap"),
    ("gaps have", "by_gap"),
    ("A gap below", "by_gap"),
    ("condition", "only_where"),
    ("setting", "params"),
    ("the strength", "strength"),
    ("points", "points"),
    ("gap", "params"),
)


def dump_part(track: Track) -> dict[str, Any]:
    """A track's plan and rules as in the file; {} where matching is not set up."""
    plan: MatchingPlan | None = getattr(track, "plan", None)
    if plan is None:
        return {}
    return {
        "objective": plan.objective,
        "answer_days": plan.answer_days,
        # As usual where it is missing, like a rule's settings.
        **({"allow_repeats": True} if plan.allow_repeats else {}),
        "rules": [dump_rule(spec_of(rule)) for rule in plan.rules.all()],
    }


def dump_rule(spec: RuleSpec) -> dict[str, Any]:
    """A rule as in the file; what is as usual is left out."""
    item: dict[str, Any] = {"kind": spec.kind, "label": spec.label}
    if spec.taker_field == spec.giver_field:
        item["field"] = spec.taker_field
    else:
        item |= {"mentee_field": spec.taker_field, "mentor_field": spec.giver_field}
    item["strength"] = spec.strength
    usual = {"points": 0, "by_gap": {}, "others_forbidden": False, "params": {}}
    given = {
        "points": spec.points,
        "by_gap": {str(gap): points for gap, points in sorted(spec.by_gap.items())},
        "others_forbidden": spec.others_forbidden,
        "params": dict(spec.params),
    }
    item |= {key: value for key, value in given.items() if value != usual[key]}
    if spec.condition_side:
        side = SIDE_WORDS[spec.condition_side]
        item["only_where"] = {"side": side, "field": spec.condition_field, "is": spec.condition_equals}
    return item


@transaction.atomic
def load_part(
    track: Track, data: Mapping[str, Any], fields_by_slug: Mapping[str, ProfileField], *, now: dt.datetime
) -> MatchingPlan:
    """Bring a track's plan and rules to what the file says; rules that are so already are not touched.

    Raises ValueError with the place in the part and what is wrong: "rules[2].by_gap: gaps have to be whole numbers".
    """
    specs = [_read(item, position) for position, item in enumerate(data.get("rules", []))]
    for position, spec in enumerate(specs):
        _check(spec, position, fields_by_slug, one_sided=is_one_sided(track))
    plan = ensure_plan(track=track, now=now, with_rules="rules" not in data)
    plan = set_plan(
        plan=plan,
        objective=data.get("objective", plan.objective),
        answer_days=data.get("answer_days", plan.answer_days),
        allow_repeats=data.get("allow_repeats", False),
        by=None,
        now=now,
    )
    if "rules" in data:
        replace_rules(plan=plan, specs=specs, by=None, now=now)
    return plan


def _read(item: Mapping[str, Any], position: int) -> RuleSpec:
    where = f"rules[{position}]"
    if "field" not in item and not ("mentee_field" in item and "mentor_field" in item):
        raise ValueError(f"{where}: say which field, or which mentee_field and mentor_field")
    only = item.get("only_where") or {}
    if only and not {"side", "field", "is"} <= set(only):
        raise ValueError(f"{where}.only_where: needs side, field and is")
    if only and only["side"] not in SIDES:
        raise ValueError(f"{where}.only_where.side: is mentee or mentor, not “{only['side']}”")
    return RuleSpec(
        kind=item["kind"],
        label=item["label"],
        taker_field=item.get("mentee_field", item.get("field", "")),
        giver_field=item.get("mentor_field", item.get("field", "")),
        strength=item.get("strength", "points" if "points" in item else "mid"),
        points=item.get("points", 0),
        by_gap=_gaps(item.get("by_gap", {}), where),
        others_forbidden=item.get("others_forbidden", False),
        params=item.get("params", {}),
        condition_side=SIDES[only["side"]] if only else "",
        condition_field=only.get("field", ""),
        condition_equals=only.get("is"),
    )


def _gaps(by_gap: Mapping[str, Any], where: str) -> dict[int, int]:
    try:
        return {int(gap): points for gap, points in by_gap.items()}
    except ValueError as error:
        raise ValueError(f"{where}.by_gap: gaps have to be whole numbers") from error


def _check(spec: RuleSpec, position: int, fields: Mapping[str, ProfileField], *, one_sided: bool) -> None:
    where = f"rules[{position}]"
    named = {
        "mentee_field": spec.taker_field,
        "mentor_field": spec.giver_field,
        "only_where.field": spec.condition_field,
    }
    for key, slug in named.items():
        if slug and slug not in fields:
            place = "field" if spec.taker_field == spec.giver_field and key != "only_where.field" else key
            raise ValueError(f"{where}.{place}: there is no field “{slug}”")
    problems = problems_of(spec, [field_as_criterion(field) for field in fields.values()], peers=one_sided)
    if problems:
        problem = problems[0].removeprefix(f"{spec.label}: ").rstrip(".")
        raise ValueError(f"{_place(where, problem)}: {problem}")


def _place(where: str, problem: str) -> str:
    key = next((key for words, key in PLACES if words in problem), "")
    return f"{where}.{key}" if key else where
