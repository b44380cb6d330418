"""Looking changes nothing: mail scanners, prefetching browsers and backups of a page's address look a lot."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection

from participants.models import User
from programs.models import Program
from tests.house.matrix import Row, ask, read_matrix
from tests.house.test_permissions import ROLES
from tests.house.world import World
from tests.house.world_place import LATER

pytestmark = pytest.mark.any_database

MATRIX = read_matrix()
WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.IGNORECASE | re.DOTALL
)
OF_DJANGO = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "participants_browser" ')
LOCK = re.compile(r"\bFOR (NO KEY )?UPDATE\b", re.IGNORECASE)


class Written(AssertionError):
    """Something was written that only looks."""


@contextmanager
def no_writes() -> Iterator[None]:
    """Refuse every statement that writes or locks, save Django's own sessions (a sign-in kept, a message shown)."""

    def trap(execute, sql, params, many, context):
        if (WRITE.match(sql) and not OF_DJANGO.match(sql)) or LOCK.search(sql):
            raise Written(sql[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(trap):
        yield


def readers(row: Row) -> list[str]:
    """Everybody who sees more of the page than that it is not there; of a page nobody sees, the anonymous."""
    return [role for role in ROLES if row.expected(role, "GET") in {200, 302}] or ["an"]


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_looking_writes_nothing(world: World, name: str):
    row = MATRIX[name]
    for place, role in enumerate(readers(row)):
        # What a HEAD does is what a GET does, for whomever it is.
        for method in ("GET", "HEAD") if place == 0 else ("GET",):
            with no_writes():
                status = ask(world.clients[role], method, row.url(world, role)).status_code
            assert (role, method, status) == (role, method, row.expected(role, method))


def test_the_page_of_an_ended_link_writes_nothing(world: World):
    """Also where a click would send a new link."""
    row, role = MATRIX["session_links:session"], "tr"
    old = row.url(world, role)
    with no_writes_after_days(60):
        assert ask(world.clients["an"], "GET", old).status_code == 410
        assert ask(world.clients["an"], "HEAD", old).status_code == 410
        with pytest.raises(Written):
            ask(world.clients["an"], "POST", old)


@contextmanager
def no_writes_after_days(days: int) -> Iterator[None]:
    with time_machine.travel(LATER + dt.timedelta(days=days), tick=False), no_writes():
        yield


@pytest.mark.parametrize(
    "query", ["?page=2", "?page=-1", "?decline=1", "?a=5", "?change=1", "?choice=pause", "?log=1", "?one=1"]
)
def test_no_query_makes_looking_a_deed(world: World, query: str):
    for row in MATRIX.values():
        role = readers(row)[0]
        with no_writes():
            ask(world.clients[role], "GET", row.url(world, role).partition("?")[0] + f"?{query}")


# --- the trap bites -------------------------------------------------------------------------


# Whose POST writes nothing here: a cookie, Django's own session, a way to elsewhere, a method that is not there,
# and a program with people in it, which is locked where there are row locks, and not deleted.
WRITELESS = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_signup",
    "participants:theme",
    "programs:delete",
    "session_links:feed",
    "session_links:saved",
    # Shows the same as looking.
    "report_links:report",
    # What they do takes another moment or state: two that would go on, a date that has come, a pause, a fresh proof.
    "curriculum:bookings",
    "own_data:erase",
    "safeguarding:open",
    "own_data:resume",
    "reports:open_look",
    # Lots: one to be taken back, a round that begins, a day to change over, more people than places, a way that is
    # still open; and an end that waits. Done in test_waiting.py and test_changing_over.py of reports, and
    # in sessions/test_closing.py.
    "joining:way",
    "reports:change_over",
    "reports:next_round",
    "reports:places",
    "reports:undo_draw",
    "sessions:ending",
    # Leads on to the times of an expert.
    "sessions:book",
    # In a track of pairs it leads back to who waits; in groups see tests/matching/test_waiting_for_seats.py.
    "matching:offer_late",
}


def test_the_trap_bites_wherever_something_is_done(world: World):
    """If the trap saw nothing, or the requests reached nothing, every page would seem to write nothing."""
    bitten = set()
    for name, row in MATRIX.items():
        for role in ROLES if "POST" in row.answers else ():
            if name not in bitten and row.expected(role, "POST") in {200, 302}:
                try:
                    with no_writes():
                        ask(world.clients[role], "POST", row.url(world, role), row.data(world.here))
                except Written:
                    bitten.add(name)
    assert sorted({name for name, row in MATRIX.items() if "POST" in row.answers} - WRITELESS - bitten) == []


@pytest.mark.parametrize("sql", ["insert", "update", "delete", "bulk", "lock"])
def test_the_trap_knows_every_way_to_write(world: World, sql: str):
    deeds: dict[str, Callable[[], Any]] = {
        "insert": lambda: User.objects.create(email="new@x.org"),
        "update": lambda: Program.objects.update(name="Other"),
        "delete": lambda: Program.objects.filter(pk=world.there.program.pk)._raw_delete("default"),
        "bulk": lambda: User.objects.bulk_create([User(email="new@x.org")], ignore_conflicts=True),
        "lock": lambda: list(Program.objects.select_for_update()),
    }
    if sql == "lock" and connection.vendor == "sqlite":
        # There are no row locks; the transaction has locked the file.
        assert len(deeds[sql]()) == Program.objects.count()
        return
    with no_writes(), pytest.raises(Written):
        deeds[sql]()
