"""Whether rules can be used at all: every problem at once, in words for the set-up page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from matching.criteria.answers import as_set_up, read
from matching.criteria.kinds import ALL_KINDS
from matching.criteria.kinds.base import Bound, Kind
from matching.criteria.model import DERIVED_KINDS, FIELD_KINDS, POINTS_LIMIT, STRENGTHS, Condition, Field, Rule

_SIDES = ("taker", "giver")
_KNOWN_KINDS = (*FIELD_KINDS, *DERIVED_KINDS)
# What people have in common here is a matter of degree; nobody means a whole week, or all skills, by "is".
_NO_CONDITION = frozenset({"week", "skills", *DERIVED_KINDS})


class InvalidRulesError(ValueError):
    """The rules cannot be used; `problems` says why, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def checked(fields: Iterable[Field], rules: Sequence[Rule]) -> dict[str, Field]:
    """The fields by slug. Raises InvalidRulesError if a rule cannot be used."""
    listed = list(fields)
    if problems := validate_rules(listed, rules):
        raise InvalidRulesError(problems)
    return {field.slug: field for field in listed}


def validate_rules(fields: Iterable[Field], rules: Iterable[Rule], *, peers: bool = False) -> list[str]:
    """Everything that is wrong, as sentences that begin with the rule's label; empty if the rules can be used.

    With `peers` the rules are also checked for what cannot work where both sides are the same people.
    """
    listed, ruled = list(fields), list(rules)
    known = {field.slug: field for field in listed}
    problems = [f"The field “{slug}” is there twice." for slug in _twice(field.slug for field in listed)]
    problems += [f"The rule key “{key}” is there twice." for key in _twice(rule.key for rule in ruled)]
    problems += [problem for field in listed for problem in _field_problems(field)]
    for rule in ruled:
        problems += [f"{rule.label or rule.key}: {problem}" for problem in _rule_problems(rule, known, peers=peers)]
    return problems


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _field_problems(field: Field) -> list[str]:
    if field.kind not in _KNOWN_KINDS:
        return [f"{field.label}: there is no kind of field called “{field.kind}”."]
    if field.kind == "ordered" and len(field.options) < 2:
        return [f"{field.label}: an ordered choice needs at least two options."]
    folded = [" ".join(option.split()).casefold() for option in field.options]
    return [f"{field.label}: the option “{option}” is there twice." for option in _twice(folded)]


def _rule_problems(rule: Rule, fields: Mapping[str, Field], *, peers: bool) -> list[str]:
    problems = _strength_problems(rule)
    kind = ALL_KINDS.get(rule.kind)
    if kind is None:
        return [*problems, f"there is no kind of rule called “{rule.kind}”."]
    problems += _param_problems(rule, kind)
    unknown = [slug for slug in dict.fromkeys((rule.taker_field, rule.giver_field)) if slug not in fields]
    problems += [f"there is no field called “{slug}”." for slug in unknown]
    if rule.condition is not None:
        problems += _condition_problems(rule.condition, fields)
    if problems or unknown:
        return problems
    bound = Bound(rule, fields[rule.taker_field], fields[rule.giver_field])
    problems = _fit_problems(bound, kind)
    return problems or [*kind.problems(bound), *(_peer_problems(bound) if peers else [])]


def _strength_problems(rule: Rule) -> list[str]:
    problems = []
    if rule.strength not in STRENGTHS:
        problems.append(f"the strength “{rule.strength}” is not one of {', '.join(STRENGTHS)}.")
    worths = [rule.points, *rule.by_gap.values()]
    if not all(_whole(worth) and abs(worth) <= POINTS_LIMIT for worth in worths):
        problems.append(f"points have to be whole numbers from −{POINTS_LIMIT} to {POINTS_LIMIT}.")
    if not all(_whole(gap) for gap in rule.by_gap):
        problems.append("gaps have to be whole numbers of steps.")
    if rule.by_gap and rule.kind != "gap":
        problems.append("points by gap belong to rules about a gap.")
    if rule.strength == "points" and not rule.by_gap and rule.points == 0:
        problems.append("say how many points it gives.")
    return problems


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _param_problems(rule: Rule, kind: Kind) -> list[str]:
    problems = [
        f"this kind of rule has no setting called “{name}”." for name in sorted(set(rule.params) - set(kind.params))
    ]
    wrong = [name for name, param in kind.params.items() if not param.accepts(rule.params.get(name))]
    return problems + [f"the setting “{name}” cannot be “{rule.params[name]}”." for name in wrong]


def _fit_problems(bound: Bound, kind: Kind) -> list[str]:
    sides = ((bound.taker_field, kind.taker_kinds), (bound.giver_field, kind.giver_kinds))
    misfits = {field.slug: field for field, fits in sides if field.kind not in fits}
    return [f"“{kind.title}” does not work with “{field.label}” ({field.kind})." for field in misfits.values()]


def _condition_problems(condition: Condition, fields: Mapping[str, Field]) -> list[str]:
    if condition.side not in _SIDES:
        return [f"a condition is about the taker or the giver, not “{condition.side}”."]
    field = fields.get(condition.field)
    if field is None:
        return [f"there is no field called “{condition.field}” for its condition."]
    if field.kind in _NO_CONDITION:
        return [f"its condition cannot be about “{field.label}”: that is not answered with one word."]
    wanted = read(field, condition.equals) if field.kind in _KNOWN_KINDS else None
    if wanted is None or (field.options and not _offered(field, condition.equals)):
        return [f"the condition asks for “{as_set_up(condition.equals)}”, which is no answer to “{field.label}”."]
    return []


def _offered(field: Field, value: object) -> bool:
    options = {" ".join(option.split()).casefold() for option in field.options}
    values = [value] if isinstance(value, str) else value if isinstance(value, list | tuple | set | frozenset) else []
    return all(" ".join(str(item).split()).casefold() in options for item in values)


def _peer_problems(bound: Bound) -> list[str]:
    if bound.rule.kind != "gap" or bound.param("absolute", default=False):
        return []
    both_ways = set(bound.rule.by_gap) == {-gap for gap in bound.rule.by_gap} if bound.rule.by_gap else _mirrored(bound)
    if both_ways:
        return []
    return ["between peers nobody stands above the other: let only the size of the gap count."]


def _mirrored(bound: Bound) -> bool:
    low, high = bound.param("min_gap", None), bound.param("max_gap", None)
    return low is not None and high is not None and low == -high
