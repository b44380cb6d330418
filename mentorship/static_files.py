"""Static files as they are served: under names of their contents, and compressed.

To make them takes several seconds of the processor, also where nothing has changed: Django looks at every file anew.
"""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command


def collect_changed() -> bool:
    """Collect them, unless those that are there were made of the same files; whether it had to."""
    stamp, now = Path(settings.VAR_DIR) / "static.stamp", _sources()
    if stamp.exists() and stamp.read_text() == now and any(Path(settings.STATIC_ROOT).glob("*")):
        return False
    # Gone while it is made: what is interrupted is made anew the next time.
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(now)
    return True


def _sources() -> str:
    """A digest of how they are kept, and of every file's name, place, size and time."""
    keeper = type(storages["staticfiles"])
    found = [f"{keeper.__module__}.{keeper.__qualname__}"]
    for finder in get_finders():
        for path, storage in finder.list(None):
            about = Path(storage.path(path)).stat()
            found.append(f"{storage.path(path)} {about.st_size} {about.st_mtime_ns}")
    return sha256("\n".join(found).encode()).hexdigest()
