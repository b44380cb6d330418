"""The mails about sessions that people book themselves: who asks and for when; never what the question is."""

from datetime import datetime, timedelta

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from participants.models import User
from programs.mails import signed_by
from programs.models import Enrolment
from sessions.models import SlotAsk, SlotReview
from sessions.queries.slots import ask_for, review_of
from sessions.services.slot_reviews import REVIEW
from sessions.services.slots import ASKED, NOT_POSSIBLE

ASK_PURPOSE, REVIEW_PURPOSE = "slot", "slot-review"
REVIEW_DAYS = 30
State = SlotAsk.State


def slot_path(ask: SlotAsk, user: User, *, now: datetime) -> str:
    """The page on which the expert answers without signing in; it ends with the ask, and stays a while as a receipt."""
    days = (ask.expires_at - now) / timedelta(days=1) + 14
    return reverse("session_links:slot", kwargs={"tok": links.make(ASK_PURPOSE, user, ask.pk, days=days, now=now)})


def review_path(review: SlotReview, user: User, *, now: datetime) -> str:
    token = links.make(REVIEW_PURPOSE, user, review.pk, days=REVIEW_DAYS, now=now)
    return reverse("session_links:review", kwargs={"tok": token})


def _asked(message: Message, now: datetime) -> Context | None:
    """To the expert; None once it is answered, taken back or too late."""
    ask = ask_for(message.recipient, message.subject_id)
    if ask is None or ask.state != State.WAITING or ask.expires_at <= now:
        return None
    program = ask.asker.track.program
    frame = {**signed_by(program), "why": f"You get this because you offer times for sessions in {program.name}."}
    return {**frame, "ask": ask, "url": links.url(slot_path(ask, message.recipient, now=now))}


def _not_possible(message: Message, _now: datetime) -> Context | None:
    """To the one who asked, in the same words whatever the reason."""
    found = SlotAsk.objects.select_related("slot__enrolment__user", "asker__track__program")
    ask = found.filter(pk=message.subject_id, asker__user=message.recipient).first()
    over = ask is not None and ask.state in (State.DECLINED, State.EXPIRED)
    if ask is None or not over or ask.asker.state != Enrolment.State.ACTIVE:
        return None
    program = ask.asker.track.program
    frame = {**signed_by(program), "why": f"You get this because you asked for a session in {program.name}."}
    return {**frame, "ask": ask, "url": links.url(reverse("sessions:book", kwargs={"enrolment_id": ask.asker_id}))}


def _review(message: Message, now: datetime) -> Context | None:
    """To both; None once it is answered, or somebody has left."""
    found = review_of(message.recipient, message.subject_id)
    if found is None or found[0].answered_at is not None:
        return None
    review, other, is_asker = found
    program = review.match.track.program
    why = f"You get this because you had a session with {other.short_name} in {program.name}."
    frame = {**signed_by(program), "why": why}
    url = links.url(review_path(review, message.recipient, now=now))
    return {**frame, "review": review, "other": other.short_name, "is_asker": is_asker, "url": url}


KINDS = (
    Kind(
        slug=ASKED,
        template="sessions/mail/slot_ask",
        description="Somebody asks for a time you offer",
        context=_asked,
        group="sessions",
        capped=False,
        quiet_hours="exempt",
    ),
    Kind(
        slug=NOT_POSSIBLE,
        template="sessions/mail/slot_not_possible",
        description="A session you asked for does not come about",
        context=_not_possible,
        group="sessions",
        capped=False,
        quiet_hours="exempt",
    ),
    Kind(
        slug=REVIEW,
        template="sessions/mail/slot_review",
        description="Two weeks after a one-off session: did it help, and would you go on?",
        context=_review,
        group="surveys",
        quiet_hours="later",
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
