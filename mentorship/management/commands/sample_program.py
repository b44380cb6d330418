import json as as_json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mentorship.sample.story import tell


class Command(BaseCommand):
    help = "Make the sample program of invented people, and print three accounts to look at it with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", action="store_true", help="with six finished programs of a thousand people")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, json: bool, year: bool, **_: Any) -> None:
        accounts = tell(now=timezone.now(), year=year)
        if json:
            self.stdout.write(as_json.dumps({"accounts": [asdict(account) for account in accounts]}))
            return
        for account in accounts:
            self.stdout.write(f"{account.role:<12} {account.email:<32} password: {account.password}")
