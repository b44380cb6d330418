"""What lies inside a backup: a compressed tar of the tables, the uploads and, last, a list of all with checksums."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from mentorship.backups import BackupError
from mentorship.backups.database import Count
from mentorship.backups.sealed import SealedReader, SealingWriter

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, UPLOADS = "tables/", "uploads/"
BLOCK = 1024 * 1024


@dataclass
class Manifest:
    """What a backup says about itself."""

    made_at: str
    engine: str
    migrations: list[str]
    # Of the keys that confidential texts were encrypted with, newest first; see keys.fingerprints.
    keys: list[str]
    tables: dict[str, Count] = field(default_factory=dict)
    # The last number that each sequence of the database had given.
    numbers: dict[str, int] = field(default_factory=dict)
    # The checksum of every other member of the file.
    members: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(count.rows for count in self.tables.values())

    @property
    def uploads(self) -> int:
        return sum(name.startswith(UPLOADS) for name in self.members)

    @classmethod
    def read(cls, text: bytes) -> "Manifest":
        data: dict[str, Any] = json.loads(text)
        if data.get("format") != FORMAT:
            raise BackupError("This backup was made by a newer version of this software.")
        return cls(**{**data, "tables": {name: Count(**count) for name, count in data["tables"].items()}})


class Hashing:
    """A file to read from that knows, at its end, the checksum of what was read."""

    def __init__(self, below: IO[bytes]) -> None:
        self.below = below
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.below.read(size)
        self.hash.update(data)
        return data


class Writer:
    """Adds members to the file; what was added is noted in the manifest."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self.tar = tar
        self.manifest = manifest

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size = size
        hashing = Hashing(content)
        self.tar.addfile(info, cast("IO[bytes]", hashing))
        self.manifest.members[name] = hashing.hash.hexdigest()

    def finish(self) -> None:
        text = json.dumps(asdict(self.manifest), indent=1).encode()
        self.add(MANIFEST, io.BytesIO(text), len(text))


@contextmanager
def writing(below: IO[bytes], key: bytes, manifest: Manifest) -> Iterator[Writer]:
    """A backup that is being made; whole only when this ends without an error."""
    sealing = SealingWriter(below, key)
    with tarfile.open(fileobj=cast("IO[bytes]", sealing), mode="w|gz", bufsize=BLOCK) as tar:
        writer = Writer(tar, manifest)
        yield writer
        writer.finish()
    sealing.close()


def members(path: Path, key: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    """Each member by name, to be read before the next; every piece of the file has been checked when this ends."""
    with path.open("rb") as below:
        reader = SealedReader(below, key)
        with closing(tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|gz", bufsize=BLOCK)) as tar:
            for info in tar:
                content = tar.extractfile(info)
                if content is not None:
                    yield info.name, content
        while reader.read(BLOCK):  # what follows the tar, up to the piece that is marked as the last
            continue


def checked(path: Path, key: bytes) -> Manifest:
    """Read a backup from end to end. Raises BackupError if a byte of it is not as it was written."""
    manifest, found = None, {}
    for name, content in members(path, key):
        if name == MANIFEST:
            manifest = Manifest.read(content.read())
        else:
            hashing = Hashing(content)
            while hashing.read(BLOCK):
                continue
            found[name] = hashing.hash.hexdigest()
    if manifest is None or found != manifest.members:
        raise BackupError("This backup does not hold what its list says.")
    return manifest
