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
from matching.services.gathering import JOINED, LEFT
from matching.services.publishing import OFFER
from programs.mails import signed_by

PURPOSE = "match"
# Whoever writes first has so many days.
FIRST_CONTACT_DAYS = 5
OPENING_QUESTIONS = 3


def _mine(message: Message) -> MyMatch | None:
    return my_match(user=message.recipient, match_id=message.subject_id)


def frame_of(mine: MyMatch) -> dict[str, Any]:
    """What every mail about one's match says."""
    return {
        **signed_by(mine.program),
        "mine": mine,
        "other": mine.others[0] if mine.others else None,
        "why": f"You get this because you take part in {mine.program.name}.",
    }


def _offer(message: Message, now: dt.datetime) -> Context | None:
    mine = _mine(message)
    if mine is None or not mine.is_open(now):
        return None
    return {**frame_of(mine), "url": offer_url(mine.seat, now), "answer_until": mine.match.answer_until}


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
        **frame_of(mine),
        "url": offer_url(mine.seat, now),
        "you_first": writes_first(mine) == mine.seat.pk,
        "first_writer": first_writer(mine),
        "first_until": starts + dt.timedelta(days=FIRST_CONTACT_DAYS),
        "questions": mine.model.questions[:OPENING_QUESTIONS],
    }


def writes_first(mine: MyMatch) -> int:
    """The seat whose person makes the first contact."""
    around = _in_it(mine)
    return next((seat.pk for seat in around if seat.role == mine.model.first_contact), around[0].pk)


def first_writer(mine: MyMatch) -> str:
    """The short name of that person."""
    first = writes_first(mine)
    return next(seat.enrolment.user.short_name for seat in _in_it(mine) if seat.pk == first)


def _in_it(mine: MyMatch) -> list[Seat]:
    """Who has said yes, as they sit."""
    return [seat for seat in mine.seats if seat.answer == Seat.Answer.ACCEPTED] or mine.seats


def _over(message: Message, _now: dt.datetime) -> Context | None:
    mine = _mine(message)
    if mine is None or (mine.state in Match.LIVE and mine.seat.left_at is None):
        return None
    return {**frame_of(mine), "began": mine.match.activated_at is not None, "reason": over_because(mine)}


def over_because(mine: MyMatch) -> str:
    """Why it is over for this person: who never answered has lost a place in a group that goes on."""
    return mine.match.end_reason or str(Match.EndReason.EXPIRED)


def _news(message: Message, now: dt.datetime) -> Context | None:
    """About somebody else who has joined a group, or is no longer in it; the message's subject is their seat."""
    seat = Seat.objects.select_related("enrolment__user").filter(pk=message.subject_id).first()
    mine = my_match(user=message.recipient, match_id=seat.match_id) if seat else None
    if seat is None or mine is None or mine.state not in Match.LIVE or not mine.seat.live:
        return None
    person = seat.enrolment.user
    has_left = seat.left_at is not None
    if has_left is (message.kind == JOINED):
        return None
    address = "" if has_left else person.email
    return {**frame_of(mine), "url": offer_url(mine.seat, now), "person": person, "address": address}


def register_all() -> None:
    common: dict[str, Any] = {"group": "matches", "capped": False, "quiet_hours": "later"}
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
        Kind(
            slug=JOINED,
            template="matching/mail/joined",
            description="Somebody joins your group",
            context=_news,
            **common,
        )
    )
    register(
        Kind(
            slug=LEFT,
            template="matching/mail/left",
            description="Somebody leaves your group",
            context=_news,
            **common,
        )
    )
    register(
        Kind(slug=OVER, template="matching/mail/over", description="A match comes to nothing", context=_over, **common)
    )
