"""Opening a program for applications, and how a track takes people in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from participants.models import User
from participants.services import record
from participants.texts import one_line, visible
from programs.errors import ProgramError
from programs.models import Intake, Program, Role, Track
from programs.queries.enrolling import today_in
from programs.services.enrolling_deciding import enrol_the_pending, fill_places

MOST_PLACES = 5000
MOST_POINTS = 12
MOST_WISHES = 10
LONGEST_POINT = 200
LONGEST_ORIENTATION = 5000


@transaction.atomic
def open_enrolment(
    *, program: Program, first: dt.date | None, last: dt.date | None, by: User, now: dt.datetime
) -> Program:
    """Let people apply, between two days (both included; from today if none is given); again, it changes the days.

    Raises ProgramError for days that cross or are over, a closed program, or one that names nobody to ask.
    """
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if locked.state == Program.State.CLOSED:
        raise ProgramError("The program is closed")
    if not locked.contact_email:
        raise ProgramError("Say first where questions go: the contact stands with the program’s dates")
    if first and last and last < first:
        raise ProgramError("The last day must not come before the first", field="last")
    today = today_in(locked, now)
    if last and last < today:
        raise ProgramError("This day is over", field="last")
    opened = not locked.takes_applications
    # The first day also says, ever after, that the program has been announced.
    locked.takes_applications, locked.applications_from, locked.applications_until = True, first or today, last
    if locked.state == Program.State.DRAFT:
        locked.state = Program.State.OPEN
    locked.save(update_fields=["takes_applications", "applications_from", "applications_until", "state"])
    verb = "enrolment opened" if opened else "enrolment dates changed"
    record(by=by, verb=verb, now=now, program_id=locked.pk, subject=locked)
    return locked


@transaction.atomic
def close_enrolment(*, program: Program, by: User, now: dt.datetime) -> Program:
    """Take no more applications. Those that were sent are still decided. Closing twice changes nothing."""
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if not locked.takes_applications:
        return locked
    locked.takes_applications = False
    if locked.state == Program.State.OPEN:
        locked.state = Program.State.DRAFT
    locked.save(update_fields=["takes_applications", "state"])
    record(by=by, verb="enrolment closed", now=now, program_id=locked.pk, subject=locked)
    return locked


@dataclass(frozen=True)
class IntakeSpec:
    """How a track takes people in; places of a role that the model does not have are ignored."""

    screened: bool = True
    mentor_places: int | None = None
    mentee_places: int | None = None
    peer_places: int | None = None
    orientation: str = ""
    orientation_points: Sequence[str] = ()
    wishes: int = 3

    def put_on(self, intake: Intake) -> None:
        """Fill the intake in, unsaved. Raises ProgramError that names the form field."""
        for role in Role.values:
            places = getattr(self, f"{role}_places")
            if places is not None and not 0 <= places <= MOST_PLACES:
                raise ProgramError(f"Enter a number from 0 to {MOST_PLACES:,}", field=f"{role}_places")
            setattr(intake, f"{role}_places", places)
        if not 0 <= self.wishes <= MOST_WISHES:
            raise ProgramError(f"Enter a number from 0 to {MOST_WISHES}", field="wishes")
        points = [line for point in self.orientation_points if (line := one_line(point))]
        if len(points) > MOST_POINTS or any(len(point) > LONGEST_POINT for point in points):
            raise ProgramError(
                f"Write at most {MOST_POINTS} points of {LONGEST_POINT} letters", field="orientation_points"
            )
        if len(self.orientation) > LONGEST_ORIENTATION:
            raise ProgramError(f"Write at most {LONGEST_ORIENTATION:,} letters", field="orientation")
        intake.screened, intake.wishes = self.screened, self.wishes
        intake.orientation, intake.orientation_points = visible(self.orientation).strip(), points


@transaction.atomic
def set_intake(*, track: Track, spec: IntakeSpec, by: User | None, now: dt.datetime) -> Intake:
    """Change how a track takes people in. New places go to the waiting list at once; with nothing left to read, who
    still had to read it takes part. Raises ProgramError for what is out of range.
    """
    Intake.objects.get_or_create(track=track)
    locked = Intake.objects.select_for_update(no_key=True).get(track=track)
    spec.put_on(locked)
    locked.save()
    record(by=by, verb="enrolment of a track changed", now=now, program_id=track.program_id, subject=track)
    if not locked.asks_orientation:
        enrol_the_pending(track=track, now=now)
    for role in Role.values:
        fill_places(track_id=track.pk, role=role, now=now)
    return locked
