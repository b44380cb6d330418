import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from participants.services import record
from programs.models import Program
from reports.exports import HIDDEN
from reports.figures import Figure, Measure
from reports.queries.organisation import ProgramLine, program_lines
from reports.queries.outcome import Outcome, outcome
from reports.services import log_export

# Of these a numerator is a part of its denominator; elsewhere the denominator is what a mean is taken over.
_PARTS = frozenset({"people", "matches", "goals"})


class Command(BaseCommand):
    help = (
        "Print every figure of a program's report, or of all programs side by side, with what it counts, out of how "
        "many, of how many people and of when. A figure of fewer than five people is listed as hidden. That it was "
        "printed is written down."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("slug", nargs="?", help="the program's slug")
        which.add_argument("--organisation", action="store_true", help="all programs side by side")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """Exit status 2 for a program that is not there."""
        now = timezone.now()
        ending = "json" if options["json"] else "text"
        if options["organisation"]:
            content = _organisation(program_lines(), now)
            record(by=None, verb="report exported", now=now, format=ending, rows=len(content["programs"]))
            lines = _lines_of_organisation(content)
        else:
            report = outcome(self._program(options["slug"]), now)
            content = _program_report(report)
            rows = len(content["figures"])
            log_export(program=report.program, what="outcome", ending=ending, rows=rows, by=None, now=now)
            lines = _lines_of_program(content)
        self.stdout.write(json.dumps(content, ensure_ascii=False) if options["json"] else "\n".join(lines))

    def _program(self, slug: str) -> Program:
        program = Program.objects.filter(slug=slug).first()
        if program is None:
            raise CommandError(f"There is no program “{slug}”", returncode=2)
        return program


def _program_report(report: Outcome) -> dict[str, Any]:
    return {
        "program": report.program.slug,
        "name": report.program.name,
        "as_of": report.as_of.isoformat(),
        "heading": report.heading,
        "figures": [_figure(measure, question, figure) for measure, question, figure in report.rows()],
    }


def _figure(measure: Measure, question: str, figure: Figure) -> dict[str, Any]:
    return {
        "measure": measure.slug,
        "label": measure.label,
        "question": question,
        "group": figure.group,
        "unit": measure.unit,
        "n": figure.people,
        "numerator": figure.numerator,
        "bound": figure.bound,
        "denominator": figure.denominator,
        "out_of": measure.out_of,
        "share": figure.share if measure.unit in _PARTS else None,
        "as_of": figure.as_of.isoformat(),
        "shown": figure.shown,
        "hidden_because": "" if figure.shown else HIDDEN.removeprefix("no: "),
        "definition": measure.definition,
    }


def _organisation(lines: list[ProgramLine], now: dt.datetime) -> dict[str, Any]:
    return {
        "as_of": now.isoformat(),
        "programs": [
            {
                "program": line.program.slug,
                "name": line.program.name,
                "n": line.people if line.shown else None,
                "matches_now": line.matches if line.shown else None,
                "sessions": line.sessions if line.shown else None,
                "shown": line.shown,
                "hidden_because": "" if line.shown else HIDDEN.removeprefix("no: "),
            }
            for line in lines
        ],
    }


def _lines_of_program(content: dict[str, Any]) -> Iterator[str]:
    yield f"{content['name']}: {content['heading']} (as of {content['as_of']})"
    for figure in content["figures"]:
        what = ", ".join(filter(None, (figure["group"], figure["label"], figure["question"])))
        yield f"  {what}: {_value(figure)}"


def _value(figure: dict[str, Any]) -> str:
    if not figure["shown"]:
        return f"hidden ({figure['hidden_because']})"
    parts = " ".join(filter(None, (f"{figure['numerator']:g}", figure["bound"], figure["unit"])))
    if figure["denominator"] is not None:
        parts += f" of {figure['denominator']:g} {figure['out_of']}"
    return f"{parts}, n = {figure['n']}, as of {figure['as_of']}"


def _lines_of_organisation(content: dict[str, Any]) -> Iterator[str]:
    yield f"All programs as of {content['as_of']}"
    for line in content["programs"]:
        counts = f"people {line['n']}, active matches {line['matches_now']}, sessions held {line['sessions']}"
        yield f"  {line['name']}: {counts if line['shown'] else 'hidden, ' + line['hidden_because']}"
