from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mentorship.backups import BackupError
from mentorship.backups.making import forget, make


class Command(BaseCommand):
    help = (
        "Write the database and the uploads into one encrypted file in a folder, and delete backups that are too old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, default=35, metavar="DAYS", help="how long backups are kept (35)")

    def handle(self, *, folder: Path, keep: int, **_: Any) -> None:
        if keep < 1:
            raise CommandError("--keep takes a number of days from 1", returncode=2)
        now = timezone.now()
        try:
            path, manifest = make(folder, now=now)
        except (BackupError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"{path}: {manifest.rows} rows of {len(manifest.tables)} tables, {manifest.uploads} uploads, "
            f"{path.stat().st_size} bytes"
        )
        for old in forget(folder, days=keep, now=now):
            self.stdout.write(f"{old.name}: deleted, more than {keep} days old")
