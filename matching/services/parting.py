"""A match that is ended before its time, by somebody in it or by a coordinator; and who wants somebody else then.

Nothing that the others see says who ended it: the state, the mails and the calendar files are the same whoever did.
Who it was and why stands in Ending, which only coordinators read who are not in the match themselves; the program's
history, which admins read too, tells that a match has ended and names nobody from it.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from mail.services import cancel, enqueue
from matching import hooks
from matching.errors import MatchingError, MatchOver
from matching.models import Ending, Match, Seat
from matching.queries.inputs import model_of
from matching.services.ending import end_offers
from matching.services.gathering import (
    LEFT,
    NEWS,
    accepted_in,
    goes_on_without,
    is_centre,
    may_shrink,
    take_leave,
    tell_of,
)
from participants.models import User
from participants.services import record
from programs.models import Coordinator, Enrolment, Role

ENDED, TOLD = "match-ended", "match-ended-why"
OVER_FOR = "match.over"
"""What these messages are about: a seat whose person the match is over for."""
LONGEST_WORDS = 2000


@transaction.atomic
def end_match(*, match: Match, by: User, now: dt.datetime, reason: str = "", words: str = "") -> Match:
    """End a match that is on for everybody in it, as its coordinator. Ending it twice is ending it once.

    Raises MatchOver for a match that is not on, MatchingError naming the field for an unknown reason or too many words.
    """
    check_words(reason, words)
    locked = locked_match(match.pk)
    if locked.state == Match.State.ACTIVE:
        _end(locked, None, reason=Match.EndReason.ENDED, by=by, now=now)
        _recorded(locked, "match ended", by, now)
    elif locked.end_reason != Match.EndReason.ENDED:
        raise MatchOver("This match is not on any more.")
    Ending.objects.get_or_create(match=locked, seat=None, defaults=_why(reason, words, by, now))
    return locked


@transaction.atomic
def leave_match(
    *, seat: Seat, by: User, now: dt.datetime, reason: str = "", words: str = "", another: bool = False
) -> Match:
    """End one person's part in a match: a group or a triad goes on without them as long as it is one, others end.

    `by` is that person or their coordinator; `another` says that they want somebody else. Doing it twice is doing it
    once; of two who end it at the same moment the first does, and the reason each gave is kept. Raises as end_match().
    """
    check_words(reason, words)
    match = locked_match(seat.match_id)
    found = Seat.objects.select_related("enrolment__user").get(pk=seat.pk)
    found.match = match
    in_it = found.answer == Seat.Answer.ACCEPTED and found.left_at is None
    if match.state == Match.State.ACTIVE and in_it:
        _part(match, found, by, now)
    elif not in_it_before(match, found):
        raise MatchOver("This match is not on any more.")
    Ending.objects.get_or_create(match=match, seat=found, defaults=_why(reason, words, by, now))
    if another:
        wish_another(seat=found, another=True, by=by, now=now)
    if by.pk == found.enrolment.user_id:
        _tell_coordinators(found, now)
    return match


@transaction.atomic
def wish_another(*, seat: Seat, another: bool, by: User, now: dt.datetime) -> Seat:
    """Say whether the person in this seat wants somebody else, now that the match is over for them.

    Who wants somebody else is matched again and stands on the waiting page; the others of this match are not proposed
    to them. Raises MatchOver as long as they are in it.
    """
    match = locked_match(seat.match_id)
    found = Seat.objects.select_related("enrolment").get(pk=seat.pk)
    if found.live or (match.state in Match.LIVE and found.left_at is None):
        raise MatchOver("This match is still on.")
    if another:
        Seat.objects.filter(enrolment=found.enrolment_id, rests=True).update(rests=False)
    else:
        Seat.objects.filter(pk=found.pk).update(rests=True)
    # Without the program, whose history more people read than may know what somebody in a match wants.
    record(by=by, verb="another match wanted" if another else "no other match wanted", now=now, subject=match)
    found.refresh_from_db()
    return found


def check_words(reason: str, words: str) -> None:
    """Raises MatchingError naming the field."""
    if reason and reason not in Ending.Reason.values:
        raise MatchingError("Choose one of the reasons, or none.", field="reason")
    if len(words) > LONGEST_WORDS:
        raise MatchingError(f"Say it in at most {LONGEST_WORDS} characters.", field="words")


def in_it_before(match: Match, seat: Seat) -> bool:
    """Whether this person was in a match that was on, and it is over for them before its time."""
    early = match.end_reason in (Match.EndReason.ENDED, Match.EndReason.TOO_FEW) or seat.left_at is not None
    return early and match.activated_at is not None and seat.answer == Seat.Answer.ACCEPTED


def locked_match(pk: int) -> Match:
    return Match.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=pk)


def close(match: Match, *, reason: str, by: User | None, now: dt.datetime) -> None:
    """End an active, locked match: places are free, what is queued about it stays unsent, the floors above join in."""
    for seat in match.seats.all():
        cancel(subject_type="seat", subject_id=seat.pk, now=now)
    end_offers([match], reason=reason, now=now, tell=False)
    Match.objects.filter(pk=match.pk).update(ended_by=by, closes_at=None)
    asking = [seat.pk for seat in accepted_in(match) if seat.role != Role.MENTOR]
    Seat.objects.filter(pk__in=asking).update(rests=True)
    match.refresh_from_db()
    for call in hooks.ended:
        call(match, now)


def _part(match: Match, seat: Seat, by: User, now: dt.datetime) -> None:
    if not goes_on_without(match, seat):
        alone = may_shrink(match) and not is_centre(seat, model_of(match.track))
        _end(match, seat, reason=Match.EndReason.TOO_FEW if alone else Match.EndReason.ENDED, by=by, now=now)
        _recorded(match, "match ended", by, now)
        return
    rest = take_leave(match, seat, now=now)
    Seat.objects.filter(pk=seat.pk).update(rests=seat.role != Role.MENTOR)
    seat.refresh_from_db()
    tell_of(seat, LEFT, rest, now=now)
    _tell(match, [seat], now)
    for call in hooks.parted:
        call(seat, now)
    _recorded(match, "match left", by, now)


def _end(match: Match, gone: Seat | None, *, reason: str, by: User, now: dt.datetime) -> None:
    agreed = accepted_in(match)
    close(match, reason=reason, by=by, now=now)
    if reason == Match.EndReason.TOO_FEW:
        # Nobody has ended anything with the others: they wait for another group as before.
        others = Seat.objects.filter(match=match, left_at=None).exclude(pk__in=[gone.pk] if gone else [])
        others.update(rests=False)
    _tell(match, agreed, now)


def _tell(match: Match, seats: Iterable[Seat], now: dt.datetime) -> None:
    """The same mail to all it is over for, whoever ended it."""
    for seat in seats:
        if seat.enrolment.state == Enrolment.State.ACTIVE:
            enqueue(
                kind=ENDED,
                subject_type=OVER_FOR,
                subject_id=seat.pk,
                recipient=seat.enrolment.user_id,
                not_before=now,
                expires_at=now + NEWS,
                program_id=match.track.program_id,
                now=now,
            )


def _tell_coordinators(seat: Seat, now: dt.datetime) -> None:
    """That there is something to read. Not to those who are in the match, for whom who and why are not."""
    match = seat.match
    in_it = match.seats.values("enrolment__user")
    for coordinator in Coordinator.objects.filter(program=match.track.program_id).exclude(user__in=in_it):
        enqueue(
            kind=TOLD,
            subject_type=OVER_FOR,
            subject_id=seat.pk,
            recipient=coordinator.user_id,
            not_before=now,
            expires_at=now + NEWS,
            program_id=match.track.program_id,
            now=now,
        )


def _why(reason: str, words: str, by: User, now: dt.datetime) -> dict[str, object]:
    return {"reason": reason, "words": words.strip(), "by": by, "at": now}


def _recorded(match: Match, verb: str, by: User, now: dt.datetime) -> None:
    """In the program's history without a name from the match, and who it was where only they themselves look."""
    program_id = match.track.program_id
    in_it = match.seats.filter(enrolment__user=by).exists()
    record(by=None if in_it else by, verb=verb, now=now, program_id=program_id, subject=match)
    if in_it:
        record(by=by, verb=f"{verb} by oneself", now=now, subject=match)
