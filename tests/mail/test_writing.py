"""Rows written by statements that are kept are the rows Django would have written, and are refused where it refuses."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from mail.models import Message
from mail.writing import MOST_ROWS, Change, changed, insert, insert_if_new, insert_missing, update
from participants.models import AuditEntry, User
from sessions.models import Session
from tests.factories.participants import UserFactory
from tests.factories.sessions import SessionFactory
from tests.people import make_cast

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
JAPAN = dt.timezone(dt.timedelta(hours=9))
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["by name", "in full"], autouse=True)
def sent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether PostgreSQL knows the statements by name."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 60 if request.param else 0)
    return bool(request.param)


@changed
def put_off(kind: str, program: int, due: dt.datetime) -> Change:
    """As many filters as columns, and a value of the statement's own among each."""
    rows = Message.objects.filter(kind=kind, state__in=["pending", "held"], program_id=program)
    return rows, {"state": "held", "not_before": due}


def message(user: User, number: int = 1, **facts: Any) -> Message:
    usual: dict[str, Any] = {"kind": "news", "subject_type": "a.thing", "message_id": f"<{number}@example.org>"}
    times = {"not_before": NOON, "expires_at": NOON + dt.timedelta(days=1), "created_at": NOON}
    return Message(subject_id=number, recipient=user, **(usual | times | facts))


def stored(row: Model) -> dict[str, Any]:
    found = type(row)._default_manager.filter(pk=row.pk).values().get()
    return {name: value for name, value in found.items() if name not in ("id", "subject_id", "message_id")}


FACTS: list[dict[str, Any]] = [
    {},
    {"program_id": 7, "lease_token": uuid.UUID(int=5), "sent_at": NOON.astimezone(JAPAN), "state": "sent"},
    {"last_error": "100 % of “it” isn't here; -- \\ %s", "last_error_class": "Örror"},
]


@pytest.mark.parametrize("facts", FACTS)
def test_a_new_row_is_the_one_django_writes(facts: dict[str, Any]) -> None:
    user = UserFactory.create()
    ours, djangos = message(user, 1, **facts), message(user, 2, **facts)
    insert([ours])
    djangos.save()
    assert stored(ours) == stored(djangos)
    assert not ours._state.adding
    assert Message.objects.get(subject_id=1) == ours


def test_data_of_any_depth_is_kept() -> None:
    detail = {"some": [1, 2.5, None, {"“Ä” 100 %": True}], "none": {}}
    entry = AuditEntry(at=NOON, verb="done", detail=detail, digest="0" * 64)
    insert([entry])
    assert AuditEntry.objects.get(pk=entry.pk).detail == detail


@pytest.mark.parametrize("many", [0, 1, 3, MOST_ROWS, MOST_ROWS + 1])
def test_each_of_many_gets_its_own_key(many: int) -> None:
    user = UserFactory.create()
    rows = [message(user, number) for number in range(many)]
    with CaptureQueriesContext(connection) as asked:
        insert(rows)
    assert len(asked) == (1 if 0 < many <= MOST_ROWS else len(asked))
    assert {row.subject_id: row.pk for row in rows} == dict(Message.objects.values_list("subject_id", "pk"))


def test_it_is_told_whether_a_row_was_new() -> None:
    user = UserFactory.create()
    assert [insert_if_new(message(user, number)) for number in (1, 2, 1, 2)] == [True, True, False, False]
    assert Message.objects.count() == 2


@pytest.mark.parametrize("many", [0, 2, MOST_ROWS + 2])
def test_what_is_there_is_passed_over(many: int) -> None:
    user = UserFactory.create()
    message(user, 1, last_error="the first").save()
    insert_missing([message(user, number, last_error="another") for number in range(many)])
    assert Message.objects.count() == max(1, many)
    assert Message.objects.get(subject_id=1).last_error == "the first"


def _insert_checked(row: Message) -> None:
    insert([row])
    connection.check_constraints()  # as at the end of a transaction


@pytest.mark.parametrize("wrong", [{"recipient_id": 10**9}, {"kind": None}, {"expires_at": None}])
def test_what_the_database_refuses_is_refused(wrong: dict[str, Any]) -> None:
    row = message(UserFactory.create())
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        _insert_checked(row)
    assert not Message.objects.exists()


def test_every_column_of_a_row_is_written_as_django_writes_it() -> None:
    match = make_cast().match
    ours, djangos = (SessionFactory.create(match=match, starts_at=NOON - dt.timedelta(hours=at)) for at in (0, 1))
    for each in (ours, djangos):
        each.state, each.logged_at, each.minutes = Session.State.HELD, NOON.astimezone(JAPAN), 45
        each.before_log, each.place, each.series = {"present": [[1, True]]}, "100 % there", uuid.UUID(int=9)
        each.ends_at = NOON + dt.timedelta(hours=1)
    update(ours)
    djangos.save()
    own = {"starts_at": NOON, "uid": ours.uid, "wall_start": ours.wall_start}
    assert stored(ours) == stored(djangos) | own


def test_nothing_becomes_empty_and_the_empty_something() -> None:
    row = message(UserFactory.create(), program_id=7)
    insert([row])
    for program in (None, 8):
        row.program_id = program
        update(row)
        assert Message.objects.get().program_id == program


def test_a_row_that_is_gone_is_not_written_anew() -> None:
    held = SessionFactory.create(match=make_cast().match)
    Session.objects.all().delete()
    with pytest.raises(Session.DoesNotExist, match="not there"):
        update(held)
    assert not Session.objects.exists()


@pytest.mark.parametrize("due", [NOON, (NOON + dt.timedelta(hours=1)).astimezone(JAPAN)])
def test_what_is_changed_is_what_was_meant(due: dt.datetime) -> None:
    user = UserFactory.create()
    facts: list[dict[str, Any]] = [
        {"program_id": 7},
        {"program_id": 7, "state": "held"},
        {"program_id": 7, "state": "sent", "sent_at": NOON},
        {},
    ]
    insert([message(user, number, **each) for number, each in enumerate(facts)])
    late = NOON - dt.timedelta(days=1)
    Message.objects.update(not_before=late)
    assert put_off("news", 7, due) == 2
    assert put_off("news", 8, due) == put_off("other", 7, due) == 0
    found = Message.objects.order_by("subject_id").values_list("state", "not_before")
    assert list(found) == [("held", due), ("held", due), ("sent", late), ("pending", late)]


@only_postgresql
def test_its_name_says_what_it_is(sent: bool) -> None:
    with CaptureQueriesContext(connection) as asked:
        row = message(UserFactory.create())
        insert([row])
        update(row)
        put_off("news", 7, NOON)
    said = [each["sql"].lstrip() for each in asked.captured_queries[-3:]]
    begins = ["EXECUTE insert_mail_message_", "EXECUTE update_mail_message_", "EXECUTE update_mail_message_"]
    in_full = ['INSERT INTO "mail_message"', 'UPDATE "mail_message" SET "kind"', 'UPDATE "mail_message" SET "state"']
    assert all(sql.startswith(beginning) for sql, beginning in zip(said, begins if sent else in_full, strict=True))
