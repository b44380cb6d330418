"""Reads permissions.yaml and turns a row of it into requests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse

from tests.house.headers import STORED, wrong
from tests.house.world import TOKEN_ROLES, World
from tests.house.world_place import Place

FILE = Path(__file__).with_name("permissions.yaml")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
REDIRECT, NOT_ALLOWED = 302, 405
# So often a page may ask the database, whoever looks at it.
MOST_QUESTIONS = 10


@dataclass(frozen=True)
class Row:
    """One address: who gets which answer, and how to ask."""

    name: str
    # Whether one has to be signed in before anything of the page is looked at.
    is_behind_sign_in: bool
    answers: Mapping[str, Mapping[str, int]]
    arguments: Mapping[str, Any]
    session: str
    body: Any
    query: str

    def expected(self, role: str, method: str) -> int:
        is_out = role in ("an", *TOKEN_ROLES)
        if self.is_behind_sign_in and is_out:
            return REDIRECT
        by_role = self.answers.get("GET" if method == "HEAD" else method)
        if by_role is None:
            return NOT_ALLOWED
        others = by_role.get("out", by_role["rest"]) if is_out else by_role["rest"]
        return by_role.get(role, others)

    def allowed(self, method: str) -> bool:
        return ("GET" if method == "HEAD" else method) in self.answers

    def url(self, world: World, role: str, **other: Any) -> str:
        """The address as this role would ask for it; with other arguments where told to."""
        found = self.values(world.here)
        if "tok" in found:
            found["tok"] = world.token(role, self.session)
        return reverse(self.name, kwargs={**found, **other}) + self.query

    def values(self, place: Place) -> dict[str, Any]:
        """The arguments of the address for one of the two programs."""
        return {key: _value(value, place.args) for key, value in self.arguments.items()}

    def data(self, place: Place) -> Any:
        return _value(self.body, place.args)


def _value(value: Any, args: Mapping[str, Any]) -> Any:
    """What stands for itself, or with a $ before it a name of the world."""
    if isinstance(value, str) and value.startswith("$"):
        found = args[value[1:]]
        return found() if callable(found) else found
    if isinstance(value, dict):
        return {key: _value(each, args) for key, each in value.items()}
    return value


def read_matrix() -> dict[str, Row]:
    told = _understood(FILE.read_text(encoding="utf-8"))
    usual, kinds, patterns = told["arguments"], told["kinds"], named_patterns()
    return {name: _row(name, given, kinds, usual, patterns.get(name, ())) for name, given in told["urls"].items()}


@lru_cache
def _understood(text: str) -> Any:
    """Read once for all files of tests: it takes half a second."""
    return yaml.safe_load(text)


def _row(name: str, given: Any, kinds: Any, usual: Mapping[str, Any], arguments: tuple[str, ...]) -> Row:
    row: dict[str, Any] = {"is": given} if isinstance(given, str) else given
    unknown = set(row) - {"is", "with", "session", "body", "query", "why", *METHODS}
    if unknown:
        raise ValueError(f"{name}: nothing is called {unknown}")
    kind = kinds[row["is"]]
    answers = {key: row.get(key, kind.get(key)) for key in METHODS if key in row or key in kind}
    return Row(
        name=name,
        is_behind_sign_in=kind["door"] == "sign-in",
        answers={method: each if isinstance(each, dict) else {"rest": each} for method, each in answers.items()},
        arguments={key: {**usual, **row.get("with", {})}[key] for key in arguments},
        session=row.get("session", "over"),
        body=row.get("body", {}),
        query=row.get("query", ""),
    )


def named_patterns() -> dict[str, tuple[str, ...]]:
    """Every address of the site by its full name, with the names of its arguments.

    Raises ValueError for one without a name, and for a second of the same name: nobody could say who may open it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, arguments in _walk(get_resolver(), (), ()):
        if name in found or name.endswith("None"):
            raise ValueError(f"An address needs a name of its own: {name}")
        found[name] = arguments
    return found


def _walk(
    resolver: URLResolver, spaces: tuple[str, ...], outer: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in resolver.url_patterns:
        arguments = (*outer, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from _walk(each, (*spaces, each.namespace) if each.namespace else spaces, arguments)
        else:
            yield ":".join((*spaces, str(each.name))), arguments


def ask(client: Client, method: str, url: str, body: Any = None) -> HttpResponse:
    """One request; whatever it writes is taken back, and the browser has the cookies it had before."""
    cookies: Any = client.cookies.copy()
    cache.clear()
    try:
        with transaction.atomic():
            response: HttpResponse = getattr(client, method.lower())(url, body if method == "POST" else None)
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    return response


def surprises(row: Row, world: World, roles: tuple[str, ...]) -> list[str]:
    """What is answered otherwise than the row says, one line each.

    Who holds a link and asks for another address sends the very request that anybody sends: that is sent once.
    """
    found, answered = [], {}
    for role in roles:
        client, url = world.clients[role], row.url(world, role)
        for method in METHODS:
            sent = method, url, tuple(sorted((name, each.value) for name, each in client.cookies.items()))
            if sent not in answered:
                answered[sent] = _answer(row, world, client, method, url)
            status, bad = answered[sent]
            found += [f"{role} {method}: {each}" for each in bad]
            if status != row.expected(role, method):
                found.append(f"{role} {method}: {status} instead of {row.expected(role, method)}")
    return found


def _answer(row: Row, world: World, client: Client, method: str, url: str) -> tuple[int, list[str]]:
    """Its status, and what is wrong with it whoever gets it."""
    body = row.data(world.here) if method == "POST" else None
    with CaptureQueriesContext(connection) as asked:
        response = ask(client, method, url, body)
    bad = wrong(response, referrer=_referrer(row, response.status_code), stored=row.name in STORED)
    if method == "GET" and (count := _questions(asked)) > MOST_QUESTIONS:
        bad.append(f"{count} questions to the database instead of {MOST_QUESTIONS}")
    return response.status_code, bad


def _questions(asked: CaptureQueriesContext) -> int:
    """Without the marks that ask() sets to take everything back."""
    return sum("SAVEPOINT" not in each["sql"] for each in asked.captured_queries)


def _referrer(row: Row, status: int) -> str:
    """From behind a link nobody hears where one was: the address is the link. A receipt is one for its reader only.

    Signing in is the exception: its CSRF check must know the origin, which a browser without a referrer does not say.
    """
    behind = "tok" in row.arguments and row.name not in {"participants:sign_in_by_link", "join_links:confirm"}
    return "no-referrer" if behind or (row.name, status) == ("concern:receipt", 200) else "same-origin"
