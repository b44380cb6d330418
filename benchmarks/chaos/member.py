"""One process of the chaos run: ``member.py worker`` (two children, killed as one group) or ``member.py beat``.

It is the project's own Celery application with one kind of message more, and the outbox's times cut to a thirtieth.
GUARDS_OFF (fence,row_locks) takes guards away, to see that the figures notice.
"""

# ruff: noqa: PLC0415  # what stands on Django is imported once it is set up
import os
import sys
from datetime import timedelta
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def prepare() -> None:
    """Django with the templates and the kind of message of the outbox's tests."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
    from django.conf import settings

    folders = [ROOT / "templates", ROOT / "tests" / "mail" / "templates"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": folders}]
    settings.ROOT_URLCONF = "tests.mail.urls"
    django.setup()

    from mail import registry
    from mail.services.guards import guards

    for name in filter(None, os.environ.get("GUARDS_OFF", "").split(",")):
        setattr(guards, name, False)
    registry.register(
        registry.Kind(
            slug="hello",
            template="mailtest/hello",
            description="A greeting",
            context=lambda message, now: {"name": message.recipient.short_name, "moment": now, "why": "A test."},
            capped=False,
        )
    )


def hurry() -> None:
    from mail.services import delivery, leases, outcomes

    leases.LEASE, leases.MARGIN, leases.WRITING = (timedelta(seconds=number) for number in (4, 2, 0.5))
    delivery.SEND_SECONDS = 1
    outcomes.BACK_OFF = (timedelta(seconds=0.2),) * 6


def main(role: str) -> None:
    prepare()
    hurry()
    from mentorship.celery import app

    app.conf.beat_schedule = {"tick": {"task": "mentorship.tasks.tick", "schedule": 2.0}}
    # A bell that was rung while Redis was gone is rung again by the next tick.
    app.conf.broker_connection_max_retries = None
    if role == "beat":
        app.Beat(loglevel="CRITICAL", schedule=os.environ["BEAT_FILE"], quiet=True).run()
    else:
        options = ["--pool=prefork", "--concurrency=2", "--loglevel=CRITICAL", "--without-gossip", "--without-mingle"]
        app.worker_main(["--quiet", "worker", *options, "--without-heartbeat"])


if __name__ == "__main__":
    main(sys.argv[1])
