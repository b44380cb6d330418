"""What is done with a case. Everything locks it first, looks again who may, and writes down who did it."""

import datetime as dt

from django.db import transaction

from participants.models import RoleGrant, User
from participants.services import record
from safeguarding.errors import CaseChanged, ConcernError, NotYours
from safeguarding.models import Case, CaseNote, Opening
from safeguarding.permissions import may_manage, may_read
from safeguarding.queries import CaseWords, match_with, may_take, seats_in, words_of
from safeguarding.services.guards import guards
from safeguarding.services.reporting import LONGEST, people_lines
from safeguarding.services.telling import nobody_waits, tell_new_reader, tell_of


def lock_case(case: Case, by: User, version: int | None = None) -> Case:
    """The case under a lock, for somebody who decides about it. Raises NotYours, or CaseChanged if it was changed
    since `version`.
    """
    locked = _lock(case, by)
    if not may_manage(by, locked):
        raise NotYours("This case is not yours to decide about")
    if version is not None and locked.version != version:
        raise CaseChanged
    return locked


def _lock(case: Case, by: User) -> Case:
    """The case, and after it the role by which `by` deals with it: that cannot be taken away before this is written."""
    if not guards.row_locks:
        return Case.objects.get(pk=case.pk)
    locked = Case.objects.select_for_update().get(pk=case.pk)
    list(RoleGrant.objects.select_for_update(no_key=True).filter(user=by, role=RoleGrant.Role.SAFEGUARDING_LEAD))
    return locked


def _save(case: Case, *fields: str) -> None:
    case.version += 1
    case.save(update_fields=[*fields, "version"])


@transaction.atomic
def read_case(*, case: Case, by: User, now: dt.datetime) -> CaseWords:
    """What a case says, and in the same transaction that it was read. Raises NotYours."""
    locked = _lock(case, by)
    if not may_read(by, locked):
        raise NotYours("This case is not yours")
    record(by=by, verb="case read", now=now, subject=locked)
    return words_of(locked)


@transaction.atomic
def write_note(*, case: Case, body: str, by: User, now: dt.datetime) -> CaseNote:
    """Add a note for everybody who deals with the case. Raises NotYours; ConcernError for none or a too long one."""
    locked, words = _lock(case, by), body.strip()
    if not may_read(by, locked):
        raise NotYours("This case is not yours")
    if not 0 < len(words) <= LONGEST:
        raise ConcernError(f"A note has from 1 to {LONGEST:,} characters", field="body")
    record(by=by, verb="case note written", now=now, subject=locked)
    return CaseNote.objects.create(case=locked, author=by, body=words, at=now)


@transaction.atomic
def assign(*, case: Case, to: User, version: int, by: User, now: dt.datetime) -> Case:
    """Give a case to another lead, or to a coordinator of the match's program, who may then read it.

    Raises NotYours, CaseChanged, or ConcernError for somebody it cannot be given to.
    """
    locked = lock_case(case, by, version)
    if locked.state != Case.State.OPEN or to.pk not in {each.pk for each in may_take(locked)}:
        raise ConcernError("Choose one of the people listed", field="to")
    locked.lead = to
    _save(locked, "lead")
    record(by=by, verb="case assigned", now=now, subject=locked, to=to.pk)
    nobody_waits(locked, now)
    if to != by:
        tell_new_reader(locked, to, now)
    return locked


@transaction.atomic
def close(*, case: Case, outcome: str, version: int, by: User, now: dt.datetime) -> Case:
    """Close a case with what came of it; notes that are open for it are closed too. Raises NotYours, CaseChanged."""
    locked = lock_case(case, by, version)
    if locked.state == Case.State.CLOSED:
        return locked
    locked.state, locked.outcome, locked.closed_at = Case.State.CLOSED, Case.Outcome(outcome).value, now
    _save(locked, "state", "outcome", "closed_at")
    Opening.objects.filter(case=locked, ended_at=None, opened_at__lte=now).update(ended_at=now)
    record(by=by, verb="case closed", now=now, subject=locked, outcome=outcome)
    nobody_waits(locked, now)
    return locked


@transaction.atomic
def reopen(*, case: Case, version: int, by: User, now: dt.datetime) -> Case:
    """Open a closed case again. Raises NotYours, CaseChanged."""
    locked = lock_case(case, by, version)
    if locked.state == Case.State.OPEN:
        return locked
    locked.state, locked.outcome, locked.closed_at = Case.State.OPEN, "", None
    _save(locked, "state", "outcome", "closed_at")
    record(by=by, verb="case opened again", now=now, subject=locked)
    return locked


@transaction.atomic
def set_hold(*, case: Case, held: bool, version: int, by: User, now: dt.datetime) -> Case:
    """Keep a case until this is lifted, whatever its time, or lift it. Raises NotYours, CaseChanged."""
    locked = lock_case(case, by, version)
    if locked.legal_hold != held:
        locked.legal_hold = held
        _save(locked, "legal_hold")
        record(by=by, verb="legal hold set" if held else "legal hold lifted", now=now, subject=locked)
    return locked


@transaction.atomic
def name_match(*, case: Case, addresses: list[str], version: int, by: User, now: dt.datetime) -> Case:
    """Say which match a case is about, by the addresses of two people in it; its people no longer deal with it.

    Raises NotYours, CaseChanged, or ConcernError where no match has both.
    """
    locked = lock_case(case, by, version)
    match = match_with(addresses) if len(set(addresses)) > 1 else None
    if match is None:
        raise ConcernError("No match has both of these people in it", field="one")
    locked.match = match
    locked.concerned = "\n".join([*filter(None, [locked.concerned]), *people_lines(match)])
    locked.people.set({*_in_the_words(locked), *(seat.enrolment.user_id for seat in seats_in(match.pk))})
    if locked.lead and not may_read(locked.lead, locked):
        locked.lead = None
    _save(locked, "match", "concerned", "lead")
    record(by=by, verb="case is about a match", now=now, subject=locked, match=match.pk)
    return locked


def _in_the_words(case: Case) -> set[int]:
    """Of words that were reported: who wrote and who reported them."""
    return {pk for pk in (case.wrote_id, case.reporter_id) if pk} if case.wrote_id else set()


def leave_cases(user: User, now: dt.datetime) -> None:
    """Called while somebody is erased: what they looked after waits for somebody again."""
    for case in Case.objects.select_for_update().filter(lead=user, state=Case.State.OPEN).order_by("pk"):
        case.lead = None
        _save(case, "lead")
        tell_of(case, now)


def drop_cases(before: dt.datetime, _now: dt.datetime) -> int:
    """Delete cases that were closed by then, with their notes; those on legal hold stay."""
    old = Case.objects.filter(state=Case.State.CLOSED, closed_at__lt=before, legal_hold=False)
    found = list(old.select_for_update())
    for case in found:
        case.delete()
    return len(found)
