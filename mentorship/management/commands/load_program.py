import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship.definition import BadProgramFile, load_program, read_file


class Command(BaseCommand):
    help = "Make a program from its JSON file, or bring the program of that slug to what the file says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the program's JSON file; - reads standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: str, json: bool, **_: Any) -> None:
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            program, new = load_program(read_file(content), by=None, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        except BadProgramFile as error:
            raise CommandError("\n".join(f"{file}: {problem}" for problem in error.problems), returncode=2) from error
        if json:
            self.stdout.write(_as_json(program.slug, created=new))
        else:
            self.stdout.write(f"{'Created' if new else 'Updated'} “{program.name}” ({program.slug})")


def _as_json(slug: str, *, created: bool) -> str:
    return json.dumps({"slug": slug, "created": created})
