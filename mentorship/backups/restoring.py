"""The way back: all of a backup or nothing of it, and no mail before somebody says so."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from mentorship.backups import BackupError, uploads
from mentorship.backups.archive import TABLES, UPLOADS, Manifest, checked, members
from mentorship.backups.database import filled_tables, migrations
from mentorship.backups.here import database
from mentorship.backups.keys import backup_key, fingerprints


def check(path: Path) -> Manifest:
    """Read a backup from end to end and bring nothing back. Raises BackupError if anything is wrong with it."""
    return checked(path, backup_key())


def restore(path: Path, *, replace: bool, hold: Callable[[], int]) -> Manifest:
    """Bring a backup back into this installation; with `replace` in the place of what is there.

    The tables change in one transaction, at whose end every table's count and checksum is that of the backup, and
    `hold` has been called. Raises BackupError, with nothing changed, if the backup does not fit.
    """
    manifest = check(path)
    _refuse_what_does_not_fit(manifest, replace=replace)
    before = set(uploads.names())
    try:
        _bring_back(path, manifest, hold)
    except BaseException:
        uploads.delete(set(uploads.names()) - before)
        raise
    cache.clear()
    ContentType.objects.clear_cache()
    uploads.delete(before - {member.removeprefix(UPLOADS) for member in manifest.members})
    return manifest


def _refuse_what_does_not_fit(manifest: Manifest, *, replace: bool) -> None:
    if manifest.engine != connection.vendor:
        raise BackupError(f"This backup is of {manifest.engine}, and this database is {connection.vendor}.")
    if not migrations():
        call_command("migrate", interactive=False, verbosity=0)
    if manifest.migrations != migrations():
        different = sorted(set(manifest.migrations) ^ set(migrations()))
        raise BackupError(
            "This backup was made by another version of this software. Restore it with that version, then update. "
            f"Different: {', '.join(different[:5])}{', …' if len(different) > 5 else ''}"
        )
    if replace:
        return
    filled = [*filled_tables(), *(f"{UPLOADS}{name}" for name in uploads.names())]
    if filled:
        raise BackupError(
            f"There is something here already (for example in {filled[0]}). With --replace it is deleted first."
        )


def _bring_back(path: Path, manifest: Manifest, hold: Callable[[], int]) -> None:
    here = database()
    with here.taking_in(numbers=manifest.numbers) as take:
        for name, content in members(path, backup_key()):
            if name.startswith(TABLES):
                take(name.removeprefix(TABLES), content)
            elif name.startswith(UPLOADS):
                _upload(name.removeprefix(UPLOADS), content)
        different = [name for name, count in here.counts().items() if manifest.tables.get(name) != count]
        if different:
            raise BackupError(f"What came back is not what was kept, in {different[0]}. Nothing was restored.")
        hold()


def _upload(name: str, content: IO[bytes]) -> None:
    # Clients of a store elsewhere read a file twice, to sum it and to send it; a member of a backup can be read once.
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as spool:
        shutil.copyfileobj(content, spool)
        uploads.keep(name, spool)


def keys_are_missing(manifest: Manifest) -> bool:
    """Whether this installation lacks the key that the newest confidential texts of a backup were encrypted with."""
    return manifest.keys[0] not in fingerprints()
