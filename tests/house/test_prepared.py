"""Every prepared question of the house asks the database exactly what Django would ask it."""

import datetime as dt
import inspect
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.urls import get_resolver

from mail.prepared import Prepared

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
# For each kind of value one like any, and one that counts as false: a question must not look at it.
SAMPLES: dict[Any, tuple[Any, Any]] = {
    int: (7, 0),
    str: ("any", ""),
    dt.date: (NOON.date(), dt.date.min),
    dt.datetime: (NOON, dt.datetime.min.replace(tzinfo=dt.UTC)),
    list[int]: ([7, 8, 9], [0]),
    list[str]: (["any", "other"], [""]),
}


def every() -> list[Prepared[Any, Any]]:
    assert get_resolver().url_patterns  # with which all modules of the site are there
    return [each for each in Prepared.every if not each.ask.__module__.startswith("tests.")]


def ways(question: Prepared[Any, Any]) -> Iterator[tuple[list[Any], dict[str, bool]]]:
    """The values and shapes to ask it with."""
    takes = inspect.signature(question.ask).parameters.values()
    by_name = [each.name for each in takes if each.kind is each.KEYWORD_ONLY]
    kinds = [each.annotation for each in takes if each.kind is not each.KEYWORD_ONLY]
    for sample in (0, 1):
        for flags in itertools.product((False, True), repeat=len(by_name)):
            yield [SAMPLES[kind][sample] for kind in kinds], dict(zip(by_name, flags, strict=True))


@pytest.mark.django_db
def test_each_is_put_as_django_would_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # So that what is sent is the words themselves, and not the name that PostgreSQL knows them by.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    seen = 0
    for question in every():
        for values, shape in ways(question):
            (sql, params), (plain, given) = (
                put(*values, **shape).query.get_compiler("default").as_sql() for put in (question.put, question.ask)
            )
            # Django sets brackets around what is not a plain value.
            assert re.sub(r"\(%s\)", "%s", sql) == re.sub(r"\(%s\)", "%s", plain), question.ask.__qualname__
            # On PostgreSQL the parts of a union stand in brackets.
            assert plain.startswith(("SELECT ", "(SELECT "))
            assert tuple(params) == tuple(given), question.ask.__qualname__
            seen += 1
    assert seen > 20


@pytest.mark.django_db
def test_each_is_answered() -> None:
    """On PostgreSQL by its name, which it could not have if the type of a value were open."""
    for question in every():
        for values, shape in ways(question):
            assert isinstance(question(*values, **shape), list)
    assert connection.is_usable()
