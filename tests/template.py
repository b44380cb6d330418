"""One migrated database a run, copied for each of its processes: migrating takes longer than a hundred tests."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg2

# Where a process of the run finds it: a file of SQLite, or the name of a database of the same server.
TEMPLATE = "TEST_TEMPLATE"
NAME = "template_of_tests"


@contextlib.contextmanager
def template(env: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Make one for the database that `env` names; gives what its processes have to know."""
    folder = Path(tempfile.mkdtemp(prefix="mentorship-template-"))
    try:
        if env["DATABASE_URL"]:
            where, url = NAME, _create(env["DATABASE_URL"])
        else:
            where, url = str(folder / "template.sqlite3"), f"sqlite:///{folder}/template.sqlite3"
        ours = {
            **os.environ,
            **env,
            "DATABASE_URL": url,
            "VAR_DIR": str(folder),
            "REDIS_URL": "",
            "LOG_LEVEL": "WARNING",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=ours, check=True)
        yield {TEMPLATE: where}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create(server: str) -> str:
    """An empty database beside the one that is named; its own URL."""
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    return server.rsplit("/", 1)[0] + f"/{NAME}"


def start_from_it(database: dict[str, Any]) -> None:
    """Let the test database of these settings begin as a copy, where the run has made a template."""
    made = os.environ.get(TEMPLATE)
    if made and database["ENGINE"].endswith("sqlite3"):
        shutil.copyfile(made, database["TEST"]["NAME"])
    elif made:
        database.setdefault("TEST", {})["TEMPLATE"] = made
