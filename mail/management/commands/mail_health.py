"""What a monitor wants to know of the mail: what waits, what failed, how long messages lay."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mail import queries
from mail.models import Message

EXAMPLES = 20


class Command(BaseCommand):
    help = "Prints the state of the mail; ends with status 1 where somebody should look."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program")

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        complaints = queries.complaints(now)
        dwell = queries.dwell(now)
        oldest = queries.oldest_due_age(now)
        since = queries.held_since()
        poisoned = queries.poisoned(now)
        figures: dict[str, Any] = {
            "complaints": complaints,
            "messages": queries.counts_by_state(),
            "oldest_due_seconds": None if oldest is None else round(oldest.total_seconds()),
            "held_since": since and since.isoformat(),
            "poisoned": poisoned.count(),
            "examples": [_told(each) for each in poisoned[:EXAMPLES]],
            "dwell": dwell and asdict(dwell),
            "heartbeats": {name: at.isoformat() for name, at in queries.heartbeats().items()},
        }
        self.stdout.write(json.dumps(figures) if options["json"] else "\n".join(_lines(figures)))
        if complaints or since or figures["poisoned"]:
            raise SystemExit(1)


def _told(message: Message) -> dict[str, Any]:
    """A message that was given up, without anybody's address."""
    names = ("pk", "kind", "state", "attempts", "strikes", "last_error_class", "last_error")
    return {name: getattr(message, name) for name in names}


def _lines(figures: dict[str, Any]) -> list[str]:
    states = ", ".join(f"{number} {state}" for state, number in figures["messages"].items() if number)
    return [
        *(f"Look: {complaint}." for complaint in figures["complaints"]),
        *_held(figures["held_since"]),
        *_given_up(figures["poisoned"], figures["examples"]),
        f"Messages: {states or 'none'}",
        _dwell(figures["dwell"]),
        *(f"{name.capitalize()} last seen {at}" for name, at in figures["heartbeats"].items()),
    ]


def _held(since: str | None) -> list[str]:
    return [f"Look: all mail is held since {since} (manage.py after_restore)."] if since else []


def _given_up(number: int, examples: list[dict[str, Any]]) -> list[str]:
    if not number:
        return []
    rows = ("{pk} {kind}: {state} after {attempts}, {last_error_class} {last_error}".format(**row) for row in examples)
    return [f"Look: {number} messages could not be sent.", *(f"  {row.rstrip()}" for row in rows)]


def _dwell(dwell: dict[str, Any] | None) -> str:
    if not dwell:
        return "Sent in the last hour: none"
    within = f"half within {dwell['median']:.0f} s, 99 of 100 within {dwell['p99']:.0f} s"
    return f"Sent in the last hour: {dwell['sent']}, {within}"
