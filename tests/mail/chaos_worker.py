"""The mother of drainers that tests kill: set up once, she forks one for each order, and says how it ended.

Reads lines of JSON, answers each with a number: {"start": {"doubt", "port", "header"}} with the process,
{"wait": process} with its exit status. The drainers' times are those of the outbox, sixty times shorter. They end with
her, she with her input.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

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
from mentorship.processes import dying_with_parent  # noqa: E402  as above
from tests.mail.conftest import hello  # noqa: E402  as above


def hurry() -> None:
    leases.LEASE, leases.MARGIN, leases.WRITING = (timedelta(seconds=number) for number in (2, 1, 0.25))
    delivery.SEND_SECONDS = 1
    outcomes.BACK_OFF = (timedelta(seconds=0.2),) * 6


def start(order: dict[str, Any]) -> int:
    with_mother = dying_with_parent(signal.SIGKILL)
    process = os.fork()
    if process:
        return process
    with_mother()
    try:
        drain(**order)
    finally:
        os._exit(0)


def drain(*, doubt: registry.Doubt, port: int, header: str) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_IDEMPOTENCY_HEADER = "127.0.0.1", port, header
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
    call_command("drain_mail", "--loop", "--every", "0.1", stdout=sys.stderr)


def main() -> None:
    hurry()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            answer = start(order["start"])
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
