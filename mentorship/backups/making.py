"""Making a backup, and letting old ones go."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from django.db import connection

from mentorship.backups import BackupError, uploads
from mentorship.backups.archive import TABLES, UPLOADS, Manifest, Writer, writing
from mentorship.backups.database import migrations
from mentorship.backups.here import database
from mentorship.backups.keys import backup_key, fingerprints

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"mentorship-(\d{8}T\d{6}Z)\.backup(\.part)?")


def make(folder: Path, *, now: datetime) -> tuple[Path, Manifest]:
    """Write one backup into a folder; it has its name only when it is whole and on the disk.

    Raises BackupError if there is no key, or a backup of this very second is there already.
    """
    key = backup_key()
    path = folder / f"mentorship-{now.astimezone(UTC):{STAMP}}.backup"
    manifest = Manifest(
        made_at=now.astimezone(UTC).isoformat(), engine=connection.vendor, migrations=migrations(), keys=fingerprints()
    )
    with _whole(path) as file, writing(file, key, manifest) as writer:
        _write(writer)
    return path, manifest


def _write(writer: Writer) -> None:
    def take(name: str, rows: IO[bytes]) -> None:
        writer.add(f"{TABLES}{name}", rows, _size(rows))

    manifest = writer.manifest
    # The database first: what is uploaded meanwhile is too much, but what a row names is there.
    manifest.tables, manifest.numbers = database().read(take)
    for name in uploads.names():
        with uploads.opened(name) as (content, size):
            writer.add(f"{UPLOADS}{name}", content, size)


def _size(rows: IO[bytes]) -> int:
    rows.seek(0, os.SEEK_END)
    size = rows.tell()
    rows.seek(0)
    return size


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A new file that nobody sees under its name until it is complete and on the disk; only its owner may read it."""
    if path.exists():
        raise BackupError(f"{path.name} is there already.")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def forget(folder: Path, *, days: int, now: datetime) -> list[Path]:
    """Delete backups, and pieces of broken ones, made more than `days` ago; never the newest whole one.

    Returns what was deleted.
    """
    made = {path: _made_at(path) for path in folder.iterdir() if NAME.fullmatch(path.name)}
    newest = max((path for path in made if path.suffix == ".backup"), key=lambda path: made[path], default=None)
    old = sorted(path for path, at in made.items() if at < now - timedelta(days=days) and path != newest)
    for path in old:
        path.unlink()
    return old


def _made_at(path: Path) -> datetime:
    found = NAME.fullmatch(path.name)
    stamp = found[1] if found else ""
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
