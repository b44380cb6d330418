"""The surveys' part of a program's JSON file, and the surveys a program has without anybody doing anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from mail.prepared import prepared
from programs.errors import ProgramError
from programs.models import Program
from surveys.models import Question, Response, Survey, Timing
from surveys.wording import CORE, PULSE, STANDARD, TIMES

_ALWAYS = ("slug", "text", "kind", "points", "low_label", "high_label", "scored")
_DEFAULTS: Mapping[str, Any] = {
    "points": 5,
    "lowest": 1,
    "low_label": "",
    "high_label": "",
    "options": [],
    "construct": "",
    "source": "",
}
MOST_OPTIONS = 10


def dump_part(program: Program) -> list[dict[str, Any]]:
    """The surveys that differ from what every program has, in the order of the moments they are for."""
    surveys = {each.kind: each for each in program.surveys.filter(active=True).prefetch_related("questions")}
    timings = {each.kind: each for each in program.survey_timings.all()}
    return [
        {**_content(surveys.get(kind), kind), **(_dump_timing(timings[kind]) if kind in timings else {})}
        for kind in STANDARD
        if kind in surveys or kind in timings
    ]


def _content(survey: Survey | None, kind: str) -> dict[str, Any]:
    if survey is None:
        item = STANDARD[kind]
        return {**item, "questions": [_sparse(filled(each)) for each in item["questions"]]}
    return {"kind": survey.kind, "name": survey.name, "questions": items_of(survey)}


def items_of(survey: Survey) -> list[dict[str, Any]]:
    """Its questions as a program file writes them."""
    keys = (*_ALWAYS, *_DEFAULTS)
    return [_sparse({key: getattr(question, key) for key in keys}) for question in survey.questions.all()]


def _sparse(item: Mapping[str, Any]) -> dict[str, Any]:
    """Without what most questions do not have."""
    return {key: value for key, value in item.items() if key in _ALWAYS or value != _DEFAULTS[key]}


def _dump_timing(timing: Timing) -> dict[str, Any]:
    return {"on": timing.on, "after_days": timing.after_days, "reminder_days": timing.reminder_days}


@transaction.atomic
def load_part(program: Program, items: Sequence[Mapping[str, Any]]) -> None:
    """Bring the program's active surveys to the file's. Changed questions make a new version, so that answers given
    stay with the words they were given to. A kind that the file leaves out stays as it is; without any, the program
    gets the standard pulse.

    Raises ProgramError with the place in the file for two surveys of one kind, two questions of one slug, a choice
    without options, and an outcome core that is worded otherwise than where somebody has answered it, or than at
    another moment.
    """
    _refuse_repeats(items)
    Program.objects.select_for_update().get(pk=program.pk)
    wanted = {item["kind"]: item for item in items} or {Survey.Kind.PULSE.value: PULSE}
    fixed = _core_answered(program)
    present = {survey.kind: survey for survey in program.surveys.filter(active=True).prefetch_related("questions")}
    for kind, item in wanted.items():
        _load_timing(program, item)
        if not _same(present.get(kind), item):
            _replace(program, item)
    _refuse_other_core(program, fixed)


def _replace(program: Program, item: Mapping[str, Any]) -> None:
    latest = program.surveys.filter(kind=item["kind"]).order_by("-version").first()
    program.surveys.filter(kind=item["kind"], active=True).update(active=False)
    _create(program, item, version=latest.version + 1 if latest else 1)


def _create(program: Program, item: Mapping[str, Any], *, version: int) -> Survey:
    survey = Survey.objects.create(program=program, kind=item["kind"], name=item["name"], version=version)
    Question.objects.bulk_create(
        Question(survey=survey, position=position, **filled(question))
        for position, question in enumerate(item["questions"])
    )
    return survey


def _load_timing(program: Program, item: Mapping[str, Any]) -> None:
    given = {key: item[key] for key in ("on", "after_days", "reminder_days") if key in item}
    if not given:
        return
    usual = TIMES[item["kind"]]
    filled = {"on": True, "after_days": usual.after_days, "reminder_days": list(usual.reminder_days), **given}
    Timing.objects.update_or_create(program=program, kind=item["kind"], defaults=filled)


def _refuse_repeats(items: Sequence[Mapping[str, Any]]) -> None:
    kinds = [item["kind"] for item in items]
    for position, item in enumerate(items):
        if item["kind"] in kinds[:position]:
            raise ProgramError(f"surveys[{position}].kind: there is a survey “{item['kind']}” already")
        slugs = [question["slug"] for question in item["questions"]]
        for number, question in enumerate(item["questions"]):
            place = f"surveys[{position}].questions[{number}]"
            if question["slug"] in slugs[:number]:
                raise ProgramError(f"{place}.slug: “{question['slug']}” stands there twice")
            if question["kind"] == "choice" and not 2 <= len(question.get("options", [])) <= MOST_OPTIONS:
                raise ProgramError(f"{place}.options: a choice has two to ten options")


def _core(items: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """The words and the scale of the outcome core, in a form that can be compared."""
    keys = ("slug", "text", "lowest", "points", "low_label", "high_label", "construct")
    whole = [filled(item) for item in items]
    return [tuple(item[key] for key in keys) for item in whole if item["construct"] in CORE]


def _core_answered(program: Program) -> list[tuple[Any, ...]] | None:
    """The core that somebody has answered before their match; None as long as nobody has."""
    sent = Response.objects.filter(survey__program=program, submitted_at__isnull=False)
    first = sent.filter(survey__kind=Survey.Kind.BASELINE).select_related("survey").order_by("survey", "pk").first()
    return None if first is None else _core(items_of(first.survey))


def _refuse_other_core(program: Program, fixed: list[tuple[Any, ...]] | None) -> None:
    """Before and after can only be compared in the same words."""
    now_asked = {each["kind"]: _core(each["questions"]) for each in dump_part(program)}
    for kind in (Survey.Kind.BASELINE.value, Survey.Kind.MIDPOINT.value, Survey.Kind.CLOSING.value):
        core = now_asked.get(kind, _core(STANDARD[kind]["questions"]))
        fixed = fixed or core
        if core and core != fixed:
            raise ProgramError(
                f"surveys: the outcome core of “{kind}” is worded otherwise than it was asked before; it stays as it is"
            )


def filled(question: Mapping[str, Any]) -> dict[str, Any]:
    """A question of a file with everything that it leaves to its defaults."""
    return {**_DEFAULTS, "scored": question["kind"] == "scale", **question}


def _same(present: Survey | None, wanted: Mapping[str, Any]) -> bool:
    if present is None or present.name != wanted["name"]:
        return False
    return [filled(each) for each in items_of(present)] == [filled(each) for each in wanted["questions"]]


def pulse_of(program: Program) -> Survey:
    """The survey asked after a session; a program without one gets the standard questions."""
    return survey_of(program, Survey.Kind.PULSE)


def survey_of(program: Program, kind: str) -> Survey:
    """The survey of a kind as it is asked now; the first time it is asked, the standard one is made."""
    survey = program.surveys.filter(kind=kind, active=True).first()
    return survey or _standard(program, kind)


def _standard(program: Program, kind: str) -> Survey:
    """Made when it is first asked. That transaction may hold a match, and a program may be locked only before one: of
    two who ask first at once the constraint lets one make it, and the other takes that.
    """
    try:
        with transaction.atomic():
            return _create(program, STANDARD[kind], version=1)
    except IntegrityError:
        return program.surveys.get(kind=kind, active=True)


def timing_of(program: Program, kind: str) -> Timing:
    """Whether and when a program asks at this moment; not saved where nobody has changed it."""
    return _timing.first(program.pk, kind) or standard_timing(program.pk, kind)


@prepared
def _timing(program: int, kind: str) -> QuerySet[Timing]:
    return Timing.objects.filter(program=program, kind=kind)


def standard_timing(program_id: int, kind: str) -> Timing:
    usual = TIMES[kind]
    return Timing(
        program_id=program_id, kind=kind, after_days=usual.after_days, reminder_days=list(usual.reminder_days)
    )
