"""What people said, as the rules of privacy allow it: published figures, and rows without names of those who agreed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from programs.models import Program
from programs.permissions import Right
from reports.exports.declaring import Column, Reading, Scope, Table, Values
from reports.models import ComparisonLook
from reports.queries.answers import consented_rows
from reports.queries.looks import due_at
from surveys.coding import words_of
from surveys.models import Publication, Survey

_FIGURES = (
    Column("Survey", "text", "Its name in the program."),
    Column("Asked", "code", "At which moment.", dict(Survey.Kind.choices)),
    Column("Version", "number", "Wording is fixed once somebody has answered; a change makes a new version."),
    Column("Question", "text", "As people read it."),
    Column("Option", "text", "Of a choice: which option. Empty for a scale."),
    Column("Mean", "number", "Over people, each with the mean of their own answers, to one decimal."),
    Column("Bound", "text", "“or more” or “or less” where the mean is so near an end that it would tell of everybody."),
    Column("Out of", "number", "The highest number of the scale."),
    Column("Times", "number", "Of a choice: by how many people it was chosen; empty under five."),
    Column("People", "number", "How many different people stand behind it; under five nothing is shown."),
    Column("As of", "moment", "When the figure was published. It moves when five new people have answered."),
)
PROGRAM = Column("Program", "text", "Its name.")
_CORE = (
    Column("Row", "text", "Says nothing about the person, and is the same in every export of the program."),
    Column("Kind", "code", "The kind of mentoring they learned in.", {}),
    Column("Before", "number", "Mean of the outcome core before the match, 1 to 7; empty with fewer than four of six."),
    Column("After", "number", "The same at the end."),
)


def _published(scope: Scope) -> Reading:
    return Reading(_FIGURES, lambda: [row for _, row in _latest([scope.of])])


def _everywhere(_scope: Scope) -> Reading:
    """The published figures of every program."""
    return Reading(
        (PROGRAM, *_FIGURES),
        lambda: [[program.name, *row] for program, row in _latest(Program.objects.order_by("pk"))],
    )


def _latest(programs: Iterable[Program]) -> Iterable[tuple[Program, Values]]:
    """The rows of the newest publication of every survey. Figures alone: words of single people are in no file."""
    found = Publication.objects.filter(survey__program__in=list(programs)).select_related("survey__program")
    newest = {each.survey_id: each for each in found.order_by("survey__program", "survey", "as_of", "pk")}
    for publication in newest.values():
        survey = publication.survey
        for figure in publication.figures:
            for row in _rows(figure, publication):
                yield survey.program, [survey.name, survey.kind, survey.version, figure["text"], *row]


def _rows(figure: dict[str, Any], publication: Publication) -> Iterable[Values]:
    people = figure.get("people")
    as_of = dt.datetime.fromisoformat(figure["as_of"]) if figure.get("as_of") else publication.as_of
    if figure.get("counts") is not None:
        for option, times in figure["counts"]:
            yield [str(option), None, "", None, times, people, as_of]
    elif "words" not in figure:
        yield ["", figure.get("mean"), words_of(figure.get("end", "")), figure.get("points"), None, people, as_of]


def _core(scope: Scope) -> Reading:
    names = ("row", "arm", "before", "after")
    return Reading(_CORE, lambda: [[each[name] for name in names] for each in consented_rows(scope.of)])


def closed(program: Program) -> dt.datetime | None:
    return due_at(program, ComparisonLook.Kind.CLOSE)


SURVEYS = Table(
    "surveys",
    "Survey figures",
    "The published figures of every survey. No single answers, and no words that people wrote.",
    Right.REPORT,
    _published,
)
OUTCOME_ROWS = Table(
    "outcome-rows",
    "Outcome rows",
    "Before and after of single people without their names, of those alone who agreed to that, once five of them have. "
    "From the day on which nobody can answer any more, as rows that come one by one would say whose they are.",
    Right.REPORT,
    _core,
    since=closed,
)
EVERY_SURVEY = Table(
    "surveys",
    "Survey figures",
    "The published figures of every survey of every program. No single answers, and no words that people wrote.",
    None,
    _everywhere,
)
