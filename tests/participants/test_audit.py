"""The record of who did what: nothing in it can be changed, and if somebody manages to, it is found."""
# ruff: noqa: S608  statements are put together from names that stand here

import io
import json
import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from participants.audit import START, Anchor, verify
from participants.models import AuditEntry, AuditLink, User
from participants.services import record
from tests.emptying import unguarded
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, ProgramFactory

ENTRIES, TAMPERINGS = 12, 1000
ENTRY, LINK = "participants_auditentry", "participants_auditlink"


def written(count: int = ENTRIES) -> Anchor:
    """So many entries by three people; the anchor of the last."""
    people = [UserFactory.create() for _ in range(3)]
    for number in range(count):
        record(
            by=people[number % 3],
            verb=f"deed {number % 4}",
            now=NOW + timedelta(seconds=number),
            program_id=number // 5 or None,
            subject=people[0] if number % 2 else None,
            rows=number,
            share=number / 8,
            name=f"Zoë {number}",
        )
    return placed()


def placed() -> Anchor:
    """The newest place. What a trigger does when a transaction ends, it does now."""
    connection.check_constraints()
    last = AuditLink.objects.order_by("number").last()
    return Anchor(last.number, last.hash) if last else START


# --- what the database refuses ------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {ENTRY} SET verb = 'nothing happened'",
        f"UPDATE {ENTRY} SET by_id = NULL",
        f"DELETE FROM {ENTRY}",
        f"UPDATE {LINK} SET hash = ''",
        f"DELETE FROM {LINK}",
    ],
)
def test_no_statement_changes_or_removes_what_is_written(statement: str) -> None:
    last = written(3)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify([last]).problem == ""
    assert AuditEntry.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("table", [ENTRY, LINK])
def test_nor_does_what_goes_past_the_triggers_for_rows(table: str) -> None:
    last = written(3)
    sql = f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"REPLACE INTO {table} SELECT * FROM {table}"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert verify([last]).holds_to == last


@pytest.mark.django_db
def test_an_account_and_a_program_still_go_and_their_entries_stay() -> None:
    program, user = ProgramFactory.create(), UserFactory.create()
    record(by=user, verb="enrolled", now=NOW, program_id=program.pk, subject=user)
    number, program_id = user.pk, program.pk
    program.delete()
    user.delete()
    placed()
    entry = AuditEntry.objects.select_related("by").get()
    assert (entry.by_id, entry.by, entry.program_id, entry.subject_id) == (number, None, program_id, number)
    assert not User.objects.filter(pk=number).exists()
    assert verify().problem == ""


# --- what is found ------------------------------------------------------------------------
Tampering = Callable[[random.Random], tuple[str, list[Any]]]
FIELDS = {
    "id": 999_999,
    "at": "1999-12-31 23:59:59+00",
    "by_id": 424_242,
    "verb": "nothing",
    "program_id": 777,
    "subject_type": "programs.program",
    "subject_id": 31_337,
    "detail": '{"rows": 5000}',
    "digest": "0" * 64,
}


def some(rng: random.Random) -> int:
    """The number of an entry that is not the newest."""
    return rng.choice(list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))[:-1])


def changed_field(rng: random.Random) -> tuple[str, list[Any]]:
    field = rng.choice(sorted(FIELDS))
    return f"UPDATE {ENTRY} SET {field} = %s WHERE id = %s", [FIELDS[field], some(rng)]


def deleted_entry(rng: random.Random) -> tuple[str, list[Any]]:
    return f"DELETE FROM {ENTRY} WHERE id = %s", [some(rng)]


def deleted_place(rng: random.Random) -> tuple[str, list[Any]]:
    return f"DELETE FROM {LINK} WHERE entry_id = %s", [some(rng)]


def inserted_entry(rng: random.Random) -> tuple[str, list[Any]]:
    columns = "at, by_id, verb, program_id, subject_type, subject_id, detail, digest"
    return f"INSERT INTO {ENTRY} ({columns}) SELECT {columns} FROM {ENTRY} WHERE id = %s", [some(rng)]


def inserted_place(rng: random.Random) -> tuple[str, list[Any]]:
    place = rng.randint(2, 50)
    return f"INSERT INTO {LINK} (number, entry_id, hash) VALUES (%s, %s, %s)", [place + ENTRIES, 10**6, "f" * 64]


def swapped_contents(rng: random.Random) -> tuple[str, list[Any]]:
    """Two entries change everything but their number, digests included."""
    columns = "at, by_id, verb, program_id, subject_type, subject_id, detail, digest".split(", ")
    one, other = rng.sample(list(AuditEntry.objects.values_list("pk", flat=True)), 2)
    whose = f"(CASE id WHEN {one} THEN {other} ELSE {one} END)"
    sets = ", ".join(f"{each} = (SELECT was.{each} FROM {ENTRY} was WHERE was.id = {{}})" for each in columns)
    mine = whose.replace("id", f"{ENTRY}.id")
    return f"UPDATE {ENTRY} SET {sets.replace('{}', mine)} WHERE id IN (%s, %s)", [one, other]


def swapped_places(rng: random.Random) -> tuple[str, list[Any]]:
    one, other = rng.sample(range(1, ENTRIES + 1), 2)
    return f"UPDATE {LINK} SET hash = CASE number WHEN %s THEN %s ELSE %s END WHERE number IN (%s, %s)", [
        one,
        AuditLink.objects.get(number=other).hash,
        AuditLink.objects.get(number=one).hash,
        one,
        other,
    ]


KINDS: list[Tampering] = [
    changed_field,
    deleted_entry,
    deleted_place,
    inserted_entry,
    inserted_place,
    swapped_contents,
    swapped_places,
]


@pytest.mark.django_db
def test_a_thousand_tamperings_are_found() -> None:
    last, rng, missed = written(), random.Random(7), []
    with connection.cursor() as cursor, unguarded(cursor):
        for number in range(TAMPERINGS):
            kind = KINDS[number % len(KINDS)]
            statement, values = kind(rng)
            savepoint = transaction.savepoint()
            cursor.execute(statement, values)
            assert cursor.rowcount > 0, kind.__name__
            if not verify().problem:
                missed.append((kind.__name__, values))
            transaction.savepoint_rollback(savepoint)
        assert verify() == verify([last])
    assert missed == []
    assert verify([last]).problem == ""


@pytest.mark.django_db
def test_the_newest_cut_off_with_their_places_are_missed_without_an_anchor() -> None:
    """What a chain alone cannot show, and what shows it."""
    last = written()
    with connection.cursor() as cursor, unguarded(cursor):
        cursor.execute(f"DELETE FROM {ENTRY} WHERE id IN (SELECT entry_id FROM {LINK} WHERE number > 9)")
        cursor.execute(f"DELETE FROM {LINK} WHERE number > 9")
    assert (verify().problem, verify().holds_to.number) == ("", 9)
    assert verify([last]).problem == f"the chain ends before the anchor {last}"
    record(by=None, verb="something new", now=NOW)
    for _ in range(2):
        record(by=None, verb="to the same length", now=NOW)
    assert placed().number == last.number
    assert verify().problem == ""
    assert verify([last]).problem == "its place is not that of the anchor"


@pytest.mark.django_db
def test_an_entry_written_past_the_services_is_found() -> None:
    """With the triggers in place, too: on PostgreSQL they give it a place, but what it says has no digest."""
    written(2)
    columns = "at, verb, subject_type, detail, digest"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {ENTRY} ({columns}) VALUES (%s, 'x', '', '{{}}', '')", [NOW])
    placed()
    found = verify()
    assert (found.holds_to.number, found.entry) == (2, AuditEntry.objects.get(verb="x").pk)


@pytest.mark.django_db
@pytest.mark.parametrize("value", [1e22, -0.0, 5.0, 1e-9, 0.1, 2**60, "Zoë \U0001f600", [1, {"b": None, "a": True}]])
def test_what_a_database_makes_of_a_value_changes_no_digest(value: object) -> None:
    record(by=None, verb="kept", now=NOW, value=value, again=(1, 2))
    placed()
    assert verify().problem == ""


# --- many at once -------------------------------------------------------------------------
def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Run each on a connection of its own; the errors."""
    errors: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            deed()
        except Exception as error:  # noqa: BLE001  returned, and the test expects none
            errors.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return errors


@pytest.mark.django_db(transaction=True)
def test_parallel_writers_make_one_chain() -> None:
    barrier = threading.Barrier(6)

    def write() -> None:
        barrier.wait(timeout=20)
        for number in range(10):
            with transaction.atomic():
                record(by=None, verb="one", now=NOW, rows=number)
                record(by=None, verb="two", now=NOW, rows=number)

    assert at_once(*[write] * 6) == []
    assert (verify().problem, verify().holds_to.number) == ("", 120)


@pytest.mark.django_db(transaction=True)
def test_without_waiting_for_each_other_two_writers_want_one_place() -> None:
    """The negative control: both look for the last place before either has taken the next."""
    looked = threading.Barrier(2)

    def naive(entry: int) -> None:
        place = AuditLink.objects.count() + 1
        looked.wait(timeout=20)
        AuditLink.objects.create(number=place, entry_id=entry, hash="")

    errors = at_once(lambda: naive(1), lambda: naive(2))
    assert [error.split("(")[0] for error in errors] == ["IntegrityError"]


def crossed(after_writing: Callable[[], object]) -> list[str]:
    """One writes an entry and then wants a row that the other has locked, who then writes one too; their errors."""
    user = UserFactory.create()
    written, locked = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            record(by=user, verb="first", now=NOW)
            after_writing()
            written.set()
            # On SQLite the other cannot begin before this one ends.
            assert connection.vendor == "sqlite" or locked.wait(timeout=20)
            User.objects.select_for_update().get(pk=user.pk)

    def second() -> None:
        written.wait(timeout=20)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            locked.set()
            record(by=user, verb="second", now=NOW)
            after_writing()

    return at_once(first, second)


@pytest.mark.django_db(transaction=True)
def test_a_service_may_lock_after_it_has_written_an_entry() -> None:
    assert crossed(lambda: None) == []
    assert (verify().problem, verify().holds_to.number) == ("", 2)


@pytest.mark.django_db(transaction=True)
def test_were_places_given_at_once_the_two_would_wait_for_each_other() -> None:
    """The negative control: the lock of the chain is taken when the entry is written."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    errors = crossed(lambda: connection.check_constraints())  # noqa: PLW0108  each thread has its own connection
    assert len(errors) == 1
    assert "deadlock detected" in errors[0]
    assert (verify().problem, verify().holds_to.number) == ("", 1)


# --- the command -------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("audit", "verify", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_says_that_all_fits_and_prints_an_anchor() -> None:
    last = written()
    assert run() == f"12 entries, all fit. Anchor: {last}\n"
    assert json.loads(run("--json", "--anchor", str(last))) == {
        "whole": True,
        "entries": 12,
        "anchor": str(last),
        "first_misfit": None,
        "problem": "",
    }


@pytest.mark.django_db
def test_the_command_says_which_entry_first_does_not_fit() -> None:
    written()
    pks = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor, unguarded(cursor):
        cursor.execute(f"UPDATE {ENTRY} SET verb = 'nothing' WHERE id IN (%s, %s)", [pks[4], pks[8]])
    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value) == f"Entry {pks[4]} does not fit: it does not say what was written"
    assert refused.value.returncode == 2
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["whole"], found["first_misfit"], found["entries"]) == (False, pks[4], 4)


@pytest.mark.django_db
@pytest.mark.parametrize("anchor", ["12", "12:abc", "x:" + "0" * 64])
def test_the_command_refuses_what_is_no_anchor(anchor: str) -> None:
    with pytest.raises(CommandError, match="--anchor"):
        run("--anchor", anchor)
