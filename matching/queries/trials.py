"""What trying out other weights gives, whatever the shape of the matches."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from matching.criteria import Rule
from matching.models import MatchRule, Proposal
from matching.queries.inputs import Inputs


@dataclass(frozen=True)
class Load:
    """One figure about how the work is shared out. `good` says whether more of it is; None where it is neither."""

    label: str
    value: int
    good: bool | None = None


@dataclass(frozen=True)
class Figures:
    """What a set of matches comes to. Scores are in per cent of the most points possible under its own weights."""

    scores: tuple[int, ...]
    left: int
    load: tuple[Load, ...] = ()

    @property
    def mean(self) -> float:
        return fmean(self.scores) if self.scores else 0

    @property
    def lowest(self) -> int:
        return min(self.scores, default=0)


@dataclass(frozen=True)
class Moved:
    """Somebody who would be elsewhere than now, and for a session when; "" stands for nobody, or for nowhere."""

    name: str
    before: str
    after: str
    before_at: dt.datetime | None = None
    after_at: dt.datetime | None = None


@dataclass(frozen=True)
class Line:
    """A figure as it is saved and as it would be; `better` is None where it is neither better nor worse."""

    label: str
    before: str
    after: str
    difference: int
    better: bool | None


@dataclass(frozen=True)
class Trial:
    """The saved proposal beside what the tried weights would give."""

    saved: Figures
    tried: Figures
    moved: list[Moved]
    people: int
    locked: int
    changed: bool
    problem: str = ""
    nobody: str = "nobody"
    note: str = ""

    @property
    def figures(self) -> list[Line]:
        saved, tried = self.saved, self.tried
        first = [
            _line("Mean score", saved.mean, tried.mean, good=True),
            _line("Lowest score", saved.lowest, tried.lowest, good=True),
            _line("People left over", saved.left, tried.left, good=False),
        ]
        both = zip(saved.load, tried.load, strict=True)
        return [*first, *(_line(one.label, one.value, other.value, good=one.good) for one, other in both)]


def _line(label: str, before: float, after: float, *, good: bool | None) -> Line:
    difference = round(after) - round(before)
    better = None if good is None or not difference else good == (difference > 0)
    return Line(label, f"{before:.0f}", f"{after:.0f}", difference, better)


def tried_rules(inputs: Inputs, strengths: Mapping[int, str]) -> tuple[Rule, ...]:
    """The rules with these strengths (of MatchRule.Strength, by the rule's number) in place of their own."""

    def as_tried(rule: Rule) -> Rule:
        wanted = strengths.get(int(rule.key)) if rule.key.isdecimal() else None
        return rule if wanted is None or wanted == rule.strength else replace(rule, strength=wanted)

    return tuple(as_tried(rule) for rule in inputs.rules)


def rules_to_try(proposal: Proposal) -> list[MatchRule]:
    """The rules of the track as they are saved, in their order."""
    return list(MatchRule.objects.filter(plan__track=proposal.track_id))
