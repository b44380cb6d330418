"""The file of one's own data: asked for, made by a worker, fetched while signed in, and gone after some days."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Q

from mail.services import enqueue
from participants import queries
from participants.models import DataExport, User
from participants.services import making
from participants.services.accounts import record

logger = logging.getLogger(__name__)
State = DataExport.State
Clock = Callable[[], dt.datetime]
READY = "own_data_ready"
# How long its mail is worth sending, and after how long a worker is taken for lost.
NEWS = dt.timedelta(days=2)
LOST_AFTER = dt.timedelta(minutes=10)


@transaction.atomic
def ask_for_export(*, by: User, now: dt.datetime) -> DataExport:
    """Ask for the file of one's own data. While one is being made, asking again returns that one."""
    try:
        with transaction.atomic():
            asked = DataExport.objects.create(user=by, asked_at=now)
    except IntegrityError:  # one is on its way
        return DataExport.objects.get(user=by, state__in=DataExport.OPEN)
    record(by=by, verb="own data asked for", now=now, subject=asked)
    return asked


def due_exports(*, now: dt.datetime) -> list[int]:
    """Those that wait for a worker. One whose worker was lost waits again, and is given up after three times."""
    return making.due(DataExport.objects, lost_after=LOST_AFTER, now=now)


def run_export(export_id: int, *, make: Callable[[User], bytes], clock: Clock) -> DataExport | None:
    """Make a file that was asked for with `make`; None if somebody else is at it or it is not wanted any more.

    What goes wrong is logged and said on the page; nothing of it is raised.
    """
    started = clock()
    if not making.take(DataExport.objects, export_id, now=started):
        return None
    item = DataExport.objects.select_related("user").get(pk=export_id)
    try:
        content = make(item.user)
    except Exception:
        logger.exception("The file of own data %s could not be made", export_id)
        making.mine(DataExport.objects, export_id, started=started).update(state=State.FAILED)
        return DataExport.objects.get(pk=export_id)
    return _finish(item, content, started=started, now=clock())


@transaction.atomic
def _finish(made: DataExport, content: bytes, *, started: dt.datetime, now: dt.datetime) -> DataExport | None:
    """Keep the file and write that it is there, unless somebody whose data is in it was erased meanwhile."""
    User.objects.select_for_update().get(pk=made.user_id)
    item = making.mine(DataExport.objects, made.pk, started=started).select_for_update().first()
    if item is None:
        return None
    item.file.save(f"{uuid.uuid4().hex}.zip", ContentFile(content), save=False)
    item.state, item.ready_at, item.size = State.READY, now, len(content)
    item.expires_at = now + dt.timedelta(days=queries.days_kept("own_data_files"))
    item.save()
    enqueue(
        kind=READY,
        subject_type="participants.dataexport",
        subject_id=item.pk,
        recipient=item.user_id,
        not_before=now,
        expires_at=min(item.expires_at, now + NEWS),
        now=now,
    )
    return item


def drop_exports(*, users: Iterable[int]) -> int:
    """Take away files of own data, and those that are being made. Called inside the caller's transaction."""
    return making.drop(DataExport.objects, Q(user__in=list(users)))


def drop_expired(_before: dt.datetime, now: dt.datetime) -> int:
    """Take away the files whose days are over, and what was never made."""
    never_made = Q(state=State.FAILED, asked_at__lte=now - dt.timedelta(days=7))
    return making.drop(DataExport.objects, Q(expires_at__lte=now) | never_made)
