"""To whom people report. The address itself is in no record: it is personal, and the record never changes."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from participants.addresses import BadEmail, canonical_email
from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.models import LineManager

_BATCH = 500


@transaction.atomic
def set_manager(*, user: User, email: str, program_id: int, by: User | None, now: dt.datetime) -> None:
    """Keep whom somebody reports to, in every program; "" forgets it. What is so already is not written down again.

    Raises ProgramError (field "manager") for what is no address, or the person's own.
    """
    address = _address(email)
    if address == user.email:
        raise ProgramError("Nobody is their own line manager. Leave it empty.", field="manager")
    present = LineManager.objects.select_for_update().filter(user=user).first()
    if address == (present.email if present else ""):
        return
    write_managers({user.pk: address or None})
    verb = "line manager set" if address else "line manager removed"
    record(by=by, verb=verb, now=now, program_id=program_id, subject=user)


def _address(email: str) -> str:
    try:
        return canonical_email(email) if email.strip() else ""
    except BadEmail as error:
        raise ProgramError(str(error), field="manager") from error


def write_managers(managers: Mapping[int, str | None]) -> None:
    """Managers' addresses (None: nobody any more) by user, inside the caller's transaction."""
    gone = [user for user, email in managers.items() if email is None]
    for at in range(0, len(gone), _BATCH):
        LineManager.objects.filter(user__in=gone[at : at + _BATCH]).delete()
    lines = [LineManager(user_id=user, email=email) for user, email in managers.items() if email is not None]
    LineManager.objects.bulk_create(
        lines, batch_size=_BATCH, update_conflicts=True, unique_fields=["user"], update_fields=["email"]
    )
