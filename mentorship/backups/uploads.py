"""Uploads, wherever the installation keeps them: only through Django's storage, so that a store elsewhere works too."""

import posixpath
from collections.abc import Iterator

from django.core.files.storage import default_storage


def names(folder: str = "") -> Iterator[str]:
    """Every file in the storage, by its name there."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    for file in sorted(files):
        yield posixpath.join(folder, file)
    for inner in sorted(folders):
        yield from names(posixpath.join(folder, inner))
