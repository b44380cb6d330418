from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mail import services
from mail.clock import database_now


class Command(BaseCommand):
    help = (
        "Run this after restoring a backup and before starting anything else: no mail leaves until it is run again "
        "with --release or --discard. What was due by now may have been sent after the backup was made."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--release", action="store_true", help="send again, what was due before it was held too")
        ways.add_argument("--discard", action="store_true", help="send again, but nothing due before it was held")

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        if options["release"]:
            done = f"{services.release_held(now=now)} messages released"
        elif options["discard"]:
            done = f"{services.discard_held(now=now)} messages discarded"
        else:
            done = f"{services.hold_overdue(now=now)} messages held"
        self.stdout.write(done)
