import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from programs.errors import ProgramError
from programs.importing import BadMapping, Plan, guess_for, mapping_from_file, plan_rows, roles_of, targets_for
from programs.models import Import, Program, Role, Track
from programs.reading import ENCODINGS, Table, UnreadableFile, group_problems, read_table
from programs.services import importing

_MOST_LINES = 40


class Refused(Exception):
    """The people cannot be imported; the plan so far, if there is one, says of each row why."""

    def __init__(self, message: str, plan: Plan | None = None) -> None:
        super().__init__(message)
        self.plan = plan


class Command(BaseCommand):
    help = (
        "Import people from a CSV or XLSX file into a program. All rows or none: if any row has to be repaired, "
        "nothing is written and the status is 2."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the program's slug")
        parser.add_argument("file", help="a CSV or XLSX file with a header and one person a row")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--track", default="", help="the track's slug; needed if several tracks take this role")
        parser.add_argument("--mapping", default="", help='JSON file such as {"email": "E-mail of the mentor"}')
        parser.add_argument("--encoding", default="", choices=sorted(ENCODINGS), help="of a CSV file that is not UTF-8")
        parser.add_argument("--skip-bad-rows", action="store_true", help="import the rows that are right")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        """Exit status 0 only if the people are imported (or would be, in a dry run); otherwise 2."""
        try:
            plan, done = self._run(options)
        except (Refused, ProgramError, UnreadableFile, BadMapping) as error:
            so_far = error.plan if isinstance(error, Refused) else None
            if options["json"]:
                self.stdout.write(_as_json(so_far, imported=False, error=str(error)))
            raise CommandError("\n".join([f"{options['file']}: {error}", *_lines(so_far)]), returncode=2) from error
        if options["json"]:
            self.stdout.write(_as_json(plan, imported=done))
        else:
            self.stdout.write(_in_words(plan, done=done))

    def _run(self, options: dict[str, Any]) -> tuple[Plan, bool]:
        track = _track(options["slug"], options["track"], options["role"])
        data = _bytes(options["file"])
        table = read_table(data, Path(options["file"]).name, encoding=options["encoding"] or None)
        _refuse_unsure(table, options["encoding"])
        mapping = _mapping(options["mapping"], table, track, options["role"])
        plan = plan_rows(track=track, role=options["role"], table=table, mapping=mapping)
        _refuse_problems(plan, skip=options["skip_bad_rows"])
        if options["dry_run"] or not (plan.new or plan.changed):
            return plan, not options["dry_run"]
        with transaction.atomic():
            self._import(track, options, data, mapping, plan)
        return plan, True

    def _import(
        self, track: Track, options: dict[str, Any], data: bytes, mapping: dict[str, str | None], plan: Plan
    ) -> None:
        now = timezone.now()
        name = Path(options["file"]).name
        item, _ = importing.start_import(track=track, role=options["role"], data=data, filename=name, by=None, now=now)
        try:
            importing.set_mapping(item=item, mapping=mapping, encoding=options["encoding"])
            importing.queue_import(item=item, plan=plan, skip_bad_rows=options["skip_bad_rows"])
            _refuse_failure(importing.run_import(item.pk, clock=timezone.now))
        except Exception:
            # The transaction takes the row back; the file is ours to remove.
            item.file.delete(save=False)
            raise


def _refuse_failure(item: Import | None) -> None:
    if item is None or item.state != Import.State.DONE:
        raise Refused(item.error if item else "Another worker has taken this import")


def _track(program_slug: str, track_slug: str, role: str) -> Track:
    program = Program.objects.filter(slug=program_slug).first()
    if program is None:
        raise Refused(f"There is no program “{program_slug}”")
    tracks = list(program.tracks.all())
    if track_slug:
        tracks = [track for track in tracks if track.slug == track_slug]
        if not tracks:
            raise Refused(f"“{program_slug}” has no track “{track_slug}”")
    fitting = [track for track in tracks if role in roles_of(track)]
    if not fitting:
        raise Refused(f"No track of “{program_slug}” has {role}s")
    if len(fitting) > 1:
        slugs = ", ".join(track.slug for track in fitting)
        raise Refused(f"Several tracks have {role}s; say which with --track: {slugs}")
    return fitting[0]


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(str(error.strerror)) from error


def _refuse_unsure(table: Table, encoding: str) -> None:
    if table.needs_confirmation and not encoding:
        odd = next((cell for row in table.rows for cell in row.values if not cell.isascii()), "")
        raise Refused(
            f"The file is not UTF-8. Read as {ENCODINGS[table.encoding]} it has “{odd[:60]}”. "
            f"If that is right, add --encoding {table.encoding}."
        )
    if not table.rows:
        raise Refused("0 rows: there is nothing below the header")


def _mapping(path: str, table: Table, track: Track, role: str) -> dict[str, str | None]:
    """Columns by name, and as the mapping file says. Nobody looks at this guess, so content does not count."""
    targets = targets_for(track, role)
    guessed = guess_for(table, targets, by_content=False)
    if not path:
        return guessed
    told = mapping_from_file(_bytes(path), table.headers, targets)
    used = set(told.values())
    return {key: told.get(key, None if header in used else header) for key, header in guessed.items()}


def _refuse_problems(plan: Plan, *, skip: bool) -> None:
    if plan.blocked:
        raise Refused("The columns do not fit; nothing was written", plan)
    if plan.bad_rows and not (skip and plan.ready):
        count = len(plan.bad_rows)
        raise Refused(f"{count} of {plan.rows} rows have to be repaired; nothing was written", plan)


def _lines(plan: Plan | None) -> list[str]:
    """Problems as lines of text, grouped by what repairs them."""
    lines: list[str] = []
    for group in group_problems(plan.problems if plan else []):
        lines.append(f"  {group.title}" + (f" ({group.column})" if group.column else ""))
        for problem in group.problems:
            where = f"row {problem.row}: " if problem.row is not None else ""
            lines.append(f"    {where}{problem.message}. {problem.fix}")
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"  … and {more} more lines; --json gives all of them"]


def _in_words(plan: Plan, *, done: bool) -> str:
    verb = "Imported" if done else "Would import"
    parts = [f"{len(plan.new)} new", f"{len(plan.changed)} changed", f"{len(plan.unchanged)} unchanged"]
    if plan.bad_rows:
        parts.append(f"{len(plan.bad_rows)} left out")
    warnings = [f"\nrow {warning.row}: {warning.message}. {warning.fix}" for warning in plan.warnings[:_MOST_LINES]]
    return f"{verb} {plan.ready} of {plan.rows} rows: {', '.join(parts)}" + "".join(warnings)


def _as_json(plan: Plan | None, *, imported: bool, error: str = "") -> str:
    plan = plan or Plan()
    content = {
        "imported": imported,
        "rows": plan.rows,
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "skipped": plan.bad_rows if imported else [],
        "problems": [asdict(problem) for problem in plan.problems],
        "warnings": [asdict(warning) for warning in plan.warnings],
        "error": error,
    }
    return json.dumps(content, ensure_ascii=False)
