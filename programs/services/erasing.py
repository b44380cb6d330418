"""What of a person goes from programs when they are erased."""

import datetime as dt
import json

from participants.models import User
from participants.services.making import delete_at_the_end
from programs.models import (
    Application,
    Coordinator,
    Enrolment,
    Exclusion,
    Import,
    LineManager,
    Program,
    SetAside,
    Wishes,
)
from programs.queries.wishing import account_ref, refs_in
from programs.reading import UnreadableFile
from programs.services.enrolments import leave
from programs.services.importing import read_import

State = Import.State
TAKEN_BACK = "Somebody in this file has erased their data since. Upload the file without them."


def last_coordinator(user: User, lock: bool) -> list[str]:  # noqa: FBT001 - the shape of participants.hooks.refusing
    """The programs that would be left without anybody to run them."""
    mine = Program.objects.filter(coordinators__user=user).order_by("pk")
    # As remove_coordinator does, so that two who go at once do not both go.
    programs = list(mine.select_for_update(of=("self",)) if lock else mine)
    held = Coordinator.objects.filter(program__in=programs).exclude(user=user).values_list("program", flat=True)
    shared = set(held)
    return [
        f"You are the only coordinator of {program.name}. Add another one first, or ask an admin to."
        for program in programs
        if program.pk not in shared
    ]


def erase_from_programs(user: User, now: dt.datetime) -> None:
    """Leave every track, and take away answers, wishes, exclusions, roles and files that name this person."""
    for enrolment in Enrolment.objects.filter(user=user).exclude(state=Enrolment.State.LEFT).order_by("pk"):
        leave(enrolment=enrolment, by=user, now=now)
    Enrolment.objects.filter(user=user).update(answers={}, capacity=None)
    Application.objects.filter(user=user).delete()
    Wishes.objects.filter(enrolment__user=user).delete()
    SetAside.objects.filter(user=user).delete()
    _name_by_number(user)
    LineManager.objects.filter(user=user).delete()
    LineManager.objects.filter(email=user.email).delete()
    Coordinator.objects.filter(user=user).delete()
    Program.objects.filter(contact_email=user.email).update(contact_email="", contact_name="")
    _forget_imports(user, now)


def _name_by_number(user: User) -> None:
    """One's own exclusions go. Of others' that name one by the address, the number of the account stays."""
    Exclusion.objects.filter(owner=user).delete()
    for exclusion in Exclusion.objects.select_for_update().order_by("pk"):
        named = refs_in(exclusion)
        if user.email in named:
            exclusion.people = json.dumps([account_ref(user.pk) if each == user.email else each for each in named])
            exclusion.save(update_fields=["people"])


def _forget_imports(user: User, now: dt.datetime) -> None:
    """Files are kept for a day after an import and a week before one; those with this person go now."""
    for item in Import.objects.select_for_update().exclude(file="").order_by("pk"):
        if not _names(item, user):
            continue
        delete_at_the_end(item.file)
        item.file = ""
        item.effects = [effect for effect in item.effects if effect["user"] != user.pk]
        if item.state not in (State.DONE, State.UNDONE):
            item.state, item.error, item.finished_at = State.FAILED, TAKEN_BACK, now
        item.save(update_fields=["file", "effects", "state", "error", "finished_at"])


def _names(item: Import, user: User) -> bool:
    """Whether a file has this person's address in it; one that nobody can read any more counts as if it had."""
    if any(effect["user"] == user.pk for effect in item.effects):
        return True
    try:
        table = read_import(item)
    except UnreadableFile:
        return True
    return any(user.email in value.lower() for row in table.rows for value in row.values)
