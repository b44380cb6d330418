from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mail import services
from mail.clock import database_now


class Command(BaseCommand):
    help = (
        "Run this after restoring a backup and before starting anything else: holds every message that was due by "
        "now, since it may have been sent after the backup was made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--release", action="store_true", help="send the held messages that are not too late")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["release"]:
            self.stdout.write(f"{services.release_held(now=database_now())} messages released")
        else:
            self.stdout.write(f"{services.hold_overdue(now=database_now())} messages held")
