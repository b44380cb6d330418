"""Yes or no to an offer: once each, and whoever comes first wins."""

import datetime as dt

from django.db import transaction

from mail.services import enqueue
from matching.errors import OfferOver
from matching.models import Match, Seat
from matching.services.ending import NEWS, end_offers
from participants.models import User
from participants.services import record

MATCHED = "match-on"
LONGEST_REASON = 300


@transaction.atomic
def answer_seat(*, seat: Seat, accept: bool, now: dt.datetime, reason: str = "", by: User | None = None) -> Seat:
    """Say yes or no for the person in this seat. `by` is somebody else only where a coordinator answers for them.

    When everybody has said yes the match is on and all are told; one no ends it, frees the places and tells the others
    without saying who or why. The reason is kept for the coordinator alone. The same answer again changes nothing.
    Raises OfferOver where it can no longer be answered so.
    """
    match = Match.objects.select_for_update(of=("self",)).select_related("track").get(pk=seat.match_id)
    found = Seat.objects.select_related("enrolment__user").get(pk=seat.pk)
    wanted = Seat.Answer.ACCEPTED if accept else Seat.Answer.DECLINED
    if found.answer == wanted:
        return found
    _open(match, found, now)
    given = Seat.objects.filter(pk=seat.pk, answer=Seat.Answer.WAITING, match__state=Match.State.OFFERED)
    if not given.update(answer=wanted, answered_at=now, decline_reason="" if accept else reason[:LONGEST_REASON]):
        raise OfferOver("This offer was answered already.")
    verb = "offer accepted" if accept else "offer declined"
    record(by=by or found.enrolment.user, verb=verb, now=now, program_id=match.track.program_id, subject=match)
    if not accept:
        end_offers([match], reason=Match.EndReason.DECLINED, now=now)
    elif not match.seats.exclude(answer=Seat.Answer.ACCEPTED).exists():
        _begin(match, now)
    found.refresh_from_db()
    return found


def _open(match: Match, seat: Seat, now: dt.datetime) -> None:
    if seat.answer != Seat.Answer.WAITING:
        raise OfferOver("This offer was answered already.")
    if match.state != Match.State.OFFERED:
        raise OfferOver("This offer was taken back.")
    if match.answer_until is not None and now >= match.answer_until:
        raise OfferOver("The time to answer this offer is over.")


def _begin(match: Match, now: dt.datetime) -> None:
    match.state, match.activated_at = Match.State.ACTIVE, now
    match.save(update_fields=["state", "activated_at"])
    for seat in match.seats.select_related("enrolment"):
        enqueue(
            kind=MATCHED,
            subject_type="match",
            subject_id=match.pk,
            recipient=seat.enrolment.user_id,
            not_before=now,
            expires_at=now + NEWS,
            program_id=match.track.program_id,
            now=now,
        )
