"""Writing the file: every table as lines of JSON, the uploads that rows name, and last a list of all with checksums."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import QuerySet

from mentorship.backups.database import migrations
from mentorship.backups.keys import fingerprints
from mentorship.installation import FORMAT, InstallationError
from mentorship.installation.numbers import last_numbers
from mentorship.installation.tables import Count, columns, kept, write_table
from reports.services import log_export

MANIFEST, TABLES, FILES = "manifest.json", "tables/", "files/"


@dataclass
class Manifest:
    """What the file says about itself.

    keys     fingerprints of the keys that texts are encrypted with, newest first
    secret   fingerprint of SECRET_KEY, which signs the links in mails
    numbers  the last number each table had given
    """

    made_at: str
    migrations: list[str]
    keys: list[str]
    secret: str
    numbers: dict[str, int] = field(default_factory=dict)
    tables: dict[str, Count] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    format: int = FORMAT

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        data: dict[str, Any] = json.loads(text)
        if data.get("format") != FORMAT:
            raise InstallationError("This file was made by another version of this software.")
        return cls(**{**data, "tables": {name: Count(**count) for name, count in data["tables"].items()}})

    @property
    def rows(self) -> int:
        return sum(count.rows for count in self.tables.values())


def secret_fingerprint() -> str:
    return hashlib.sha256(b"mentorship fingerprint " + settings.SECRET_KEY.encode()).hexdigest()[:16]


def export_installation(path: Path, *, now: datetime) -> Manifest:
    """Write everything into a new file that its owner alone may read, as of one moment, and write down that it was.

    Raises InstallationError if there is such a file already, or nothing to export; OSError where it cannot be written.
    """
    if not migrations():
        raise InstallationError("This database has no tables yet.")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InstallationError(f"{path} is there already. Give another name.") from error
    try:
        with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            rows = sum(QuerySet(model).count() for model in kept())
            done = "installation exported"
            log_export(program=None, what="installation", ending="zip", rows=rows, by=None, now=now, verb=done)
            with _one_moment():
                return _write(archive, now)
    except BaseException:
        path.unlink()
        raise


@contextmanager
def _one_moment() -> Iterator[None]:
    """On SQLite a transaction sees one moment by itself."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write(archive: zipfile.ZipFile, now: datetime) -> Manifest:
    manifest = Manifest(now.isoformat(), migrations(), fingerprints(), secret_fingerprint(), last_numbers())
    for model in kept():
        with archive.open(f"{TABLES}{model._meta.label}.jsonl", "w", force_zip64=True) as out:
            manifest.tables[model._meta.label] = write_table(model, out)
    for name in _uploads():
        with default_storage.open(name, "rb") as content, archive.open(f"{FILES}{name}", "w", force_zip64=True) as out:
            shutil.copyfileobj(content, out)
        manifest.files.append(name)
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _uploads() -> Iterator[str]:
    """The files that rows name, and that are still there."""
    for model in kept():
        for column in columns(model):
            if isinstance(column, models.FileField):
                rows: QuerySet[models.Model] = QuerySet(model).exclude(**{column.attname: ""})
                names = rows.values_list(column.attname, flat=True)
                yield from (name for name in names.distinct().order_by() if name and default_storage.exists(name))
