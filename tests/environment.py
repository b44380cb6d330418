"""Loaded by pytest before Django reads its settings: a folder and an address of its own, no outside world."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("STATICFILES", "django.contrib.staticfiles.storage.StaticFilesStorage")
os.environ.setdefault("LOG_LEVEL", "WARNING")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="mentorship-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
# What a developer's shell or .env says about mail and addresses must not reach a test.
os.environ.update(EMAIL_URL="", SITE_URL="http://testserver", DEBUG="false", ORGANISATION_NAME="Our organisation")
