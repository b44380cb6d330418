"""The record of who did what refuses to be emptied, but the database of the tests has to be, between two of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper

TABLES = ("participants_auditentry", "participants_auditlink")


@contextmanager
def unguarded(cursor: CursorWrapper) -> Iterator[None]:
    """Without the triggers of the record, as an owner of the database could make it; inside a transaction."""
    if cursor.db.vendor == "postgresql":
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", TABLES)
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        cursor.execute(sql)


_flush = BaseDatabaseOperations.execute_sql_flush


def _empty(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
    from django.db import transaction

    connection = self.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor, unguarded(cursor):
        return _flush(self, sql_list)


def allow_emptying() -> None:
    """Let Django's flush, which ends every test with transactions of its own, empty the record too."""
    BaseDatabaseOperations.execute_sql_flush = _empty  # type: ignore[method-assign,assignment]  # for the tests' run
