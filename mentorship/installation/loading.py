"""Loading the file into an empty installation: all of it or nothing, and no mail leaves until somebody says so."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.models import QuerySet

from mail.services import hold_overdue
from mentorship.backups.database import migrations
from mentorship.backups.keys import fingerprints
from mentorship.installation import InstallationError
from mentorship.installation.numbers import set_last_numbers
from mentorship.installation.tables import MADE_BY_ITSELF, Model, columns, kept, read_row, write_table
from mentorship.installation.writing import FILES, MANIFEST, TABLES, Manifest
from participants.confidential import Unreadable
from participants.services import record

AT_ONCE = 200


def import_installation(path: Path, *, now: datetime) -> Manifest:
    """Load a file of writing.export_installation. In one transaction, at whose end every table has the count and the
    checksum of the file, its numbers go on where they were, and all mail is on hold.

    Raises InstallationError, with nothing changed, where something is here already, the file is of another version or
    damaged, or a text in it opens with none of CONFIDENTIAL_KEYS; OSError where it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            _refuse_what_does_not_fit(manifest)
            _take_in(archive, manifest, now)
    except (zipfile.BadZipFile, KeyError) as error:
        raise InstallationError(f"{path} is damaged, or no file of an installation: {error}") from error
    except DatabaseError as error:
        raise InstallationError(f"This database would not keep what is in the file: {error}") from error
    cache.clear()
    ContentType.objects.clear_cache()
    return manifest


def _take_in(archive: zipfile.ZipFile, manifest: Manifest, now: datetime) -> None:
    uploaded: list[str] = []
    try:
        with transaction.atomic():
            _load(archive, manifest)
            for name in manifest.files:
                with archive.open(f"{FILES}{name}") as content:
                    uploaded.append(default_storage.save(name, File(content)))
            hold_overdue(now=now)
            record(by=None, verb="installation loaded", now=now, rows=manifest.rows)
    except BaseException:
        for name in uploaded:
            default_storage.delete(name)
        raise


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    with archive.open(MANIFEST) as text:
        return Manifest.read(text.read())


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if not migrations():
        call_command("migrate", interactive=False, verbosity=0)
    if manifest.migrations != migrations():
        different = sorted(set(manifest.migrations) ^ set(migrations()))
        raise InstallationError(
            "This file was made by another version of this software. Load it with that version, then update. "
            f"Different: {', '.join(different[:5])}{', …' if len(different) > 5 else ''}"
        )
    filled = next((model for model in kept() if _is_filled(model)), None)
    if filled:
        raise InstallationError(f"There is something here already, in {filled._meta.label}. Load into an empty one.")
    if any(default_storage.exists(name) for name in manifest.files):
        raise InstallationError("The storage of uploads has files already. Load into an empty one.")
    if manifest.keys[0] not in fingerprints():
        raise InstallationError(
            "The texts that only the people concerned may read are encrypted with a key that is not among "
            f"CONFIDENTIAL_KEYS here. Set them as they were where the file was made (newest: {manifest.keys[0]})."
        )


def _is_filled(model: Model) -> bool:
    return model._meta.label not in MADE_BY_ITSELF and QuerySet(model).exists()


def _load(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    for label in MADE_BY_ITSELF:
        QuerySet(apps.get_model(label)).delete()
    for model in kept():
        with archive.open(f"{TABLES}{model._meta.label}.jsonl") as lines:
            _fill(model, lines)
    set_last_numbers(manifest.numbers)
    for model in kept():
        if write_table(model) != manifest.tables[model._meta.label]:
            raise InstallationError(f"What came in is not what the file says, in {model._meta.label}.")


def _fill(model: Model, lines: IO[bytes]) -> None:
    """As they are: `raw` keeps dates that are set on saving, and expressions keep what is encrypted."""
    fields = columns(model)
    most = connection.ops.bulk_batch_size([field.name for field in fields], list(range(AT_ONCE)))
    rows = _rows(model, lines)
    into: QuerySet[models.Model] = QuerySet(model)
    while some := list(islice(rows, min(AT_ONCE, most))):
        # What loading fixtures uses for one row: there is no public way to store rows as they are.
        into._insert(some, fields=fields, using=connection.alias, raw=True)  # type: ignore[attr-defined]  # noqa: SLF001  # see above


def _rows(model: Model, lines: IO[bytes]) -> Iterator[models.Model]:
    try:
        for line in lines:
            yield read_row(model, line)
    except Unreadable as error:
        raise InstallationError(
            f"A text of {model._meta.label} opens with none of the keys here. Set CONFIDENTIAL_KEYS as they were where "
            "the file was made, older keys included."
        ) from error
    except ValueError as error:
        raise InstallationError(f"The file is damaged, in {model._meta.label}: {error}") from error
