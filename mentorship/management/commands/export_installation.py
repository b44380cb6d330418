from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship.installation import InstallationError
from mentorship.installation.writing import export_installation


class Command(BaseCommand):
    help = (
        "Write everything of this installation into one file, which import_installation loads into an empty one on "
        "either database. It names people and is not encrypted, but what only the people concerned may read stays so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            manifest = export_installation(file, now=timezone.now())
        except (InstallationError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"{file}: {manifest.rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} uploads, "
            f"{file.stat().st_size} bytes"
        )
        self.stdout.write(
            "It names people: keep it where nobody else reads it. To read its confidential texts, the other "
            "installation needs the same CONFIDENTIAL_KEYS; give them to it by another way than this file."
        )
