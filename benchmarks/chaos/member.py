"""The mother of the chaos run's processes: worker groups (a parent and two children, killed as one) and beats.

Set up once, she forks one for each order, a line of JSON, since starting each anew would take longer than what it does:
{"start": {"role", "log", "schedule"}} is answered with the process, {"end": process} kills its group. They are
the project's own Celery application with a few kinds of message more, and the outbox's times cut to a thirtieth
(CHAOS_STRETCH makes them longer again, for a busy machine). GUARDS_OFF (fence,row_locks) takes guards away, to see that
the figures notice. CHAOS_DOUBT is what the messages want when in doubt.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import json
import os
import signal
import smtplib
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from celery import Celery

    from mail.models import Message

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
NAIVE = "chaos.naive"

from mentorship.processes import dying_with_parent  # noqa: E402  the path is set above


class NoMigrations(dict[str, None]):
    """Tables straight from the models: what is measured asks for no history."""

    def __contains__(self, _app: object) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def prepare() -> None:
    """Django with the templates of the outbox's tests, and the kinds of message of this run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    from django.conf import settings

    folders = [ROOT / "templates", ROOT / "tests" / "mail" / "templates"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": folders}]
    settings.ROOT_URLCONF = "tests.mail.urls"
    settings.MIGRATION_MODULES = NoMigrations()
    django.setup()

    from mail import registry
    from mail.services.guards import guards

    for name in filter(None, os.environ.get("GUARDS_OFF", "").split(",")):
        setattr(guards, name, False)
    doubt: registry.Doubt = "hold" if os.environ.get("CHAOS_DOUBT") == "hold" else "resend"
    for slug, context in (("hello", greeting), ("broken", broken), ("deadly", deadly)):
        kind = registry.Kind(
            slug=slug, template="mailtest/hello", description="A greeting", context=context, capped=False, doubt=doubt
        )
        registry.register(kind)


def greeting(message: "Message", now: datetime) -> dict[str, Any]:
    return {"name": message.recipient.short_name, "moment": now, "why": "A test."}


def broken(_message: "Message", _now: datetime) -> dict[str, Any]:
    """One that can never be written."""
    raise ZeroDivisionError


def deadly(_message: "Message", _now: datetime) -> dict[str, Any]:
    """One that takes its worker with it, as a fault in a library's C code would."""
    os._exit(9)


def stretch() -> float:
    return float(os.environ.get("CHAOS_STRETCH", "1"))


def hurry() -> None:
    from mail.services import delivery, leases, outcomes

    longer = stretch()
    leases.LEASE, leases.MARGIN, leases.WRITING = (timedelta(seconds=longer * number) for number in (4, 2, 0.5))
    # A worker reads it as a number of seconds, whole or not.
    delivery.SEND_SECONDS = longer  # type: ignore[assignment]  # as above
    outcomes.BACK_OFF = (timedelta(seconds=0.2),) * 6


def naive(name: str) -> None:
    """What a program without an outbox does: the task is the only record of the message."""
    text = f"Message-ID: {name}\r\nSubject: Hello\r\n\r\nHello\r\n"
    with smtplib.SMTP("127.0.0.1", int(os.environ["EMAIL_URL"].rpartition(":")[2])) as server:
        server.sendmail("a@example.org", ["b@example.org"], text)


def app_of_this_run() -> "Celery":
    from mentorship.celery import app

    app.task(name=NAIVE, ignore_result=True, acks_late=os.environ.get("CHAOS_NAIVE") == "late")(naive)
    app.conf.beat_schedule = {"tick": {"task": "mentorship.tasks.tick", "schedule": 2.0}}
    # A bell that was rung while Redis was gone is rung again by the next tick.
    app.conf.broker_connection_max_retries = None
    app.loader.import_default_modules()
    return app


def work(app: "Celery") -> None:
    options = ["--pool=prefork", "--concurrency=2", "--loglevel=CRITICAL", "--without-gossip", "--without-mingle"]
    app.worker_main(["--quiet", "worker", *options, "--without-heartbeat"])


def beat(app: "Celery", schedule: str) -> None:
    app.Beat(loglevel="CRITICAL", schedule=schedule, quiet=True).run()


def start(app: "Celery", order: dict[str, str]) -> int:
    """Fork a group of its own; gives its process."""
    with_mother = dying_with_parent(signal.SIGKILL)
    process = os.fork()
    if process:
        return process
    try:
        os.setsid()
        with_mother()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT)
        for number in (1, 2):
            os.dup2(log, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        sys.argv = ["celery"]
        work(app) if order["role"] == "worker" else beat(app, order["schedule"])
    finally:
        os._exit(0)


def end(process: int) -> int:
    """The whole group at once, as when the power fails."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    return os.waitpid(process, 0)[1]


def main() -> None:
    prepare()
    hurry()
    app = app_of_this_run()
    for line in sys.stdin:
        order = json.loads(line)
        answer = start(app, order["start"]) if "start" in order else end(order["end"])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
