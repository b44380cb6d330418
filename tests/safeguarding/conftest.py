import uuid
from collections.abc import Callable
from typing import Any

import pytest

from participants.models import RoleGrant, User
from safeguarding import services
from safeguarding.models import Case
from tests.factories.programs import NOW
from tests.people import Cast, make_cast, person
from tests.safeguarding.concerning import WORDS


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def second(cast: Cast) -> User:
    """Another safeguarding lead beside sally."""
    user = person("Tess")
    RoleGrant.objects.create(user=user, role=RoleGrant.Role.SAFEGUARDING_LEAD, granted_at=NOW)
    return user


@pytest.fixture
def report(cast: Cast) -> Callable[..., Case]:
    """Mia reports something about her match with bob, unless told otherwise."""

    def report(**changes: Any) -> Case:
        facts = {
            "text": WORDS,
            "in_danger": False,
            "contact": "",
            "match_id": cast.match.pk,
            "key": uuid.uuid4(),
            "by": cast.mia,
            "now": NOW,
        }
        return services.report(**{**facts, **changes})

    return report
