import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from programs.reading import ENCODINGS, Table, UnreadableFile, read_table
from reports.verdicts import Assignment, Look, Plan, analyse, decide
from reports.verdicts.foreign import BadTable, learners_of, shared_units
from reports.verdicts.printing import as_object, as_text

_MOST_LINES = 40
_MOST_BYTES = 50_000_000
_MOST_ROWS = 200_000
# A nudge needs to know who took part, and a crossover two periods: neither is in such a file.
_ASSIGNMENTS = [each.value for each in Assignment if each not in {Assignment.NUDGE, Assignment.CROSSOVER}]


class Command(BaseCommand):
    # It reads a file and no database: it works on an installation that is not set up yet.
    requires_system_checks = []
    help = (
        "Compare two mentoring models from a CSV or XLSX file with the columns unit, arm, before, after and, if you "
        "like, cohort: one row a learner, an empty answer where there is none. People who share a mentor, a circle or "
        "a pod are one unit. Prints the first arm of the file minus the second. Writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="path", required=True, metavar="FILE", help="the file to read")
        parser.add_argument("--first", default="", metavar="ARM", help="the arm from which the other is subtracted")
        parser.add_argument("--margin", type=float, help="a smaller difference, in scale points, changes no decision")
        parser.add_argument("--scale", type=float, nargs=2, metavar=("LOW", "HIGH"), help="of the answers, such as 1 7")
        parser.add_argument("--assignment", choices=_ASSIGNMENTS, default="choose", help="how people came to their arm")
        parser.add_argument("--look", choices=[each.value for each in Look], default="close", help="when this is")
        parser.add_argument("--encoding", default="", choices=sorted(ENCODINGS), help="of a CSV file that is not UTF-8")
        parser.add_argument("--json", action="store_true", help="print one JSON object with every number")

    def handle(self, **options: Any) -> None:
        """Exit status 0 with a comparison, whatever its verdict; 2 with the reason on stderr."""
        table = self._table(options["path"], options["encoding"])
        try:
            learners, arms = learners_of(table)
        except BadTable as error:
            self._refuse(options["path"], _lines(error))
        try:
            analysis = analyse(learners, self._order(arms, options["first"]), _plan(options))
        except ValueError as error:
            self._refuse(options["path"], str(error))
        notes = [*table.notes, *(_both(units) if (units := shared_units(learners)) else ())]
        verdict = decide(analysis)
        if options["json"]:
            self.stdout.write(json.dumps(as_object(analysis, verdict, notes), ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(as_text(analysis, verdict, notes))

    def _table(self, path: str, encoding: str) -> Table:
        try:
            with Path(path).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                self._refuse(
                    path, f"The file has more than {_MOST_BYTES // 1_000_000} MB. Leave only the columns asked for."
                )
            table = read_table(data, Path(path).name, max_rows=_MOST_ROWS, encoding=encoding or None)
        except OSError as error:
            self._refuse(path, f"{error.strerror}. Give the path of a CSV or XLSX file.")
        except UnreadableFile as error:
            self._refuse(path, str(error))
        if table.needs_confirmation and not encoding:
            name = ENCODINGS[table.encoding]
            self._refuse(path, f"The file is not UTF-8. If it is {name}, add --encoding {table.encoding}.")
        return table

    def _order(self, arms: tuple[str, str], first: str) -> tuple[str, str]:
        if first and first not in arms:
            raise ValueError(f"--first: there is no arm “{first}”. The arms are “{arms[0]}” and “{arms[1]}”.")
        return (arms[1], arms[0]) if first == arms[1] else arms

    def _refuse(self, path: str, message: str) -> NoReturn:
        raise CommandError(f"{path}: {message}", returncode=2)


def _plan(options: dict[str, Any]) -> Plan:
    scale = options["scale"]
    if scale and not scale[0] < scale[1]:
        raise ValueError("--scale: the lowest answer comes first, then a higher one.")
    return Plan(
        assignment=Assignment(options["assignment"]),
        look=Look(options["look"]),
        margin=options["margin"],
        scale=(scale[0], scale[1]) if scale else None,
    )


def _lines(error: BadTable) -> str:
    lines = [f"  {problem}" for problem in error.problems[:_MOST_LINES]]
    more = len(error.problems) - len(lines)
    return "\n".join(["nothing was compared", *lines, *([f"  … and {more} more"] if more else [])])


def _both(units: list[str]) -> list[str]:
    named = ", ".join(units[:5]) + (", …" if len(units) > 5 else "")
    return [f"Units of one name in both arms count as two: {named}."]
