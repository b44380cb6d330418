"""Answering: a draft that is its author's alone until they send it, once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mail.prepared import prepared
from mail.services import cancel, enqueue
from programs.models import Coordinator
from surveys.errors import AlreadySent, BadAnswer, SurveyClosed
from surveys.models import Answer, Invitation, Question, Response, Survey
from surveys.queries import is_open, questions_for
from surveys.services.asking import REMINDER, SUBJECT, first_mail
from surveys.services.pseudonymising import begin_response, next_number

LONGEST = 5000


@transaction.atomic
def answer(
    *, invitation: Invitation, answers: Mapping[str, Any], now: dt.datetime, contact_me: bool | None = None
) -> Response:
    """Keep and send what one person answered. An empty answer is a skipped question; a pulse may be sent again until
    it closes, which replaces what is there.

    `contact_me` True tells the coordinators at once that this person wants to hear from them; None leaves it as it is.
    Raises SurveyClosed, also where the question was taken back meanwhile, AlreadySent, or BadAnswer naming the
    question.
    """
    locked = _locked(invitation, now)
    response = begin_response(locked)
    _store_all(response, answers, questions_for(locked))
    if contact_me is not None:
        _want_contact(response, locked, now, wanted=contact_me)
    return _sent(response, locked, now)


@transaction.atomic
def save_answer(*, invitation: Invitation, slug: str, value: object, now: dt.datetime) -> Response:
    """Keep one answer of a draft; None or "" takes it away. Raises as answer() does."""
    locked = _locked(invitation, now)
    response = begin_response(locked)
    _store_all(response, {slug: value}, questions_for(locked))
    return response


@transaction.atomic
def send(*, invitation: Invitation, consent: bool | None, contact_me: bool, now: dt.datetime) -> Response:
    """Send the draft: from now on it counts and cannot be changed. Raises SurveyClosed or AlreadySent.

    `consent` says whether the answers may stand, without a name, in a file of single rows; None where it was not asked.
    """
    locked = _locked(invitation, now)
    response = begin_response(locked)
    response.consent = consent
    response.save(update_fields=["consent"])
    if contact_me:
        _want_contact(response, locked, now, wanted=True)
    return _sent(response, locked, now)


@transaction.atomic
def ask_for_contact(*, invitation: Invitation, now: dt.datetime) -> None:
    """Tell the coordinators at once that this person wants to hear from them, whatever becomes of the answers.
    Asking twice tells them once. Raises SurveyClosed or AlreadySent.
    """
    locked = _locked(invitation, now)
    _want_contact(begin_response(locked), locked, now, wanted=True)


def _locked(invitation: Invitation, now: dt.datetime) -> Invitation:
    locked = _to_lock.first(invitation.pk)
    if locked is None or not is_open(locked, now):
        raise SurveyClosed("The time to answer is over")
    if locked.answered_at is not None and locked.survey.kind != Survey.Kind.PULSE:
        raise AlreadySent("These answers have been sent")
    return locked


@prepared
def _to_lock(invitation: int) -> QuerySet[Invitation]:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("survey__program", "user", "session")
    return rows.filter(pk=invitation)


def _sent(response: Response, invitation: Invitation, now: dt.datetime) -> Response:
    response.submitted_at, response.number = now, next_number(response)
    response.save(update_fields=["submitted_at", "number"])
    # Whether it was answered before its mail is told nobody later.
    Invitation.objects.filter(pk=invitation.pk).update(answered_at=now, mail_at=None)
    if invitation.mail_at is None:
        # Otherwise no mail is in the outbox yet, and none will be.
        kinds = [first_mail(invitation.survey.kind), REMINDER]
        cancel(subject_type=SUBJECT, subject_id=invitation.pk, kinds=kinds, now=now)
    return response


def _store_all(response: Response, answers: Mapping[str, Any], asked: Iterable[Question]) -> None:
    """At most four statements, however many answers there are. The invitation is locked."""
    questions = {question.slug: question for question in asked}
    checked = {slug: _checked(questions, slug, value) for slug, value in answers.items()}
    values = {questions[slug].pk: value for slug, value in checked.items()}
    there = {each.question_id: each for each in Answer.objects.filter(response=response)}
    given = {pk: value for pk, value in values.items() if value is not None}
    for pk in there.keys() & given.keys():
        _put(there[pk], given[pk])
    new = [_put(Answer(response=response, question_id=pk), value) for pk, value in given.items() if pk not in there]
    Answer.objects.bulk_create(new)
    Answer.objects.bulk_update([there[pk] for pk in there.keys() & given.keys()], ["value", "text"])
    skipped = [there[pk].pk for pk in there.keys() & (values.keys() - given.keys())]
    if skipped:
        Answer.objects.filter(pk__in=skipped).delete()


def _checked(questions: Mapping[str, Question], slug: str, value: object) -> int | str | None:
    question = questions.get(slug)
    if question is None:
        raise BadAnswer("There is no such question", field=slug)
    if value is None or value == "":
        return None
    if question.kind == Question.Kind.TEXT:
        return str(value)[:LONGEST]
    if not isinstance(value, int) or isinstance(value, bool) or value not in question.values:
        first, last = question.values[0], question.values[-1]
        raise BadAnswer(f"Choose a number from {first} to {last}", field=slug)
    return value


def _put(answer: Answer, value: int | str) -> Answer:
    if isinstance(value, str):
        answer.text = value
    else:
        answer.value = value
    return answer


def _want_contact(response: Response, invitation: Invitation, now: dt.datetime, *, wanted: bool) -> None:
    newly = wanted and not response.contact_me
    response.contact_me = wanted
    response.save(update_fields=["contact_me"])
    if newly:
        _tell_coordinators(invitation, now)


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
