"""What happens to the sessions of a match in the transaction that ends it, and who is told what is left to do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mail.quiet import shift
from mail.services import Draft, cancel, enqueue_many
from matching.models import Match, Seat
from participants.services import record
from sessions import planning
from sessions.models import Session

FINISHED, NOT_YOURS = "match-finished", "session-not-yours"
# What these messages are about: the seat of somebody whose match has come to its planned end.
SEAT = "match.over"
# How long a closing page is worth pointing to.
WORTH_A_LOOK = timedelta(days=14)


def close_sessions(match: Match, now: datetime) -> None:
    """The match is over: sessions to come are called off for everybody alike, and nothing is asked about past ones."""
    planned = Session.objects.select_for_update(of=("self",)).filter(match=match, state=Session.State.PLANNED)
    people = planning.members_of(match.pk)
    for session in planned.select_related("match__track"):
        if session.ends_at <= now:
            planning.drop(session, now)
            continue
        session.state, session.sequence = Session.State.CANCELLED, session.sequence + 1
        session.save(update_fields=["state", "sequence"])
        planning.call_off(session, people, now)
        program_id = session.match.track.program_id
        record(by=None, verb="session cancelled", now=now, program_id=program_id, subject=session, match=match.pk)
    if match.end_reason == Match.EndReason.FINISHED:
        _point_to_closing(match, now)


def take_sessions_away(seat: Seat, now: datetime) -> None:
    """Somebody has gone and the others go on: their reminders stay unsent, and their calendar drops what is to come."""
    user, drafts = seat.enrolment.user_id, []
    planned = Session.objects.filter(match=seat.match_id, state=Session.State.PLANNED)
    for session in planned.select_related("match__track"):
        cancel(subject_type=planning.SUBJECT, subject_id=session.pk, recipient_id=user, now=now)
        if session.ends_at > now:
            drafts.append(_not_yours(session, user, now))
    enqueue_many(drafts, now=now)


def _not_yours(session: Session, user_id: int, now: datetime) -> Draft:
    return Draft(
        kind=NOT_YOURS,
        subject_type=planning.SUBJECT,
        subject_id=session.pk,
        sequence=session.sequence,
        recipient_id=user_id,
        not_before=now,
        expires_at=now + planning.NEWS,
        program_id=session.match.track.program_id,
    )


def _point_to_closing(match: Match, now: datetime) -> None:
    """Matches end at midnight; the mail waits for its reader's morning."""
    drafts = [
        Draft(
            kind=FINISHED,
            subject_type=SEAT,
            subject_id=seat.pk,
            recipient_id=seat.enrolment.user_id,
            not_before=shift(now, ZoneInfo(seat.enrolment.user.timezone), "later"),
            expires_at=now + WORTH_A_LOOK,
            program_id=match.track.program_id,
        )
        for seat in planning.in_it(match.pk).select_related("enrolment__user")
    ]
    enqueue_many(drafts, now=now)
