"""Loaded by pytest before Django reads its settings: a folder and an address of its own, no outside world."""

import atexit
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path


def _own_folder() -> str:
    folder = tempfile.mkdtemp(prefix="mentorship-test-")
    (Path(folder) / "static").mkdir()  # whitenoise warns where there is none
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


if sys.platform == "linux" and "PYTEST_XDIST_WORKER" in os.environ:
    # A worker of xdist would finish its test first when the run is killed.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
# A folder a process: two workers of one run share no queue, no uploads and no SQLite file.
os.environ["VAR_DIR"] = _own_folder()
os.environ.setdefault("STATICFILES", "django.contrib.staticfiles.storage.StaticFilesStorage")
os.environ.setdefault("LOG_LEVEL", "WARNING")
# What a developer's shell or .env says must not reach a test; only the database may be given.
os.environ.update(
    DEBUG="false", EMAIL_URL="", ORGANISATION_NAME="Our organisation", REDIS_URL="", SITE_URL="http://testserver"
)
if not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['VAR_DIR']}/db.sqlite3"
