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
from reports.queries.across import Across, ProgramReport
from reports.queries.opened import title_of
from reports.queries.outcome import Outcome, outcome
from reports.services import log_export, open_comparison

# Of these a numerator is a part of its denominator; elsewhere the denominator is what a mean is taken over.
_PARTS = frozenset({"people", "matches", "goals"})
_STATES = {True: "met", False: "not met", None: "cannot be said"}
_WHOLE = ("enrolled", "matched_now", "sessions")
Content = dict[str, Any]


class Command(BaseCommand):
    help = (
        "Print every figure of a program's report, or of the organisation's, with what it counts, out of how many, of "
        "how many people and of when; and of comparisons that somebody has opened the verdict's sentence, the interval "
        "and every gate. A figure of fewer than five people is listed as hidden. That it was printed is written down."
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
            content = _organisation(*open_comparison(by=None, now=now))
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


def _program_report(report: Outcome) -> Content:
    opened = report.opened
    return {
        "program": report.program.slug,
        "name": report.program.name,
        "as_of": report.as_of.isoformat(),
        "heading": report.heading,
        "figures": [_figure(measure, question, figure) for measure, question, figure in report.rows()],
        "look": opened.look.kind if opened.look else None,
        "next_look": opened.next_due.isoformat() if opened.next_due else None,
        "comparison": _comparison(opened.comparison),
    }


def _figure(measure: Measure, question: str, figure: Figure) -> Content:
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
        "interval": figure.interval,
        "as_of": figure.as_of.isoformat(),
        "shown": figure.shown,
        "hidden_because": "" if figure.shown else HIDDEN.removeprefix("no: "),
        "definition": measure.definition,
    }


def _comparison(found: Content | None) -> Content | None:
    """As the page has it: to two decimals, and no number where the page says it in words."""
    if found is None:
        return None
    interval = found["interval"]
    return {
        "arms": found["arms"],
        "verdict": found["kind"],
        "higher": found.get("higher") or None,
        "title": title_of(found),
        "sentence": " ".join([found["finding"], *found["cautions"], found["basis"]]).strip(),
        "finding": found["finding"],
        "cautions": found["cautions"],
        "basis": found["basis"],
        "difference": round(interval["difference"], 2) if interval else None,
        "interval": [round(interval[end], 2) for end in ("low", "high")] if interval else None,
        "level": interval["level"] if interval else None,
        "groups": found["groups"],
        "in_both": found["in_both"],
        "gates": {
            each["slug"]: {word: each[word] for word in ("met", "rule", "found", "otherwise")}
            for each in found["gates"]
        },
        "how": found["method"],
    }


def _organisation(found: Across, content: Content) -> Content:
    return {
        "as_of": found.as_of.isoformat(),
        "heading": found.heading,
        "figures": [_figure(measure, "", figure) for measure, figure in found.rows_of_whole()],
        "programs": [_program_line(each, found) for each in found.programs],
        "compared": [each.program.slug for each in found.looked_at],
        "comparison": _comparison(content["comparison"]),
        "core": content["core"],
    }


def _program_line(report: ProgramReport, found: Across) -> Content:
    measures = dict(found.rows_of_whole())
    names = {measure.slug: measure for measure in measures}
    counts = {slug: report.figures[slug].numerator for slug in _WHOLE}
    return {
        "program": report.program.slug,
        "name": report.program.name,
        "n": counts["enrolled"],
        "matched_now": counts["matched_now"],
        "sessions": counts["sessions"],
        "shown": report.shown,
        "hidden_because": "" if report.shown else HIDDEN.removeprefix("no: "),
        "change": report.change,
        "change_bound": report.change_bound,
        "no_change_because": report.no_change,
        "figures": [_figure(names[slug], "", figure) for slug, figure in report.figures.items()],
    }


def _lines_of_program(content: Content) -> Iterator[str]:
    yield f"{content['name']}: {content['heading']} (as of {content['as_of']})"
    for figure in content["figures"]:
        what = ", ".join(filter(None, (figure["group"], figure["label"], figure["question"])))
        yield f"  {what}: {_value(figure)}"
    yield from _lines_of_comparison(content["comparison"])


def _lines_of_comparison(found: Content | None) -> Iterator[str]:
    if found is None:
        return
    yield f"  {' and '.join(found['arms'])}: {found['sentence']}"
    if found["interval"]:
        yield f"    difference {found['difference']:g}, interval {found['interval'][0]:g} to {found['interval'][1]:g}"
    for slug, gate in found["gates"].items():
        reason = f" ({gate['otherwise']})" if gate["met"] is False else ""
        yield f"    gate {slug}: {_STATES[gate['met']]}{reason}; asked for: {gate['rule']}"


def _value(figure: Content) -> str:
    if not figure["shown"]:
        return f"hidden ({figure['hidden_because']})"
    parts = " ".join(filter(None, (f"{figure['numerator']:g}", figure["bound"], figure["unit"])))
    if figure["denominator"] is not None:
        parts += f" of {figure['denominator']:g} {figure['out_of']}"
    if figure["interval"]:
        parts += ", 95 % interval {:.0%} to {:.0%}".format(*figure["interval"])
    return f"{parts}, n = {figure['n']}, as of {figure['as_of']}"


def _lines_of_organisation(content: Content) -> Iterator[str]:
    yield f"All programs: {content['heading']} (as of {content['as_of']})"
    for figure in content["figures"]:
        yield f"  {figure['group']}, {figure['label']}: {_value(figure)}"
    for line in content["programs"]:
        counts = f"people {line['n']}, matched now {line['matched_now']}, sessions held {line['sessions']}"
        yield f"  {line['name']}: {counts if line['shown'] else 'hidden, ' + line['hidden_because']}"
    yield from _lines_of_comparison(content["comparison"])
