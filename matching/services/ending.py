"""Offers and matches that come to nothing: taken back, run out, or somebody has left."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from mail.services import cancel, enqueue
from matching.errors import OfferOver
from matching.models import Match, Proposal, Seat
from participants.models import User
from participants.services import record
from programs.models import Enrolment

OVER = "match-over"
# How long news about an offer is worth sending.
NEWS = dt.timedelta(days=7)


def end_offers(
    matches: Sequence[Match], *, reason: str, now: dt.datetime, not_told: Collection[int] = (), tell: bool = True
) -> None:
    """End these offers, free the places, take unsent mails back, and tell whoever had not said no.

    Called inside the caller's transaction with the matches locked. `not_told` are enrolments who hear of it otherwise.
    """
    ids = [match.pk for match in matches]
    state = Match.State.DECLINED if reason == Match.EndReason.DECLINED else Match.State.ENDED
    Match.objects.filter(pk__in=ids).update(state=state, ended_at=now, end_reason=reason)
    Seat.objects.filter(match__in=ids).update(live=False)
    for pk in ids:
        cancel(subject_type="match", subject_id=pk, now=now)
    if not tell:
        return
    listening = Seat.objects.filter(match__in=ids).exclude(answer=Seat.Answer.DECLINED).exclude(enrolment__in=not_told)
    listening = listening.filter(enrolment__state=Enrolment.State.ACTIVE).select_related("enrolment", "match__track")
    for seat in listening:
        enqueue(
            kind=OVER,
            subject_type="match",
            subject_id=seat.match_id,
            recipient=seat.enrolment.user_id,
            not_before=now,
            expires_at=now + NEWS,
            program_id=seat.match.track.program_id,
            now=now,
        )


@transaction.atomic
def withdraw(*, match: Match, by: User | None, now: dt.datetime) -> None:
    """Take an offer back before both have said yes; both are told. Raises OfferOver once it is no offer any more."""
    found = Match.objects.select_for_update(of=("self",)).select_related("track").get(pk=match.pk)
    if found.state != Match.State.OFFERED:
        raise OfferOver("This match is not on offer any more.")
    end_offers([found], reason=Match.EndReason.WITHDRAWN, now=now)
    record(by=by, verb="offer withdrawn", now=now, program_id=found.track.program_id, subject=found)


@transaction.atomic
def expire_unanswered(*, now: dt.datetime) -> int:
    """End the offers whose time is over, and say so to those concerned. Returns how many."""
    late = Match.objects.select_for_update(of=("self",)).filter(state=Match.State.OFFERED, answer_until__lte=now)
    matches = list(late.select_related("track"))
    end_offers(matches, reason=Match.EndReason.EXPIRED, now=now)
    for match in matches:
        record(by=None, verb="offer ran out", now=now, program_id=match.track.program_id, subject=match)
    return len(matches)


@transaction.atomic
def end_matches_of(enrolment: Enrolment, now: dt.datetime) -> None:
    """Somebody leaves the track: their offers and matches end, the places are free again, the others are told."""
    live = Match.objects.select_for_update(of=("self",)).filter(
        pk__in=Seat.objects.filter(enrolment=enrolment, live=True).values("match")
    )
    matches = list(live.select_related("track"))
    end_offers(matches, reason=Match.EndReason.LEFT, not_told=[enrolment.pk], now=now)
    for match in matches:
        record(by=None, verb="match ended", now=now, program_id=match.track.program_id, subject=match, why="left")


def stands_on(enrolments: list[int]) -> str:
    """Why these people cannot be taken out as if they had never been in: matches they were offered; "" without any."""
    offered = Match.objects.filter(seats__enrolment__in=enrolments).exclude(state=Match.State.DRAFT).distinct().count()
    if not offered:
        return ""
    return f"{offered} {'match was' if offered == 1 else 'matches were'} offered to these people"


def drop_drafts(enrolments: list[int], now: dt.datetime) -> None:
    """Put away the unpublished proposals that hold these people, with their matches: nobody has seen them."""
    drafts = Match.objects.filter(seats__enrolment__in=enrolments, state=Match.State.DRAFT)
    holding = Proposal.objects.select_for_update().filter(pk__in=drafts.values("proposal"))
    for proposal in holding:
        proposal.matches.filter(state=Match.State.DRAFT).delete()
        if proposal.state == Proposal.State.DRAFT:
            proposal.state, proposal.step = Proposal.State.DISCARDED, "People it held were taken out again"
            proposal.save(update_fields=["state", "step"])
            record(by=None, verb="proposal discarded", now=now, program_id=proposal.program_id, subject=proposal)
