"""SQLite: the whole file by its online backup, which readers and writers do not notice."""

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from mentorship.backups.database import LEFT_OUT, Count, Take, columns, order, quoted, tables

PART = "database.sqlite3"


class SQLite:
    def read(self, take: Take) -> tuple[dict[str, Count], dict[str, int]]:
        connection.ensure_connection()
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
            copy = Path(folder) / PART
            # Without a transaction around it: a change between two statements could not be left out any more.
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                connection.connection.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
                for table in LEFT_OUT - {"django_migrations"}:
                    target.execute(f"DELETE FROM {quoted([table])}")  # noqa: S608  # a table's own name
                target.execute("VACUUM")  # so that nothing that was deleted lies in unused pages
                with connection.cursor() as cursor:
                    counts = {table: _count(target, cursor, table) for table in tables(cursor)}
            with copy.open("rb") as rows:
                take(PART, rows)
        return counts, {}

    @contextmanager
    def taking_in(self, *, numbers: dict[str, int]) -> Iterator[Take]:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            yield lambda _, rows: _take_in(cursor, rows)

    def counts(self) -> dict[str, Count]:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            return {table: _count(connection.connection, cursor, table) for table in tables(cursor)}


def _count(source: sqlite3.Connection, cursor: CursorWrapper, table: str) -> Count:
    """Rows as SQLite has them, without what the driver would make of dates and truths."""
    made, rows = hashlib.sha256(), 0
    # A plus drops the declared type, by which Django's connection would make dates and truths of the values.
    raw = ", ".join(f"+{_one(name)}" for name in columns(cursor, table))
    for row in source.execute(f"SELECT {raw} FROM {_one(table)} ORDER BY {quoted(order(cursor, table))}"):  # noqa: S608  # names of the database's own
        made.update(f"{tuple(row)!r}\n".encode())
        rows += 1
    return Count(rows, made.hexdigest())


def _one(name: str) -> str:
    return quoted([name])


def _take_in(cursor: CursorWrapper, rows: IO[bytes]) -> None:
    triggers = _without_triggers(cursor)
    cursor.execute("PRAGMA defer_foreign_keys = ON")  # until the transaction ends
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        copy = Path(folder) / PART
        with copy.open("wb") as target:
            shutil.copyfileobj(rows, target)
        with closing(sqlite3.connect(copy)) as source:
            for table in [*tables(cursor), "participants_browser"]:
                _fill(source, table, columns(cursor, table))
            # The last numbers given: one that was given and deleted again must not be given twice.
            _fill(source, "sqlite_sequence", ["name", "seq"])
    for trigger in triggers:
        cursor.execute(trigger)


def _fill(source: sqlite3.Connection, table: str, names: list[str]) -> None:
    """The rows of one table in the place of those that are there."""
    places = ", ".join("?" * len(names))
    rows = source.execute(f"SELECT {quoted(names)} FROM {_one(table)}")  # noqa: S608  # names of the database's own
    raw = connection.connection
    raw.execute(f"DELETE FROM {_one(table)}")  # noqa: S608  # as above
    raw.executemany(f"INSERT INTO {_one(table)} ({quoted(names)}) VALUES ({places})", rows)  # noqa: S608  # as above


def _without_triggers(cursor: CursorWrapper) -> list[str]:
    """Take the triggers away and return what makes them: they hold for the software, not for whoever restores."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"DROP TRIGGER {_one(name)}")
    return [sql for _, sql in found]
