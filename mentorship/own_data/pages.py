"""What the page of own data shows; a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from mail import links
from mail.services.composing import LINK_PURPOSE
from participants.models import DataExport, User
from participants.queries import latest_export
from programs.personal import programs_of

# As long as one needs to go to it from the page.
LINK_DAYS = 1


@dataclass(frozen=True)
class MailOf:
    """Whose messages, and the page of the wishes about them."""

    name: str
    url: str


def overview(user: User, now: datetime) -> dict[str, Any]:
    """Two queries: the last file that was asked for, and the programs with their wishes about mail."""
    export = latest_export(user)
    if export is not None and export.expires_at is not None and export.expires_at <= now:
        export = None
    return {
        "export": export,
        "waiting": is_waiting(export),
        "mails": _mails(user, now),
        "paused_until": user.paused_until if user.is_paused(now) else None,
    }


def is_waiting(export: DataExport | None) -> bool:
    return export is not None and export.state in DataExport.OPEN


def _mails(user: User, now: datetime) -> list[MailOf]:
    names = {program.pk: program.name for program in programs_of(user)}
    return [
        MailOf(name, reverse("mail:preferences", args=[links.make(LINK_PURPOSE, user, pk, days=LINK_DAYS, now=now)]))
        for pk, name in names.items()
    ]
