"""A person's own way into a track: start, answer, send, withdraw, read what one must know."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from mail.services import cancel, enqueue
from participants.emails import BadEmail
from participants.models import User
from participants.services import ensure_account, record
from programs import hooks
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.models import Application, Enrolment, Intake, ProfileField, Track
from programs.queries.enrolling import window_of
from programs.services.enrolling_deciding import (
    SUBJECT,
    decide,
    enrol_if_ready,
    fill_places,
    has_room,
    locked_application,
    locked_intake,
    tell,
)
from programs.services.enrolments import clean_answer, clean_answers, leave

State = Application.State
JOIN_LINK = "join_link"
TRACK = "programs.track"
LINK_MINUTES = 60
# Still the applicant's to change; afterwards the answers are the enrolment's.
OPEN = (State.STARTED, State.APPLIED, State.WAITING)
# Whoever never opens their link is forgotten after so long.
FORGOTTEN = dt.timedelta(days=30)


class EnrolmentClosed(ProgramError):
    """Nobody can apply now."""


@transaction.atomic
def send_join_link(*, track: Track, role: str, email: str, now: dt.datetime) -> None:
    """Mail a link that confirms the address and leads into the application. An account is made if there is none.

    Nothing tells the caller whether there was one. Asking twice in a minute sends one mail. Raises EnrolmentClosed,
    and ProgramError for a role the track does not have or what is no address.
    """
    _check_offered(track, role, now)
    try:
        user, _ = ensure_account(email=email, timezone=track.program.timezone)
    except BadEmail as error:
        raise ProgramError(str(error), field="email") from error
    if not user.is_active:
        return
    enqueue(
        kind=JOIN_LINK,
        # Of the role there is nothing else in a message to say it by.
        subject_type=f"{TRACK}.{role}",
        subject_id=track.pk,
        sequence=int(now.timestamp()) // 60,
        recipient=user,
        not_before=now,
        expires_at=now + dt.timedelta(minutes=LINK_MINUTES),
        now=now,
    )


def _check_offered(track: Track, role: str, now: dt.datetime) -> None:
    if window_of(track.program, now) != "open":
        raise EnrolmentClosed("Nobody can apply at the moment")
    if role not in registry.get(track.model).roles:
        raise ProgramError("Choose one of the roles listed", field="what")


@transaction.atomic
def start_application(*, track: Track, role: str, by: User, now: dt.datetime) -> Application:
    """The application of this person for that role: a new one, or the one there is; who withdrew or left may begin
    again with their old answers. Raises ProgramError as send_join_link does, and for somebody who takes part already.
    """
    _check_offered(track, role, now)
    mine = Enrolment.objects.filter(track=track, user=by, role=role).exclude(state=Enrolment.State.LEFT)
    found, new = Application.objects.select_for_update().get_or_create(
        track=track, user=by, role=role, defaults={"started_at": now, "answers": _known(track, by, role)}
    )
    if mine.exists():
        raise ProgramError("You take part in this already", field="what")
    begins_again = found.state == State.WITHDRAWN or (found.state == State.ACCEPTED and found.enrolment_id is not None)
    if begins_again:
        found.state, found.started_at, found.steps_done, found.before = State.STARTED, now, 0, ""
        found.sent_at = found.waiting_since = found.oriented_at = found.enrolment = None
        found.save()
    if new or begins_again:
        record(by=by, verb="application started", now=now, program_id=track.program_id, subject=found, role=role)
    return found


def _known(track: Track, user: User, role: str) -> dict[str, Any]:
    """What this person has told the program elsewhere, so that nobody is asked twice."""
    fields = [field.slug for field in track.program.fields.all() if role in field.asked_of]
    there = Enrolment.objects.filter(track__program=track.program_id, user=user).order_by("pk")
    known: dict[str, Any] = {}
    for answers in there.values_list("answers", flat=True):
        known |= answers
    return {slug: known[slug] for slug in fields if slug in known}


@transaction.atomic
def save_step(
    *,
    application: Application,
    field: ProfileField | None,
    answers: Mapping[str, Any],
    capacity: int | None,
    steps_done: int,
) -> Application:
    """Keep the answer to one question (or, without a field, the number of places), to go on from there.

    Raises ProgramError for what the field does not allow, and for an application that is decided.
    """
    locked = locked_application(application)
    if locked.state not in OPEN:
        raise ProgramError("This application is decided; its answers cannot be changed here")
    if field is None:
        locked.capacity = capacity
    else:
        value = clean_answer(field, answers.get(field.slug))
        if value is None and field.required:
            raise ProgramError(f"“{field.label}” needs an answer", field=field.slug)
        kept = {slug: kept for slug, kept in locked.answers.items() if slug != field.slug}
        locked.answers = kept if value is None else kept | {field.slug: value}
    locked.steps_done = max(locked.steps_done, steps_done)
    locked.save(update_fields=["answers", "capacity", "steps_done"])
    return locked


@transaction.atomic
def send_application(*, application: Application, by: User, now: dt.datetime) -> Application:
    """Send it: to a coordinator where the track is screened, else in at once or on the waiting list.

    Sending twice changes nothing. Raises EnrolmentClosed, and ProgramError for a question left open.
    """
    locked = locked_application(application)
    if locked.state != State.STARTED:
        return locked
    _check_offered(locked.track, locked.role, now)
    if not by.first_name:
        raise ProgramError("Say first what you are called", field="name")
    fields = {field.slug: field for field in locked.track.program.fields.all()}
    # What a removed field had asked is not sent on.
    known = {slug: value for slug, value in locked.answers.items() if slug in fields}
    locked.answers = clean_answers(fields, locked.role, known)
    locked.sent_at, locked.state = now, State.APPLIED
    locked.save()
    record(by=by, verb="application sent", now=now, program_id=locked.track.program_id, subject=locked)
    intake = locked_intake(locked.track_id)
    if intake.screened:
        tell(locked, not_before=now, now=now)
    else:
        decide(locked, State.ACCEPTED if has_room(intake, locked.role) else State.WAITING, by=None, now=now)
    return locked


@transaction.atomic
def withdraw_application(*, application: Application, by: User, now: dt.datetime) -> Application:
    """Take one's application back; the place goes to whoever waits. Withdrawing twice changes nothing.

    Raises ProgramError for somebody whom a match stands on: that is for a coordinator to end.
    """
    locked = locked_application(application)
    if locked.state in (State.WITHDRAWN, State.DECLINED):
        return locked
    had_place = locked.state == State.ACCEPTED
    enrolment, locked.before = locked.enrolment, ""
    locked.state, locked.decided_at = State.WITHDRAWN, None
    locked.save()
    cancel(subject_type=SUBJECT, subject_id=locked.pk, now=now)
    record(by=by, verb="application withdrawn", now=now, program_id=locked.track.program_id, subject=locked)
    if enrolment is not None and enrolment.state != Enrolment.State.LEFT:
        if hooks.obstacles([enrolment.pk]):
            raise ProgramError("You have been matched already. Write to the person who runs the program.")
        leave(enrolment=enrolment, by=by, now=now)
    elif had_place:
        fill_places(track_id=locked.track_id, role=locked.role, now=now)
    return locked


@transaction.atomic
def confirm_orientation(
    *, application: Application, ticked: Collection[int], by: User, now: dt.datetime
) -> Application:
    """Every point is read and ticked: the accepted take part from now on. Confirming twice changes nothing.

    `ticked` are positions in the track's list. Raises ProgramError for a point left out or a person not accepted.
    """
    locked = locked_application(application)
    if locked.state != State.ACCEPTED:
        raise ProgramError("This application is not accepted")
    if locked.oriented_at is not None or locked.enrolment_id is not None:
        return locked
    intake: Intake = locked_intake(locked.track_id)
    if not set(range(len(intake.orientation_points))) <= set(ticked):
        raise ProgramError("Tick every point to take part", field="points")
    locked.oriented_at, locked.before = now, ""
    locked.save(update_fields=["oriented_at", "before"])
    enrol_if_ready(locked, by=by, now=now)
    return locked


def forget_unconfirmed(*, now: dt.datetime) -> int:
    """Delete accounts made for an application whose link nobody ever opened; returns how many."""
    old = User.objects.filter(created_at__lt=now - FORGOTTEN, last_login=None, first_name="", last_name="")
    nothing = old.filter(enrolments=None, applications=None, coordinates=None, role_grants=None)
    asked = nothing.filter(messages__kind=JOIN_LINK).exclude(messages__expires_at__gt=now)
    ids = list(asked.values_list("pk", flat=True).distinct()[:500])
    User.objects.filter(pk__in=ids).delete()
    return len(ids)
