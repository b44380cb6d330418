"""The world that the house's own tests look at: made once a file, and left by every request as it was."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.house.world import World, at_later, make_world


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
