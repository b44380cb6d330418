"""Writes about health signals: thresholds, what was raised, what was of no use, and what answers pointed to."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from matching.models import Match
from participants.models import User
from participants.services import record
from programs.models import Enrolment, Program
from reports.health import NUMBERS, RULES, Limits
from reports.models import AnswerSignal, Flag, Threshold
from reports.queries.answering import counts_of
from reports.queries.around import around_of, limits_of
from reports.queries.asks import raised_among
from reports.queries.base import ProgramData, load
from reports.queries.overview import raised_in
from sessions.models import Ask, AskNotice
from surveys.models import Publication, Survey


class BadThreshold(ValueError):
    """A threshold that cannot be; `slug` says which, str() why."""

    def __init__(self, slug: str, words: str) -> None:
        super().__init__(words)
        self.slug = slug


@transaction.atomic
def set_thresholds(*, program: Program, values: Mapping[str, float], by: User, now: dt.datetime) -> None:
    """Set the numbers of the rules; one that equals its default goes back to being the default.

    Raises BadThreshold for an unknown number, one out of its bounds, and a "risk" that comes before its "watch".
    """
    Program.objects.select_for_update().get(pk=program.pk)
    whole = {**limits_of(program).all, **values}
    for slug, value in values.items():
        _check(slug, value)
    for watch, risk in (
        ("first_watch", "first_risk"),
        ("quiet_watch_times", "quiet_risk_times"),
        ("quiet_watch_days", "quiet_risk_days"),
        ("no_show_count", "no_show_of"),
        ("talk_count", "talk_of"),
        ("expert_count", "expert_of"),
        ("ask_watch_hours", "ask_risk_hours"),
    ):
        if whole[watch] > whole[risk]:
            raise BadThreshold(risk, f"Choose {whole[watch]:g} or more, the number before it")
    before = limits_of(program)
    changed = {slug: value for slug, value in values.items() if before[slug] != value}
    for slug, value in changed.items():
        Threshold.objects.filter(program=program, slug=slug).delete()
        if value != NUMBERS[slug].default:
            Threshold.objects.create(program=program, slug=slug, value=value)
    if changed:
        record(by=by, verb="signals changed", now=now, program_id=program.pk, subject=program, **changed)


def _check(slug: str, value: float) -> None:
    number = NUMBERS.get(slug)
    if number is None:
        raise BadThreshold(slug, "There is no such number")
    if not number.least <= value <= number.most:
        raise BadThreshold(slug, f"Choose {number.least:g} to {number.most:g}")
    if number.is_whole and value != int(value):
        raise BadThreshold(slug, "Choose a whole number")


@transaction.atomic
def mute(*, match: Match, rule: str, by: User, now: dt.datetime) -> Flag:
    """Say that a signal is of no use for this match: it is not shown there again. Raises KeyError for no such rule."""
    flag, _ = Flag.objects.get_or_create(match=match, rule=RULES[rule].slug, defaults={"raised_at": now})
    if flag.muted_at is None:
        flag.muted_at, flag.muted_by = now, by
        flag.save(update_fields=["muted_at", "muted_by"])
        record(by=by, verb="signal muted", now=now, program_id=match.track.program_id, subject=match, rule=rule)
    return flag


@transaction.atomic
def unmute(*, match: Match, rule: str, by: User, now: dt.datetime) -> None:
    """Let a rule speak about this match again; it then counts as of use. Without a mute nothing changes."""
    if Flag.objects.filter(match=match, rule=rule, muted_at__isnull=False).update(muted_at=None, muted_by=None):
        record(by=by, verb="signal shown again", now=now, program_id=match.track.program_id, subject=match, rule=rule)


def keep_count(*, program: Program, now: dt.datetime) -> int:
    """Write down once, for each rule and match, ask or helper, that the rule has raised something; returns how many
    are new."""
    data, limits = load(program), limits_of(program)
    found = raised_in(data, limits, now)
    raised = {(match, signal.rule) for match, signals in found.items() for signal in signals}
    known = set(Flag.objects.filter(match__track__program=program).values_list("match_id", "rule"))
    new = [Flag(match_id=match, rule=rule, raised_at=now) for match, rule in sorted(raised - known)]
    Flag.objects.bulk_create(new, ignore_conflicts=True)
    return len(new) + _keep_count_of_asks(data, limits, now)


def _keep_count_of_asks(data: ProgramData, limits: Limits, now: dt.datetime) -> int:
    raised = raised_among(data.program, data.tracks, data.people, limits, now)
    if not raised:
        return 0
    here = Q(ask__asker__track__program=data.program) | Q(helper__track__program=data.program)
    known = set(AskNotice.objects.filter(here).values_list("ask", "helper", "rule"))
    wanted = {(pk if kind == "ask" else None, pk if kind == "helper" else None, rule) for kind, pk, rule in raised}
    new = [AskNotice(ask_id=ask, helper_id=helper, rule=rule, raised_at=now) for ask, helper, rule in wanted - known]
    AskNotice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def mute_ask(*, program: Program, kind: str, pk: int, rule: str, muted: bool, by: User, now: dt.datetime) -> AskNotice:
    """Say that a signal is of no use for this ask or helper, or let its rule speak of it again; twice is once.

    `kind` is "ask" or "helper", `pk` the number of the ask or the enrolment. Raises KeyError for no such rule of them,
    ObjectDoesNotExist for what is not of the program.
    """
    if not RULES[rule].of_asks or (kind == "helper") != (rule == "ask_load"):
        raise KeyError(rule)
    if kind == "ask":
        here: dict[str, Any] = {"ask": Ask.objects.select_for_update().get(pk=pk, asker__track__program=program)}
    else:
        here = {"helper": Enrolment.objects.select_for_update(of=("self",)).get(pk=pk, track__program=program)}
    notice, _ = AskNotice.objects.get_or_create(**here, rule=rule, defaults={"raised_at": now})
    if (notice.muted_at is not None) != muted:
        notice.muted_at, notice.muted_by = (now, by) if muted else (None, None)
        notice.save(update_fields=["muted_at", "muted_by"])
        verb = "signal muted" if muted else "signal shown again"
        # Not which ask: others read the history than may know whose it is.
        record(by=by, verb=verb, now=now, program_id=program.pk, subject=program, rule=rule)
    return notice


def count_answers(*, program: Program, now: dt.datetime) -> int:
    """For each survey whose figures were published since, fix in how many matches answers point to something."""
    kinds = (Survey.Kind.PULSE, Survey.Kind.MIDPOINT)
    published = Publication.objects.filter(survey__program=program, survey__kind__in=kinds, signals__isnull=True)
    waiting = list(published.select_related("survey").order_by("as_of", "pk"))
    if not waiting:
        return 0
    data, limits = load(program), limits_of(program)
    around, matches = around_of(data, limits, now), {match.pk: match for match in data.matches if match.live}
    rows = [
        AnswerSignal(publication=publication, rule=rule, matches=count.matches, out_of=count.out_of)
        for publication in waiting
        for rule, count in counts_of(publication, matches, around, limits).items()
    ]
    AnswerSignal.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
