"""Rows that are written often, by statements that are put into words once, as questions are (mail/prepared.py).

`insert` does what `bulk_create` does, `update` what `save` does of a row that is there, and `changed` marks a function
that says what an UPDATE of many rows is. The words are Django's, and so is what becomes of each value on its way to the
database (tests/mail/test_writing.py puts each both ways); no signal is sent, and nothing listens for one here.

PostgreSQL knows each by a name that says what it is (``update_mail_message_3``), as its log of who waits for whom has
to be read by somebody.
"""

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import Any, Generic, ParamSpec, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Manager, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from mail import statements
from mail.prepared import Gap

Given = ParamSpec("Given")
Change = tuple[QuerySet[Any], Mapping[str, Any]]
MOST_ROWS = 10
_numbers = itertools.count(1)


@dataclass(frozen=True)
class _Words:
    """A statement; `params` holds gaps, one for each value, among its own values."""

    sql: str
    params: tuple[Any, ...]
    called: str

    @classmethod
    def of(cls, deed: str, table: str, sql: str, params: Sequence[Any]) -> "_Words":
        return cls(sql, tuple(params), f"{deed}_{table[:40]}_{next(_numbers)}")

    def to_send(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:
        if statements.are_kept(connection):
            statements.name(connection, self.called, self.sql, self._with(lambda at: statements.place(at + 1)))
            return statements.execution(self.called, len(values)), values
        return self.sql, self._with(values.__getitem__)

    def _with(self, value: Callable[[int], Any]) -> list[Any]:
        return [value(each.number) if isinstance(each, Gap) else each for each in self.params]


@dataclass(frozen=True)
class _Kept:
    """The words of a statement about rows, and the columns whose values it takes, in their order."""

    words: _Words
    fields: "Sequence[Field[Any, Any]]"

    def values(self, rows: Sequence[Model], connection: BaseDatabaseWrapper) -> list[Any]:
        """As the database takes them, row by row."""
        return [each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows for each in self.fields]


def insert(rows: Sequence[Model]) -> None:
    """Store new rows of one model and give each the key it got: one statement, as long as there are no more than
    MOST_ROWS. Raises IntegrityError.
    """
    if len(rows) > MOST_ROWS:
        _all(type(rows[0])).bulk_create(rows)
    elif rows:
        for row, (key,) in zip(rows, _inserted(rows, passing=False), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001  as bulk_create does


def insert_missing(rows: Sequence[Model]) -> None:
    """The same, passing over rows that are there already; as it is not told which, none is given its key."""
    if len(rows) > MOST_ROWS:
        _all(type(rows[0])).bulk_create(rows, ignore_conflicts=True, batch_size=500)
    elif rows:
        _inserted(rows, passing=True)


def insert_if_new(row: Model) -> bool:
    """Store a row unless it is there already; whether it was new. It is not given its key."""
    with _sent(_insert(type(row), 1, passing=True), [row]) as cursor:
        return bool(cursor.rowcount == 1)


def update(row: Model) -> None:
    """Store every column of a row that is there. Raises the model's DoesNotExist if it is not, and IntegrityError."""
    with _sent(_update(type(row)), [row]) as cursor:
        if cursor.rowcount != 1:
            raise type(row).DoesNotExist(f"{row} was to be written, and is not there")  # type: ignore[attr-defined]


class Changed(Generic[Given]):
    """A function that names rows and what becomes of their columns, and the UPDATE that is made of it."""

    def __init__(self, ask: Callable[Given, Change]) -> None:
        wraps(ask)(self)
        self.ask = ask

    def __call__(self, *values: Given.args, **_none: Given.kwargs) -> int:
        """Do it: how many rows there were. Values are numbers, texts and times, given by place."""
        connection = _connection()
        filled = [Gap(at).filled(values, connection) for at in range(len(values))]
        with connection.cursor() as cursor:
            cursor.execute(*self._words.to_send(filled, connection))
            return int(cursor.rowcount)

    @cached_property
    def _words(self) -> _Words:
        takes = inspect.signature(self.ask).parameters
        rows, columns = self.ask(*map(Gap, range(len(takes))))  # type: ignore[arg-type,call-arg]  # gaps stand for values
        fields = ((rows.model._meta.get_field(name), None, value) for name, value in columns.items())
        return _update_of(rows, list(fields))


def changed(ask: Callable[Given, Change]) -> Changed[Given]:
    """Of a function that says what an UPDATE is, one that does it."""
    return Changed(ask)


def _all(model: type[Model]) -> "Manager[Any]":
    return model._base_manager  # noqa: SLF001  part of Django's interface


def _connection() -> BaseDatabaseWrapper:
    """Of this thread: itself, as Django's stand-in for it looks for it at each touch."""
    return connections[DEFAULT_DB_ALIAS]


@contextmanager
def _sent(kept: _Kept, rows: Sequence[Model]) -> Iterator[CursorWrapper]:
    connection = _connection()
    with connection.cursor() as cursor:
        cursor.execute(*kept.words.to_send(kept.values(rows, connection), connection))
        yield cursor


def _inserted(rows: Sequence[Model], *, passing: bool) -> list[tuple[Any, ...]]:
    with _sent(_insert(type(rows[0]), len(rows), passing=passing), rows) as cursor:
        return [] if passing else cursor.fetchall()


@cache
def _insert(model: type[Model], count: int, *, passing: bool) -> _Kept:
    meta = model._meta
    fields = [each for each in meta.concrete_fields if each is not meta.pk]
    rows, gaps = [model() for _ in range(count)], map(Gap, itertools.count())
    for row in rows:
        for each, gap in zip(fields, gaps):  # noqa: B905  there is always one more gap
            setattr(row, each.attname, gap)
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if passing else None)
    query.insert_values(fields, rows)
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = None if passing else [meta.pk]
    ((sql, params),) = compiler.as_sql()
    return _Kept(_Words.of("insert", meta.db_table, sql, params), fields)


@cache
def _update(model: type[Model]) -> _Kept:
    meta = model._meta
    fields = [each for each in meta.concrete_fields if each is not meta.pk]
    given = [(each, None, Gap(at)) for at, each in enumerate(fields)]
    words = _update_of(_all(model).filter(pk=Gap(len(fields))), given)
    return _Kept(words, [*fields, meta.pk])


def _update_of(rows: QuerySet[Any], given: list[tuple[Any, None, Any]]) -> _Words:
    query = cast(UpdateQuery, rows.query.chain(UpdateQuery))
    query.add_update_fields(given)  # type: ignore[arg-type]  # it takes any expression
    return _Words.of("update", rows.model._meta.db_table, *query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
