"""How a track is matched: its plan and its rules."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Max

from matching.criteria import Condition, Field, Rule, validate_rules
from matching.errors import BadRule, MatchingError
from matching.models import MatchingPlan, MatchRule
from matching.queries.inputs import field_as_criterion, model_of, only_peers
from participants.models import User
from participants.services import record
from programs.catalogue.base import RecipeRule, Shape
from programs.models import ProfileField, Track

_PLACED_FIRST = (MatchingPlan.Objective.FLOOR, MatchingPlan.Objective.COVER, MatchingPlan.Objective.SCORE)
AIMS: Mapping[Shape, tuple[str, ...]] = {
    Shape.TWO_SIDED: (*_PLACED_FIRST, MatchingPlan.Objective.STABLE),
    Shape.ONE_SIDED: _PLACED_FIRST,
    Shape.CONSTELLATION: _PLACED_FIRST,
    Shape.GROUPS: _PLACED_FIRST,
    Shape.SLOTS: (MatchingPlan.Objective.COVER,),
}
"""What a run over a track of each shape can aim at, what a new program starts with first."""


@dataclass(frozen=True)
class RuleSpec:
    """A rule as a form or a file describes it. Fields are slugs; sides are "taker" and "giver"."""

    kind: str
    label: str
    taker_field: str
    giver_field: str
    strength: str = MatchRule.Strength.MID
    points: int = 0
    by_gap: Mapping[int, int] = field(default_factory=dict)
    others_forbidden: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    condition_side: str = ""
    condition_field: str = ""
    condition_equals: Any = None

    def as_criterion(self) -> Rule:
        condition = None
        if self.condition_side:
            condition = Condition(self.condition_side, self.condition_field, self.condition_equals)
        return Rule(
            key="new",
            kind=self.kind,
            label=self.label,
            taker_field=self.taker_field,
            giver_field=self.giver_field,
            strength=self.strength,
            points=self.points,
            by_gap=dict(self.by_gap),
            others_forbidden=self.others_forbidden,
            params=dict(self.params),
            condition=condition,
        )


def problems_of(spec: RuleSpec, fields: Sequence[Field], *, peers: bool) -> list[str]:
    """Everything that is wrong with a rule, one sentence each; empty if it can be saved."""
    problems = [] if spec.label.strip() else ["Give the rule a name."]
    problems += ["A name has at most 120 letters."] if len(spec.label) > 120 else []
    return problems + validate_rules(fields, [spec.as_criterion()], peers=peers)


@transaction.atomic
def ensure_plan(*, track: Track, now: dt.datetime, by: User | None = None, with_rules: bool = True) -> MatchingPlan:
    """The track's plan; a new one starts with those rules of its model for which the program has the fields."""
    Track.objects.select_for_update().get(pk=track.pk)
    usual = AIMS[model_of(track).shape][0]
    plan, new = MatchingPlan.objects.get_or_create(track=track, defaults={"objective": usual})
    if new and with_rules:
        _start_rules(plan, track)
        record(by=by, verb="matching set up", now=now, program_id=track.program_id, subject=plan)
    return plan


def _start_rules(plan: MatchingPlan, track: Track) -> None:
    fields = {each.slug: each for each in ProfileField.objects.filter(program_id=track.program_id)}
    known = [field_as_criterion(each) for each in fields.values()]
    for rule in model_of(track).recipe.rules:
        peers = is_one_sided(track)
        usable = (spec for spec in _from_recipe(rule) if not problems_of(spec, known, peers=peers))
        if spec := next(usable, None):
            _create(plan, spec, fields)


def _from_recipe(rule: RecipeRule) -> list[RuleSpec]:
    """The rule, and what stands in for it where the program asks the question as a plain list.

    A recipe speaks of purposes; a program's field for a purpose has it as its slug.
    """
    spec = RuleSpec(
        kind=rule.kind,
        label=rule.label,
        taker_field=rule.taker.replace("_", "-"),
        giver_field=rule.giver.replace("_", "-"),
        strength=rule.strength,
        points=rule.points,
        by_gap=rule.by_gap,
        others_forbidden=rule.others_forbidden,
        params=rule.params,
    )
    plain = replace(spec, kind=rule.instead, params=rule.instead_params, others_forbidden=False)
    return [spec, plain] if rule.instead else [spec]


def is_one_sided(track: Track) -> bool:
    """Whether everybody in the track is on the same side: peers, in pairs or in groups."""
    return only_peers(model_of(track))


@transaction.atomic
def add_rule(*, plan: MatchingPlan, spec: RuleSpec, by: User | None, now: dt.datetime) -> MatchRule:
    """One more rule at the end. Raises BadRule with everything that is wrong."""
    fields = _checked(plan, spec)
    rule = _create(plan, spec, fields)
    record(by=by, verb="rule added", now=now, program_id=plan.track.program_id, subject=rule, label=rule.label)
    return rule


@transaction.atomic
def save_rule(*, rule: MatchRule, spec: RuleSpec, by: User | None, now: dt.datetime) -> MatchRule:
    """Change a rule. Raises BadRule with everything that is wrong."""
    fields = _checked(rule.plan, spec)
    _fill(rule, spec, fields)
    rule.save()
    program_id = rule.plan.track.program_id
    record(by=by, verb="rule changed", now=now, program_id=program_id, subject=rule, label=rule.label)
    return rule


@transaction.atomic
def replace_rules(*, plan: MatchingPlan, specs: Sequence[RuleSpec], by: User | None, now: dt.datetime) -> None:
    """Exactly these rules in this order; nothing happens where they are so already. Raises BadRule."""
    present = plan.rules.select_related("taker_field", "giver_field", "condition_field")
    if [_plain(spec_of(rule)) for rule in present] == [_plain(spec) for spec in specs]:
        return
    plan.rules.all().delete()
    for spec in specs:
        add_rule(plan=plan, spec=spec, by=by, now=now)


def _plain(spec: RuleSpec) -> dict[str, Any]:
    points = spec.points if spec.strength == MatchRule.Strength.POINTS else 0
    return {**asdict(spec), "points": points, "by_gap": dict(spec.by_gap), "params": dict(spec.params)}


@transaction.atomic
def set_strength(*, rule: MatchRule, strength: str, by: User | None, now: dt.datetime) -> MatchRule:
    """Change only how much a rule counts. Raises BadRule where the rule cannot have that strength."""
    return save_rule(rule=rule, spec=replace(spec_of(rule), strength=strength), by=by, now=now)


@transaction.atomic
def move_rule(*, rule: MatchRule, up: bool, by: User | None, now: dt.datetime) -> None:
    """Change places with the rule above or below; at the end of the list nothing happens."""
    order = list(MatchRule.objects.select_for_update().filter(plan=rule.plan_id))
    here = next(index for index, each in enumerate(order) if each.pk == rule.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        each.position = position
    MatchRule.objects.bulk_update(order, ["position"])
    program_id = rule.plan.track.program_id
    record(by=by, verb="rule moved", now=now, program_id=program_id, subject=rule, label=rule.label)


@transaction.atomic
def remove_rule(*, rule: MatchRule, by: User | None, now: dt.datetime) -> None:
    """Take a rule away; its fields are then free to be changed or removed again."""
    MatchingPlan.objects.select_for_update().get(pk=rule.plan_id)
    program_id = rule.plan.track.program_id
    record(by=by, verb="rule removed", now=now, program_id=program_id, subject=rule, label=rule.label)
    rule.delete()


@transaction.atomic
def set_plan(
    *,
    plan: MatchingPlan,
    objective: str,
    answer_days: int,
    by: User | None,
    now: dt.datetime,
    allow_repeats: bool | None = None,
) -> MatchingPlan:
    """What a run aims at, how long people have to answer, and whether those whose match came to its planned end may be
    proposed to each other again (None leaves it). Raises MatchingError naming the field.
    """
    check_objective(plan.track, objective)
    if not 1 <= answer_days <= 60:
        raise MatchingError("Enter a number of days from 1 to 60", field="answer_days")
    locked = MatchingPlan.objects.select_for_update().get(pk=plan.pk)
    locked.objective, locked.answer_days = objective, answer_days
    locked.allow_repeats = locked.allow_repeats if allow_repeats is None else allow_repeats
    locked.save(update_fields=["objective", "answer_days", "allow_repeats"])
    program_id = plan.track.program_id
    record(by=by, verb="matching aim changed", now=now, program_id=program_id, subject=plan, objective=objective)
    return locked


def check_objective(track: Track, objective: str) -> None:
    """Raises MatchingError for an aim that a run over this track cannot have."""
    known = [value for value, _ in objectives_of(track)]
    if objective not in known:
        raise MatchingError(f"“{objective}” is not one of {', '.join(known)}", field="objective")


def objectives_of(track: Track) -> list[tuple[str, str]]:
    """The aims to choose from, the usual one first.

    Who would rather have whom is only asked where there are two sides; why booked sessions have one aim, says
    queries.board_aims.only_aim.
    """
    usable = AIMS[model_of(track).shape]
    return [each for each in MatchingPlan.Objective.choices if each[0] in usable]


def aim_of(plan: MatchingPlan) -> str:
    """What a run over the plan's track aims at unless it is told otherwise."""
    usable = AIMS[model_of(plan.track).shape]
    return plan.objective if plan.objective in usable else usable[0]


def set_objective(*, plan: MatchingPlan, objective: str, by: User | None, now: dt.datetime) -> MatchingPlan:
    """What a run aims at. Raises MatchingError for an unknown word."""
    return set_plan(plan=plan, objective=objective, answer_days=plan.answer_days, by=by, now=now)


def spec_of(rule: MatchRule) -> RuleSpec:
    """A saved rule as a form or a file describes it."""
    return RuleSpec(
        kind=rule.kind,
        label=rule.label,
        taker_field=rule.taker_field.slug,
        giver_field=rule.giver_field.slug,
        strength=rule.strength,
        points=rule.points,
        by_gap={int(gap): points for gap, points in rule.by_gap.items()},
        others_forbidden=rule.others_forbidden,
        params=rule.params,
        condition_side=rule.condition_side,
        condition_field=rule.condition_field.slug if rule.condition_field else "",
        condition_equals=rule.condition_equals,
    )


def _checked(plan: MatchingPlan, spec: RuleSpec) -> dict[str, ProfileField]:
    """The program's fields, locked with the plan, so that nothing changes between the check and the saving."""
    MatchingPlan.objects.select_for_update().get(pk=plan.pk)
    program_id = plan.track.program_id
    found = ProfileField.objects.select_for_update().filter(program_id=program_id)
    fields = {each.slug: each for each in found}
    problems = problems_of(spec, [field_as_criterion(each) for each in fields.values()], peers=is_one_sided(plan.track))
    if problems:
        raise BadRule(problems)
    return fields


def _create(plan: MatchingPlan, spec: RuleSpec, fields: Mapping[str, ProfileField]) -> MatchRule:
    last = plan.rules.aggregate(last=Max("position"))["last"]
    rule = MatchRule(plan=plan, position=0 if last is None else last + 1)
    _fill(rule, spec, fields)
    rule.save()
    return rule


def _fill(rule: MatchRule, spec: RuleSpec, fields: Mapping[str, ProfileField]) -> None:
    rule.kind, rule.label = spec.kind, spec.label.strip()
    rule.taker_field, rule.giver_field = fields[spec.taker_field], fields[spec.giver_field]
    rule.strength = spec.strength
    rule.points = spec.points if spec.strength == MatchRule.Strength.POINTS else 0
    rule.by_gap = {str(gap): points for gap, points in sorted(spec.by_gap.items())}
    rule.others_forbidden, rule.params = spec.others_forbidden, dict(spec.params)
    rule.condition_side = spec.condition_side
    rule.condition_field = fields[spec.condition_field] if spec.condition_side else None
    rule.condition_equals = spec.condition_equals if spec.condition_side else None
