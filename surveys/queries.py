"""Reads of surveys. Nothing here gives a single answer to anybody but its author."""

import datetime as dt
from dataclasses import dataclass

from participants.models import User
from programs.models import Program
from surveys.models import GROUP, Answer, Invitation, Publication, Survey


@dataclass(frozen=True)
class SurveyFigures:
    """What a coordinator sees of a survey: the last published figures and how many answer."""

    survey: Survey
    published: Publication | None
    # Only shown once five people have been asked; before that a rate would name them.
    invited_people: int
    answered_people: int

    @property
    def rate_shown(self) -> bool:
        return self.invited_people >= GROUP


def surveys_of(program: Program) -> list[Survey]:
    return list(program.surveys.filter(active=True).prefetch_related("questions"))


def figures_of(survey: Survey) -> SurveyFigures:
    asked = Invitation.objects.filter(survey=survey)
    return SurveyFigures(
        survey=survey,
        published=survey.publications.first(),
        invited_people=asked.values("user").distinct().count(),
        answered_people=asked.filter(answered_at__isnull=False).values("user").distinct().count(),
    )


def open_for(user: User, now: dt.datetime) -> list[Invitation]:
    """What this person could still answer, oldest first."""
    return list(
        Invitation.objects.filter(user=user, answered_at=None, closes_at__gt=now)
        .select_related("survey__program", "session__match")
        .order_by("created_at")
    )


def own_answers(invitation: Invitation) -> dict[str, int | str]:
    """What the invited person has answered, by question."""
    rows = Answer.objects.filter(response__invitation=invitation).select_related("question")
    return {row.question.slug: row.text if row.value is None else row.value for row in rows}
