"""Cutting answers from whoever gave them, once a survey has been closed for its time."""

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from django.db.models import F

from matching.models import Match
from participants.services import record
from programs.models import Program
from surveys import hooks
from surveys.definition import timing_of
from surveys.models import AnswerKey, Invitation, Publication, Respondent, Response, Survey
from surveys.wording import STILL_ASKED, TIMES

# What was sent before anything was published is kept as of this moment.
BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_INSTANT = dt.timedelta(microseconds=1)
_AT_ONCE = 500


def cut_links(before: dt.datetime, now: dt.datetime) -> int:
    """Cut what was answered to surveys closed by then from who answered; returns how many answers were cut.

    What was begun and never sent goes. With the last survey of a program that is over its key is destroyed, and with
    that whatever still held the answers of one person to that person. Called inside a transaction.
    """
    closed = Invitation.objects.filter(cut_at=None, closes_at__lt=before)
    asked = dict(closed.select_for_update().order_by("pk").values_list("pk", "closes_at"))
    count = 0
    for pks in _batches(sorted(asked)):
        Response.objects.filter(invitation__in=pks, submitted_at=None).delete()
        count += _cut(list(Response.objects.filter(invitation__in=pks).select_related("survey").order_by("pk")), asked)
        rows = Invitation.objects.filter(pk__in=pks)
        rows.filter(answered_at__isnull=False).update(answered_at=F("closes_at"))
        rows.update(cut_at=now)
    for program in Program.objects.filter(answer_key__isnull=False, ends_on__lt=before.date()).order_by("pk"):
        _finish(program, before, now)
    return count


def _batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pks[at : at + _AT_ONCE] for at in range(0, len(pks), _AT_ONCE))


def _cut(responses: Sequence[Response], closes: Mapping[int, dt.datetime]) -> int:
    edges = _edges({each.survey for each in responses})
    for each in responses:
        closed = closes[each.invitation_id or 0]
        each.closed_in = closed.astimezone(dt.UTC).date().replace(day=1)
        each.submitted_at = _blurred(each.submitted_at or BEGINNING, edges[each.survey_id])
        each.invitation, each.contact_me = None, False
    fields = ["invitation", "closed_in", "submitted_at", "contact_me"]
    return Response.objects.bulk_update(responses, fields, batch_size=_AT_ONCE)


def _edges(surveys: Iterable[Survey]) -> dict[int, list[dt.datetime]]:
    """By survey the moments that its answers are asked about whether they came before or after: when its figures were
    published, and when the program is compared.
    """
    known = list(surveys)
    programs = {each.program_id for each in known}
    compared = {pk: [edge for call in hooks.dividing for edge in call(pk)] for pk in programs}
    found: dict[int, list[dt.datetime]] = defaultdict(list)
    for survey, as_of in Publication.objects.filter(survey__in=known).values_list("survey", "as_of"):
        found[survey].append(as_of)
    return {each.pk: sorted([*found[each.pk], *compared[each.program_id]]) for each in known}


def _blurred(moment: dt.datetime, edges: Sequence[dt.datetime]) -> dt.datetime:
    """Just after the last edge before it: on the same side of each edge, and otherwise the same for everybody."""
    at = bisect.bisect_left(edges, moment)
    return edges[at - 1] + _INSTANT if at else BEGINNING


def _finish(program: Program, before: dt.datetime, now: dt.datetime) -> None:
    """Destroy the key of a program that asks nobody any more, and what is left of who answered at all."""
    key = AnswerKey.objects.select_for_update().exclude(key="").filter(program=program).first()
    if key is None or _asks_still(program, before):
        return
    if key.destroyed_at is None:
        _write_standing(program)
    key.key, key.destroyed_at = "", key.destroyed_at or now
    key.save(update_fields=["key", "destroyed_at"])
    Response.objects.filter(survey__program=program).update(about="")
    # Who answered which of the surveys is a pattern that pseudonyms have as well.
    Invitation.objects.filter(survey__program=program).update(answered_at=None)
    record(by=None, verb="answers cut from people", now=now, program_id=program.pk, subject=program)


def _asks_still(program: Program, before: dt.datetime) -> bool:
    """Whether a survey of the program is open, or closed only since, or may yet be asked."""
    if Invitation.objects.filter(survey__program=program, cut_at=None).exists():
        return True
    times, moved = TIMES[Survey.Kind.CLOSING], timing_of(program, Survey.Kind.CLOSING).after_days or 0
    last = program.ends_on + dt.timedelta(days=moved + times.grace_days + times.open_days)
    on = Match.objects.filter(track__program=program, state__in=(Match.State.OFFERED, Match.State.ACTIVE))
    if program.ends_on + STILL_ASKED >= before.date() and on.exists():
        return True
    return last >= before.date()


def _write_standing(program: Program) -> None:
    """Keep with each pseudonym what comparisons need, also of those who learned and never answered."""
    for standing in (each for call in hooks.standing for each in call(program.pk)):
        facts = asdict(standing)
        Respondent.objects.update_or_create(program=program, code=facts.pop("code"), defaults=facts)
