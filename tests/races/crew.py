"""Processes that are kept over many rounds, each with its own connection; a barrier lets them go on at once.

Every wait has an end: for the barrier, for a lock, for a statement, and for the answer of a process.
"""

import multiprocessing
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection

from mentorship.processes import dying_with_parent
from tests.races.race import Race, Round, Said

# The most rounds that are set up and run at once.
CHUNK = 10
AT_BARRIER, LOCK_MS, STATEMENT_MS, DEADLOCK_MS = 60.0, 10_000, 15_000, 50
ON_ITS_WAY, LOOKED, DONE = 0, 1, 2


class CrewLost(Exception):
    """A process did not answer in time, or could not go on; the crew is gone."""


@dataclass(frozen=True)
class Order:
    """`jobs` are this client's, one a round."""

    race: Race
    database: str
    off: bool
    jobs: list[tuple[Any, ...]]


class Signs:
    """Where everybody is in every round, in memory that all share; each writes only its own."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self._all = multiprocessing.get_context("fork").RawArray("b", CHUNK * clients)

    def clear(self) -> None:
        self._all[:] = bytes(len(self._all))

    def put(self, turn: int, client: int, sign: int) -> None:
        self._all[turn * self.clients + client] = sign

    def of(self, turn: int) -> list[int]:
        return list(self._all[turn * self.clients : (turn + 1) * self.clients])


class Client:
    """One process: does its part of an order round by round."""

    def __init__(self, place: int, signs: Signs, barrier: Any) -> None:
        self.place, self._signs, self._barrier = place, signs, barrier
        self._order: Order | None = None
        self._turn = self._behind = self._leaders = self._until_met = 0

    def serve(self, line: Connection, with_parent: Callable[[], None]) -> None:
        with_parent()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # What was inherited is the parent's.
        connection.connection = None
        with suppress(EOFError):
            while (order := line.recv()) is not None:
                try:
                    line.send(self._carry_out(order))
                except Exception as error:  # noqa: BLE001  the parent raises it
                    line.send(f"{type(error).__name__}: {error}")

    def _carry_out(self, order: Order) -> list[Said]:
        self._order, order.race.off = order, order.off
        self._leaders = order.race.leaders(self._signs.clients)
        connection.settings_dict["NAME"] = order.database
        # Every statement comes in full: a race waits before some, and its control takes the locks out of others.
        connection.settings_dict["CONN_MAX_AGE"] = 0
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {LOCK_MS}; SET statement_timeout = {STATEMENT_MS}")
            cursor.execute(f"SET deadlock_timeout = {DEADLOCK_MS}")
        try:
            with connection.execute_wrapper(self._statement):
                return [self._round(turn, job) for turn, job in enumerate(order.jobs)]
        finally:
            connection.close()

    def _round(self, turn: int, job: tuple[Any, ...]) -> Said:
        assert self._order is not None
        race, leads = self._order.race, self._leaders == 0 or self.place < self._leaders
        self._turn, self._behind, self._until_met = turn, 0, race.nth if leads else 0
        self._barrier.wait(AT_BARRIER)
        if not leads:
            self._wait(self._somebody_looks, race.pause)
        try:
            word = race.deed(*job)
        except race.refused as error:
            word = type(error).__name__
        except Exception as error:  # noqa: BLE001  it is counted as a promise that was broken
            word = f"!{type(error).__name__}: {error}"[:300]
        self._signs.put(turn, self.place, DONE)
        return Said(word, self._behind)

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        assert self._order is not None
        race = self._order.race
        if self._until_met and race.place.match(sql):
            self._until_met -= 1
            if not self._until_met:
                self._meet(race)
        if self._order.off:
            sql = race.unguarded(sql)
        return execute(sql, params, many, context)

    def _somebody_looks(self, signs: list[int]) -> bool:
        leading = signs[: self._leaders]
        return LOOKED in leading or leading.count(DONE) == self._leaders

    def _meet(self, race: Race) -> None:
        """Wait for the others between look and write; there is no use in it once all of them stand at a lock."""
        clients, leaders = self._signs.clients, self._leaders
        self._signs.put(self._turn, self.place, LOOKED)

        def enough(signs: list[int]) -> bool:
            there = DONE in signs[leaders:] if leaders else sum(map(bool, signs)) >= race.quorum(clients)
            return there or _stand_at_locks() + sum(map(bool, signs)) >= clients

        self._wait(enough, race.pause)
        self._behind = self._signs.of(self._turn)[leaders:].count(DONE) if leaders else 0

    def _wait(self, until: Callable[[list[int]], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until(self._signs.of(self._turn)):
            time.sleep(0.002)


def _stand_at_locks() -> int:
    """How many of this database wait for a lock. Past the wrapper, as it is no statement of the deed."""
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


class Crew:
    """So many clients, forked from this process once Django is set up."""

    def __init__(self, clients: int) -> None:
        context = multiprocessing.get_context("fork")
        self.clients, self._signs, barrier = clients, Signs(clients), context.Barrier(clients)
        connection.close()
        with_parent = dying_with_parent(signal.SIGKILL)
        self._lines: list[Connection] = []
        self._processes = []
        for place in range(clients):
            ours, theirs = context.Pipe()
            client = Client(place, self._signs, barrier)
            process = context.Process(target=client.serve, args=(theirs, with_parent), daemon=True)
            with warnings.catch_warnings():
                # Python warns of forks beside threads; of ours none holds a lock of anything that is used here.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def run(self, race: Race, rounds: Sequence[Round], *, database: str, off: bool) -> list[list[Said]]:
        """What each client said in each round. Raises CrewLost."""
        self._signs.clear()
        for place, line in enumerate(self._lines):
            line.send(Order(race, database, off, [each.jobs[place] for each in rounds]))
        end = time.monotonic() + AT_BARRIER + 2.0 * len(rounds)
        answers = [self._answer(line, race, end) for line in self._lines]
        return [list(each) for each in zip(*answers, strict=True)]

    def _answer(self, line: Connection, race: Race, end: float) -> list[Said]:
        if not line.poll(max(0.0, end - time.monotonic())):
            self.stop()
            raise CrewLost(f"Race {race.number} was not over in time")
        try:
            answer: list[Said] | str = line.recv()
        except (EOFError, ConnectionError) as error:
            self.stop()
            raise CrewLost(f"Race {race.number}: a process ended") from error
        if isinstance(answer, str):
            self.stop()
            raise CrewLost(f"Race {race.number}: {answer}")
        return answer

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join(10)
        for line in self._lines:
            line.close()
