"""A storage like those of the cloud: files have names and contents, and no path on any machine."""

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage


class Bucket(Storage):
    """Whoever asks for a path gets NotImplementedError, as from every storage that is not a file system."""

    def __init__(self, name: str) -> None:
        self._place = Path(name)

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        return ContentFile((self._place / name).read_bytes(), name=name)

    def _save(self, name: str, content: "File[Any]") -> str:
        place = self._place / name
        place.parent.mkdir(parents=True, exist_ok=True)
        content.seek(0)
        place.write_bytes(content.read())
        return name

    def exists(self, name: str) -> bool:
        return (self._place / name).is_file()

    def delete(self, name: str) -> None:
        (self._place / name).unlink(missing_ok=True)

    def size(self, name: str) -> int:
        return (self._place / name).stat().st_size

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        here = sorted((self._place / path).iterdir())
        return [each.name for each in here if each.is_dir()], [each.name for each in here if each.is_file()]
