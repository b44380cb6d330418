"""What a backup asks of a database, the same of each kind: to hand out its rows as one moment, and to take them in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

# Who is signed in belongs to the machine that was; after a restore everybody signs in again.
LEFT_OUT = frozenset({"participants_browser", "django_migrations"})
# What a database holds before anybody has used it: its own bookkeeping.
OF_NOBODY = LEFT_OUT | {"django_content_type", "auth_permission", "mail_tick", "mail_heartbeat", "mail_hold"}


@dataclass(frozen=True)
class Count:
    """How many rows a table has, and a checksum over all of them in the order of their primary key."""

    rows: int
    sha256: str


Take = Callable[[str, IO[bytes]], None]


class Database(Protocol):
    def read(self, take: Take) -> tuple[dict[str, Count], dict[str, int]]:
        """Hand every part to `take` by name, all as of one moment; returns each table's count and the last numbers.

        Opens a transaction of its own, so none may be open.
        """

    def taking_in(self, *, numbers: dict[str, int]) -> AbstractContextManager[Take]:
        """A transaction in which every table is emptied, parts are taken in, and rules are enforced at its end."""

    def counts(self) -> dict[str, Count]:
        """Each table's count, as it is now."""


def tables(cursor: CursorWrapper) -> list[str]:
    """Every table whose rows are kept."""
    return sorted(set(connection.introspection.table_names(cursor)) - LEFT_OUT)


def columns(cursor: CursorWrapper, table: str) -> list[str]:
    """Their names alone: to describe a table, Django would read the whole statement that has made it."""
    cursor.execute(f"SELECT * FROM {quoted([table])} LIMIT 0")  # noqa: S608  # a table's own name
    return sorted(column[0] for column in cursor.description)


def order(cursor: CursorWrapper, table: str) -> list[str]:
    """By what rows are sorted: the primary key, or everything where there is none."""
    return connection.introspection.get_primary_key_columns(cursor, table) or columns(cursor, table)


def quoted(names: list[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)


def filled_tables() -> Iterator[str]:
    """Tables in which somebody has left something."""
    with connection.cursor() as cursor:
        for table in tables(cursor):
            if table not in OF_NOBODY:
                cursor.execute(f"SELECT 1 FROM {quoted([table])} LIMIT 1")  # noqa: S608  # a table's own name
                if cursor.fetchone():
                    yield table


def migrations() -> list[str]:
    """The migrations that this database has been through, without those that others have replaced since."""
    loader = MigrationLoader(connection)
    return sorted(f"{app}.{name}" for app, name in set(loader.applied_migrations) & set(loader.disk_migrations))
