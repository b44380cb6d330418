"""Asking people, and taking a question back."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from mail.quiet import shift
from mail.services import cancel, enqueue
from matching.models import Match
from participants.models import User
from programs.models import Program
from sessions.models import Session
from surveys import definition
from surveys.models import Invitation, Survey
from surveys.wording import TIMES

SUBJECT = "surveys.invitation"
PULSE = "pulse"
REMINDER = "survey-reminder"


def first_mail(kind: str) -> str:
    """The kind of message by which somebody hears of a survey of this kind."""
    return PULSE if kind == Survey.Kind.PULSE else f"survey-{kind.replace('_', '-')}"


@transaction.atomic
def invite_after(*, session: Session, user: User, now: dt.datetime) -> Invitation | None:
    """Ask one person about one held session; asking twice changes nothing, also when the words have changed since.
    None where the program does not ask after sessions.

    The question comes with the log; to whoever has not answered by then it goes by mail the next morning at nine in
    their own zone.
    """
    program = session.match.track.program
    asked = Invitation.objects.filter(survey__kind=Survey.Kind.PULSE, user=user, session=session).first()
    if asked or not definition.timing_of(program, Survey.Kind.PULSE).on:
        return asked
    invitation, new = Invitation.objects.get_or_create(
        survey=definition.pulse_of(program),
        user=user,
        session=session,
        defaults={"created_at": now, "closes_at": now + dt.timedelta(days=TIMES[Survey.Kind.PULSE].open_days)},
    )
    if new:
        _announce(invitation, PULSE, 0, _next_morning(now, ZoneInfo(user.timezone)), now)
    return invitation


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
    # Whoever words a survey anew waits, and so does another worker: of two versions each would ask once.
    Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if Invitation.objects.filter(survey__program=program, survey__kind=kind, user=user, match=match).exists():
        return None
    closes = now + dt.timedelta(days=TIMES[kind].open_days)
    invitation, new = Invitation.objects.get_or_create(
        survey=definition.survey_of(program, kind),
        user=user,
        match=match,
        session=None,
        defaults={"created_at": now, "closes_at": closes, "with_core": with_core, "early": early},
    )
    if not new:
        return None
    zone = ZoneInfo(user.timezone)
    _announce(invitation, first_mail(kind), 0, shift(now, zone, "later"), now)
    for number, days in enumerate(definition.timing_of(program, kind).reminder_days, start=1):
        _announce(invitation, REMINDER, number, shift(now + dt.timedelta(days=days), zone, "later"), now)
    return invitation


def _announce(invitation: Invitation, kind: str, sequence: int, at: dt.datetime, now: dt.datetime) -> None:
    enqueue(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=invitation.pk,
        sequence=sequence,
        recipient=invitation.user_id,
        program_id=invitation.survey.program_id,
        not_before=at,
        expires_at=invitation.closes_at,
        now=now,
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
