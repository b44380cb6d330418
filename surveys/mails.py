"""The messages of surveys: what each says is decided when it leaves."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from mail import links
from mail.models import Message
from mail.prepared import prepared
from mail.registry import Kind
from matching.models import Match
from programs.mails import signed_by
from programs.models import Coordinator, Enrolment
from sessions.models import Attendance, Session
from sessions.planning import members_of
from surveys import definition
from surveys.models import Invitation, Question, Survey
from surveys.queries import invitation_of, is_open, own_answers, questions_for, waits
from surveys.services.asking import REMINDER, first_mail

PURPOSE = "survey"
# After its last day a link still says that it is over.
LINK_LIVES_ON = 14
# A first mail that had to wait is not followed by its reminder at once.
REST = dt.timedelta(days=2)

# Subject and heading of the first mail; names and numbers are filled in.
WORDS = {
    Survey.Kind.BASELINE.value: "Before you start: {count}",
    Survey.Kind.TWO_WEEKS.value: "Two weeks in with {partner}",
    Survey.Kind.MIDPOINT.value: "Half-way: {count}",
    Survey.Kind.CLOSING.value: "Last questions: {count}",
}
INTROS = {
    Survey.Kind.BASELINE.value: "You are asked the same again later, so that you and the program see what has changed.",
    Survey.Kind.TWO_WEEKS.value: "It takes a minute.",
    Survey.Kind.MIDPOINT.value: "It takes two or three minutes, and you can stop and go on later.",
    Survey.Kind.CLOSING.value: "It takes three minutes, and you can stop and go on later.",
}

# Nothing of these is half-way or last for somebody who has not begun.
WAITING_WORDS = {**WORDS, **dict.fromkeys(("baseline", "midpoint", "closing"), "While you wait: {count}")}
WAITING_INTRO = (
    "Lots have given you a place in the next round. Those who have begun are asked the same, and so it can be told what"
    " the program changes. It takes two minutes, and your place does not depend on it."
)


def token_for(invitation: Invitation, *, now: dt.datetime) -> str:
    """A link that works until the survey closes, and some days longer to say that it has."""
    days = (invitation.closes_at - now) / dt.timedelta(days=1) + LINK_LIVES_ON
    return links.make(PURPOSE, invitation.user, invitation.pk, days=days, now=now)


def survey_path(invitation: Invitation, *, now: dt.datetime) -> str:
    return reverse("survey_links:answer", kwargs={"tok": token_for(invitation, now=now)})


def partners(match_id: int, user_id: int) -> str:
    """First names of the others in a match, in a sentence."""
    names = [user.short_name for user in members_of(match_id) if user.pk != user_id]
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def partners_in(invitation: Invitation) -> str:
    """The others in what it is about; "" where it is about oneself."""
    match_id = invitation.session.match_id if invitation.session else invitation.match_id
    return partners(match_id, invitation.user_id) if match_id else ""


def _asked(message: Message, now: dt.datetime) -> Invitation | None:
    """What is still to be answered, by somebody who still takes part."""
    invitation = invitation_of(message.recipient, message.subject_id)
    if invitation is None or invitation.answered_at is not None or not is_open(invitation, now):
        return None
    about = invitation.survey
    enrolled = _enrolled(about.program_id, message.recipient_id)
    return invitation if enrolled and definition.timing_of(about.program, about.kind).on else None


@prepared
def _enrolled(program: int, user: int) -> QuerySet[Enrolment, int]:
    theirs = Enrolment.objects.filter(track__program=program, user=user).exclude(state=Enrolment.State.LEFT)
    return theirs.values_list("pk", flat=True)[:1]


def pulse(message: Message, now: dt.datetime) -> dict[str, Any] | None:
    """Five answers to the first question as links; nothing is written before the page's button is pressed."""
    invitation = _asked(message, now)
    if invitation is None or invitation.session is None or invitation.session.state != Session.State.HELD:
        return None
    if _missed(invitation.session.pk, message.recipient_id):
        return None
    url = links.url(survey_path(invitation, now=now))
    why = f"You get this because you took part in a session of {invitation.survey.program.name}."
    return _first_question(invitation, questions_for(invitation), url, url, why)


@prepared
def _missed(session: int, user: int) -> QuerySet[Attendance, int]:
    theirs = Attendance.objects.filter(session=session, present=False, seat__enrolment__user=user)
    return theirs.values_list("pk", flat=True)[:1]


def _first_question(
    invitation: Invitation, questions: Sequence[Question], url: str, first_url: str, why: str
) -> dict[str, Any] | None:
    """The context with the answers to the first of the questions; None where there is none."""
    if not questions:
        return None
    first = questions[0]
    return {
        **signed_by(invitation.survey.program),
        "partner": partners_in(invitation),
        "question": first,
        "by_number": first.kind == Question.Kind.SCALE,
        "choices": [(number, words, f"{first_url}?a={number}") for number, words in first.choices],
        "url": url,
        "closes_at": invitation.closes_at,
        "why": why,
    }


def survey(message: Message, now: dt.datetime) -> dict[str, Any] | None:
    """The first mail of a survey, and its reminders. None once it is answered, or what it asks about is over."""
    invitation = _asked(message, now)
    if invitation is None or _is_stale(invitation) or _comes_too_soon(message, invitation, now):
        return None
    kind, token = invitation.survey.kind, token_for(invitation, now=now)
    url = links.url(reverse("survey_links:answer", kwargs={"tok": token}))
    first_url = links.url(reverse("survey_links:question", kwargs={"tok": token, "n": 1}))
    why = f"You get this because you take part in {invitation.survey.program.name}."
    questions = questions_for(invitation)
    context = _first_question(invitation, questions, url, first_url, why)
    if context is None:
        return None
    count = len(questions)
    words = "one question" if count == 1 else f"{count} questions"
    waiting = waits(invitation)
    heading = (WAITING_WORDS if waiting else WORDS)[kind].format(
        count=words, partner=context["partner"] or "your match"
    )
    begun = bool(own_answers(invitation))
    return {
        **context,
        "heading": heading,
        "intro": WAITING_INTRO if waiting else INTROS[kind],
        "begun": begun,
        "again": message.kind == REMINDER,
    }


def _comes_too_soon(message: Message, invitation: Invitation, now: dt.datetime) -> bool:
    """A reminder of what its reader has only just heard of, or not yet: the weekly two have kept the first mail."""
    if message.kind != REMINDER:
        return False
    about = {"subject_type": message.subject_type, "subject_id": message.subject_id, "recipient": message.recipient}
    first = Message.objects.filter(kind=first_mail(invitation.survey.kind), **about).first()
    waits = first is not None and first.state in {Message.State.PENDING, Message.State.SENDING}
    return waits or (first is not None and first.handed_over_at is not None and first.handed_over_at > now - REST)


def _is_stale(invitation: Invitation) -> bool:
    """A match that has ended is not asked how it is going; at its end it is."""
    match = invitation.match
    return match is not None and invitation.survey.kind != Survey.Kind.CLOSING and match.state != Match.State.ACTIVE


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


def _kind(slug: str, description: str) -> Kind:
    return Kind(
        slug=slug,
        template="surveys/mail/survey",
        description=description,
        context=survey,
        group="surveys",
        rests=True,
        doubt="hold",
        quiet_hours="later",
    )


KINDS = (
    Kind(
        slug="pulse",
        template="surveys/mail/pulse",
        description="A short check-in the morning after a session",
        context=pulse,
        group="surveys",
        rests=True,
        doubt="hold",
        quiet_hours="later",
    ),
    _kind(first_mail(Survey.Kind.BASELINE), "The first questions, before a match"),
    _kind(first_mail(Survey.Kind.TWO_WEEKS), "A short check-in two weeks after a match"),
    _kind(first_mail(Survey.Kind.MIDPOINT), "The survey half-way"),
    _kind(first_mail(Survey.Kind.CLOSING), "The survey at the end"),
    _kind(REMINDER, "A reminder of a survey that is not answered yet"),
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
