"""Asking people, and taking a question back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, FilteredRelation, Q, QuerySet

from mail.prepared import prepared
from mail.quiet import shift
from mail.services import Draft, cancel, put
from mail.writing import insert
from matching.models import Match
from participants.models import User
from programs.models import Program
from sessions.models import Session
from surveys import definition
from surveys.models import Invitation, Survey, Timing
from surveys.wording import TIMES

SUBJECT = "surveys.invitation"
PULSE = "pulse"
REMINDER = "survey-reminder"
AT_ONCE = 500


def first_mail(kind: str) -> str:
    """The kind of message by which somebody hears of a survey of this kind."""
    return PULSE if kind == Survey.Kind.PULSE else f"survey-{kind.replace('_', '-')}"


@transaction.atomic(savepoint=False)
def invite_after(*, session: Session, users: Sequence[User], now: dt.datetime) -> None:
    """Ask these people about one held session; asking twice changes nothing, also when the words have changed since,
    nor does it where the program does not ask after sessions. The match is locked: nobody else asks meanwhile.

    The question comes with the log; to whoever has not answered by then it goes by mail the next morning at nine in
    their own zone (mail_due). Statements: two, or one where there is nothing to ask.
    """
    survey, asked, is_on = _pulse_of(session)
    new = [user for user in users if user.pk not in asked] if is_on else []
    if not new:
        return
    survey_id = survey or definition.pulse_of(session.match.track.program).pk
    closes = now + dt.timedelta(days=TIMES[Survey.Kind.PULSE].open_days)
    asked_of: dict[str, Any] = {"survey_id": survey_id, "session": session, "created_at": now, "closes_at": closes}
    insert([Invitation(**asked_of, user=user, mail_at=_next_morning(now, ZoneInfo(user.timezone))) for user in new])


def _pulse_of(session: Session) -> tuple[int | None, set[int], bool]:
    """The survey that is asked after a session now, if there is one; who was asked about this one, in whatever words;
    and whether the program asks. One query.
    """
    program_id, kind = session.match.track.program_id, Survey.Kind.PULSE
    rows = _asked_about(session.pk, program_id, kind)
    active = next((pk for pk, is_active, _, _ in rows if is_active), None)
    # Without a survey there is no row to say it either.
    is_on = not rows[0][3] if rows else definition.timing_of(session.match.track.program, kind).on
    return active, {user for _, _, user, _ in rows if user is not None}, is_on


@prepared
def _asked_about(session: int, program: int, kind: str) -> QuerySet[Survey, tuple[int, bool, int | None, bool]]:
    here = FilteredRelation("invitations", condition=Q(invitations__session=session))
    off = Timing.objects.filter(program=program, kind=kind, on=False)
    surveys = Survey.objects.filter(program=program, kind=kind).annotate(here=here, off=Exists(off)).order_by()
    return surveys.values_list("pk", "active", "here__user", "off")


def mail_due(now: dt.datetime) -> int:
    """Put the mails into the outbox by which those hear of a question who have not answered it by their morning;
    returns how many. Safe to run twice, or twice at once: whoever is answering just then is left for the next minute.
    """
    found = 0
    while rows := _mail_some(now):
        found += rows
    return found


@transaction.atomic
def _mail_some(now: dt.datetime) -> int:
    free = Invitation.objects.select_for_update(of=("self",), skip_locked=True).select_related("survey", "user")
    rows = list(free.filter(mail_at__lte=now).order_by("mail_at", "pk")[:AT_ONCE])
    put([_draft(each, each.survey.program_id, PULSE, 0, now) for each in rows if each.user.is_active], now=now)
    if rows:
        Invitation.objects.filter(pk__in=[each.pk for each in rows]).update(mail_at=None)
    return len(rows)


def _next_morning(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    day = now.astimezone(zone).date() + dt.timedelta(days=1)
    return shift(dt.datetime.combine(day, dt.time(9), zone).astimezone(dt.UTC), zone, "later")


@transaction.atomic
def invite(
    *,
    program: Program,
    kind: str,
    user: User,
    now: dt.datetime,
    match: Match | None = None,
    with_core: bool = False,
    early: bool = False,
) -> Invitation | None:
    """Ask one person at one moment of a program, about a match or (without one) about themselves; None if they have
    been asked already. The mail and its reminders go into the outbox, out of the night of the person's zone.
    """
    # Whoever words a survey anew waits, and so does another worker, which would ask once more.
    Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if Invitation.objects.filter(survey__program=program, survey__kind=kind, user=user, match=match).exists():
        return None
    closes = now + dt.timedelta(days=TIMES[kind].open_days)
    survey = definition.survey_of(program, kind)
    about: dict[str, Any] = {"user": user, "match": match, "with_core": with_core, "early": early}
    invitation = Invitation.objects.create(survey=survey, created_at=now, closes_at=closes, **about)
    zone = ZoneInfo(user.timezone)
    mails = [_draft(invitation, program.pk, first_mail(kind), 0, shift(now, zone, "later"))]
    for number, days in enumerate(definition.timing_of(program, kind).reminder_days, start=1):
        at = shift(now + dt.timedelta(days=days), zone, "later")
        mails.append(_draft(invitation, program.pk, REMINDER, number, at))
    put(mails, now=now)
    return invitation


def _draft(invitation: Invitation, program_id: int, kind: str, sequence: int, at: dt.datetime) -> Draft:
    return Draft(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=invitation.pk,
        sequence=sequence,
        recipient_id=invitation.user_id,
        program_id=program_id,
        not_before=at,
        expires_at=invitation.closes_at,
    )


@transaction.atomic
def withdraw_of_match(*, match: Match, now: dt.datetime, user: User | None = None) -> None:
    """Take back what was asked about the sessions of a match that is over, of one person or of all, and not answered:
    somebody who has just gone is asked about the whole, or not at all.
    """
    asked = Invitation.objects.select_for_update(of=("self",)).filter(session__match=match, answered_at=None)
    for invitation in asked.filter(user=user) if user else asked:
        cancel(subject_type=SUBJECT, subject_id=invitation.pk, now=now)
        invitation.delete()


@transaction.atomic
def withdraw(*, session: Session, now: dt.datetime) -> None:
    """Take back what was asked about a session that did not happen after all; answers given stay with their authors."""
    for invitation in Invitation.objects.select_for_update().filter(session=session, answered_at=None):
        cancel(subject_type=SUBJECT, subject_id=invitation.pk, now=now)
        invitation.delete()
