"""A form that is sent twice does its deed once: every address that takes one, asked twice with one key."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from mentorship import forms_sent
from mentorship.forms_sent import FIELD, KEYLESS
from programs.models import Lot
from reports.exports import taking
from reports.models import ExportJob, ExportLog
from tests.house.matrix import Row, read_matrix
from tests.house.test_get_never_writes import WRITELESS
from tests.house.test_permissions import ROLES
from tests.house.world import TOKEN_ROLES, World

# SQLite counts by itself how many rows a connection has changed.
pytestmark = pytest.mark.any_database

MATRIX = read_matrix()
# Those that somebody may send; a method that nobody has at an address is a row of 405 alone.
POSTS = {name: row for name, row in MATRIX.items() if set(row.answers.get("POST", {}).values()) & {200, 302, 422}}
KEYED = {name: row for name, row in POSTS.items() if name not in KEYLESS}
KEY = "a-key-of-the-page-00001"
# Changed by the key itself: it is taken, and where the form led to is added to it.
OF_THE_KEY = 2
# A file is given again or queued once, as below; and lots are drawn only where a plan says so, as
# tests/reports/test_waiting.py does twice.
ELSEWHERE = {"exports:take", "reports:places"}
# What these do takes another moment than that of this world (as WRITELESS): a job that is still on its way.
NOTHING_HERE = {"all_exports:cancel", "exports:cancel"}
# Forms with a key of their own, and what makes each another form.
OWN = {
    "concern:report": {"text": "Other words"},
    "sessions:log": {"outcome": "met"},
    "session_links:session": {"outcome": "met"},
}
# The matrix sends it with a mistake in it; here without.
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "joining:way": lambda world: {"track": Lot.objects.get(pk=world.here.args["way"]).draw.second_id},
}
OWN_KEY = "00000000-0000-4000-8000-0000000000ff"


def doers(row: Row) -> list[str]:
    """Everybody who may do it."""
    roles = [role for role in ROLES if not (row.is_behind_sign_in and role in ("an", *TOKEN_ROLES))]
    return [role for role in roles if row.expected(role, "POST") in {200, 302, 422}]


def changed() -> int:
    """How many rows this connection has changed so far, as the database itself counts."""
    return int(connection.connection.total_changes)


class Twice:
    """One form sent, sent again, and sent with something else in it; everything is taken back afterwards."""

    def __init__(self, client: Client, url: str, body: dict[str, Any], *, other: dict[str, Any]) -> None:
        cookies: Any = client.cookies.copy()
        cache.clear()
        self.counts, self.answers = [changed()], []
        try:
            with transaction.atomic():
                for each in (body, body, {**body, **other}):
                    self.answers.append(_send(client, url, each))
                    self.counts.append(changed())
                transaction.set_rollback(True)
        finally:
            client.cookies = cookies

    @property
    def did(self) -> int:
        return self.counts[1] - self.counts[0]

    def wrong(self) -> list[str]:
        first, again, other = self.answers
        found = [
            f"changed {after - before} rows"
            for before, after in zip(self.counts[1:], self.counts[2:], strict=False)
            if after != before
        ]
        if first.headers.get("Location") != again.headers.get("Location") or first.status_code != again.status_code:
            found.append(f"answered {first} and then {again}")
        if other.status_code != 422:
            found.append(f"something else was answered {other}")
        return found


def _send(client: Client, url: str, body: dict[str, Any]) -> Any:
    for each in body.values():
        if hasattr(each, "seek"):
            each.seek(0)
    return client.post(url, body)


def twice(world: World, name: str, role: str) -> Twice:
    row = POSTS[name]
    sent = BODIES[name](world) if name in BODIES else row.data(world.here)
    body = {**(sent or {}), FIELD: KEY}
    if name in OWN:
        body["key"] = OWN_KEY
    return Twice(world.clients[role], row.url(world, role), body, other=OWN.get(name, {"unheard": "of"}))


@pytest.mark.parametrize("name", sorted(set(KEYED) - ELSEWHERE) + sorted(OWN))
def test_what_is_sent_twice_is_done_once(world: World, name: str) -> None:
    for role in doers(POSTS[name]):
        found = twice(world, name, role)
        assert found.wrong() == [], role
        if found.did > OF_THE_KEY or name in WRITELESS | NOTHING_HERE:
            return
    pytest.fail("Nobody did anything with this form")


@pytest.mark.parametrize(
    "name", ["programs:add_field", "reports:links", "safeguarding:note", "setup:copy", "surveys:add_question"]
)
def test_without_the_guard_it_is_done_twice(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.setattr(forms_sent, "key_of", lambda _: None)
    wrong = twice(world, name, doers(POSTS[name])[0]).wrong()
    assert [said for said in wrong if said.startswith("changed")] != []
    assert wrong[-1].startswith("something else was answered")


def test_a_file_is_given_again_and_each_that_leaves_is_on_record(world: World) -> None:
    row, client, body = POSTS["exports:take"], world.clients["co"], {FIELD: KEY}
    url, before = row.url(world, "co"), ExportLog.objects.count()
    with transaction.atomic():
        first, again = (b"".join(client.post(url, body)) for _ in range(2))
        assert first == again
        assert ExportLog.objects.count() == before + 2
        transaction.set_rollback(True)


def test_a_long_file_is_queued_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "LONG", -1)
    row, client = POSTS["exports:take"], world.clients["co"]
    url, before = row.url(world, "co").replace(".csv", ".xlsx"), ExportJob.objects.count()
    with transaction.atomic():
        answers = [client.post(url, {FIELD: KEY, **more}) for more in ({}, {}, {"unheard": "of"})]
        assert [each.status_code for each in answers] == [302, 302, 422]
        assert ExportJob.objects.count() == before + 1
        transaction.set_rollback(True)


@pytest.mark.pure
def test_every_address_asks_for_the_key_or_says_why_not() -> None:
    assert sorted(set(KEYLESS) - set(POSTS)) == []
    assert set(OWN) == {name for name, why in KEYLESS.items() if why == KEYLESS["sessions:log"]}
    assert all(len(why) > 10 for why in KEYLESS.values())


# Signing in and out, and the colours: nothing asks these for a key.
WITHOUT = re.compile(r"account/|components/account_menu\.html|mail/unsubscribe\.html|safeguarding/report\.html")
FORM = re.compile(r'<form\b(?:[^>{]|\{[%{].*?[%}]\})*?method="post".*?</form>', re.DOTALL)


@pytest.mark.pure
def test_every_form_in_the_templates_carries_a_key(root: Path) -> None:
    found, without = 0, []
    for path in sorted((root / "templates").rglob("*.html")):
        for form in FORM.findall(path.read_text()):
            found += 1
            if form.count("{% form_key %}") != 1 and not WITHOUT.search(str(path)):
                without.append(f"{path.name}: {form[:80]}")
    assert without == []
    assert found > 140
