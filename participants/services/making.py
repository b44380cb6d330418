"""Files that a worker makes: each is asked for, made once by whoever takes it, kept for some time and taken away.

The tables that hold them differ; their `state`, `started_at`, `attempts` and `file` are the same.
"""

import datetime as dt
import logging
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Manager, Model, Q, QuerySet
from django.db.models.fields.files import FieldFile

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
QUEUED, RUNNING, FAILED = "queued", "running", "failed"

Made = TypeVar("Made", bound=Model)


def due(files: Manager[Made], *, lost_after: dt.timedelta, now: dt.datetime) -> list[int]:
    """Numbers of those that wait for a worker. One whose worker was lost waits again, and is given up after three."""
    lost = files.filter(state=RUNNING, started_at__lte=now - lost_after)
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(state=FAILED)
    lost.filter(attempts__lt=MOST_ATTEMPTS).update(state=QUEUED)
    return list(files.filter(state=QUEUED).values_list("pk", flat=True))


def take(files: Manager[Made], pk: int, *, now: dt.datetime, **fresh: object) -> bool:
    """Begin with one, `fresh` columns set anew; False if somebody else has, or it is not wanted any more."""
    waiting = files.filter(pk=pk, state=QUEUED)
    return bool(waiting.update(state=RUNNING, started_at=now, attempts=F("attempts") + 1, **fresh))


def mine(files: Manager[Made], pk: int, *, started: dt.datetime) -> QuerySet[Made]:
    """The one that was taken at `started`; nothing if it was cancelled or given to another worker since."""
    return files.filter(pk=pk, state=RUNNING, started_at=started)


@transaction.atomic
def drop(files: Manager[Made], which: Q) -> int:
    """Take away rows and their files; how many."""
    found = list(files.select_for_update().filter(which))
    for item in found:
        delete_at_the_end(item.file)  # type: ignore[attr-defined]  # every table of files has one
    files.filter(pk__in=[item.pk for item in found]).delete()
    return len(found)


def delete_at_the_end(file: FieldFile) -> None:
    """Delete a file, if there is one, once the transaction has ended well: taken away for a deed that is then undone,
    it would be missed.

    Where the storage cannot be reached, it is found again as a file that no row names.
    """
    if not file:
        return
    storage, name = file.storage, str(file.name)

    def delete() -> None:
        try:
            storage.delete(name)
        except Exception:
            logger.exception("Nobody needs %s any more, and it could not be deleted; it is tried again later", name)

    transaction.on_commit(delete)
