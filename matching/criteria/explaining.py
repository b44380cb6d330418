"""Why two people score what they score, in words, from the same numbers as the score itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from matching.criteria.answers import as_set_up, read
from matching.criteria.compiled import CompiledRule, Index, compile_rules
from matching.criteria.kinds.base import Facts
from matching.criteria.model import ONESELF, PEER_WORDS, BoolArray, Field, Person, Removed, Rule, Share, Shares, Words
from matching.criteria.scoring import TWO_WAY
from matching.criteria.validation import checked

_ONE: Index = np.array([0])


def explain(
    taker: Person, giver: Person, fields: Iterable[Field], rules: Sequence[Rule], *, words: Words | None = None
) -> Shares:
    """One share for each rule that is not off; their points add up to the pair's score. Raises InvalidRulesError."""
    known = checked(fields, rules)
    compiled = compile_rules([taker], [giver], known, rules)
    return [_share(rule, taker, giver, words or Words()) for rule in compiled]


def explain_peers(
    first: Person,
    second: Person,
    fields: Iterable[Field],
    rules: Sequence[Rule],
    two_way: str = "each_rule",
    *,
    words: Words = PEER_WORDS,
) -> Shares:
    """The shares of a pair of peers, `reason` for the first and `reason_for_giver` for the second. They add up to
    the score.

    Each share is that of the weaker direction: rule by rule, or of the direction with the smaller total (see
    score_peers). Of two equal directions the first person's side is told.
    """
    if two_way not in TWO_WAY:
        message = f"two_way is one of {', '.join(TWO_WAY)}, not {two_way!r}"
        raise ValueError(message)
    listed = list(fields)
    there = explain(first, second, listed, rules, words=words)
    turned = explain(second, first, listed, rules, words=Words(words.giver, words.taker))
    back = [replace(s, reason=s.reason_for_giver, reason_for_giver=s.reason) for s in turned]
    if two_way == "each_rule":
        return [_weaker(one, other) for one, other in zip(there, back, strict=True)]
    weaker = there if _total(there) <= _total(back) else back
    both = zip(weaker, there, back, strict=True)
    return [_forbidding(share, one, other) for share, one, other in both]


def blocked_by(taker: Person, giver: Person, fields: Iterable[Field], rules: Sequence[Rule]) -> list[str]:
    """The keys of the rules that forbid the pair, ONESELF first if both are one human; empty means allowed."""
    compiled = compile_rules([taker], [giver], checked(fields, rules), rules)
    forbidding = [rule.rule.key for rule in compiled if not rule.outcome(_ONE, _ONE).met[0, 0]]
    return ([ONESELF] if same_human(taker, giver) else []) + forbidding


def why_nobody(
    person: Person,
    candidates: Sequence[Person],
    fields: Iterable[Field],
    rules: Sequence[Rule],
    *,
    side: str = "taker",
) -> list[Removed]:
    """For someone left over: what each rule took away, most first, and how many candidates nothing but that rule
    keeps out.

    `side` is the person's own: "taker", "giver", or "peer" (a candidate is removed if either direction is
    forbidden). The person themselves, under any role, is not counted among the candidates.
    """
    others = [candidate for candidate in candidates if not same_human(person, candidate)]
    known, ruled = checked(fields, rules), [rule for rule in rules if rule.forbids]
    ways = {"taker": [True], "giver": [False], "peer": [True, False]}[side]
    removed = np.zeros((len(ruled), len(others)), dtype=np.bool_)
    for as_taker in ways:
        removed |= _forbidden(person, others, known, ruled, as_taker=as_taker)
    only = removed & (removed.sum(axis=0) == 1)
    told = [
        Removed(rule.key, rule.label, int(mine.sum()), int(alone.sum()))
        for rule, mine, alone in zip(ruled, removed, only, strict=True)
        if mine.any()
    ]
    return sorted(told, key=lambda entry: (-entry.removed, -entry.alone))


def same_human(one: Person, other: Person) -> bool:
    """Whether two seats belong to one human, also under two roles."""
    return one.id == other.id or (one.who is not None and one.who == other.who)


def _forbidden(
    person: Person, others: Sequence[Person], fields: Mapping[str, Field], rules: Sequence[Rule], *, as_taker: bool
) -> BoolArray:
    """Rules × candidates."""
    sides = ([person], others) if as_taker else (others, [person])
    everyone = np.arange(len(others))
    places = (_ONE, everyone) if as_taker else (everyone, _ONE)
    rows = [~rule.outcome(*places).met.ravel() for rule in compile_rules(sides[0], sides[1], fields, rules)]
    return np.array(rows, dtype=np.bool_).reshape(len(rules), len(others))


def _share(compiled: CompiledRule, taker: Person, giver: Person, words: Words) -> Share:
    rule, outcome = compiled.rule, compiled.outcome(_ONE, _ONE)
    applies, fits = compiled.counts_for(0, 0), compiled.fits(0, 0)
    points = int(outcome.points[0, 0])
    facts = _facts(compiled, taker, giver, words, met=fits)
    told = facts is not None and applies and (points > 0 or (rule.forbids and fits)) and not _private(compiled)
    return Share(
        key=rule.key,
        label=rule.label,
        points=points,
        max_points=compiled.kind.most(rule),
        met=bool(outcome.met[0, 0]) if rule.forbids else fits or not applies,
        kind=rule.kind,
        sentence=_sentence(compiled, facts, taker, giver, words, applies=applies),
        reason=compiled.kind.reason(facts, to_giver=False) if facts and told else "",
        reason_for_giver=compiled.kind.reason(facts, to_giver=True) if facts and told else "",
        applies=applies,
        forbids=rule.forbids,
    )


def _facts(compiled: CompiledRule, taker: Person, giver: Person, words: Words, *, met: bool) -> Facts | None:
    bound = compiled.bound
    taker_answer = read(bound.taker_field, taker.answers.get(bound.taker_field.slug))
    giver_answer = read(bound.giver_field, giver.answers.get(bound.giver_field.slug))
    if taker_answer is None or giver_answer is None:
        return None
    return Facts(bound, taker, giver, taker_answer, giver_answer, met, words)


def _private(compiled: CompiledRule) -> bool:
    return compiled.bound.taker_field.private or compiled.bound.giver_field.private


def _sentence(
    compiled: CompiledRule, facts: Facts | None, taker: Person, giver: Person, words: Words, *, applies: bool
) -> str:
    if not applies:
        return _not_asked(compiled, taker, giver, words)
    if facts is not None:
        return compiled.kind.sentence(facts)
    return _unanswered(compiled, taker, giver, words)


def _not_asked(compiled: CompiledRule, taker: Person, giver: Person, words: Words) -> str:
    condition = compiled.rule.condition
    assert condition is not None  # noqa: S101 - a rule without a condition always applies
    called = _called(taker, words.taker) if condition.side == "taker" else _called(giver, words.giver)
    wanted = as_set_up(condition.equals)
    return f"{compiled.rule.label}: does not count, {called} did not answer “{wanted}” to “{compiled.condition_label}”"


def _unanswered(compiled: CompiledRule, taker: Person, giver: Person, words: Words) -> str:
    bound = compiled.bound
    sides = ((bound.taker_field, taker, words.taker), (bound.giver_field, giver, words.giver))
    silent = [
        (field.label, _called(person, word))
        for field, person, word in sides
        if read(field, person.answers.get(field.slug)) is None
    ]
    if len(silent) == 2 and bound.one_field:
        return f"{silent[0][0]}: neither of the two has answered"
    return "; ".join(f"{label}: {called} has not answered" for label, called in silent)


def _called(person: Person, word: str) -> str:
    return person.name or f"the {word}"


def _total(shares: Iterable[Share]) -> int:
    return sum(share.points for share in shares)


def _weaker(one: Share, other: Share) -> Share:
    chosen = one if (one.points, one.met) <= (other.points, other.met) else other
    return _forbidding(chosen, one, other)


def _forbidding(share: Share, one: Share, other: Share) -> Share:
    """A rule that forbids either way is unmet for the pair, and tells nobody a reason."""
    broken = next((way for way in (one, other) if way.forbids and not way.met), None)
    if broken is None:
        return share
    return replace(share, met=False, sentence=broken.sentence, reason="", reason_for_giver="", applies=True)
