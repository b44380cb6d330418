"""When two writes cross: the one that the database ends is tried once more, or answered with “try again”.

The order of locks keeps two from waiting for each other (tests/races); where that fails, or somebody holds a lock for
long and `lock_timeout` is set, nobody gets an error page for it and nothing is half done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.messages.storage import default_storage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase

# PostgreSQL's codes. Two waited for each other, or could not be put in an order: one of them was taken back.
TAKEN_BACK = frozenset({"40P01", "40001"})
# Waited at a lock for longer than `lock_timeout`.
WAITED = frozenset({"55P03"})
# The low byte of SQLite's codes: BUSY and LOCKED, after the time that the settings give it.
SQLITE_WAITED = frozenset({5, 6})


@dataclass
class Guards:
    """A switch by which tests take the second try away. Nothing else ever touches it."""

    second_try: bool = True


guards = Guards()


def _code(error: OperationalError) -> str:
    return getattr(error.__cause__, "pgcode", None) or ""


def is_in_the_way(error: OperationalError) -> bool:
    """Whether others were in the way, and the same can be tried again."""
    sqlite = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return _code(error) in TAKEN_BACK | WAITED or sqlite in SQLITE_WAITED


def tried_again(request: HttpRequest, once: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of `once`, a whole transaction; of a second one where the first was taken back for another's sake.

    Whoever waited too long has waited enough and is not made to wait again. Raises OperationalError.
    """
    try:
        return once()
    except OperationalError as error:
        if _code(error) not in TAKEN_BACK or not guards.second_try:
            raise
    _forget_what_was_said(request)
    return once()


def _forget_what_was_said(request: HttpRequest) -> None:
    """What the first try wanted to show on the next page, and how far it had read what was uploaded."""
    request._messages = default_storage(request)  # type: ignore[attr-defined]  # noqa: SLF001  # where Django keeps it
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            file.seek(0)
