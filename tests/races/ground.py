"""Where races are run: copies of a database, one with every guard and one for the controls, gone afterwards."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from tests.races.crew import CHUNK, Crew
from tests.races.race import Gone, Race, Said


@dataclass
class Result:
    race: Race
    off: bool
    rounds: int = 0
    broken: int = 0
    seconds: float = 0.0
    # Some of what was said where it was broken.
    notes: list[list[Said]] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.broken / self.rounds

    def add(self, said: Sequence[Said], *, broken: bool) -> None:
        self.rounds += 1
        self.broken += broken
        if broken and len(self.notes) < 3:
            self.notes.append(list(said))


class Ground:
    """The copies of `original`, which nobody uses meanwhile, and the crew that runs in them."""

    def __init__(self, original: str, crew: Crew) -> None:
        self._original, self._crew = original, crew
        self._names = {False: f"{original}_races", True: f"{original}_unguarded"}
        for name in self._names.values():
            self._copy(name)

    def _copy(self, name: str) -> None:
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._original}"')

    def close(self) -> None:
        self._stand_in(self._original)
        with connection._nodb_cursor() as cursor:
            for name in self._names.values():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.close()

    def _stand_in(self, name: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = name

    def run(self, race: Race, *, rounds: int, off: bool = False, seconds: float = math.inf) -> Result:
        """Rounds with the guard, or (off) without; fewer, by tens, where so many seconds are over before."""
        result, name = Result(race, off), self._names[off]
        begun = time.monotonic()
        without = race.constraints if off else ()
        self._stand_in(name)
        for each in without:
            _drop(each)
        while result.rounds < rounds and (result.rounds == 0 or time.monotonic() - begun < seconds):
            self._some(race, min(CHUNK, rounds - result.rounds), result, name)
        if without:
            self._copy(name)
        result.seconds = time.monotonic() - begun
        return result

    def _some(self, race: Race, rounds: int, result: Result, name: str) -> None:
        ready = race.set_up(rounds, self._crew.clients)
        said = self._crew.run(race, ready, database=name, off=result.off)
        for was, each in zip(ready, said, strict=True):
            errors = any(one.word.startswith("!") for one in each)
            result.add(each, broken=race.broken(was, each) or errors)


def _drop(what: Gone) -> None:
    table = what.model._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
        names = [name for name, facts in found.items() if facts["unique"] and set(facts["columns"]) == what.columns]
        assert names, f"{table} has no such constraint any more: {sorted(what.columns)}"
        for name in names:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
            cursor.execute(f'DROP INDEX IF EXISTS "{name}"')


@contextmanager
def ground(original: str, clients: int) -> Iterator[Ground]:
    """A crew and its two databases, from the one the connection stands in."""
    crew = Crew(clients)
    try:
        made = Ground(original, crew)
        try:
            yield made
        finally:
            crew.stop()
            made.close()
    finally:
        crew.stop()
