"""Questions to the database that are put into words once and asked often.

Django puts a question into words anew each time it is asked; on a page that asks seven, that took half of its time.
Where only values differ between one asking and the next, `prepared` keeps the words::

    @prepared
    def _waiting(user: int, since: datetime) -> QuerySet[Ask]:
        return Ask.objects.filter(user=user, made_at__gt=since).select_related("track")

    waiting = _waiting(user.pk, now)  # a list

What stands in the question is given by place; what shapes it (``live_only=True``) by name. The function is called with
gaps where values will stand, once for each shape: it puts them into filters, and must not look at them. A list has as
many gaps as values; one that is empty or has more than MOST_GAPS is asked in the usual way, as is a number too high.

What the database is asked is the same, letter by letter, as without: tests/house/test_prepared.py puts every prepared
question both ways. Only `_Asked` leans on how Django is made: on a QuerySet asking its query for a compiler, and on
that one's `as_sql`, `connection` and `get_converters`.
"""

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from itertools import count
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from mail import statements

Given = ParamSpec("Given")
Row = TypeVar("Row")
MOST_GAPS = 20
HIGHEST = 2**63
_numbers = count(1)


class Gap(Expression):
    """Where a value will stand: that of the given number, of a list the one at that place."""

    def __init__(self, number: int, place: int | None = None) -> None:
        super().__init__()
        self.number, self.place = number, place

    def as_sql(self, _compiler: SQLCompiler, _connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def filled(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> object:
        """As the database takes it. Raises TypeError for what is neither number, text nor time: None is no value."""
        value = values[self.number] if self.place is None else values[self.number][self.place]
        if isinstance(value, dt.datetime):
            return connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, dt.date):
            return connection.ops.adapt_datefield_value(value)
        if isinstance(value, str):
            return str(value)
        if isinstance(value, int):
            return value
        raise TypeError(f"A prepared question takes numbers, texts and times, not {value!r}")


class Gaps(Expression):
    """Where the values of a list will stand."""

    def __init__(self, number: int, count: int) -> None:
        super().__init__()
        self.gaps = [Gap(number, place) for place in range(count)]

    def as_sql(self, _compiler: SQLCompiler, _connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        return f"({', '.join(['%s'] * len(self.gaps))})", tuple(self.gaps)


@dataclass(frozen=True)
class _Words:
    """What a question has been put into; `params` holds gaps among its own values."""

    query: Query
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    # Of its columns, where only fields convert what comes; other databases have converters for each connection.
    converters: dict[int, Any] | None
    called: str = field(default_factory=lambda: f"prepared_{next(_numbers)}")

    @cached_property
    def gaps(self) -> list[Gap]:
        return [each for each in self.params if isinstance(each, Gap)]

    @cached_property
    def locks(self) -> str:
        """What it locks, if it does: PostgreSQL's log of who waits for whom has to say it."""
        return self.sql[self.sql.index(" FROM ") :].strip() if self.query.select_for_update else ""

    def with_values(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The statement to send, and its values."""
        filled = tuple(gap.filled(values, connection) for gap in self.gaps)
        if statements.are_kept(connection):
            statements.name(connection, self.called, self.sql, list(self._among(map(statements.place, count(1)))))
            return statements.execution(self.called, len(filled), saying=self.locks), filled
        return self.sql, tuple(self._among(iter(filled)))

    def _among(self, filled: Iterator[Any]) -> Iterator[Any]:
        return (next(filled) if isinstance(each, Gap) else each for each in self.params)


@dataclass(frozen=True)
class _Asked:
    """In a QuerySet stands for its query, and answers with the words of that and with values."""

    words: _Words
    values: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the query knows
        found = getattr(self.words.query, name)
        if callable(found):
            raise AttributeError(f"What is put into words cannot be changed: {name}")  # noqa: TRY004  as getattr does
        return found

    def chain(self) -> "_Asked":
        return self

    def get_compiler(self, using: str, **_more: object) -> SQLCompiler:
        """That which has put it into words, and so knows its columns, on the connection of this thread."""
        compiler, connection = copy.copy(self.words.compiler), connections[using]
        compiler.connection = connection
        if self.words.query.select_for_update:
            _in_transaction(connection)
        converters = self.words.converters
        if converters is not None:
            compiler.get_converters = lambda *_: converters  # type: ignore[method-assign]  # Django looks for them each time
        compiler.as_sql = lambda *_, **__: self.words.with_values(self.values, connection)  # type: ignore[method-assign]  # it is done
        return compiler


class Prepared(Generic[Given, Row]):
    """A function that makes a question, and the questions it has made, by shape."""

    every: list["Prepared[Any, Any]"] = []

    def __init__(self, ask: Callable[Given, QuerySet[Any, Row]]) -> None:
        wraps(ask)(self)
        self.ask = ask
        self.kept: dict[tuple[object, ...], QuerySet[Any, Row]] = {}
        self.every.append(self)

    def __call__(self, *values: Given.args, **shape: Given.kwargs) -> list[Row]:
        return list(self.put(*values, **shape))

    def first(self, *values: Given.args, **shape: Given.kwargs) -> Row | None:
        """Of a question that has one answer, or none."""
        return next(iter(self(*values, **shape)), None)

    def put(self, *values: Given.args, **shape: Given.kwargs) -> QuerySet[Any, Row]:
        """The question with these values, not asked yet. Nothing can be added to it."""
        if not all(map(_is_usual, values)):
            return self.ask(*values, **shape)
        lengths = tuple(len(each) if isinstance(each, list) else None for each in values)
        rows = self._kept(lengths, shape).all()
        rows._query = replace(rows.query, values=values)  # type: ignore[attr-defined,type-var]  # noqa: SLF001  see below
        return rows

    def _kept(self, lengths: Sequence[int | None], shape: Mapping[str, Any]) -> QuerySet[Any, Row]:
        key = (*lengths, *sorted(shape.items()))
        if key not in self.kept:
            gaps = [Gap(at) if each is None else Gaps(at, each) for at, each in enumerate(lengths)]
            self.kept[key] = _put_into_words(self.ask(*gaps, **shape))  # type: ignore[arg-type]  # gaps stand for values
        return self.kept[key]


def _is_usual(value: object) -> bool:
    """Not of an empty list or a long one, nor of a number that is none of a row: Django knows what to do with those."""
    if isinstance(value, list):
        return 0 < len(value) <= MOST_GAPS and all(map(_is_usual, value))
    return not isinstance(value, int) or abs(value) < HIGHEST


def prepared(ask: Callable[Given, QuerySet[Any, Row]]) -> Prepared[Given, Row]:
    """Of a function that makes a question, one that gives its answer."""
    return Prepared(ask)


def _in_transaction(connection: BaseDatabaseWrapper) -> None:
    """As Django does each time it makes such a question."""
    if connection.features.has_select_for_update and connection.get_autocommit():
        raise TransactionManagementError("Rows are locked until the end of a transaction, and there is none")


def _put_into_words(rows: QuerySet[Any, Row]) -> QuerySet[Any, Row]:
    compiler = rows.query.get_compiler(using=rows.db)
    sql, params = compiler.as_sql()
    columns = [column for column, *_ in compiler.select]
    converters = compiler.get_converters(columns) if compiler.connection.vendor == "postgresql" else None
    compiler.connection = None  # each thread has its own
    # Not `rows.query`, which would forget that rows are values.
    words = _Words(rows.query, compiler, sql, tuple(params), converters)
    rows._query = _Asked(words)  # type: ignore[attr-defined]  # noqa: SLF001  as said
    return rows
