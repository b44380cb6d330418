"""Every race of docs/trust.md by whole processes on PostgreSQL: never lost with its guard, and nearly always without.

As many rounds as time allows are run by benchmarks/races.py.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.races.crew import Crew, CrewLost
from tests.races.ground import Ground, ground
from tests.races.matches import AcceptedAndDeclined
from tests.races.race import Race, Round
from tests.races.table import RACES

# SQLite lets one transaction write at a time.
pytestmark = pytest.mark.as_in_production
CLIENTS, ROUNDS, CONTROLS = 4, 60, 20


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    """In place of pytest-django's: other processes must see what is written, and nothing has to be put back."""
    if connection.vendor != "postgresql":
        pytest.skip("row locks are PostgreSQL's")
    with django_db_blocker.unblock(), ground(str(connection.settings_dict["NAME"]), CLIENTS) as made:
        yield made


def test_the_table_has_each_race_once() -> None:
    assert [race.number for race in RACES] == list(range(1, 22))


@pytest.mark.parametrize("race", RACES, ids=lambda race: f"{race.number}-{type(race).__name__}")
def test_is_never_lost_with_its_guard_and_nearly_always_without(db: Ground, race: Race) -> None:
    kept = db.run(race, rounds=ROUNDS)
    assert (kept.rounds, kept.broken) == (ROUNDS, 0), kept.notes
    control = db.run(race, rounds=CONTROLS, off=True)
    assert control.share >= 0.95, control.notes


class Endless(AcceptedAndDeclined):
    """One whose rounds cannot even begin, as one client has nothing to do."""

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        raise NotImplementedError

    def deed(self, *job: object) -> str:
        raise SystemExit(3)


def test_a_client_that_is_lost_ends_the_run_with_a_word(db: Ground) -> None:
    """Nothing waits for it forever."""
    crew = Crew(2)
    with pytest.raises(CrewLost, match="a process ended"):
        crew.run(Endless(), [Round([(), ()])], database=str(connection.settings_dict["NAME"]), off=False)
