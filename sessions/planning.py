"""Which messages a planned session earns, and when. Asking again gives the same rows, whoever asks and however often.

Written in the transaction that plans, moves or ends a session, and by the minute tick for what has come near since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from mail.models import Message
from mail.prepared import prepared
from mail.services import Draft, cancel, enqueue_many
from matching.models import Match, Seat
from participants.models import User
from sessions import timing
from sessions.models import Session

SUBJECT = "mentoring_sessions.session"
PLANNED, SERIES, CANCELLED = "session-planned", "session-series", "session-cancelled"
DAY_BEFORE, HOUR_BEFORE, FOLLOW_UP = "session-day-before", "session-hour-before", "session-follow-up"
NEW_LINK = "session-link"
SERIES_SUBJECT = "mentoring_sessions.series"
OFFER, OFFER_SUBJECT = "time-offer", "mentoring_sessions.timeoffer"

# Reminders are written down only when they come near: by then people may have moved to another zone.
HORIZON = timedelta(hours=48)
# The earliest reminder is at most a day and a night before the session.
AHEAD = HORIZON + timedelta(hours=36)
# Between two looks at all of these days somebody may join whose reminder is due an hour before the session.
SOON = timedelta(hours=2, minutes=5)
# How long "did you meet?" is worth sending, and news about a change.
ASKED_FOR = timedelta(days=7)
NEWS = timedelta(days=2)
BATCH = 300
_AGREED = Seat.objects.filter(left_at=None, answer=Seat.Answer.ACCEPTED).select_related("enrolment__user")


@dataclass(frozen=True)
class Due:
    kind: str
    not_before: datetime
    expires_at: datetime


def in_it(match_id: int) -> QuerySet[Seat]:
    """The seats of those who are in a match: in a group some may not have said yes, or have left again."""
    return Seat.objects.filter(match=match_id, left_at=None, answer=Seat.Answer.ACCEPTED)


def members_of(match_id: int) -> list[User]:
    """The people of a match, as they sit."""
    return [seat.enrolment.user for seat in _in_order(match_id)]


@prepared
def _in_order(match: int) -> QuerySet[Seat]:
    return in_it(match).select_related("enrolment__user").order_by("pk")


def reminders(session: Session, user: User) -> Iterator[Due]:
    """The messages one person gets about a planned session, at any time of the clock.

    A reminder that would have been due before the time was agreed is left out: its reader has just been told.
    """
    agreed = session.planned_at or session.created_at
    for kind, due in (
        (DAY_BEFORE, timing.day_before(session.starts_at, user.timezone)),
        (HOUR_BEFORE, timing.hour_before(session.starts_at, user.timezone)),
    ):
        if due > agreed:
            yield Due(kind, due, session.starts_at)
    asked = timing.follow_up(session.ends_at, user.timezone)
    yield Due(FOLLOW_UP, asked, asked + ASKED_FOR)


def drafts(session: Session, people: Sequence[User], now: datetime) -> list[Draft]:
    """What must be in the outbox by now for a planned session."""
    return [
        _draft(session, user, due)
        for user in people
        for due in reminders(session, user)
        if due.not_before <= now + HORIZON and due.expires_at > now
    ]


def _draft(session: Session, user: User, due: Due) -> Draft:
    return Draft(
        kind=due.kind,
        subject_type=SUBJECT,
        subject_id=session.pk,
        sequence=session.sequence,
        recipient_id=user.pk,
        not_before=due.not_before,
        expires_at=due.expires_at,
        program_id=session.match.track.program_id,
    )


def announce(session: Session, people: Sequence[User], now: datetime) -> None:
    """Tell the people of a session planned or moved, and remind them of this time only."""
    drop(session, now, below_sequence=session.sequence)
    news = Due(PLANNED, now, session.ends_at)
    enqueue_many([*(_draft(session, user, news) for user in people), *drafts(session, people, now)], now=now)


def announce_series(sessions: Sequence[Session], people: Sequence[User], now: datetime) -> None:
    """Tell the people of several sessions planned or moved together in one mail; each is reminded of by itself."""
    for session in sessions:
        drop(session, now, below_sequence=session.sequence)
    first, last = sessions[0], sessions[-1]
    # About them all: it still goes out when the first of them is moved alone.
    cancel(subject_type=SERIES_SUBJECT, subject_id=first.pk, below_sequence=first.sequence, now=now)
    news = Due(SERIES, now, last.ends_at)
    rows = [replace(_draft(first, user, news), subject_type=SERIES_SUBJECT) for user in people]
    enqueue_many([*rows, *(draft for session in sessions for draft in drafts(session, people, now))], now=now)


def call_off_all(sessions: Sequence[Session], people: Iterable[User], now: datetime) -> None:
    """Nothing about these sessions of one match leaves any more, except that they are cancelled, in one mail."""
    for session in sessions:
        drop(session, now)
    if sessions:
        news = Due(CANCELLED, now, now + NEWS)
        enqueue_many([_draft(sessions[0], user, news) for user in people], now=now)


def call_off(session: Session, people: Iterable[User], now: datetime) -> None:
    """The same for one session."""
    call_off_all([session], people, now)


def drop(session: Session, now: datetime, *, below_sequence: int | None = None) -> None:
    cancel(subject_type=SUBJECT, subject_id=session.pk, below_sequence=below_sequence, now=now)


def plan_all(now: datetime) -> int:
    """Write down every reminder that has come near; returns how many are new. Safe to run twice, or twice at once."""
    return _plan_those(Q(starts_at__lt=now + AHEAD, ends_at__gt=now - ASKED_FOR - timedelta(days=1)), now)


def plan_next(now: datetime) -> int:
    """The same for the few sessions that begin soon: whoever has just joined their match is reminded of them too."""
    return _plan_those(Q(starts_at__gt=now, starts_at__lt=now + SOON), now)


def _plan_those(near: Q, now: datetime) -> int:
    on = Session.objects.filter(near, state=Session.State.PLANNED, match__state=Match.State.ACTIVE)
    in_order = on.order_by("starts_at", "pk")
    numbers = list(in_order.values_list("pk", flat=True))
    whole = in_order.select_related("match__track").prefetch_related(Prefetch("match__seats", _AGREED))
    # So many at a time: a process keeps the memory that it has once taken.
    batches = (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
    return sum(_plan(list(whole.filter(pk__in=batch)), now) for batch in batches)


def _plan(sessions: Sequence[Session], now: datetime) -> int:
    """Only what is missing is written, so that a quiet minute costs reads alone."""
    wanted = [
        draft
        for session in sessions
        for draft in drafts(session, [seat.enrolment.user for seat in session.match.seats.all()], now)
    ]
    there = set(
        Message.objects.filter(subject_type=SUBJECT, subject_id__in=[session.pk for session in sessions]).values_list(
            "kind", "subject_id", "sequence", "recipient_id"
        )
    )
    missing = [each for each in wanted if (each.kind, each.subject_id, each.sequence, each.recipient_id) not in there]
    return enqueue_many(missing, now=now) if missing else 0
