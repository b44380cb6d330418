"""The messages of safeguarding: a case's number and where to read it; never what was reported, nor by whom."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Kind
from participants.permissions import is_admin
from safeguarding.models import Case, Opening
from safeguarding.permissions import HOUR, is_lead, may_read
from safeguarding.queries import leads
from safeguarding.services import telling


def _open_case(message: Message) -> Case | None:
    return Case.objects.filter(pk=message.subject_id, state=Case.State.OPEN).first()


def _about(case: Case) -> dict[str, Any]:
    url = links.url(reverse("safeguarding:case", kwargs={"number": case.number}))
    return {"number": case.number, "in_danger": case.in_danger, "url": url}


def reported(message: Message, _now: datetime) -> dict[str, Any] | None:
    case = _open_case(message)
    if case is None or not may_read(message.recipient, case):
        return None
    why = f"You get this because you are a safeguarding lead of {settings.ORGANISATION_NAME}."
    return {**_about(case), "why": why}


def unread(message: Message, _now: datetime) -> dict[str, Any] | None:
    """To an admin: somebody reported a concern, and nobody is there who may read it."""
    case = _open_case(message)
    if case is None or not is_admin(message.recipient):
        return None
    if leads(but=case.people.values_list("pk", flat=True)):
        return None
    return {
        **_about(case),
        "url": links.url(reverse("safeguarding:settings")),
        "why": f"You get this because you are an admin of {settings.ORGANISATION_NAME}.",
    }


def assigned(message: Message, _now: datetime) -> dict[str, Any] | None:
    case = _open_case(message)
    if case is None or case.lead_id != message.recipient_id or not may_read(message.recipient, case):
        return None
    return {**_about(case), "why": "You get this because a safeguarding lead asked you to look after it."}


def opened(message: Message, _now: datetime) -> dict[str, Any] | None:
    """To a second person, at once; it leads nowhere that only leads may go."""
    opening = Opening.objects.select_related("case", "by").filter(pk=message.subject_id).first()
    if opening is None or not (is_lead(message.recipient) or is_admin(message.recipient)):
        return None
    return {
        "who": opening.by,
        "number": opening.case.number,
        "opened_at": opening.opened_at,
        "until": opening.ended_at or opening.opened_at + HOUR,
        "with_private": opening.with_private,
        "url": links.url(reverse("privacy")),
        "why": "You get this because nobody opens notes without a second person being told.",
    }


def were_opened(message: Message, _now: datetime) -> dict[str, Any] | None:
    """To the people of the match. It says neither why nor for which case: that could tell who reported it."""
    found = Opening.objects.select_related("by", "match__track__program").filter(pk=message.subject_id).first()
    if found is None or not message.recipient.is_active or not found.people.filter(pk=message.recipient_id).exists():
        return None
    return {
        "who": found.by,
        "program": found.match.track.program.name if found.match else "",
        "opened_at": found.opened_at,
        "with_private": found.with_private,
        "url": links.url(reverse("privacy")),
        "why": "You get this because everybody is told whose notes were opened.",
    }


_COMMON: dict[str, Any] = {"transactional": True}
KINDS = (
    Kind(
        slug=telling.REPORTED,
        template="safeguarding/mail/reported",
        description="A concern was reported",
        context=reported,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=telling.UNREAD,
        template="safeguarding/mail/unread",
        description="A concern was reported, and nobody is there to read it",
        context=unread,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=telling.ASSIGNED,
        template="safeguarding/mail/assigned",
        description="A case was given to you",
        context=assigned,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=telling.OPENED,
        template="safeguarding/mail/opened",
        description="Somebody opened the notes of a match",
        context=opened,
        quiet_hours="exempt",
        **_COMMON,
    ),
    Kind(
        slug=telling.TOLD,
        template="safeguarding/mail/were_opened",
        description="Notes of your match were opened",
        context=were_opened,
        quiet_hours="later",
        **_COMMON,
    ),
)
