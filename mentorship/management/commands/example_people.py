import csv
import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mentorship.sample.organisation import organisation, taking_part
from programs.catalogue import registry
from programs.models import Role


class Command(BaseCommand):
    help = "Write a CSV file of invented people, to try an import and the matching of any model with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--model", required=True, choices=[model.slug for model in registry.all_models()])
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--people", type=int, default=120, help="size of the organisation they come from")
        parser.add_argument("--seed", type=int, default=7, help="another number, other people")

    def handle(self, *, file: Path, model: str, role: str, people: int, seed: int, **_: Any) -> None:
        try:
            found = taking_part(organisation(people, seed), model)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        if role not in found:
            raise CommandError(f"{registry.get(model).name} has no {role}s: {', '.join(found)}.", returncode=2)
        lines = io.StringIO()
        rows = [member.row() for member in found[role]]
        writer = csv.DictWriter(lines, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        try:
            file.write_text(lines.getvalue(), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{len(rows)} {role}s are in {file}")
