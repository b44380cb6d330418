"""The surveys' part of a program's JSON file, and the questions a program starts with."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from programs.errors import ProgramError
from programs.models import Program
from surveys.models import Question, Survey

AGREE = {"low_label": "Not at all", "high_label": "Very much"}

# Short items written for this product; not a validated scale. The same for every mentoring model.
PULSE: dict[str, Any] = {
    "kind": Survey.Kind.PULSE.value,
    "name": "After a session",
    "questions": [
        {"slug": "useful", "text": "This session was useful for what I am working on.", "kind": "scale", **AGREE},
        {"slug": "heard", "text": "I could say what I needed to say.", "kind": "scale", **AGREE},
        {"slug": "next", "text": "I know what I will do next.", "kind": "scale", **AGREE},
        {
            "slug": "talk",
            "text": "Who talked more?",
            "kind": "scale",
            "low_label": "Mostly me",
            "high_label": "Mostly them",
            "scored": False,
        },
    ],
}


def dump_part(program: Program) -> list[dict[str, Any]]:
    surveys = program.surveys.filter(active=True).order_by("kind").prefetch_related("questions")
    return [
        {
            "kind": survey.kind,
            "name": survey.name,
            "questions": [_dump_question(question) for question in survey.questions.all()],
        }
        for survey in surveys
    ]


def _dump_question(question: Question) -> dict[str, Any]:
    return {
        "slug": question.slug,
        "text": question.text,
        "kind": question.kind,
        "points": question.points,
        "low_label": question.low_label,
        "high_label": question.high_label,
        "scored": question.scored,
    }


@transaction.atomic
def load_part(program: Program, items: Sequence[Mapping[str, Any]]) -> None:
    """Bring the program's active surveys to the file's. Changed questions make a new version, so that answers given
    stay with the words they were given to. Without a pulse in the file the program gets the standard one.

    Raises ProgramError with the place in the file for two surveys of one kind or two questions of one slug.
    """
    _refuse_repeats(items)
    Program.objects.select_for_update().get(pk=program.pk)
    wanted = {item["kind"]: item for item in items} or {Survey.Kind.PULSE: PULSE}
    present = {item["kind"]: item for item in dump_part(program)}
    for kind, item in wanted.items():
        if _same(present.get(kind), item):
            continue
        latest = program.surveys.filter(kind=kind).order_by("-version").first()
        program.surveys.filter(kind=kind, active=True).update(active=False)
        _create(program, item, version=latest.version + 1 if latest else 1)


def _create(program: Program, item: Mapping[str, Any], *, version: int) -> Survey:
    survey = Survey.objects.create(program=program, kind=item["kind"], name=item["name"], version=version)
    for position, question in enumerate(item["questions"]):
        Question.objects.create(survey=survey, position=position, **_filled(question))
    return survey


def _refuse_repeats(items: Sequence[Mapping[str, Any]]) -> None:
    kinds = [item["kind"] for item in items]
    for position, item in enumerate(items):
        if item["kind"] in kinds[:position]:
            raise ProgramError(f"surveys[{position}].kind: there is a survey “{item['kind']}” already")
        slugs = [question["slug"] for question in item["questions"]]
        for number, slug in enumerate(slugs):
            if slug in slugs[:number]:
                raise ProgramError(f"surveys[{position}].questions[{number}].slug: “{slug}” stands there twice")


def _filled(question: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {"points": 5, "low_label": "", "high_label": "", "scored": question["kind"] == "scale"}
    return {**defaults, **question}


def _same(present: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    if present is None or present["name"] != wanted["name"]:
        return False
    return [_filled(each) for each in present["questions"]] == [_filled(each) for each in wanted["questions"]]


def pulse_of(program: Program) -> Survey:
    """The survey asked after a session; a program without one gets the standard questions."""
    survey = program.surveys.filter(kind=Survey.Kind.PULSE, active=True).first()
    return survey or _standard_pulse(program)


def _standard_pulse(program: Program) -> Survey:
    """Made by the first log of a program. Its transaction holds a match, and a program may be locked only before one:
    of two first logs at once the constraint lets one make it, and the other takes that.
    """
    try:
        with transaction.atomic():
            return _create(program, PULSE, version=1)
    except IntegrityError:
        return program.surveys.get(kind=Survey.Kind.PULSE, active=True)
