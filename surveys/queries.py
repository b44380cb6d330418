"""Reads of surveys. Nothing here gives a single answer to anybody but its author."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from mail.prepared import prepared
from matching.models import Seat
from participants.models import User
from programs.models import Enrolment, Program
from surveys.coding import words_of
from surveys.definition import filled, items_of
from surveys.models import GROUP, Answer, Invitation, Publication, Question, Response, Survey, Timing
from surveys.wording import CORE, RELATIONSHIP, STANDARD, TIMES

ANSWERED_ANEW = (Survey.Kind.PULSE,)
_PUBLISHED = ("pk", "as_of", "people", "answers", "figures")


@dataclass(frozen=True)
class Shown:
    """One question as coordinators see it: its published figure, if there is one."""

    text: str
    points: int
    mean: float | None
    people: int | None
    counts: list[tuple[str, int | None]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    # Where the mean is a bound: "or more" or "or less".
    bound: str = ""

    @property
    def is_shown(self) -> bool:
        return self.people is not None


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

    @property
    def shown(self) -> list[Shown]:
        """Question by question. Queries: one for words, if any are published."""
        figures = self.published.figures if self.published else []
        numbers = [pk for each in figures for pk in each.get("words", [])]
        words = {each.pk: each.text for each in Answer.objects.filter(pk__in=numbers)} if numbers else {}
        return [_shown(each, words) for each in figures]


def _shown(figure: dict[str, Any], words: dict[int, str]) -> Shown:
    return Shown(
        text=figure["text"],
        points=figure["points"],
        mean=figure["mean"],
        people=figure["people"],
        counts=[(option, count) for option, count in figure.get("counts", [])],
        words=[words[pk] for pk in figure.get("words", []) if pk in words],
        bound=words_of(figure.get("end", "")),
    )


@dataclass(frozen=True)
class Moment:
    """One kind of survey in a program: how it stands, whether or not anybody has been asked yet."""

    kind: str
    name: str
    timing: Timing
    questions: int
    figures: SurveyFigures | None

    @property
    def title(self) -> str:
        return str(Survey.Kind(self.kind).label)


def moments_of(program: Program) -> list[Moment]:
    """Every survey of a program in the order of a match's life. Queries: five, and one for published words of each."""
    active = program.surveys.filter(active=True).prefetch_related("questions", "publications").order_by("pk")
    surveys = {each.kind: each for each in active}
    timings = {each.kind: each for each in program.survey_timings.all()}
    people = _people_of(list(surveys.values()))
    return [_moment(program, kind, surveys.get(kind), timings.get(kind), people) for kind in STANDARD]


def _moment(
    program: Program, kind: str, survey: Survey | None, timing: Timing | None, people: dict[int, tuple[int, int]]
) -> Moment:
    usual = TIMES[kind]
    timing = timing or Timing(
        program=program, kind=kind, after_days=usual.after_days, reminder_days=list(usual.reminder_days)
    )
    if survey is None:
        return Moment(kind, STANDARD[kind]["name"], timing, len(STANDARD[kind]["questions"]), None)
    published = next(iter(survey.publications.all()), None)
    figures = SurveyFigures(survey, published, *people.get(survey.pk, (0, 0)))
    return Moment(kind, survey.name, timing, len(survey.questions.all()), figures)


def _people_of(surveys: Sequence[Survey]) -> dict[int, tuple[int, int]]:
    """How many different people were asked, and have answered, by survey. Queries: one."""
    asked = Invitation.objects.filter(survey__in=surveys).order_by().values("survey")
    sent = Response.objects.filter(survey__in=surveys, submitted_at__isnull=False).order_by().values("survey")
    both = asked.annotate(people=Count("user", distinct=True), sent=Value(0)).union(
        sent.annotate(people=Count("respondent", distinct=True), sent=Value(1)), all=True
    )
    counts = {(survey, sent): people for survey, people, sent in both.values_list("survey", "people", "sent")}
    return {survey: (people, counts.get((survey, 1), 0)) for (survey, sent), people in counts.items() if not sent}


def figures_of(program: Program, kind: str) -> SurveyFigures | None:
    """The figures of a program's survey of this kind, if it is in use. Queries: one."""
    newest = Publication.objects.filter(survey=OuterRef("pk"))
    last = {f"last_{each}": Subquery(newest.values(each)[:1]) for each in _PUBLISHED}
    asked = _different("user", Invitation.objects.filter(survey=OuterRef("pk")))
    sent = _different("respondent", Response.objects.filter(survey=OuterRef("pk"), submitted_at__isnull=False))
    survey = program.surveys.filter(kind=kind, active=True).annotate(**last, asked=asked, sent=sent).first()
    if survey is None:
        return None
    values = {each: getattr(survey, f"last_{each}") for each in _PUBLISHED}
    published = Publication(survey=survey, **values) if values["pk"] else None
    return SurveyFigures(survey, published, survey.asked, survey.sent)


def _different(column: str, rows: QuerySet[Any]) -> Coalesce:
    """How many different ones a column has, for each survey."""
    counted = rows.order_by().values("survey").annotate(people=Count(column, distinct=True))
    return Coalesce(Subquery(counted.values("people")), 0)


@prepared
def asked_in(survey: int) -> QuerySet[Question]:
    """All questions of a survey, in order."""
    return Question.objects.filter(survey=survey)


def questions_for(invitation: Invitation) -> list[Question]:
    """What this person is asked of the survey, in order: the outcome core if it is theirs, what concerns a match if
    there is one, why it ended if it ended early. Whoever waits for the next round is asked how they stand, and nothing
    of a program that they have not begun.
    """
    questions = asked_in(invitation.survey_id)
    if waits(invitation):
        return [each for each in questions if each.construct in CORE]
    return [each for each in questions if _concerns(each.construct, invitation)]


def waits(invitation: Invitation) -> bool:
    """Whether it is asked of somebody while they wait for the next round. Queries: one, and none about a match."""
    if invitation.match_id or invitation.session_id or not invitation.with_core:
        return False
    waiting = Enrolment.objects.filter(user=invitation.user_id, state=Enrolment.State.WAITING)
    return waiting.filter(track__program=invitation.survey.program_id).exists()


def _concerns(construct: str, invitation: Invitation) -> bool:
    if construct in CORE:
        return invitation.with_core
    if construct in RELATIONSHIP:
        return invitation.match_id is not None
    return invitation.early if construct == Question.Construct.EXIT else True


def is_matched(user_id: int, program_id: int) -> bool:
    """Whether somebody is, or was, in a match of the program that was on."""
    return Seat.objects.filter(
        enrolment__user=user_id,
        answer=Seat.Answer.ACCEPTED,
        match__track__program=program_id,
        match__activated_at__isnull=False,
    ).exists()


def is_open(invitation: Invitation, now: dt.datetime) -> bool:
    """Whether it can be answered. How things stood before a match is asked only before it."""
    if now >= invitation.closes_at:
        return False
    survey = invitation.survey
    return survey.kind != Survey.Kind.BASELINE or not is_matched(invitation.user_id, survey.program_id)


def is_sent(invitation: Invitation) -> bool:
    """Whether it has been answered for good."""
    return invitation.answered_at is not None and invitation.survey.kind not in ANSWERED_ANEW


def invitation_of(user: User, pk: int) -> Invitation | None:
    """What somebody was asked, with all that its pages need but the questions. Queries: one."""
    return _invitation.first(pk, user.pk)


@prepared
def _invitation(pk: int, user: int) -> QuerySet[Invitation]:
    rows = Invitation.objects.select_related("survey__program", "session__match", "match__track", "user")
    return rows.filter(pk=pk, user=user)


def open_for(user: User, now: dt.datetime) -> list[Invitation]:
    """What this person could still answer, oldest first."""
    rows = Invitation.objects.filter(user=user, answered_at=None, closes_at__gt=now)
    found = rows.select_related("survey__program", "session__match", "match").order_by("created_at")
    return [each for each in found if is_open(each, now)]


def own_answers(invitation: Invitation) -> dict[str, int | str]:
    """What the invited person has answered, by question."""
    return {row.question.slug: row.text if row.value is None else row.value for row in _own(invitation.pk)}


@prepared
def _own(invitation: int) -> QuerySet[Answer]:
    return Answer.objects.filter(response__invitation=invitation).select_related("question")


def wants_contact(invitation: Invitation) -> bool:
    """Whether this person has asked for the coordinator in this survey."""
    return Response.objects.filter(invitation=invitation, contact_me=True).exists()


@dataclass(frozen=True)
class Preview:
    """A survey's questions as they are asked now, also where nobody has been asked yet."""

    kind: str
    name: str
    version: int
    items: list[dict[str, Any]]
    questions: list[Question]

    @property
    def title(self) -> str:
        return str(Survey.Kind(self.kind).label)


def preview_of(program: Program, kind: str) -> Preview:
    """The present version. Queries: two."""
    survey = program.surveys.filter(kind=kind, active=True).prefetch_related("questions").first()
    if survey is not None:
        return Preview(kind, survey.name, survey.version, items_of(survey), list(survey.questions.all()))
    item = STANDARD[kind]
    questions = [Question(position=at, **filled(each)) for at, each in enumerate(item["questions"])]
    return Preview(kind, item["name"], 0, [dict(each) for each in item["questions"]], questions)
