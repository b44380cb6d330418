"""Offers and matches that come to nothing: taken back, run out, or somebody has left."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from mail.services import cancel, enqueue
from matching import hooks
from matching.errors import OfferOver
from matching.models import Match, Proposal, Seat
from matching.queries.inputs import model_of
from matching.services.gathering import (
    LEFT,
    NEWS,
    enough_to_begin,
    goes_on_without,
    is_centre,
    may_shrink,
    take_leave,
    tell_of,
)
from participants.models import User
from participants.services import record
from programs.models import Enrolment

OVER = "match-over"


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
    listening = Seat.objects.filter(match__in=ids, left_at=None).exclude(answer=Seat.Answer.DECLINED)
    listening = listening.exclude(enrolment__in=not_told).filter(enrolment__state=Enrolment.State.ACTIVE)
    for seat in listening.select_related("enrolment", "match__track"):
        _tell_over(seat, now)


def _tell_over(seat: Seat, now: dt.datetime) -> None:
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
    """End the offers whose time is over, and say so to those concerned. Returns how many.

    Where a group is on already, those who have not answered have lost their place in it; the others know who is in.
    """
    late = Match.objects.select_for_update(of=("self",)).filter(state=Match.State.OFFERED, answer_until__lte=now)
    matches = list(late.select_related("track"))
    end_offers(matches, reason=Match.EndReason.EXPIRED, now=now)
    for match in matches:
        record(by=None, verb="offer ran out", now=now, program_id=match.track.program_id, subject=match)
    _free_unanswered(now)
    return len(matches)


def _free_unanswered(now: dt.datetime) -> None:
    late = Match.objects.select_for_update(of=("self",)).filter(
        pk__in=Seat.objects.filter(
            live=True, answer=Seat.Answer.WAITING, match__state=Match.State.ACTIVE, match__answer_until__lte=now
        ).values("match")
    )
    for match in late.select_related("track"):
        silent = match.seats.filter(live=True, answer=Seat.Answer.WAITING)
        for seat in silent.select_related("enrolment", "match__track"):
            take_leave(match, seat, now=now)
            _tell_over(seat, now)


@transaction.atomic
def finish_sessions(*, now: dt.datetime) -> int:
    """Close one-off sessions once they are over and there was time to write down how they went. Returns how many."""
    begun = Match.objects.select_for_update(of=("self",)).filter(state=Match.State.ACTIVE, starts_at__lte=now)
    over = [match for match in begun.select_related("track") if match.starts_at and now >= closes_at(match)]
    end_offers(over, reason=Match.EndReason.DONE, now=now, tell=False)
    for match in over:
        record(by=None, verb="match ended", now=now, program_id=match.track.program_id, subject=match, why="done")
    return len(over)


def closes_at(match: Match) -> dt.datetime:
    """When a one-off session's match ends: when its people have been asked whether it helped."""
    terms = model_of(match.track).booking
    if match.starts_at is None or terms is None:
        raise ValueError(f"match {match.pk} is no one-off session")
    return match.starts_at + dt.timedelta(days=terms.follow_up_days)


@transaction.atomic
def end_matches_of(enrolment: Enrolment, now: dt.datetime) -> None:
    """Somebody leaves the track: their places are free again and the others are told.

    Pairs end; a group or a triad goes on without them as long as it is one, as when they leave the match alone.
    """
    live = Match.objects.select_for_update(of=("self",)).filter(
        pk__in=Seat.objects.filter(enrolment=enrolment, live=True).values("match")
    )
    over = [match for match in live.select_related("track") if not _goes_on(match, enrolment, now)]
    for reason in (Match.EndReason.LEFT, Match.EndReason.TOO_FEW):
        ended = [match for match in over if _why_over(match, enrolment) == reason]
        end_offers(ended, reason=reason, not_told=[enrolment.pk], now=now)
    for match in over:
        record(by=None, verb="match ended", now=now, program_id=match.track.program_id, subject=match, why="left")


def _why_over(match: Match, enrolment: Enrolment) -> str:
    """A group ends because too few are left; everything else because this one person has gone."""
    seat = match.seats.get(enrolment=enrolment)
    alone = may_shrink(match) and not is_centre(seat, model_of(match.track))
    return Match.EndReason.TOO_FEW if alone else Match.EndReason.LEFT


def _goes_on(match: Match, enrolment: Enrolment, now: dt.datetime) -> bool:
    """Take somebody out of a match that is one without them; whether there is one."""
    seat = match.seats.select_related("enrolment__user", "match__track").get(enrolment=enrolment)
    on = match.state == Match.State.ACTIVE
    stays = goes_on_without(match, seat) if on else False
    if not stays and (not may_shrink(match) or is_centre(seat, model_of(match.track))):
        return False
    rest = take_leave(match, seat, now=now)
    if not (stays or (not on and enough_to_begin(match, rest))):
        return False
    tell_of(seat, LEFT, rest, now=now)
    if on and seat.answer == Seat.Answer.ACCEPTED:
        seat.refresh_from_db()
        for call in hooks.parted:
            call(seat, now)
    record(by=None, verb="match left", now=now, program_id=match.track.program_id, subject=match)
    return True


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
