"""Where surveys join the life of a session: its log asks for the check-in, its receipt offers the first question."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from matching.models import Match, Seat
from participants.models import User
from sessions.models import Session
from surveys import services
from surveys.forms import FACES
from surveys.mails import survey_path
from surveys.models import Invitation, Question, Survey
from surveys.queries import is_open


def after_log(session: Session, people: Sequence[User], now: dt.datetime) -> None:
    """Ask everybody who was in a held session; take the question back where the log says it was not held."""
    if session.state != Session.State.HELD:
        services.withdraw(session=session, now=now)
        return
    services.invite_after(session=session, users=people, now=now)


def after_end(match: Match, now: dt.datetime) -> None:
    """Check-ins about single sessions still leave after a planned end; after an early one they would only hurt."""
    if match.end_reason != Match.EndReason.FINISHED:
        services.withdraw_of_match(match=match, now=now)


def after_parting(seat: Seat, now: dt.datetime) -> None:
    """Ask somebody who has left the others no more about the sessions they were in."""
    services.withdraw_of_match(match=seat.match, user=seat.enrolment.user, now=now)


def on_receipt(session: Session, user: User, now: dt.datetime) -> dict[str, Any] | None:
    """The first question as one tap, for the person who has just logged; None once they have answered."""
    invitation = (
        Invitation.objects.select_related("survey", "user")
        .filter(session=session, user=user, answered_at=None, closes_at__gt=now)
        .first()
    )
    if invitation is None or session.state != Session.State.HELD:
        return None
    question = invitation.survey.questions.first()
    if question is None or question.kind != Question.Kind.SCALE or list(question.values) != list(FACES):
        return None
    return {
        "template": "surveys/_receipt.html",
        "question": question,
        "choices": FACES.items(),
        "action": f"{survey_path(invitation, now=now)}?one=1",
    }


def on_closing(match: Match, user: User, now: dt.datetime) -> dict[str, Any] | None:
    """The way to the survey at the end, while it can be answered."""
    asked = Invitation.objects.select_related("survey__program", "user", "match")
    found = asked.filter(match=match, user=user, survey__kind=Survey.Kind.CLOSING, answered_at=None, closes_at__gt=now)
    invitation = found.order_by("-created_at").first()
    if invitation is None or not is_open(invitation, now):
        return None
    return {"template": "surveys/_closing.html", "invitation": invitation, "url": survey_path(invitation, now=now)}
