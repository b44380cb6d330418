import json as as_json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from programs.models import Program
from reports.exports import WRITERS, export_outcome


class Command(BaseCommand):
    help = "Write a program's outcome report to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--out", type=Path, required=True, help="the file to write")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @transaction.atomic
    def handle(self, *, slug: str, out: Path, json: bool, **options: Any) -> None:
        ending: str = options["format"]
        program = Program.objects.filter(slug=slug).first()
        if program is None:
            raise CommandError(f"There is no program “{slug}”", returncode=2)
        if not out.parent.is_dir() or out.is_dir():
            raise CommandError(f"{out}: not a file in a folder that is there", returncode=2)
        content = export_outcome(program=program, ending=ending, by=None, now=timezone.now())
        try:
            out.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}", returncode=2) from error
        done = {"program": slug, "format": ending, "out": str(out), "bytes": len(content)}
        self.stdout.write(as_json.dumps(done) if json else f"Wrote the report of “{program.name}” to {out}")
