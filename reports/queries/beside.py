"""What an overview says beside its matches and people: what was settled or said before, and what waits."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FloatField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from matching.models import Proposal, Seat
from matching.queries.going_on import all_wishing
from programs.models import Application, Enrolment, Program
from reports.health import Limits
from reports.models import Flag, Threshold
from reports.planning import reminded, sequence_of, silent
from reports.queries.around import Muted
from sessions.queries.slots import wishes_to_go_on
from surveys.models import Timing

# What of a draft is shown, besides its number.
_DRAFT = ("pk", "placed", "possible")


@dataclass(frozen=True)
class Beside:
    """limits, muted  as reports.queries.around has them
    moved          days after which the kinds of surveys are sent, where the program has changed them
    unanswered     active matches in which two reminders have changed nothing, also those that rest since
    applied        applications that wait for a decision
    wishing        matches whose people all would go on, and whose next one could not begin by itself
    going_on       pairs who want to go on after a single session
    draft          the newest draft that could still be published
    """

    limits: Limits
    muted: Muted
    moved: dict[str, int | None]
    unanswered: frozenset[int]
    applied: int
    wishing: int
    going_on: int
    draft: Proposal | None


def beside(program: Program, now: dt.datetime) -> Beside:
    """Queries: one, of small things from many tables: what it is, a name, a number, and what it is about."""
    here = {"track__program": program}
    parts = [
        _rows("limit", Threshold.objects.filter(program=program), name=F("slug"), number=F("value")),
        _rows("muted", Flag.objects.filter(match__track__program=program, muted_at__isnull=False),
              name=F("rule"), about=F("match_id")),
        _rows("moved", Timing.objects.filter(program=program), name=F("kind"), number=F("after_days")),
        _rows("reminded", reminded(program, now), number=F("sequence"), about=F("subject_id")),
        _rows("silent", silent(now, **here), number=F("times"), about=F("pk")),
        _rows("applied", Application.objects.filter(**here, state=Application.State.APPLIED), about=F("pk")),
        _rows("wishing", all_wishing(program), about=F("pk")),
        _rows("goes on", _still_here(wishes_to_go_on(program)), about=F("match_id")),
        *(_rows("draft", _drafts(program), name=Value(each), number=F(each), about=F("number")) for each in _DRAFT),
    ]  # fmt: skip
    found: dict[str, list[tuple[str, Any, Any]]] = defaultdict(list)
    for what, *row in parts[0].union(*parts[1:], all=True):
        found[what].append((row[0], row[1], row[2]))
    told = {(about, int(number)) for _, number, about in found["reminded"]}
    pairs = Counter(about for _, _, about in found["goes on"])
    return Beside(
        limits=Limits({name: number for name, number, _ in found["limit"]}),
        muted={(about, name) for name, _, about in found["muted"]},
        moved={name: None if number is None else int(number) for name, number, _ in found["moved"]},
        unanswered=frozenset(
            about for _, times, about in found["silent"] if (about, sequence_of(int(times), 1)) in told
        ),
        applied=len(found["applied"]),
        wishing=len(found["wishing"]),
        going_on=sum(count == 2 for count in pairs.values()),
        draft=_draft(found["draft"]),
    )


def _rows(what: str, rows: QuerySet[Any, Any], *, name: Any = None, number: Any = None, about: Any = None) -> Any:  # noqa: ANN401  expressions of many kinds
    """The same four columns of any table, in no order."""
    nothing = Value(None, output_field=FloatField())
    return rows.order_by().values_list(
        Value(what),
        name or Value(""),
        Cast(number, FloatField()) if number else nothing,
        about or Cast(nothing, FloatField()),
    )


def _still_here(reviews: QuerySet[Any]) -> QuerySet[Any]:
    """Of matches in which both still take part."""
    gone = Seat.objects.filter(match=OuterRef("match")).exclude(enrolment__state=Enrolment.State.ACTIVE)
    return reviews.exclude(Exists(gone))


def _drafts(program: Program) -> QuerySet[Proposal]:
    """Those that could still be published: none that a later one of its track has overtaken."""
    published = Proposal.State.PUBLISHED
    later = Proposal.objects.filter(track=OuterRef("track"), state=published, number__gt=OuterRef("number"))
    return Proposal.objects.filter(program=program, state=Proposal.State.DRAFT).exclude(Exists(later))


def _draft(rows: list[tuple[str, Any, Any]]) -> Proposal | None:
    """The newest of these."""
    newest = max((int(number) for _, _, number in rows), default=None)
    values = {name: int(value) for name, value, number in rows if number == newest}
    return Proposal(number=newest, **values) if newest is not None else None
