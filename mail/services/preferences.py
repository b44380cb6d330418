"""What people do not want to get."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from mail.models import MailPreference
from mail.registry import GROUPS
from mail.services.queueing import cancel_unwanted

PAUSE = timedelta(weeks=4)


class Choice(StrEnum):
    ALL = "all"
    FEWER = "fewer"
    PAUSE = "pause"
    NONE = "none"


def save_wishes(
    *, user_id: int, program_id: int | None, choice: Choice, off: Iterable[str] = (), now: datetime
) -> None:
    """Set what a person gets from one program (None: messages of no program), and stop what is queued against it.

    ALL sends everything, FEWER all but the groups in `off`, PAUSE nothing for four weeks, NONE nothing at all.
    Sign-in links are always sent. The latest choice replaces the one before; saving twice is saving once.
    Raises ValueError for an unknown group.
    """
    unknown = set(off) - set(GROUPS)
    if unknown:
        raise ValueError(f"No such groups of messages: {sorted(unknown)}")
    groups = {Choice.ALL: [], Choice.FEWER: sorted(set(off))}.get(choice, [MailPreference.ALL])
    until = now + PAUSE if choice == Choice.PAUSE else None
    rows = [MailPreference(user_id=user_id, program_id=program_id, kind_group=group, until=until) for group in groups]
    with transaction.atomic():
        MailPreference.objects.filter(user_id=user_id, program_id=program_id).delete()
        MailPreference.objects.bulk_create(rows, ignore_conflicts=True)
        unwanted = None if MailPreference.ALL in groups else groups
        cancel_unwanted(recipient_id=user_id, program_id=program_id, groups=unwanted, until=until, now=now)
