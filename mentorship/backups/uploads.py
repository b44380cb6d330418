"""Uploads, wherever the installation keeps them: only through Django's storage, so that a store elsewhere works too."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from django.core.files import File
from django.core.files.storage import default_storage

from mentorship.backups import BackupError


def names(folder: str = "") -> Iterator[str]:
    """Every file in the storage, by its name there. Raises BackupError."""
    try:
        with _answering():
            folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    for file in sorted(files):
        yield posixpath.join(folder, file)
    for inner in sorted(folders):
        yield from names(posixpath.join(folder, inner))


@contextmanager
def opened(name: str) -> Iterator[tuple[IO[bytes], int]]:
    """What one file holds, and its length in bytes. Raises BackupError."""
    with _answering():
        file = default_storage.open(name)
        size = file.size
    with file:
        yield cast("IO[bytes]", file.file), size


def keep(name: str, content: IO[bytes]) -> None:
    """Put a file in the place of one of that name. Raises BackupError."""
    with _answering():
        default_storage.delete(name)
        kept = default_storage.save(name, File(content, name=name))
    if kept != name:
        raise BackupError(f"The storage of uploads would not keep a file under the name {name}.")


def delete(those: set[str]) -> None:
    """Raises BackupError."""
    with _answering():
        for name in those:
            default_storage.delete(name)


@contextmanager
def _answering() -> Iterator[None]:
    """Each kind of store has errors of its own, and a file system those of Python."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise BackupError(f"The storage of uploads (STORAGE, STORAGE_OPTIONS) does not answer. {said}") from error
