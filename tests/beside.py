"""A second database of this process beside its test database: what was made in it once is found by file after file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import connection


@contextmanager
def beside(suffix: str) -> Iterator[str]:
    """A copy of the test database, gone afterwards; its name. Nobody may be using the test database meanwhile."""
    original = str(connection.settings_dict["NAME"])
    name = f"{original}_{suffix}"
    connection.close()
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(name)) as copy:
            source.backup(copy)
    else:
        _tell_server(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{original}"'
        )
    yield name
    if connection.vendor == "sqlite":
        Path(name).unlink()
    else:
        _tell_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _tell_server(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def standing_in(name: str) -> Iterator[None]:
    """Everybody in this process finds that database instead of the one before."""
    before = connection.settings_dict["NAME"]
    _stand_in(name)
    try:
        yield
    finally:
        _stand_in(before)


def _stand_in(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    # What Django remembers of the one it leaves: the numbers of its models.
    ContentType.objects.clear_cache()
