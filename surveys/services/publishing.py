"""Writes about surveys: asking, answering, and publishing what five or more people said."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from mail.quiet import shift
from mail.services import cancel, enqueue
from participants.models import User
from participants.services import record
from programs.models import Coordinator, Program
from sessions.models import Session
from surveys import definition
from surveys.models import GROUP, Answer, Invitation, Publication, Question, Response, Survey

OPEN_DAYS = 14
SUBJECT = "surveys.invitation"


class SurveyClosed(Exception):
    """The time to answer is over."""


class BadAnswer(ValueError):
    """An answer the question does not offer; `field` is the question's slug."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def invite_after(*, session: Session, user: User, now: dt.datetime) -> Invitation:
    """Ask one person about one held session; asking twice changes nothing, also when the words have changed since.

    The question comes with the log; to whoever has not answered by then it goes by mail the next morning at nine in
    their own zone.
    """
    program = session.match.track.program
    survey = definition.pulse_of(program)
    asked = Invitation.objects.filter(survey__kind=survey.kind, user=user, session=session).first()
    if asked:
        return asked
    invitation, new = Invitation.objects.get_or_create(
        survey=survey,
        user=user,
        session=session,
        defaults={"created_at": now, "closes_at": now + dt.timedelta(days=OPEN_DAYS)},
    )
    if new:
        enqueue(
            kind="pulse",
            subject_type=SUBJECT,
            subject_id=invitation.pk,
            recipient=user,
            program_id=program.pk,
            not_before=_next_morning(now, ZoneInfo(user.timezone)),
            expires_at=invitation.closes_at,
            now=now,
        )
    return invitation


def _next_morning(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    day = now.astimezone(zone).date() + dt.timedelta(days=1)
    return shift(dt.datetime.combine(day, dt.time(9), zone).astimezone(dt.UTC), zone, "later")


@transaction.atomic
def withdraw(*, session: Session, now: dt.datetime) -> None:
    """Take back what was asked about a session that did not happen after all; answers given stay with their authors."""
    for invitation in Invitation.objects.select_for_update().filter(session=session, answered_at=None):
        cancel(subject_type=SUBJECT, subject_id=invitation.pk, now=now)
        invitation.delete()


@transaction.atomic
def answer(
    *, invitation: Invitation, answers: Mapping[str, Any], now: dt.datetime, contact_me: bool | None = None
) -> Response:
    """Keep what one person answered; sending it again replaces what is there. An empty answer is a skipped question.

    `contact_me` True tells the coordinators at once that this person wants to hear from them; None leaves it as it is.
    Raises SurveyClosed, also where the question was taken back meanwhile, or BadAnswer naming the question.
    """
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("survey__program", "user")
    locked = rows.filter(pk=invitation.pk).first()
    if locked is None or now >= locked.closes_at:
        raise SurveyClosed("The time to answer is over")
    questions = {question.slug: question for question in locked.survey.questions.all()}
    values = {slug: _checked(questions, slug, value) for slug, value in answers.items()}
    response, _ = Response.objects.get_or_create(invitation=locked, defaults={"submitted_at": now})
    for slug, value in values.items():
        _store(response, questions[slug], value)
    response.submitted_at = now
    newly_asked = bool(contact_me) and not response.contact_me
    if contact_me is not None:
        response.contact_me = contact_me
    response.save(update_fields=["submitted_at", "contact_me"])
    Invitation.objects.filter(pk=locked.pk).update(answered_at=now)
    cancel(subject_type=SUBJECT, subject_id=locked.pk, kinds=["pulse"], now=now)
    if newly_asked:
        _tell_coordinators(locked, now)
    return response


def _checked(questions: Mapping[str, Question], slug: str, value: object) -> int | str | None:
    question = questions.get(slug)
    if question is None:
        raise BadAnswer("There is no such question", field=slug)
    if value is None or value == "":
        return None
    if question.kind == Question.Kind.TEXT:
        return str(value)[:5000]
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= question.points:
        raise BadAnswer(f"Choose a number from 1 to {question.points}", field=slug)
    return value


def _store(response: Response, question: Question, value: int | str | None) -> None:
    if value is None:
        Answer.objects.filter(response=response, question=question).delete()
        return
    content = {"text": value} if isinstance(value, str) else {"value": value}
    Answer.objects.update_or_create(response=response, question=question, defaults=content)


def _tell_coordinators(invitation: Invitation, now: dt.datetime) -> None:
    program = invitation.survey.program
    for coordinator in Coordinator.objects.filter(program=program).select_related("user"):
        enqueue(
            kind="contact_request",
            subject_type=SUBJECT,
            subject_id=invitation.pk,
            recipient=coordinator.user,
            program_id=program.pk,
            not_before=now,
            expires_at=now + dt.timedelta(days=7),
            now=now,
        )


@transaction.atomic
def change_questions(*, program: Program, items: list[dict[str, Any]], by: User, now: dt.datetime) -> Survey:
    """New words for the survey after a session, as a new version; answers given stay with the old words."""
    now_asked = definition.pulse_of(program)
    definition.load_part(program, [{"kind": now_asked.kind, "name": now_asked.name, "questions": items}])
    survey = definition.pulse_of(program)
    record(by=by, verb="survey changed", now=now, program_id=program.pk, subject=survey, version=survey.version)
    return survey


@transaction.atomic
def publish_figures(*, survey: Survey, now: dt.datetime) -> Publication | None:
    """Fix the survey's figures anew once five people have said something since the last time; None until then.

    Means are over people, each with the mean of their own answers, to one decimal; a question fewer than five people
    answered has no mean, and one that fewer than five have answered anew keeps the figure it had: from the difference
    of two figures one could read what the few said.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)
    last = survey.publications.first()
    said = Response.objects.filter(invitation__survey=survey, submitted_at__lte=now)
    since = said.filter(submitted_at__gt=last.as_of) if last else said
    if since.values("invitation__user").distinct().count() < GROUP:
        return None
    return Publication.objects.create(
        survey=survey,
        as_of=now,
        people=said.values("invitation__user").distinct().count(),
        answers=said.count(),
        figures=[_figure(question, _published(question, last), now) for question in survey.questions.all()],
    )


def _published(question: Question, last: Publication | None) -> dict[str, Any] | None:
    """What was last shown of a question, with the moment it is of; None if nothing was."""
    found = next((each for each in last.figures if each["slug"] == question.slug), None) if last else None
    if last is None or found is None or found["mean"] is None:
        return None
    return {"as_of": last.as_of.isoformat(), **found}


def _figure(question: Question, before: dict[str, Any] | None, now: dt.datetime) -> dict[str, Any]:
    rows = Answer.objects.filter(question=question, response__submitted_at__lte=now)
    if before:
        since = rows.filter(response__submitted_at__gt=dt.datetime.fromisoformat(before["as_of"]))
        if since.values("response__invitation__user").distinct().count() < GROUP:
            return before
    by_person: dict[int, list[int]] = {}
    for person, value in rows.values_list("response__invitation__user", "value"):
        if value is not None:
            by_person.setdefault(person, []).append(value)
    means = [sum(values) / len(values) for values in by_person.values()]
    shown = question.scored and len(means) >= GROUP
    return {
        "slug": question.slug,
        "text": question.text,
        "points": question.points,
        "people": len(means) if shown else None,
        "mean": round(sum(means) / len(means), 1) if shown else None,
        "as_of": now.isoformat(),
    }
