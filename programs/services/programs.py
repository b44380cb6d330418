import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from participants.emails import BadEmail, canonical_email
from participants.models import User
from participants.services import record
from participants.texts import one_line, visible
from participants.zones import is_zone
from programs import hooks
from programs.errors import Outdated, ProgramError
from programs.models import Application, Coordinator, Enrolment, Program
from programs.services.fields import add_standard_fields
from programs.services.tracks import add_track

# A year outside is a slip of the finger, and calendars break at the ends of time.
FIRST_YEAR, LAST_YEAR = 2000, 2199
# Slugs that would hide a page of ours.
RESERVED = frozenset({"new", "upload", "models"})


def slug_for(name: str) -> str:
    """A short address made from a name, that no program has yet."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:50].strip("-") or "program"
    if base in RESERVED:
        base = f"{base}-program"
    taken = set(Program.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


@dataclass(frozen=True)
class Basics:
    """What a form and a program file say about a program as a whole."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    timezone: str = "UTC"
    description: str = ""
    contact_name: str = ""
    contact_email: str = ""

    def put_on(self, program: Program) -> None:
        """Fill the program in, unsaved. Raises ProgramError that names the form field."""
        name = one_line(self.name)
        if not name:
            raise ProgramError("Give the program a name", field="name")
        for field, day in (("starts_on", self.starts_on), ("ends_on", self.ends_on)):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise ProgramError(f"Enter a year from {FIRST_YEAR} to {LAST_YEAR}", field=field)
        if self.ends_on <= self.starts_on:
            raise ProgramError("The last day must come after the first", field="ends_on")
        if not is_zone(self.timezone):
            raise ProgramError(f"“{self.timezone}” is not a known time zone", field="timezone")
        program.name, program.description = name, visible(self.description).strip()
        program.starts_on, program.ends_on, program.timezone = self.starts_on, self.ends_on, self.timezone
        program.contact_name, program.contact_email = one_line(self.contact_name), self._contact()

    def _contact(self) -> str:
        try:
            return canonical_email(self.contact_email) if self.contact_email.strip() else ""
        except BadEmail as error:
            raise ProgramError(str(error), field="contact_email") from error


@transaction.atomic
def create_program(*, basics: Basics, models: Sequence[str], by: User | None, now: dt.datetime) -> Program:
    """A program in draft with one track for each model and every default in place; `by` becomes its coordinator.

    Raises ProgramError for dates that cross, an unknown time zone or model, or no model at all.
    """
    if not models:
        raise ProgramError("Choose at least one model", field="models")
    program = Program(slug=slug_for(basics.name), created_at=now, created_by=by)
    basics.put_on(program)
    program.save()
    if by:
        Coordinator.objects.create(program=program, user=by, since=now)
    for model in models:
        add_track(program=program, model=model, by=by, now=now)
        add_standard_fields(program=program, model=model)
    record(by=by, verb="program created", now=now, program_id=program.pk, subject=program, name=basics.name)
    return program


@transaction.atomic
def change_program(*, program: Program, basics: Basics, version: int, by: User, now: dt.datetime) -> Program:
    """Change name, dates, zone or contact of the version one has seen.

    Raises Outdated if somebody has changed it since, and ProgramError as create_program does.
    """
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if locked.version != version:
        raise Outdated(locked)
    basics.put_on(locked)
    locked.version += 1
    locked.save()
    record(by=by, verb="program changed", now=now, program_id=locked.pk, subject=locked)
    return locked


@transaction.atomic
def start_meeting(*, program: Program, by: User | None, now: dt.datetime) -> Program:
    """Mark the program as running: its first matches are out. Raises ProgramError once it is closed."""
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if locked.state == Program.State.CLOSED:
        raise ProgramError("The program is closed")
    if locked.state != Program.State.RUNNING:
        locked.state = Program.State.RUNNING
        locked.save(update_fields=["state"])
        record(by=by, verb="program started", now=now, program_id=locked.pk, subject=locked)
    return locked


@transaction.atomic
def close_program(*, program: Program, by: User, now: dt.datetime) -> Program:
    """End the program; its report stays. Closing twice changes nothing. Raises ProgramError unless it is running."""
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if locked.state == Program.State.CLOSED:
        return locked
    if locked.state != Program.State.RUNNING:
        raise ProgramError("Only a program whose matches are out can be closed")
    locked.state = Program.State.CLOSED
    locked.save(update_fields=["state"])
    record(by=by, verb="program closed", now=now, program_id=locked.pk, subject=locked)
    return locked


@transaction.atomic
def delete_program(*, program: Program, by: User, now: dt.datetime) -> None:
    """Remove a sample program with all its people's data, or a draft nobody has joined.

    Accounts made for a sample go with it unless they take part in, or run, something else.
    Raises ProgramError for any other program.
    """
    locked = Program.objects.select_for_update().get(pk=program.pk)
    people = User.objects.filter(enrolments__track__program=locked)
    applied = Application.objects.filter(track__program=locked, sent_at__isnull=False)
    if not locked.is_sample and (locked.state != Program.State.DRAFT or people.exists() or applied.exists()):
        raise ProgramError("Only the sample, or a draft nobody has joined, can be deleted. Close this one instead.")
    in_it = list(people.values_list("pk", flat=True).distinct()) if locked.is_sample else []
    record(by=by, verb="program deleted", now=now, program_id=locked.pk, name=locked.name)
    hooks.run(hooks.deleting, locked, now)
    locked.delete()
    elsewhere = Enrolment.objects.filter(user__in=in_it).values("user")
    alone = User.objects.filter(pk__in=in_it, role_grants=None, coordinates=None).exclude(pk__in=elsewhere)
    alone.exclude(pk=by.pk).delete()
