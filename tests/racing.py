"""Deeds at the same moment, each in a thread with a connection of its own; tests/races has whole processes for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

PATIENCE = 20


def together(
    *deeds: Callable[[], object], refused: type[Exception] | tuple[type[Exception], ...] = Exception
) -> list[Any]:
    """What each deed gave back, or was refused with; any other error of a deed is the test's."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            start.wait(PATIENCE)
            return deed()
        except refused as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds, timeout=60))


def kinds(results: Sequence[object]) -> list[str]:
    """The names of what came back, in the order of the alphabet, as it is chance who was first."""
    return sorted(type(result).__name__ for result in results)
