"""Yes or no to an offer: once each, and whoever comes first wins."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from mail.services import enqueue
from matching import hooks
from matching.errors import OfferOver
from matching.models import Match, Seat
from matching.queries.inputs import model_of
from matching.services.ending import end_offers
from matching.services.gathering import (
    JOINED,
    LEFT,
    NEWS,
    accepted_in,
    by_day,
    enough_to_begin,
    is_centre,
    may_shrink,
    present_in,
    take_leave,
    tell_of,
)
from participants.models import User
from participants.services import record

MATCHED = "match-on"
LONGEST_REASON = 300


@transaction.atomic
def answer_seat(*, seat: Seat, accept: bool, now: dt.datetime, reason: str = "", by: User | None = None) -> Seat:
    """Say yes or no for the person in this seat. `by` is somebody else only where a coordinator answers for them.

    When everybody has said yes a pair is on and all are told; one no ends it, frees the places and tells the others
    without saying who or why. A group is on when as many as it needs have said yes: see services.gathering. The reason
    is kept for the coordinator alone. The same answer again changes nothing. Raises OfferOver where it can no longer be
    answered so.
    """
    match = Match.objects.select_for_update(of=("self",)).select_related("track").get(pk=seat.match_id)
    found = Seat.objects.select_related("enrolment__user").get(pk=seat.pk)
    wanted = Seat.Answer.ACCEPTED if accept else Seat.Answer.DECLINED
    if found.answer == wanted:
        return found
    _open(match, found, now)
    given = Seat.objects.filter(pk=seat.pk, answer=Seat.Answer.WAITING, match__state__in=Match.LIVE)
    if not given.update(answer=wanted, answered_at=now, decline_reason="" if accept else reason[:LONGEST_REASON]):
        raise OfferOver("This offer was answered already.")
    verb = "offer accepted" if accept else "offer declined"
    record(by=by or found.enrolment.user, verb=verb, now=now, program_id=match.track.program_id, subject=match)
    if accept:
        _accepted(match, found, now)
    else:
        _declined(match, found, now)
    found.refresh_from_db()
    return found


def _accepted(match: Match, seat: Seat, now: dt.datetime) -> None:
    agreed = accepted_in(match)
    if match.state == Match.State.ACTIVE:
        _tell(match, [each for each in agreed if each.pk == seat.pk], now)
        tell_of(seat, JOINED, [each for each in agreed if each.pk != seat.pk], now=now)
    elif enough_to_begin(match, agreed) if may_shrink(match) else len(agreed) == match.seats.count():
        begin(match, agreed, now)


def _declined(match: Match, seat: Seat, now: dt.datetime) -> None:
    if not may_shrink(match) or is_centre(seat, model_of(match.track)):
        end_offers([match], reason=Match.EndReason.DECLINED, now=now)
        return
    rest = take_leave(match, seat, now=now)
    if match.state == Match.State.OFFERED and not enough_to_begin(match, rest):
        end_offers([match], reason=Match.EndReason.TOO_FEW, now=now)
    else:
        tell_of(seat, LEFT, present_in(match), now=now)


def _open(match: Match, seat: Seat, now: dt.datetime) -> None:
    if seat.answer != Seat.Answer.WAITING:
        raise OfferOver("This offer was answered already.")
    if match.state != Match.State.OFFERED and not (match.state == Match.State.ACTIVE and may_shrink(match)):
        raise OfferOver("This offer was taken back.")
    if match.answer_until is not None and now >= match.answer_until:
        raise OfferOver("The time to answer this offer is over.")


def begin(match: Match, agreed: Sequence[Seat], now: dt.datetime) -> None:
    """The match is on: these people are told, and what follows from it happens. Called with the match locked."""
    match.state, match.activated_at = Match.State.ACTIVE, now
    match.save(update_fields=["state", "activated_at"])
    _tell(match, agreed, now)
    for call in hooks.begun:
        call(match, now)


def _tell(match: Match, seats: Iterable[Seat], now: dt.datetime) -> None:
    """Tell these people that their match is on."""
    for seat in seats:
        enqueue(
            kind=MATCHED,
            subject_type="match",
            subject_id=match.pk,
            recipient=seat.enrolment.user_id,
            not_before=by_day(now, seat.enrolment.user.timezone, now + NEWS),
            expires_at=now + NEWS,
            program_id=match.track.program_id,
            now=now,
        )
