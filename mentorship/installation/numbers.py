"""The last number each table has given: one that was given and deleted again must not be given twice."""

from collections.abc import Mapping

from django.db import connection, models

from mentorship.installation.tables import Model, kept


def last_numbers() -> dict[str, int]:
    """By the label of the table; those alone that number their rows themselves and have begun."""
    found = {}
    with connection.cursor() as cursor:
        for model in _numbered():
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)", _place(model))
            else:
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            row = cursor.fetchone()
            # SQLite says 0 of a table whose rows were all moved here when it was made anew.
            if row and row[0]:
                found[model._meta.label] = int(row[0])
    return found


def set_last_numbers(numbers: Mapping[str, int]) -> None:
    """Have every table go on after the number it had given."""
    with connection.cursor() as cursor:
        for model in _numbered():
            number, table = numbers.get(model._meta.label), model._meta.db_table
            if not number:
                continue
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s)::regclass, %s)", [*_place(model), number])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


def _numbered() -> list[Model]:
    return [model for model in kept() if isinstance(model._meta.pk, models.AutoField)]


def _place(model: Model) -> list[str]:
    return [connection.ops.quote_name(model._meta.db_table), str(model._meta.pk.column)]
