"""Opening the notes of one match for a case: for an hour, with a reason, and never unseen."""

import datetime as dt

from django.db import transaction

from participants.models import User
from participants.services import record
from safeguarding import queries
from safeguarding.errors import ConcernError, NotYours
from safeguarding.models import Case, Opening
from safeguarding.permissions import is_open
from safeguarding.queries import Reading
from safeguarding.services.telling import tell_people, tell_second
from safeguarding.services.working import lock_case

LEAST = 20
LONGEST_REASON = 2_000
TOLD_AFTER = dt.timedelta(hours=72)
DELAYS = (3, 7, 14, 30)


@transaction.atomic
def open_notes(*, case: Case, number: str, reason: str, with_private: bool, by: User, now: dt.datetime) -> Opening:
    """Open the notes of the case's match for an hour; `number` is the case's, written once more by whoever opens it.

    The other leads, or else the admins, are told at once; the people of the match after 72 hours. While one of this
    person's is open for the match, that one is given back. Raises NotYours; ConcernError for a wrong number, a reason
    of under 20 characters, a case that is closed or about no match, or where there is nobody else to tell.
    """
    locked = lock_case(case, by)
    _check(locked, number, reason)
    others = queries.leads(but=[by.pk, *_involved(locked)]) or queries.admins(but=[by.pk, *_involved(locked)])
    if not others:
        raise ConcernError("Nobody else could be told. An admin first names a second lead")
    there = Opening.objects.filter(case=locked, match=locked.match_id, by=by, with_private=with_private).first()
    if there and is_open(there, now):
        return there
    opening = Opening.objects.create(
        case=locked,
        match_id=locked.match_id,
        by=by,
        reason=reason.strip(),
        with_private=with_private,
        opened_at=now,
        tell_at=now + TOLD_AFTER,
    )
    # Whose notes they are, and nobody else who stands in the case.
    opening.people.set(seat.enrolment.user_id for seat in queries.seats_in(opening.match_id or 0))
    record(by=by, verb="notes opened", now=now, subject=locked, opening=opening.pk, private=with_private)
    tell_second(opening, others, now)
    return opening


def _involved(case: Case) -> list[int]:
    return list(case.people.values_list("pk", flat=True))


def _check(case: Case, number: str, reason: str) -> None:
    if case.state != Case.State.OPEN:
        raise ConcernError("This case is closed. Open it again first")
    if case.match_id is None:
        raise ConcernError("Say first which match this case is about")
    if number.strip().upper() != case.number:
        raise ConcernError(f"Type the number of this case, {case.number}", field="number")
    check_reason(reason)


def check_reason(reason: str) -> None:
    """Raises ConcernError for a reason of under 20 or over 2,000 characters."""
    if not LEAST <= len(reason.strip()) <= LONGEST_REASON:
        raise ConcernError(f"Give the reason in {LEAST} to {LONGEST_REASON:,} characters", field="reason")


@transaction.atomic
def read(*, opening: Opening, by: User, now: dt.datetime) -> Reading:
    """What the opening is for, and in the same transaction that it was read. Raises NotYours once it is over."""
    case = lock_case(opening.case, by)
    running = queries.running(by, opening.pk, now)
    if running is None:
        raise NotYours("This is closed by now")
    found = queries.all_of(running)
    record(by=by, verb="notes read", now=now, subject=case, opening=running.pk, notes=found.notes)
    return found


@transaction.atomic
def end(*, opening: Opening, by: User, now: dt.datetime) -> None:
    """Close the notes before their hour is over; twice changes nothing. Raises NotYours."""
    case = lock_case(opening.case, by)
    locked = Opening.objects.select_for_update().get(pk=opening.pk)
    if is_open(locked, now):
        locked.ended_at = now
        locked.save(update_fields=["ended_at"])
        record(by=by, verb="notes closed", now=now, subject=case, opening=locked.pk)


@transaction.atomic
def delay(*, opening: Opening, days: int, reason: str, by: User, now: dt.datetime) -> Opening:
    """Tell the people of the match only after so many days from now, as telling them could put somebody at risk.

    Raises NotYours; ConcernError once they were told, for a reason of under 20 characters, or for other days than
    DELAYS.
    """
    case = lock_case(opening.case, by)
    locked = Opening.objects.select_for_update().get(pk=opening.pk)
    if locked.told_at is not None:
        raise ConcernError("They have been told")
    if days not in DELAYS:
        raise ConcernError("Choose one of the times listed", field="days")
    check_reason(reason)
    locked.tell_at, locked.delay_reason = now + dt.timedelta(days=days), reason.strip()
    locked.save(update_fields=["tell_at", "delay_reason"])
    record(by=by, verb="telling put off", now=now, subject=case, opening=locked.pk, days=days)
    return locked


def tell_due(now: dt.datetime) -> int:
    """Tell the people of every opening whose time has come: once, however often it is called. Returns how many."""
    due = Opening.objects.filter(told_at=None, tell_at__lte=now).order_by("pk").values_list("pk", flat=True)
    return sum(_tell(pk, now) for pk in due)


@transaction.atomic
def _tell(pk: int, now: dt.datetime) -> bool:
    opening = Opening.objects.select_for_update().get(pk=pk)
    if opening.told_at is not None or opening.tell_at > now:
        return False
    opening.told_at = now
    opening.save(update_fields=["told_at"])
    record(by=None, verb="people told", now=now, subject=opening.case, opening=opening.pk)
    tell_people(opening, now)
    return True
