"""The mails of matching. They carry names and reasons; never points, nor why somebody said no."""

import datetime as dt
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from matching.models import Match, Seat
from matching.queries.offers import MyMatch, my_match
from matching.services.answering import MATCHED
from matching.services.ending import OVER
from matching.services.publishing import OFFER

PURPOSE = "match"
# Whoever writes first has so many days.
FIRST_CONTACT_DAYS = 5
OPENING_QUESTIONS = 3


def _mine(message: Message) -> MyMatch | None:
    return my_match(user=message.recipient, match_id=message.subject_id)


def _frame(mine: MyMatch) -> dict[str, Any]:
    frame = {
        "mine": mine,
        "other": mine.other,
        "program_name": mine.program.name,
        "why": f"You get this because you take part in {mine.program.name}.",
        "reply_to": mine.program.contact_email,
    }
    if mine.program.contact_name:
        frame["from_name"] = mine.program.contact_name
    return frame


def _offer(message: Message, now: dt.datetime) -> Context | None:
    mine = _mine(message)
    if mine is None or not mine.is_open(now):
        return None
    return {**_frame(mine), "url": offer_url(mine.seat, now), "answer_until": mine.match.answer_until}


def offer_url(seat: Seat, now: dt.datetime) -> str:
    """The page on which this seat's person meets the other and answers. It outlives the offer, to say how it went."""
    token = links.make(PURPOSE, seat.enrolment.user, seat.pk, days=120, now=now)
    return links.url(reverse("match_links:offer", args=[token]))


def _on(message: Message, now: dt.datetime) -> Context | None:
    mine = _mine(message)
    if mine is None or mine.state != Match.State.ACTIVE:
        return None
    starts = mine.match.activated_at or now
    return {
        **_frame(mine),
        "url": offer_url(mine.seat, now),
        "you_first": writes_first(mine) == mine.seat.pk,
        "first_until": starts + dt.timedelta(days=FIRST_CONTACT_DAYS),
        "questions": mine.model.questions[:OPENING_QUESTIONS],
    }


def writes_first(mine: MyMatch) -> int:
    """The seat whose person makes the first contact."""
    around = sorted(mine.match.seats.all(), key=lambda seat: seat.pk)
    return next((seat.pk for seat in around if seat.role == mine.model.first_contact), around[0].pk)


def _over(message: Message, _now: dt.datetime) -> Context | None:
    mine = _mine(message)
    if mine is None or mine.state in Match.LIVE:
        return None
    return {**_frame(mine), "began": mine.match.activated_at is not None, "reason": mine.match.end_reason}


def register_all() -> None:
    common: dict[str, Any] = {"group": "matches", "capped": False}
    register(
        Kind(
            slug=OFFER,
            template="matching/mail/offer",
            description="Somebody is proposed to you",
            context=_offer,
            **common,
        )
    )
    register(Kind(slug=MATCHED, template="matching/mail/on", description="Your match is on", context=_on, **common))
    register(
        Kind(slug=OVER, template="matching/mail/over", description="A match comes to nothing", context=_over, **common)
    )
