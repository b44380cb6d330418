from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mail.clock import database_now
from mentorship.installation import InstallationError
from mentorship.installation.loading import import_installation
from mentorship.installation.writing import secret_fingerprint


class Command(BaseCommand):
    help = (
        "Load a file of export_installation into this installation, which has to be empty. Stop web, workers and beat "
        "first. No mail leaves afterwards until you run after_restore --discard or --release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_: Any) -> None:
        try:
            manifest = import_installation(file, now=database_now())
        except (InstallationError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"Loaded: {manifest.rows} rows of {len(manifest.tables)} tables and {len(manifest.files)} uploads, as of "
            f"{manifest.made_at}. Counts and checksums of all tables are those of the file."
        )
        if manifest.secret != secret_fingerprint():
            self.stdout.write("SECRET_KEY is another one here: links in mails that were sent before no longer work.")
        self.stdout.write("No mail leaves until you run: manage.py after_restore --discard (or --release)")
