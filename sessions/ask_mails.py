"""The mails about asks: that there is one, a reply, or a report; never what it says, which waits behind the link."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Context, Kind, register
from participants.models import User
from programs.mails import signed_by
from programs.models import Coordinator
from sessions.models import Ask, AskFlag, AskRoute
from sessions.queries.ask_figures import author_of
from sessions.queries.asks import ask_of, route_of
from sessions.services.ask_replies import FLAGGED, REPLIED, TO_CLOSE
from sessions.services.asks import ASKED, LIVES, REMINDER

ROUTE_PURPOSE = "ask"


def route_path(route: AskRoute, user: User, *, now: datetime) -> str:
    """The page on which a helper replies or says no without signing in; it holds as long as an ask can be open."""
    token = links.make(ROUTE_PURPOSE, user, route.pk, days=LIVES / timedelta(days=1), now=now)
    return reverse("session_links:ask", kwargs={"tok": token})


def _asked(message: Message, now: datetime) -> Context | None:
    """To a helper; None once they answered, somebody else was asked, or it needs no answer any more."""
    view = route_of(message.recipient, message.subject_id)
    if view is None or not view.may_answer or view.route.answer_by <= now:
        return None
    program = view.route.helper.track.program
    frame = {**signed_by(program), "why": f"You get this because you help others in {program.name}."}
    return {**frame, "route": view.route, "url": links.url(route_path(view.route, message.recipient, now=now))}


def _replied(message: Message, _now: datetime) -> Context | None:
    """To the one who asked: an ask that is open and has a reply to read."""
    view = ask_of(message.recipient, message.subject_id)
    if view is None or view.ask.state != Ask.State.OPEN or not view.replies:
        return None
    program = view.ask.asker.track.program
    frame = {**signed_by(program), "why": f"You get this because you asked something in {program.name}."}
    url = links.url(reverse("sessions:ask", kwargs={"ask_id": view.ask.pk}))
    return {**frame, "ask": view.ask, "replies": len(view.replies), "url": url}


def _flagged(message: Message, _now: datetime) -> Context | None:
    """To a coordinator who did not write what was reported; None once one of them has seen to it."""
    whole = AskFlag.objects.select_related(
        "by", "ask__asker__track__program", "ask__asker__user", "reply__route__helper__user"
    )
    flag = whole.filter(pk=message.subject_id, settled_at=None, for_leads=False).first()
    if flag is None or author_of(flag).pk == message.recipient_id:
        return None
    program = flag.ask.asker.track.program
    if not Coordinator.objects.filter(program=program, user=message.recipient_id).exists():
        return None
    frame = {**signed_by(program), "why": f"You get this because you coordinate {program.name}."}
    url = links.url(reverse("curriculum:asks", kwargs={"slug": program.slug}))
    return {**frame, "flag": flag, "url": url}


def _kind(slug: str, description: str, context: Callable[[Message, datetime], Context | None], **more: Any) -> Kind:
    told: dict[str, Any] = {"group": "matches", "quiet_hours": "later", **more}
    template = f"sessions/mail/{slug.replace('-', '_')}"
    return Kind(slug=slug, template=template, description=description, context=context, **told)


# An ask and its reply are what people are in a network for: the weekly cap of asks is theirs, not the two of mails.
KINDS = (
    _kind(ASKED, "Somebody asks you something", _asked, capped=False, rests=True),
    _kind(REMINDER, "An ask waits for your answer", _asked, rests=True),
    _kind(REPLIED, "There is a reply to what you asked", _replied, capped=False),
    _kind(TO_CLOSE, "A week after the first reply: whether your ask can be closed", _replied, rests=True),
    _kind(
        FLAGGED,
        "Somebody reports an ask or a reply",
        _flagged,
        transactional=True,
        group="coordination",
        quiet_hours="exempt",
    ),
)


def register_all() -> None:
    for kind in KINDS:
        register(kind)
