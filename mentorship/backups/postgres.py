"""PostgreSQL: each table by COPY, all in one snapshot. Needs no program beside the driver, of whatever version."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from mentorship.backups.database import Count, Take, columns, order, quoted, tables


class Counting:
    """Counts and hashes the lines that COPY writes, and passes them on if there is anybody to pass them to."""

    def __init__(self, below: IO[bytes] | None = None) -> None:
        self.below = below
        self.rows = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.rows += data.count(b"\n")  # a line break inside a value is written as \n in letters
        self.hash.update(data)
        if self.below is not None:
            self.below.write(data)
        return len(data)

    @property
    def count(self) -> Count:
        return Count(self.rows, self.hash.hexdigest())


class Postgres:
    def read(self, take: Take) -> tuple[dict[str, Count], dict[str, int]]:
        counts = {}
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for table in tables(cursor):
                with tempfile.TemporaryFile(dir=settings.VAR_DIR) as spool:
                    counts[table] = _copied(cursor, table, cast("IO[bytes]", spool))
                    spool.seek(0)
                    take(table, cast("IO[bytes]", spool))
            return counts, _numbers(cursor)

    @contextmanager
    def taking_in(self, *, numbers: dict[str, int]) -> Iterator[Take]:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            names = tables(cursor)
            # What is append-only is so for the software; whoever owns the database brings it back.
            _triggers(cursor, names, "DISABLE")
            cursor.execute(f"TRUNCATE {quoted([*names, 'participants_browser'])}")
            yield lambda table, rows: _take_in(cursor, table, rows)
            # References are checked here, once everything is there.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _triggers(cursor, names, "ENABLE")
            for sequence, last in numbers.items():
                cursor.execute("SELECT setval(%s::regclass, %s)", [quoted([sequence]), last])

    def counts(self) -> dict[str, Count]:
        with connection.cursor() as cursor:
            return {table: _copied(cursor, table) for table in tables(cursor)}


def _copied(cursor: CursorWrapper, table: str, below: IO[bytes] | None = None) -> Count:
    counting = Counting(below)
    query = f"SELECT {quoted(columns(cursor, table))} FROM {quoted([table])} ORDER BY {quoted(order(cursor, table))}"  # noqa: S608  # names of the database's own
    cursor.copy_expert(f"COPY ({query}) TO STDOUT", counting)
    return counting.count


def _take_in(cursor: CursorWrapper, table: str, rows: IO[bytes]) -> None:
    cursor.copy_expert(f"COPY {quoted([table])} ({quoted(columns(cursor, table))}) FROM STDIN", rows)


def _triggers(cursor: CursorWrapper, names: list[str], how: str) -> None:
    for name in names:
        cursor.execute(f"ALTER TABLE {quoted([name])} {how} TRIGGER USER")


def _numbers(cursor: CursorWrapper) -> dict[str, int]:
    """The last number each sequence gave: one that was given and deleted again must not be given twice."""
    cursor.execute(
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return dict(cursor.fetchall())
