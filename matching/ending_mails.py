"""The mails of a match that is over before its time. They are the same whoever ended it, and never say why."""

import datetime as dt
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from matching.mails import frame_of, offer_url
from matching.models import Match, Seat
from matching.queries import by_seat
from matching.services.parting import ENDED, TOLD
from programs.mails import signed_by
from programs.models import Coordinator


def _ended(message: Message, now: dt.datetime) -> Context | None:
    """To somebody the match is over for; None where they are in it again, or in the program no more."""
    mine = by_seat(message.subject_id)
    if mine is None or mine.has_left or (mine.state in Match.LIVE and mine.seat.left_at is None):
        return None
    return {**frame_of(mine), "url": offer_url(mine.seat, now), "reason": mine.match.end_reason}


def _why_ended(message: Message, _now: dt.datetime) -> Context | None:
    """To a coordinator who is not in the match: names nobody, for mail is read over shoulders."""
    seat = Seat.objects.select_related("match__track__program").filter(pk=message.subject_id).first()
    if seat is None or seat.match.seats.filter(enrolment__user=message.recipient_id).exists():
        return None
    program = seat.match.track.program
    if not Coordinator.objects.filter(program=program, user=message.recipient_id).exists():
        return None
    return {
        **signed_by(program),
        "url": links.url(reverse("matching:match", args=[program.slug, seat.match_id])),
        "why": f"You get this because you coordinate {program.name}. Others in the match do not know who ended it.",
    }


def register_all() -> None:
    common: dict[str, Any] = {"capped": False}
    register(
        Kind(
            slug=ENDED,
            template="matching/mail/ended",
            description="Your match is over before its time",
            context=_ended,
            group="matches",
            **common,
        )
    )
    register(
        Kind(
            slug=TOLD,
            template="matching/mail/ended_why",
            description="Somebody has ended a match: their reason can be read",
            context=_why_ended,
            group="coordination",
            **common,
        )
    )
