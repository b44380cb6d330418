"""Who has begun an application, or has a place, and left it there: one reminder each, however often this is asked."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from mail.models import Message
from mail.quiet import shift
from mail.services import Draft, enqueue_many, with_room
from programs.models import Application, Program
from programs.queries.enrolling import window_of
from programs.services.enrolling_deciding import SUBJECT

UNFINISHED, UNCONFIRMED = "application_unfinished", "place_unconfirmed"
DAY = dt.timedelta(days=1)
AFTER = {UNFINISHED: 7 * DAY, UNCONFIRMED: 14 * DAY}
# Later than this after its day it is not sent any more.
WORTH = 14 * DAY
State = Application.State


def plan_all(now: dt.datetime) -> int:
    """Write down the reminders whose day has come; returns how many are new. Safe to run twice, or twice at once."""
    drafts = [*_of(UNFINISHED, _begun(now), now), *_of(UNCONFIRMED, _placed(now), now)]
    return enqueue_many(with_room(drafts, now=now), now=now)


def _begun(now: dt.datetime) -> QuerySet[Application]:
    first, last = now - AFTER[UNFINISHED] - WORTH, now - AFTER[UNFINISHED]
    return Application.objects.filter(state=State.STARTED, started_at__gt=first, started_at__lte=last)


def _placed(now: dt.datetime) -> QuerySet[Application]:
    first, last = now - AFTER[UNCONFIRMED] - WORTH, now - AFTER[UNCONFIRMED]
    return Application.objects.filter(state=State.ACCEPTED, enrolment=None, decided_at__gt=first, decided_at__lte=last)


def _of(kind: str, rows: QuerySet[Application], now: dt.datetime) -> Iterator[Draft]:
    there = Message.objects.filter(kind=kind, subject_type=SUBJECT, subject_id=OuterRef("pk"))
    waiting = rows.filter(~Exists(there), user__is_active=True).exclude(track__program__state=Program.State.CLOSED)
    for application in waiting.select_related("user", "track__program").order_by("pk"):
        program, user = application.track.program, application.user
        if user.is_paused(now) or (kind == UNFINISHED and window_of(program, now) != "open"):
            continue
        at = shift(now, ZoneInfo(user.timezone), "later")
        yield Draft(
            kind=kind,
            subject_type=SUBJECT,
            subject_id=application.pk,
            recipient_id=user.pk,
            not_before=at,
            expires_at=at + 7 * DAY,
            program_id=program.pk,
        )
