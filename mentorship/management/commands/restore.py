from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mail import services
from mail.clock import database_now
from mentorship.backups import BackupError
from mentorship.backups.archive import Manifest
from mentorship.backups.restoring import check, keys_are_missing, restore


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty installation. Stop web, workers and beat first. No mail leaves afterwards "
        "until you run after_restore --discard or --release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", dest="only_check", help="read it all, bring nothing back")
        parser.add_argument("--replace", action="store_true", help="delete what is there first")

    def handle(self, *, file: Path, only_check: bool, replace: bool, **_: Any) -> None:
        try:
            manifest = check(file) if only_check else restore(file, replace=replace, hold=_hold)
        except (BackupError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{'Whole' if only_check else 'Restored'}: {_in_words(manifest)}")
        if keys_are_missing(manifest):
            self.stderr.write(
                "Its confidential texts were encrypted with a key that is not among CONFIDENTIAL_KEYS here. "
                "Add that key before anything starts, or nobody can read them."
            )
        if not only_check:
            self.stdout.write("No mail leaves until you run: manage.py after_restore --discard (or --release)")


def _hold() -> int:
    return services.hold_overdue(now=database_now())


def _in_words(manifest: Manifest) -> str:
    what = f"{manifest.rows} rows of {len(manifest.tables)} tables and {manifest.uploads} uploads"
    return f"{what}, as of {manifest.made_at}"
