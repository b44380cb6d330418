import pytest

from tests.factories.matching import Town, make_town
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory


@pytest.fixture
def town(db) -> Town:
    return make_town()


@pytest.fixture
def alice(town, client):
    """The coordinator of the town's program, signed in."""
    user = UserFactory.create(email="alice@example.org", first_name="Alice")
    CoordinatorFactory.create(program=town.track.program, user=user)
    client.force_login(user)
    return user
