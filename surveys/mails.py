"""The messages of surveys: what each says is decided when it leaves."""

import datetime as dt
from typing import Any

from django.urls import reverse

from mail import links
from mail.models import Message
from mail.registry import Kind
from programs.models import Coordinator, Program
from sessions.models import Session
from sessions.planning import members_of
from surveys.models import Invitation
from surveys.services import OPEN_DAYS

PURPOSE = "survey"


def token_for(invitation: Invitation, *, now: dt.datetime) -> str:
    return links.make(PURPOSE, invitation.user, invitation.pk, days=OPEN_DAYS, now=now)


def survey_path(invitation: Invitation, *, now: dt.datetime) -> str:
    return reverse("survey_links:answer", kwargs={"tok": token_for(invitation, now=now)})


def partners(session: Session, user_id: int) -> str:
    """First names of the others in the session's match, in a sentence."""
    names = [user.short_name for user in members_of(session.match_id) if user.pk != user_id]
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def signed_by(program: Program) -> dict[str, Any]:
    """Who signs the program's mails and gets the answers."""
    return {
        "program_name": program.name,
        "from_name": program.contact_name or program.name,
        "reply_to": program.contact_email,
    }


def pulse(message: Message, now: dt.datetime) -> dict[str, Any] | None:
    """Five answers to the first question as links; nothing is written before the page's button is pressed."""
    invitation = (
        Invitation.objects.select_related("survey__program", "session__match", "user")
        .filter(pk=message.subject_id, answered_at=None, closes_at__gt=now)
        .first()
    )
    if invitation is None or invitation.session is None or invitation.session.state != Session.State.HELD:
        return None
    first = invitation.survey.questions.first()
    if first is None:
        return None
    url = links.url(survey_path(invitation, now=now))
    return {
        **signed_by(invitation.survey.program),
        "partner": partners(invitation.session, invitation.user_id),
        "question": first,
        "choices": [(number, f"{url}?a={number}") for number in range(1, first.points + 1)],
        "url": url,
        "closes_at": invitation.closes_at,
        "why": f"You get this because you took part in a session of {invitation.survey.program.name}.",
    }


def contact_request(message: Message, _now: dt.datetime) -> dict[str, Any] | None:
    invitation = (
        Invitation.objects.select_related("survey__program", "user")
        .filter(pk=message.subject_id, response__contact_me=True)
        .first()
    )
    if invitation is None:
        return None
    program = invitation.survey.program
    if not Coordinator.objects.filter(program=program, user=message.recipient_id).exists():
        return None
    return {
        **signed_by(program),
        "person": invitation.user,
        "why": f"You get this because you coordinate {program.name}. The person’s match does not know that they asked.",
    }


KINDS = (
    Kind(
        slug="pulse",
        template="surveys/mail/pulse",
        description="A short check-in the morning after a session",
        context=pulse,
        group="surveys",
        doubt="hold",
        quiet_hours="later",
    ),
    Kind(
        slug="contact_request",
        template="surveys/mail/contact_request",
        description="Somebody asks you to contact them",
        context=contact_request,
        transactional=True,
        group="coordination",
        quiet_hours="exempt",
    ),
)
