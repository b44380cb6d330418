"""Every table as lines of JSON, the same whichever database it lies in. What is encrypted stays as it is stored."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from participants.confidential import ConfidentialTextField, decrypt

AT_ONCE = 2000
# What belongs to the machine or goes after some days: who is signed in, signs of life, files somebody has asked for,
# and whether mail is held, which loading decides.
LEFT_OUT = frozenset(
    {"sessions.Session", "mail.Heartbeat", "mail.Hold", "participants.DataExport", "reports.ExportJob"}
)
# What an installation that nobody has used has in it by itself; loading puts the file's rows in their place.
MADE_BY_ITSELF = ("auth.Permission", "contenttypes.ContentType", "mail.Tick")

Model = type[models.Model]
Row = Sequence[Any]


@dataclass(frozen=True)
class Count:
    """How many rows a table has, and a checksum over all of them in the order of their keys."""

    rows: int
    sha256: str


def kept() -> list[Model]:
    """The tables that are in the file, in an order that never changes."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted((model for model in found if model._meta.label not in LEFT_OUT), key=lambda model: model._meta.label)


def columns(model: Model) -> "list[models.Field[Any, Any]]":
    return list(model._meta.local_concrete_fields)


def rows_of(model: Model) -> Iterator[Row]:
    """The rows as they are stored, by primary key, some thousand at a time."""
    rows: QuerySet[models.Model] = QuerySet(model).order_by("pk")
    names: list[str] = []
    sealed: dict[str, Cast] = {}
    for number, column in enumerate(columns(model)):
        if isinstance(column, ConfidentialTextField):
            names.append(f"_sealed{number}")
            # A cast reads the column as it is stored, which the field itself would decrypt.
            sealed[names[-1]] = Cast(column.name, TextField())
        else:
            names.append(column.attname)
    yield from rows.annotate(**sealed).values_list(*names).iterator(AT_ONCE)


def write_table(model: Model, out: IO[bytes] | None = None) -> Count:
    """Write a line for each row, without `out` only count them."""
    digest, count = hashlib.sha256(), 0
    for row in rows_of(model):
        line = json.dumps([_plain(each) for each in row], ensure_ascii=False, sort_keys=True).encode() + b"\n"
        digest.update(line)
        count += 1
        if out:
            out.write(line)
    return Count(count, digest.hexdigest())


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """The same from every database: one keeps whole numbers in JSON as decimals, and the other does not."""
    for kind, make in _PLAIN:
        if isinstance(value, kind):
            return make(value)
    return value


_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (dict, lambda value: {key: _plain(each) for key, each in value.items()}),
    (list, lambda value: [_plain(each) for each in value]),
    (float, lambda value: int(value) if value.is_integer() and abs(value) < 2**53 else value),
    (dt.datetime, lambda value: value.astimezone(dt.UTC).isoformat(timespec="microseconds")),
    ((dt.date, dt.time), lambda value: value.isoformat()),
    ((UUID, Decimal), str),
    ((bytes, memoryview), lambda value: base64.b64encode(bytes(value)).decode()),
)


def read_row(model: Model, line: bytes) -> models.Model:
    """The row of a line, to be stored as it is.

    Raises participants.confidential.Unreadable for a text that no key here opens, ValueError for what is no row.
    """
    fields, values = columns(model), json.loads(line)
    if not isinstance(values, list) or len(values) != len(fields):
        raise ValueError(f"This is no row of {model._meta.label}")
    return model(**{field.attname: _stored(field, value) for field, value in zip(fields, values, strict=True)})


def _stored(field: "models.Field[Any, Any]", value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, ConfidentialTextField):
        if value:
            decrypt(value)
        return Value(value, output_field=TextField())
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.to_python(value)
