"""An import from the uploaded file to enrolled people: staged, in one transaction, once for each reading of a file."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q

from participants.models import User
from participants.services import record
from participants.services.making import delete_at_the_end
from programs.errors import ProgramError
from programs.importing import Plan, Step, compare, read_rows, roles_of, targets_for
from programs.models import Enrolment, Import, Track
from programs.reading import Table, UnreadableFile, own_name, read_table
from programs.services.enrolments import hold_people
from programs.services.managers import write_managers

State = Import.State
Clock = Callable[[], dt.datetime]
# No import takes as long; one that does has lost its worker.
LOST_AFTER = dt.timedelta(minutes=10)
_BATCH = 500
_REPORT_EVERY = 200


class _Given(TypedDict):
    track: Track
    role: str
    mapping: dict[str, str | None]


class AlreadyImported(ProgramError):
    """The same file has been imported with the same columns; str() says when."""


class NotReady(ProgramError):
    """The import is not at the step this takes."""


def start_import(
    *, track: Track, role: str, data: bytes, filename: str, by: User | None, now: dt.datetime
) -> tuple[Import, Table]:
    """Keep an uploaded file for the steps to come. Raises UnreadableFile, and ProgramError for a role elsewhere."""
    if role not in roles_of(track):
        raise ProgramError(f"“{track.name}” has no {role}s", field="role")
    table = read_table(data, filename)
    if not table.rows:
        raise UnreadableFile("There are no rows below the header", fix="Add one row for each person.")
    item = Import(track=track, role=role, filename=own_name(filename), created_at=now, created_by=by)
    item.sha256 = hashlib.sha256(data).hexdigest()
    # Stored under a name that says nothing; the given one is only shown.
    item.file.save(f"{uuid.uuid4().hex}.{table.kind}", ContentFile(data), save=False)
    item.save()
    return item, table


def read_import(item: Import, *, encoding: str | None = None) -> Table:
    """The table of a staged file. Raises UnreadableFile, also when the file is no longer kept."""
    if not item.file:
        raise UnreadableFile("The file is no longer kept", fix="Upload it again.")
    try:
        with item.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise UnreadableFile("The file is no longer kept", fix="Upload it again.") from error
    return read_table(data, str(item.file.name), encoding=encoding or item.encoding or None)


@transaction.atomic
def set_mapping(*, item: Import, mapping: Mapping[str, str | None], encoding: str = "") -> Import:
    """Say which column is what, and that the letters read well. Raises NotReady once the import has begun."""
    locked = Import.objects.select_for_update().get(pk=item.pk)
    if locked.state not in (State.UPLOADED, State.MAPPED, State.FAILED):
        raise NotReady(f"This import is {locked.get_state_display().lower()}; its columns are fixed")
    locked.mapping = {key: header for key, header in mapping.items() if header}
    locked.encoding, locked.error = encoding, ""
    locked.sha256 = _fingerprint(locked)
    locked.state = State.MAPPED
    locked.save()
    return locked


def _fingerprint(item: Import) -> str:
    """The same file read the same way: its bytes, its columns and its letters."""
    with item.file.open("rb") as file:
        digest = hashlib.sha256(file.read())
    digest.update(json.dumps([item.mapping, item.encoding], sort_keys=True).encode())
    return digest.hexdigest()


def earlier_import(item: Import) -> Import | None:
    """The import of the same file with the same columns that is in force, if there is one."""
    same = Import.objects.filter(track=item.track_id, role=item.role, sha256=item.sha256, state=State.DONE)
    return same.exclude(pk=item.pk).first()


@transaction.atomic
def queue_import(*, item: Import, plan: Plan, skip_bad_rows: bool) -> Import:
    """Let the import begin. Raises NotReady, AlreadyImported, and ProgramError while rows have to be repaired."""
    locked = Import.objects.select_for_update().get(pk=item.pk)
    if locked.state not in (State.MAPPED, State.FAILED):
        raise NotReady(f"This import is {locked.get_state_display().lower()}")
    _refuse_twice(locked)
    if plan.blocked or not plan.ready:
        raise ProgramError("No row of the file can be imported as it is")
    if plan.bad_rows and not skip_bad_rows:
        raise ProgramError(f"{len(plan.bad_rows)} rows have to be repaired or left out")
    locked.skipped_rows = plan.bad_rows
    locked.state, locked.error = State.QUEUED, ""
    locked.progress, locked.total = 0, plan.rows
    locked.started_at = locked.finished_at = None
    locked.save()
    return locked


def _refuse_twice(item: Import) -> None:
    before = earlier_import(item)
    if before and before.finished_at:
        raise AlreadyImported(
            f"This file was imported with the same columns on {before.finished_at:%-d %B %Y}. "
            "Undo that import first, or change the file."
        )


def run_import(import_id: int, *, clock: Clock) -> Import | None:
    """Do a queued import: all of it or nothing. None if somebody else is at it or it is not queued.

    Whatever stands in the way is written on the import as its error; nothing of it is raised.
    """
    started = clock()
    taken = Import.objects.filter(pk=import_id, state=State.QUEUED).update(state=State.RUNNING, started_at=started)
    if not taken:
        return None
    item = Import.objects.select_related("track__program", "created_by").get(pk=import_id)
    try:
        return _run(item, clock)
    except (UnreadableFile, ProgramError) as error:
        return _fail(item, str(error), clock)
    except IntegrityError:
        return _fail(item, "Somebody else changed these people at the same moment. Nothing was written.", clock)


def _run(item: Import, clock: Clock) -> Import:
    def report(count: int) -> None:
        if count % _REPORT_EVERY == 0:
            Import.objects.filter(pk=item.pk, total__gte=count).update(progress=count)

    table = read_import(item)
    given: _Given = {"track": item.track, "role": item.role, "mapping": item.mapping}
    # Outside the transaction: what is only read holds no lock, and others can see how far it is.
    reading = read_rows(**given, table=table, on_row=report)
    with transaction.atomic():
        Track.objects.select_for_update().get(pk=item.track_id)
        hold_people(item.track_id)
        locked = Import.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=item.pk)
        if (locked.state, locked.started_at) != (State.RUNNING, item.started_at):
            raise NotReady("This import was taken over by another worker")
        _refuse_twice(locked)
        # Under the lock: since the check, and even since the reading, somebody may have changed people or fields.
        if reading.targets != targets_for(item.track, item.role):
            reading = read_rows(**given, table=table)
        plan = compare(**given, reading=reading, lock=True)
        if not set(plan.bad_rows) <= set(locked.skipped_rows) or plan.blocked:
            raise ProgramError(
                "The people or fields of the program have changed since the check. Check the rows again."
            )
        return _finish(locked, plan, item.created_by, clock())


def _finish(item: Import, plan: Plan, by: User | None, now: dt.datetime) -> Import:
    item.effects = write_plan(plan=plan, track=item.track, role=item.role, now=now)
    item.result = {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "skipped": len(plan.bad_rows),
        "accounts": sum(effect.get("account", False) for effect in item.effects),
    }
    item.state, item.finished_at, item.progress, item.total = State.DONE, now, plan.rows, plan.rows
    item.save()
    record(
        by=by,
        verb="people imported",
        now=now,
        program_id=item.track.program_id,
        subject=item,
        role=item.role,
        track=item.track.slug,
        **item.result,
    )
    return item


def _fail(item: Import, error: str, clock: Clock) -> Import | None:
    mine = Import.objects.filter(pk=item.pk, state=State.RUNNING, started_at=item.started_at)
    mine.update(state=State.FAILED, error=error[:500], finished_at=clock())
    return Import.objects.get(pk=item.pk)


def write_plan(*, plan: Plan, track: Track, role: str, now: dt.datetime) -> list[dict[str, Any]]:
    """Write what the plan says, inside the caller's transaction. What each row did comes back, for undo."""
    users, made = _accounts(plan, track.program.timezone)
    enrolments = [
        Enrolment(
            track=track,
            user=users[step.row.email],
            role=role,
            answers=_kept(step.answers),
            capacity=step.capacity,
            joined_at=now,
        )
        for step in plan.new
    ]
    Enrolment.objects.bulk_create(enrolments, batch_size=_BATCH)
    effects = [
        {
            "enrolment": each.pk,
            "new": True,
            "user": each.user_id,
            "account": each.user.email in made,
            **_move(step),
        }
        for each, step in zip(enrolments, plan.new, strict=True)
    ]
    effects += [_change(step) for step in plan.changed]
    write_managers({effect["user"]: effect["manager"][1] for effect in effects if "manager" in effect})
    changed = [step.enrolment for step in plan.changed if step.enrolment]
    Enrolment.objects.bulk_update(changed, ["answers", "capacity", "state", "left_at"], batch_size=_BATCH)
    return effects


def _accounts(plan: Plan, zone: str) -> tuple[dict[str, User], set[str]]:
    """The accounts of everybody new, and the addresses for which one was made here. Others keep their own names."""
    users = {step.row.email: step.user for step in plan.new if step.user}
    missing = {step.row.email: _account(step, zone) for step in plan.new if not step.user}
    # Somebody may sign up with the same address at this moment: then theirs is the account.
    User.objects.bulk_create(missing.values(), batch_size=_BATCH, ignore_conflicts=True)
    addresses = list(missing)
    for at in range(0, len(addresses), _BATCH):
        users |= {user.email: user for user in User.objects.filter(email__in=addresses[at : at + _BATCH])}
    return users, {email for email in missing if users[email].password == missing[email].password}


def _account(step: Step, zone: str) -> User:
    row = step.row
    user = User(
        email=row.email, first_name=row.first_name or "", last_name=row.last_name or "", timezone=row.timezone or zone
    )
    user.set_unusable_password()
    return user


def _kept(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {slug: value for slug, value in answers.items() if value is not None}


def _move(step: Step) -> dict[str, Any]:
    return {"manager": [step.manager, step.row.manager]} if step.moves else {}


def _change(step: Step) -> dict[str, Any]:
    """Bring an enrolment to what the file says, and note what it was."""
    found = step.enrolment
    assert found is not None  # noqa: S101 - only steps with an enrolment are among the changed
    after = _kept(step.answers)
    slugs = {slug for slug in {*found.answers, *after} if found.answers.get(slug) != after.get(slug)}
    effect = {
        "enrolment": found.pk,
        "new": False,
        "user": found.user_id,
        "before": {slug: found.answers.get(slug) for slug in slugs},
        "after": {slug: after.get(slug) for slug in slugs},
        "capacity": [found.capacity, step.capacity],
        "left_at": found.left_at.isoformat() if found.left_at else None,
        **_move(step),
    }
    found.answers, found.capacity = after, step.capacity
    if found.state == Enrolment.State.LEFT:
        found.state, found.left_at = Enrolment.State.ACTIVE, None
    return effect


@transaction.atomic
def discard_import(*, item: Import) -> None:
    """Forget an import that has not begun, and its file. Raises NotReady once it has."""
    locked = Import.objects.select_for_update().get(pk=item.pk)
    if locked.state not in (State.UPLOADED, State.MAPPED, State.FAILED):
        raise NotReady(f"This import is {locked.get_state_display().lower()}")
    delete_at_the_end(locked.file)
    locked.delete()


def due(now: dt.datetime) -> list[int]:
    """Imports that wait for a worker. Those whose worker was lost are marked as failed: nothing waits forever."""
    lost = Import.objects.filter(state=State.RUNNING, started_at__lte=now - LOST_AFTER)
    lost.update(
        state=State.FAILED, finished_at=now, error="The import was interrupted. Nothing was written; start it again."
    )
    return list(Import.objects.filter(state=State.QUEUED).values_list("pk", flat=True))


def forget_files(*, now: dt.datetime) -> int:
    """Delete files and undo notes that nobody needs any more: a day after the import, a week after an unfinished one.

    Returns how many imports were tidied.
    """
    over = Q(state__in=[State.DONE, State.UNDONE], finished_at__lte=now - dt.timedelta(days=1)) & ~Q(file="")
    stale = Q(state__in=[State.UPLOADED, State.MAPPED, State.FAILED], created_at__lte=now - dt.timedelta(days=7))
    tidied = 0
    for item in Import.objects.filter(over | stale):
        with transaction.atomic():
            delete_at_the_end(item.file)
            if item.state in (State.DONE, State.UNDONE):
                item.file, item.effects = "", []
                item.save(update_fields=["file", "effects"])
            else:
                item.delete()
        tidied += 1
    return tidied
