"""The world that the house's own tests look at: made once a process, and left by every test as it was."""

from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from functools import lru_cache
from typing import Any

import pytest
from django.db import connection, transaction

import reports.paper
import sessions.certificate
from participants.paper import draw
from tests.beside import beside, standing_in
from tests.house.world import World, at_later, make_world


@pytest.fixture(scope="session", autouse=True)
def _the_same_page_is_drawn_once() -> Iterator[None]:
    """A PDF takes a second, and these tests ask for one a hundred times: the same document and sheet, the same file."""
    once = lru_cache(maxsize=64)(draw)
    with pytest.MonkeyPatch.context() as patch:
        for module in (reports.paper, sessions.certificate):
            patch.setattr(module, "draw", once)
        yield


@pytest.fixture(scope="session")
def world_of_the_process(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, World]]:
    """The name of the database in which it is, and what there is in it."""
    stack = ExitStack()
    with django_db_blocker.unblock():
        name = stack.enter_context(beside("world"))
        with standing_in(name), at_later(), transaction.atomic():
            world = make_world()
            # Nobody is told of it: no bell is rung for what it would set going.
            connection.run_on_commit = []
    yield name, world
    with django_db_blocker.unblock():
        stack.close()


@pytest.fixture(scope="module")
def world_of_the_file(world_of_the_process: tuple[str, World], django_db_blocker: Any) -> Iterator[World]:
    """What a file does to what it holds of it stays in that file."""
    name, world = world_of_the_process
    with django_db_blocker.unblock(), standing_in(name):
        yield deepcopy(world)


@pytest.fixture
def world(world_of_the_file: World, db: None) -> Iterator[World]:
    """Two programs with everything in them, at LATER. What a test does to them is taken back."""
    assert connection.in_atomic_block
    with at_later():
        yield world_of_the_file
