"""Statements that PostgreSQL plans once a connection: of a question with many tables, planning is nearly all it costs.

Not behind a pooler that may give each transaction another connection: there DATABASE_KEPT_SECONDS is 0
(docs/operators-guide.md), and all is sent as usual.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import AsIs

# The names that each connection knows; a new one, after a break for instance, begins with none.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def are_kept(connection: BaseDatabaseWrapper) -> bool:
    """Whether names given on this connection will be known to it at the next request."""
    return connection.vendor == "postgresql" and connection.settings_dict["CONN_MAX_AGE"] != 0


def name(connection: BaseDatabaseWrapper, called: str, sql: str, params: Sequence[Any]) -> None:
    """Give a statement a name on this connection, if it has none yet."""
    connection.ensure_connection()
    known = _known.setdefault(connection.connection, set())
    if called in known:
        return
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {called} AS {sql}", params)
    known.add(called)


def place(number: int) -> AsIs:
    """Stands among the values of a statement where each execution has its own, counted from 1."""
    return AsIs(f"${number}")


def execution(called: str, count: int, *, saying: str = "") -> str:
    """What to send, with so many values, and a remark for whoever reads PostgreSQL's log."""
    sql = f"EXECUTE {called} ({', '.join(['%s'] * count)})" if count else f"EXECUTE {called}"
    return f"{sql} /* {saying.replace('%', '%%')} */" if saying else sql
