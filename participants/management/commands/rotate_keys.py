import json as as_json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from participants.rotation import Count, confidential_fields, rotate, rotate_second_factors


class Command(BaseCommand):
    help = (
        "Encrypt every confidential text with the first of CONFIDENTIAL_KEYS; afterwards the others can be removed. "
        "It can be stopped and run again at any time. Status 2 if there is a text that no key opens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (500)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, batch: int, json: bool, **_: Any) -> None:
        if batch < 1:
            raise CommandError("--batch takes a number from 1", returncode=2)
        counts = []
        for count in _each(batch):
            counts.append(count)
            if not json:
                self.stdout.write(_in_words(count))
        if json:
            self.stdout.write(as_json.dumps({"fields": [asdict(count) for count in counts]}))
        if any(count.unreadable for count in counts):
            raise CommandError("No key opens some texts. Keep every key until they are read or given up.", returncode=2)


def _each(batch: int) -> Iterator[Count]:
    """What became of each column, and of second factors where somebody has one."""
    for model, column in confidential_fields():
        yield rotate(model, column, batch=batch)
    factors = rotate_second_factors()
    if factors != Count(factors.name):
        yield factors


def _in_words(count: Count) -> str:
    words = f"{count.name}: {count.renewed} encrypted anew, {count.already} already under the newest key"
    if not count.unreadable:
        return words
    rows = ", ".join(map(str, count.unreadable[:10])) + (", …" if len(count.unreadable) > 10 else "")
    return f"{words}, {len(count.unreadable)} that no key opens (rows {rows})"
