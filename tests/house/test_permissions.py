"""Every address, as every role, with every method, against permissions.yaml."""

import pytest

from tests.house.matrix import named_patterns, read_matrix, surprises
from tests.house.world import TOKEN_ROLES, World

MATRIX = read_matrix()
SIGNED_IN = ("ex", "pu", "me", "mn", "co", "cx", "sl", "ad")
ROLES = ("an", *TOKEN_ROLES, *SIGNED_IN)


@pytest.mark.pure
def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(MATRIX) == sorted(named_patterns())


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_everybody_gets_the_answer_that_the_matrix_says(world: World, name: str):
    assert surprises(MATRIX[name], world, ROLES) == []
