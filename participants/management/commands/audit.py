import json as as_json
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from participants import audit


class Command(BaseCommand):
    help = "Check that the record of who did what is whole: status 0 if it is, 2 if an entry does not fit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["verify"])
        parser.add_argument(
            "--anchor",
            type=_anchor,
            action="append",
            default=[],
            help="what an earlier run printed, kept elsewhere: shows whether newer entries were cut off since",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, anchor: list[audit.Anchor], json: bool, **_: Any) -> None:
        verdict = audit.verify(anchor)
        if json:
            self.stdout.write(_as_json(verdict))
        if verdict.problem:
            where = f"Entry {verdict.entry} does not fit: " if verdict.entry is not None else ""
            raise CommandError(f"{where}{verdict.problem}", returncode=2)
        if not json:
            self.stdout.write(f"{verdict.holds_to.number} entries, all fit. Anchor: {verdict.holds_to}")


def _anchor(text: str) -> audit.Anchor:
    try:
        return audit.Anchor.read(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _as_json(verdict: audit.Verdict) -> str:
    return as_json.dumps(
        {
            "whole": not verdict.problem,
            "entries": verdict.holds_to.number,
            "anchor": str(verdict.holds_to),
            "first_misfit": verdict.entry,
            "problem": verdict.problem,
        }
    )
