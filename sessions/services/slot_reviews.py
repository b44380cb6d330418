"""Two weeks after a one-off session: whether it helped, and whether both would go on."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from mail.quiet import shift
from mail.services import Draft, enqueue_many
from matching.errors import MatchingError
from matching.models import Match, Proposal, Seat
from matching.services.latecomers import propose_for_waiting
from participants.models import User
from participants.services import record
from programs.models import Enrolment, Program, Role
from sessions.errors import NotInMatch, SessionError, TooLate
from sessions.models import Session, SlotReview
from sessions.queries.slots import going_on_in

REVIEW, SUBJECT = "slot-review", "mentoring_sessions.slotreview"
# How long it is worth asking, after the match of the session has closed.
ASKED_FOR = timedelta(days=14)


def ask_reviews(*, now: datetime) -> int:
    """Ask both people of each one-off session that was held and has closed. Returns how many sessions. Safe to run
    twice, or twice at once."""
    closed = Match.objects.filter(
        state=Match.State.ENDED, end_reason=Match.EndReason.DONE, ended_at__gt=now - ASKED_FOR, starts_at__isnull=False
    )
    held = Session.objects.filter(match=OuterRef("pk"), state=Session.State.HELD)
    asked = SlotReview.objects.filter(match=OuterRef("pk"))
    due = closed.filter(Exists(held)).exclude(Exists(asked)).order_by("pk").values_list("pk", flat=True)
    return sum(_ask(pk, now) for pk in due)


@transaction.atomic
def _ask(match_id: int, now: datetime) -> bool:
    match = Match.objects.select_for_update(of=("self",)).select_related("track").get(pk=match_id)
    if SlotReview.objects.filter(match=match).exists():
        return False
    seats = Seat.objects.filter(match=match, enrolment__state=Enrolment.State.ACTIVE).order_by("pk")
    zones = dict(seats.values_list("enrolment__user", "enrolment__user__timezone"))
    reviews = [SlotReview.objects.create(match=match, user_id=user, created_at=now) for user in zones]
    enqueue_many(
        [
            Draft(
                kind=REVIEW,
                subject_type=SUBJECT,
                subject_id=review.pk,
                recipient_id=review.user_id,
                not_before=shift(now, ZoneInfo(zones[review.user_id]), "later"),
                expires_at=now + ASKED_FOR,
                program_id=match.track.program_id,
            )
            for review in reviews
        ],
        now=now,
    )
    return bool(reviews)


@transaction.atomic
def answer_review(*, review: SlotReview, helped: bool | None, goes_on: bool, by: User, now: datetime) -> SlotReview:
    """Say whether it helped (the asker alone, None otherwise) and whether one would go on. It can be changed until a
    coordinator has seen to it. Raises NotInMatch, TooLate, and SessionError where the asker does not say whether it
    helped."""
    found = SlotReview.objects.select_for_update(of=("self",)).select_related("match__track").get(pk=review.pk)
    seat = Seat.objects.filter(match=found.match_id, enrolment__user=by).first()
    if found.user_id != by.pk or seat is None:
        raise NotInMatch("This was not put to you.")
    if found.settled_at is not None:
        raise TooLate("A coordinator has seen to it already. Write to them to change it.")
    asker = seat.role == Role.MENTEE
    if asker and helped is None:
        raise SessionError("Say whether it helped.", field="helped")
    found.helped, found.goes_on, found.answered_at = helped if asker else None, goes_on, now
    found.save(update_fields=["helped", "goes_on", "answered_at"])
    record(by=by, verb="session looked back on", now=now, program_id=found.match.track.program_id, match=found.match_id)
    return found


@transaction.atomic
def settle_going_on(*, program: Program, match_id: int, by: User, now: datetime) -> None:
    """Take two people who want to go on off the coordinator's list. Twice is once. Raises NotInMatch where they do not
    both want to."""
    reviews = SlotReview.objects.select_for_update(of=("self",)).filter(match=match_id, match__track__program=program)
    wishing = Counter(review.goes_on for review in reviews)
    if wishing[True] != 2:
        raise NotInMatch("These two do not both want to go on.")
    if SlotReview.objects.filter(match=match_id, settled_at=None).update(settled_at=now):
        record(by=by, verb="going on seen to", now=now, program_id=program.pk, match=match_id)


@transaction.atomic
def propose_going_on(*, program: Program, match_id: int, by: User, now: datetime) -> Proposal:
    """A draft that joins two who both want to go on, in a track of pairs both are in; publishing it is the approval.

    The rules hold as for everybody. Raises NotInMatch where they do not both want to, or are in no such track
    together, and SessionError in the words of matching where a rule or a full mentor stands against them.
    """
    found = next((each for each in going_on_in(program) if each.match.pk == match_id), None)
    if found is None or found.track is None or found.pair is None:
        raise NotInMatch("These two are in no track of pairs together.")
    try:
        draft = propose_for_waiting(track=found.track, pairs=[found.pair], by=by, now=now)
    except MatchingError as error:
        raise SessionError(str(error)) from error
    settle_going_on(program=program, match_id=match_id, by=by, now=now)
    return draft
