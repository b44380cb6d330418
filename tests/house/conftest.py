"""The world that the house's own tests look at: made once a file, and left by every request as it was."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from django.db import connection, transaction

import reports.paper
import sessions.certificate
from participants.paper import draw
from tests.house.world import World, at_later, make_world


@pytest.fixture(scope="session", autouse=True)
def _the_same_page_is_drawn_once() -> Iterator[None]:
    """A PDF takes a second, and these tests ask for one a hundred times: the same document and sheet, the same file."""
    once = lru_cache(maxsize=64)(draw)
    with pytest.MonkeyPatch.context() as patch:
        for module in (reports.paper, sessions.certificate):
            patch.setattr(module, "draw", once)
        yield


@pytest.fixture(scope="module")
def world_of_the_file(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), at_later(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(world_of_the_file: World, db: None) -> Iterator[World]:
    """Two programs with everything in them, at LATER. What a test does to them is taken back."""
    assert connection.in_atomic_block
    with at_later():
        yield world_of_the_file
