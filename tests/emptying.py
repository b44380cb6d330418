"""The record of who did what refuses to be emptied, but the database of the tests has to be, between two of them."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

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
# What a migrated database begins with. Django empties it and writes it anew after each such test, which takes longer
# than most of them; it stays as long as it is what it was.
BEGINS_WITH = ("django_content_type", "auth_permission")
_began: dict[str, list[Any]] = {}


def _empty(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
    from django.db import transaction

    connection = self.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor, unguarded(cursor):
        return _flush(self, sql_list)


def _empty_what_is_filled(self: TransactionTestCase) -> None:
    """At the end of a test with transactions of its own."""
    from django.db import connections

    for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]  # as Django's own
        connection = connections[alias]
        if _began.get(alias) == _beginnings(connection):
            _take_out(connection)
        else:
            options: dict[str, Any] = {"reset_sequences": False, "allow_cascade": False}
            call_command("flush", verbosity=0, interactive=False, database=alias, **options)
            _began[alias] = _beginnings(connection)


def _beginnings(connection: BaseDatabaseWrapper) -> list[Any]:
    with connection.cursor() as cursor:
        found: list[Any] = []
        for table in BEGINS_WITH:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608  # one of the two
            found += cursor.fetchall()
        return found


def _take_out(connection: BaseDatabaseWrapper) -> None:
    """A few rows are quicker deleted from the tables that have any than a hundred tables are made anew."""
    from django.db import transaction

    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        asked = (
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"  # noqa: S608  # the names are the models' own
            for name in sorted({*names} - {*BEGINS_WITH})
        )
        cursor.execute(" UNION ALL ".join(asked))
        filled = [name for (name,) in cursor.fetchall()]
        with unguarded(cursor) if {*filled} & {*TABLES} else nullcontext():
            for name in filled:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # as above
            # Each row is asked for now whether anything leans on it: a guard is set up again only when all is said.
            connection.check_constraints()


def allow_emptying() -> None:
    """Let what ends every test with transactions of its own empty the record too, and take no longer than it must."""
    BaseDatabaseOperations.execute_sql_flush = _empty  # type: ignore[method-assign,assignment]  # for the tests' run
    TransactionTestCase._fixture_teardown = _empty_what_is_filled  # type: ignore[attr-defined]  # as above
