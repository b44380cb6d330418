"""The rules of a program's signals with what has come of them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from programs.models import Program
from reports.health import RULES, Rule
from reports.models import AnswerSignal, Flag
from sessions.models import AskNotice


@dataclass(frozen=True)
class Told:
    """One rule: in how many matches, asks or helpers it has spoken and how often that was of no use; or what answers
    point to.

    matches, out_of  for rules that rest on answers, as of `as_of`; None where too few people stand behind it. Of all
                     matches or all but one it is the latter, "or more" (`bounded`): of all, whoever knows their own
                     answer would know that of the only other one.
    """

    rule: Rule
    raised: int = 0
    useless: int = 0
    matches: int | None = None
    out_of: int | None = None
    as_of: dt.datetime | None = None
    bounded: bool = False

    @property
    def precision(self) -> int | None:
        """Per cent of the matches it has spoken about in which nobody has said that it is of no use."""
        return round(100 * (self.raised - self.useless) / self.raised) if self.raised else None


def told_of(program: Program, *, with_asks: bool = False) -> list[Told]:
    """Every rule in its order; two queries, and one more `with_asks`, whose rules are there only then."""
    counted = Flag.objects.filter(match__track__program=program).order_by().values("rule")
    rows = counted.annotate(raised=Count("pk"), useless=Count("muted_at")).values_list("rule", "raised", "useless")
    flags = {rule: (raised, useless) for rule, raised, useless in rows}
    said: dict[str, AnswerSignal] = {}
    for signal in answer_signals(program):
        said.setdefault(signal.rule, signal)
    if with_asks:
        flags |= _of_asks(program)
    rules = (rule for rule in RULES.values() if with_asks or not rule.of_asks)
    return [_told(rule, flags.get(rule.slug, (0, 0)), said.get(rule.slug)) for rule in rules]


def _of_asks(program: Program) -> dict[str, tuple[int, int]]:
    here = Q(ask__asker__track__program=program) | Q(helper__track__program=program)
    counted = AskNotice.objects.filter(here).order_by().values("rule")
    rows = counted.annotate(raised=Count("pk"), useless=Count("muted_at")).values_list("rule", "raised", "useless")
    return {rule: (raised, useless) for rule, raised, useless in rows}


def answer_signals(program: Program) -> list[AnswerSignal]:
    """What was counted from answers, the newest first."""
    rows = AnswerSignal.objects.filter(publication__survey__program=program).select_related("publication")
    return list(rows.order_by("-publication__as_of", "rule"))


def _told(rule: Rule, counts: tuple[int, int], said: AnswerSignal | None) -> Told:
    raised, useless = counts
    if said is None:
        return Told(rule, raised, useless)
    as_of = said.publication.as_of
    if said.matches is None or said.out_of is None:
        return Told(rule, raised, useless, as_of=as_of)
    most = said.out_of - 1
    return Told(rule, raised, useless, min(said.matches, most), said.out_of, as_of, bounded=said.matches >= most)
