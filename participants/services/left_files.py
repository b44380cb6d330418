"""Files that no row names any more: what a storage could not delete when it was told to, or was given in vain."""

import datetime as dt
import logging
import posixpath
from collections import defaultdict
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, QuerySet

logger = logging.getLogger(__name__)
# A file is there before its row; a request that writes both takes no day.
AGE = dt.timedelta(days=1)


def delete_left_files(*, now: dt.datetime) -> int:
    """Delete files older than a day that stand in the folders of the product and are named by no row; how many.

    What cannot be deleted is logged, and is found again the next time. Raises what the storage raises where it cannot
    be asked at all.
    """
    gone = 0
    for folder, named in _named().items():
        for name in _files_in(folder):
            if name not in named and default_storage.get_modified_time(name) < now - AGE:
                gone += _delete(name)
    return gone


def _named() -> dict[str, set[str]]:
    """By folder, the names that rows hold."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows: QuerySet[Any, str] = QuerySet(model).values_list(field.name, flat=True)
                found[str(field.upload_to).rstrip("/")].update(rows.exclude(**{field.name: ""}).iterator())
    return found


def _files_in(folder: str) -> list[str]:
    try:
        files = default_storage.listdir(folder)[1]
    except FileNotFoundError:  # nothing was ever put there
        return []
    return [posixpath.join(folder, file) for file in files]


def _delete(name: str) -> int:
    try:
        default_storage.delete(name)
    except Exception:
        logger.exception("No row names %s any more, and it could not be deleted; it is tried again in an hour", name)
        return 0
    return 1
