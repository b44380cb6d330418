import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.definition import dump_program
from programs.models import Program


class Command(BaseCommand):
    help = "Print a program's whole definition as JSON; load_program makes an equal program of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *, slug: str, **_: Any) -> None:
        program = Program.objects.filter(slug=slug).first()
        if program is None:
            raise CommandError(f"There is no program “{slug}”", returncode=2)
        self.stdout.write(json.dumps(dump_program(program), indent=2, ensure_ascii=False))
