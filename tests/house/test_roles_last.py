"""A role that is taken away while a form is on its way: at every address of coordinators and admins nothing is kept."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentorship.forms_sent import FIELD
from participants import lasting
from participants.models import RoleGrant, User
from programs import access as programs_access
from programs.models import Coordinator
from reports.views import organisation
from tests.house.test_get_never_writes import WRITELESS
from tests.house.test_sent_twice import BODIES, KEY, NOTHING_HERE, POSTS, doers
from tests.house.world import World

# Who else may do these does it by something else than a role: for them the role decides nothing.
OF_A_ROLE = sorted(
    name for name, row in POSTS.items() if set(doers(row)) and set(doers(row)) <= {"co", "cx", "ad", "sl"}
)
# They take away a role, or what it is for: looked at first, behind the lock of whoever takes one away.
FIRST = {"programs:remove_coordinator", "programs:delete", "organisation:revoke_role"}
# Decided in the service, behind the lock of the case or the opening: tests/races (17) and tests/safeguarding.
# What is about oneself.
OWN = {name for name in OF_A_ROLE if name.startswith("account_")}
OF_A_CASE = {name for name in OF_A_ROLE if name.startswith("safeguarding:") and name != "safeguarding:settings"}
# The view's own: the key is taken before it, and the browser's session is saved after it.
WRITES = re.compile(
    r"\s*(EXECUTE (insert|update)_|(INSERT|UPDATE|DELETE)\b)(?!.*(participants_sentform|participants_browser))",
    re.DOTALL,
)


class TakenAway:
    """Around statements: before the first that writes, somebody's roles are gone, as if another had been faster."""

    def __init__(self, user: User) -> None:
        self.user, self.done = user, False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not self.done and WRITES.match(sql):
            self.done = True
            Coordinator.objects.filter(user=self.user).delete()
            RoleGrant.objects.filter(user=self.user).delete()
        return execute(sql, params, many, context)


def sent(world: World, name: str) -> tuple[int | None, bool]:
    """The answer to a form whose sender's role goes while it is written, and whether the role is back with the rest."""
    row = POSTS[name]
    role = doers(row)[0]
    user = {"co": world.cast.alice, "cx": world.cast.dora, "ad": world.cast.ada, "sl": world.cast.sally}[role]
    body = BODIES[name](world) if name in BODIES else row.data(world.here)
    for each in (body or {}).values():
        if hasattr(each, "seek"):
            each.seek(0)
    taken = TakenAway(user)
    cache.clear()
    with transaction.atomic():
        with connection.execute_wrapper(taken):
            answer = world.clients[role].post(row.url(world, role), {**(body or {}), FIELD: KEY})
        # An answer that takes all back, where no key has made a savepoint around it, leaves nothing to ask.
        held = (
            connection.needs_rollback
            or Coordinator.objects.filter(user=user).exists()
            or RoleGrant.objects.filter(user=user).exists()
        )
        transaction.set_rollback(True)
    return (answer.status_code if taken.done else None), held


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted(set(OF_A_ROLE) - FIRST - OF_A_CASE - OWN))
def test_what_is_written_while_a_role_goes_is_taken_back(world: World, name: str) -> None:
    status, held = sent(world, name)
    assert held
    # What writes nothing in this world has nothing to take back.
    assert status == 404 or (status is None and name in WRITELESS | NOTHING_HERE)


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["programs:coordinators", "organisation:roles"])
def test_without_the_last_look_it_is_kept(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.setattr(lasting.guards, "last_look", False)
    assert sent(world, name) == (302, False)


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted(FIRST))
def test_who_takes_away_is_looked_at_first(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the lock; the door before it, which has looked already, stands open here."""
    for each in (programs_access, organisation):
        monkeypatch.setattr(each, "still_has", lambda *_: False)
    monkeypatch.setattr(programs_access, "still_holds", lambda *_: False)
    assert sent(world, name) == (None, True)


@pytest.mark.any_database
def test_it_costs_one_statement_and_looking_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client, url = world.clients["co"], reverse("programs:coordinators", args=[world.cast.program.slug])
    counts = []
    for look in (True, False):
        monkeypatch.setattr(lasting.guards, "last_look", look)
        for ask in (lambda: client.post(url, {"email": "none"}), lambda: client.get(url)):
            with CaptureQueriesContext(connection) as seen:
                ask()
            counts.append(len(seen))
    posted, looked, without, looked_without = counts
    assert (posted - without, looked - looked_without) == (1, 0)
