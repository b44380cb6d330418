"""A drainer that tests kill: chaos_worker.py resend|hold. Its times are those of the outbox, thirty times shorter."""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings

HERE = Path(__file__).parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentorship.settings")
settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [settings.BASE_DIR / "templates", HERE / "templates"]}]
settings.ROOT_URLCONF = "tests.mail.urls"
django.setup()

from django.core.management import call_command  # noqa: E402  Django must be set up before

from mail import registry  # noqa: E402  as above
from mail.services import delivery, leases, outcomes  # noqa: E402  as above
from tests.mail.conftest import hello  # noqa: E402  as above


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main(doubt: registry.Doubt) -> None:
    leases.LEASE, leases.MARGIN, leases.WRITING = (timedelta(seconds=number) for number in (4, 2, 0.5))
    delivery.SEND_SECONDS = 1
    outcomes.BACK_OFF = (timedelta(seconds=0.2),) * 6
    threading.Thread(target=end_with_parent, daemon=True).start()
    registry.register(
        registry.Kind(
            slug="hello",
            template="mailtest/hello",
            description="A greeting",
            context=hello,
            capped=False,
            doubt=doubt,
        )
    )
    call_command("drain_mail", "--loop", "--every", "0.1")


if __name__ == "__main__":
    main("hold" if sys.argv[1] == "hold" else "resend")
