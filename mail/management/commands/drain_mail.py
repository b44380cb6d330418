import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from mail import services
from mail.clock import database_now


class Command(BaseCommand):
    help = "Sends the messages that are due, without Celery or Redis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="keep running and look for due messages again and again"
        )
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="pause of --loop (5)")
        parser.add_argument("--limit", type=int, metavar="N", help="send at most N messages at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        if not options["loop"]:
            self.stdout.write(f"{self._drain(options['limit'])}")
            return
        while not self.stop.is_set():
            self._drain_again(options["limit"])
            self.stop.wait(options["every"])

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """The message at hand is finished, the others are given back."""
        self.stop.set()

    def _drain(self, limit: int | None) -> services.Tally:
        services.expire_due(database_now())
        return services.drain(clock=database_now, limit=limit, stopping=self.stop.is_set)

    def _drain_again(self, limit: int | None) -> None:
        """A loop outlives a database that goes away for a while."""
        try:
            tally = self._drain(limit)
        except DatabaseError as error:
            self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
        else:
            if tally.outcomes:
                self.stdout.write(f"{tally}")
        close_old_connections()
