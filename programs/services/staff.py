import datetime as dt

from django.db import transaction

from participants.models import User
from participants.services import ensure_account, record
from programs.errors import ProgramError
from programs.models import Coordinator, Program


@transaction.atomic
def add_coordinator(*, program: Program, email: str, by: User | None, now: dt.datetime) -> Coordinator:
    """Let a person run the program; an account is made if there is none. Raises participants.emails.BadEmail."""
    user, _ = ensure_account(email=email)
    coordinator, new = Coordinator.objects.get_or_create(program=program, user=user, defaults={"since": now})
    if new:
        record(by=by, verb="coordinator added", now=now, program_id=program.pk, subject=user)
    return coordinator


@transaction.atomic
def remove_coordinator(*, coordinator: Coordinator, by: User, now: dt.datetime) -> None:
    """Take the program out of somebody's hands. Raises ProgramError for the last coordinator."""
    Program.objects.select_for_update().get(pk=coordinator.program_id)
    if not Coordinator.objects.filter(program=coordinator.program_id).exclude(pk=coordinator.pk).exists():
        raise ProgramError("A program needs a coordinator. Add another one first.")
    record(by=by, verb="coordinator removed", now=now, program_id=coordinator.program_id, subject=coordinator.user)
    coordinator.delete()
