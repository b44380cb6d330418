import datetime as dt

import pytest

from sessions import services
from tests.factories.programs import NOW
from tests.people import make_cast


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def plan(cast):
    """Plans a session of bob and mia: Monday 8 March 2027, 16:00 in Berlin, unless told otherwise."""

    def plan(**changes):
        facts = {
            "match": cast.match,
            "starts": dt.datetime(2027, 3, 8, 16, 0),
            "zone": "Europe/Berlin",
            "minutes": 45,
            "channel": "video",
            "place": "",
            "by": cast.bob,
            "now": NOW,
        }
        return services.plan_session(**{**facts, **changes})

    return plan


@pytest.fixture
def over():
    """Two hours and a bit after the session of `plan` has ended."""
    return dt.datetime(2027, 3, 8, 18, 0, tzinfo=dt.UTC)
