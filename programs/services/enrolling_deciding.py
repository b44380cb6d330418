"""Accepted, on the waiting list or declined: what a coordinator decides, and what follows from free places.

Whoever counts places locks the track's intake first, so that two who accept at once cannot both give the last place.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction

from mail.services import cancel, enqueue
from participants.models import User
from participants.services import record
from participants.texts import visible
from programs import hooks
from programs.errors import ProgramError
from programs.models import Application, Enrolment, Intake, Program, Track
from programs.queries.enrolling import UNDO, in_line
from programs.services.enrolments import enrol, leave

State = Application.State
# How long news about an application is worth sending.
NEWS = dt.timedelta(days=14)
SUBJECT = "programs.application"
ACCEPTED, WAITING, DECLINED, RECEIVED = (
    "application_accepted",
    "application_waiting",
    "application_declined",
    "application_received",
)
_KINDS = {State.ACCEPTED: ACCEPTED, State.WAITING: WAITING, State.DECLINED: DECLINED, State.APPLIED: RECEIVED}


class TooLate(ProgramError):
    """The applicant has been told; str() says what to do instead."""


@dataclass
class Outcome:
    """What came of accepting several: how many are in, how many wait for a place, and what stood in the way."""

    accepted: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)


def locked_intake(track_id: int) -> Intake:
    """The intake of a track, locked; without one there are no places to run out of."""
    found = Intake.objects.select_for_update(no_key=True).filter(track=track_id).first()
    return found or Intake(track_id=track_id)


def locked_application(application: Application) -> Application:
    """As it is now, with the track's places locked before it."""
    locked_intake(application.track_id)
    return Application.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=application.pk)


def has_room(intake: Intake, role: str, *, leaving: int | None = None) -> bool:
    """Whether one more can be taken; `leaving` is an enrolment that counts no more. Called with the intake locked."""
    places = intake.places(role)
    if places is None:
        return True
    active = Enrolment.objects.filter(track=intake.track_id, role=role, state=Enrolment.State.ACTIVE)
    pending = Application.objects.filter(track=intake.track_id, role=role, state=State.ACCEPTED, enrolment=None)
    return active.exclude(pk=leaving or 0).count() + pending.count() < places


@transaction.atomic
def accept_applications(*, program: Program, ids: Collection[int], by: User, now: dt.datetime) -> Outcome:
    """Accept these in the order they came; whoever finds no place goes on the waiting list.

    Numbers of other programs, and of applications that are accepted already or withdrawn, change nothing. Raises
    ProgramError once the program is closed.
    """
    if Program.objects.get(pk=program.pk).state == Program.State.CLOSED:
        raise ProgramError("The program is closed")
    outcome = Outcome()
    asked = Application.objects.filter(track__program=program, pk__in=ids).order_by("track", "sent_at", "pk")
    for each in asked:
        _accept_one(locked_application(each), outcome, by, now)
    return outcome


def _accept_one(application: Application, outcome: Outcome, by: User, now: dt.datetime) -> None:
    if application.state not in (State.APPLIED, State.WAITING, State.DECLINED):
        return
    room = has_room(locked_intake(application.track_id), application.role)
    if not room and application.state == State.WAITING:
        outcome.waiting += 1
        return
    try:
        with transaction.atomic():
            decide(application, State.ACCEPTED if room else State.WAITING, by=by, now=now)
    except ProgramError as error:
        outcome.problems.append(f"{application.user}: {error}")
        return
    outcome.accepted += room
    outcome.waiting += not room


@transaction.atomic
def put_on_waiting_list(*, application: Application, by: User, now: dt.datetime) -> Application:
    """Accept as soon as there is a place. Raises ProgramError for an application that is not open any more."""
    locked = locked_application(application)
    _expect(locked, State.APPLIED, State.DECLINED)
    decide(locked, State.WAITING, by=by, now=now)
    return locked


@transaction.atomic
def decline_application(*, application: Application, reason: str, by: User, now: dt.datetime) -> Application:
    """Say no, with words for the applicant. Raises ProgramError without words, or for somebody who takes part."""
    words = visible(reason).strip()
    if not words:
        raise ProgramError("Say why; the applicant reads it", field="reason")
    locked = locked_application(application)
    if locked.enrolment_id:
        raise ProgramError("This person takes part already. Take them out on their own page.")
    _expect(locked, State.APPLIED, State.WAITING, State.ACCEPTED)
    had_place = locked.state == State.ACCEPTED
    locked.reason = words[:1000]
    decide(locked, State.DECLINED, by=by, now=now)
    if had_place:
        fill_places(track_id=locked.track_id, role=locked.role, now=now)
    return locked


def _expect(application: Application, *states: str) -> None:
    if application.state not in states:
        raise ProgramError(f"This application is {application.get_state_display().lower()}. Look at it again.")


def decide(application: Application, state: str, *, by: User | None, now: dt.datetime) -> None:
    """Change the state, enrol who is now in, write it down and queue the news: later if a person may take it back."""
    application.before = application.state if by else ""
    application.state, application.decided_at, application.decided_by = state, now, by
    if state == State.WAITING:
        application.waiting_since = application.waiting_since or now
    application.save()
    if state == State.ACCEPTED:
        enrol_if_ready(application, by=by, now=now)
    verb = {State.ACCEPTED: "accepted", State.WAITING: "put on the waiting list", State.DECLINED: "declined"}
    record(
        by=by,
        verb=f"application {verb[State(state)]}",
        now=now,
        program_id=application.track.program_id,
        subject=application,
        role=application.role,
    )
    tell(application, not_before=now + UNDO if by else now, now=now)


def tell(application: Application, *, not_before: dt.datetime, now: dt.datetime) -> None:
    """Queue the news of how the application stands; news that has not left yet is overtaken by it."""
    cancel(subject_type=SUBJECT, subject_id=application.pk, now=now)
    application.news += 1
    application.save(update_fields=["news"])
    enqueue(
        kind=_KINDS[State(application.state)],
        subject_type=SUBJECT,
        subject_id=application.pk,
        sequence=application.news,
        recipient=application.user_id,
        program_id=application.track.program_id,
        not_before=not_before,
        expires_at=not_before + NEWS,
        now=now,
    )


def enrol_if_ready(application: Application, *, by: User | None, now: dt.datetime) -> None:
    """Make the accepted an enrolment, unless there is an orientation they have not confirmed yet.

    Raises ProgramError where the answers no longer fit the program's fields.
    """
    intake = locked_intake(application.track_id)
    if intake.asks_orientation and application.oriented_at is None:
        return
    application.enrolment = enrol(
        track=application.track,
        user=application.user,
        role=application.role,
        answers=application.answers,
        capacity=application.capacity,
        by=by,
        now=now,
    )
    application.save(update_fields=["enrolment"])


def enrol_the_pending(*, track: Track, now: dt.datetime) -> None:
    """There is nothing to read any more: who was accepted takes part. Called with the intake locked."""
    pending = Application.objects.select_related("track__program", "user").filter(track=track, enrolment=None)
    for application in pending.filter(state=State.ACCEPTED):
        enrol_if_ready(application, by=None, now=now)


def fill_places(*, track_id: int, role: str, now: dt.datetime, leaving: int | None = None) -> int:
    """Give free places to the waiting list, first come first; returns how many. Nobody decides where nothing is scarce.

    Somebody whose answers no longer fit keeps their turn and is passed over. Called inside a transaction.
    """
    intake = locked_intake(track_id)
    if intake.places(role) is None:
        return 0
    given = 0
    for application in in_line(track_id, role).select_related("track__program", "user").select_for_update(of=("self",)):
        if not has_room(intake, role, leaving=leaving):
            break
        given += _promote(application, now)
    return given


def _promote(application: Application, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            decide(application, State.ACCEPTED, by=None, now=now)
    except ProgramError:
        return False
    return True


def place_freed(enrolment: Enrolment, now: dt.datetime) -> None:
    """Somebody leaves a track: whoever waits for a place gets it."""
    if enrolment.track.program.state != Program.State.CLOSED:
        fill_places(track_id=enrolment.track_id, role=enrolment.role, now=now, leaving=enrolment.pk)


@transaction.atomic
def undo_decisions(*, program: Program, ids: Iterable[int], by: User, now: dt.datetime) -> int:
    """Take decisions back as long as nobody has been told; returns how many. Places thereby free are given on.

    Raises TooLate once the mails are due, and ProgramError where something stands on somebody already.
    """
    asked = Application.objects.filter(track__program=program, pk__in=list(ids)).order_by("track", "pk")
    undone = [_undo_one(locked_application(each), by, now) for each in asked]
    # Only once all are back: otherwise the first to be undone would take the place of the second.
    for track_id, role in sorted({(each.track_id, each.role) for each in undone if each.state != State.WAITING}):
        fill_places(track_id=track_id, role=role, now=now)
    return len(undone)


def _undo_one(application: Application, by: User, now: dt.datetime) -> Application:
    decided_at = application.decided_at
    if not application.before or decided_at is None or now >= decided_at + UNDO:
        raise TooLate(f"{application.user} has been told already. Decide anew instead.")
    if application.before == State.ACCEPTED and not has_room(locked_intake(application.track_id), application.role):
        raise TooLate(f"The place of {application.user} has been given on. Decide anew instead.")
    if application.enrolment is not None:
        _take_out(application.enrolment, new=application.enrolment.joined_at == decided_at, by=by, now=now)
        application.enrolment = None
    application.state, application.before = application.before, ""
    application.decided_at, application.decided_by, application.reason = None, None, ""
    application.save()
    cancel(subject_type=SUBJECT, subject_id=application.pk, now=now)
    record(by=by, verb="decision taken back", now=now, program_id=application.track.program_id, subject=application)
    return application


def _take_out(enrolment: Enrolment, *, new: bool, by: User, now: dt.datetime) -> None:
    """As if it had not been: an enrolment made by the decision goes; somebody who had come back leaves again."""
    obstacle = hooks.obstacles([enrolment.pk])
    if obstacle:
        raise ProgramError(f"{enrolment.user}: {obstacle}")
    if not new:
        leave(enrolment=enrolment, by=by, now=now)
        return
    for call in hooks.removing:
        call([enrolment.pk], now)
    enrolment.delete()
