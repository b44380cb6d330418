"""Questions that are put into words once: answered as before, for other values, shapes, threads and times."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.models import Prefetch, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from mail.prepared import MOST_GAPS, Prepared, prepared
from participants.models import RoleGrant, User
from tests.factories.participants import UserFactory

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
made: list[object] = []
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own")


@prepared
def named(name: str, *, newest_first: bool = False) -> QuerySet[User]:
    made.append(name)
    return User.objects.filter(first_name=name).order_by("-pk" if newest_first else "pk")


@prepared
def numbered(users: list[int]) -> QuerySet[User]:
    made.append(users)
    return User.objects.filter(pk__in=users).order_by("pk")


@prepared
def seen(before: dt.datetime) -> QuerySet[User, int]:
    return User.objects.filter(last_login__lt=before).order_by("pk").values_list("pk", flat=True)


@prepared
def granted(user: int) -> QuerySet[User]:
    grants = Prefetch("role_grants", RoleGrant.objects.order_by("pk"), to_attr="held")
    return User.objects.filter(pk=user).prefetch_related(grants)


@prepared
def locked(user: int) -> QuerySet[User]:
    return User.objects.select_for_update().filter(pk=user)


@pytest.fixture(autouse=True)
def unmade() -> None:
    made.clear()
    for each in (named, numbered, seen, granted, locked):
        each.kept.clear()


@pytest.fixture
def people(db: None) -> list[User]:
    return [UserFactory.create(first_name=name) for name in ("Ana", "Ben", "Ana")]


def test_is_made_once_and_answers_for_each_value(people: list[User]) -> None:
    ana, ben, other = people
    assert named("Ana") == [ana, other]
    assert named("Ben") == [ben]
    assert named("Cem") == []
    assert len(made) == 1


def test_what_is_given_by_name_shapes_another_question(people: list[User]) -> None:
    ana, _, other = people
    assert named("Ana", newest_first=True) == [other, ana]
    assert named("Ana", newest_first=False) == [ana, other]
    assert len(made) == 2


def test_a_text_is_a_value_and_never_words_of_the_question(people: list[User]) -> None:
    hostile = "Ana' OR '1'='1"
    with CaptureQueriesContext(connection) as asked:
        assert named(hostile) == []
    assert len(asked) == 1
    odd = UserFactory.create(first_name="100 % %s")
    assert named("100 % %s") == [odd]


def test_lists_of_each_length_are_their_own_question(people: list[User]) -> None:
    ana, ben, other = people
    assert numbered([ana.pk, ben.pk]) == [ana, ben]
    assert numbered([other.pk, ben.pk]) == [ben, other]
    assert numbered([other.pk]) == [other]
    assert len(made) == 2


def test_an_empty_list_asks_nothing_and_a_long_one_is_asked_as_usual(people: list[User]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert numbered([]) == []
    assert len(asked) == 0
    assert numbered([each.pk for each in people] + list(range(10**6, 10**6 + MOST_GAPS))) == people
    assert numbered.kept == {}


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30])
def test_a_number_that_no_row_has_finds_none(people: list[User], number: int) -> None:
    assert granted(number) == []


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=9))])
def test_times_are_compared_as_moments(db: None, zone: dt.tzinfo) -> None:
    earlier, later = (UserFactory.create(last_login=NOON + dt.timedelta(hours=hour)) for hour in (-1, 1))
    assert seen(NOON.astimezone(zone)) == [earlier.pk]
    assert seen((NOON + dt.timedelta(hours=2)).astimezone(zone)) == [earlier.pk, later.pk]


def test_what_is_fetched_with_it_is_fetched_anew(people: list[User]) -> None:
    ana = people[0]
    assert granted(ana.pk)[0].held == []  # type: ignore[attr-defined]  # by the Prefetch
    grant = RoleGrant.objects.create(user=ana, role=RoleGrant.Role.ADMIN, granted_at=NOON)
    assert granted(ana.pk)[0].held == [grant]  # type: ignore[attr-defined]  # by the Prefetch


@pytest.mark.parametrize("value", [None, 1.5, b"Ana", ["Ana", None]])
def test_what_is_no_number_text_or_time_is_refused(people: list[User], value: object) -> None:
    with pytest.raises(TypeError, match="numbers, texts and times"):
        (numbered if isinstance(value, list) else named)(value)  # type: ignore[arg-type]  # that is the point


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_locks_does_so_in_a_transaction_and_is_refused_without() -> None:
    ana = UserFactory.create()
    with pytest.raises(TransactionManagementError):
        locked(ana.pk)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert [locked.first(ana.pk), locked.first(0)] == [ana, None]
    assert all("FOR UPDATE" in each["sql"] for each in asked.captured_queries)
    with pytest.raises(TransactionManagementError):
        locked(ana.pk)


@pytest.mark.django_db
def test_nothing_can_be_added_to_it(people: list[User]) -> None:
    assert list(named.put("Ana")) == [people[0], people[2]]
    with pytest.raises(AttributeError, match="put into words"):
        named.put("Ana").filter(last_name="")


def told(question: Prepared[..., Any], *values: object) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        question(*values)
    return [each["sql"] for each in asked.captured_queries]


@only_postgresql
def test_postgresql_plans_it_once_a_connection(people: list[User]) -> None:
    first, again = told(named, "Ana"), told(named, "Ben")
    assert first[0].startswith("EXECUTE prepared_")
    assert again == [first[0].replace("Ana", "Ben")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s", [first[0].split()[1]])
        assert cursor.fetchone() == (1,)


@only_postgresql
def test_what_was_prepared_outlives_a_transaction_that_was_taken_back(people: list[User]) -> None:
    with transaction.atomic():
        assert named("Ana")
        transaction.set_rollback(True)
    assert named("Ben") == [people[1]]


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_anew() -> None:
    ana = UserFactory.create(first_name="Ana")
    assert named("Ana") == [ana]
    connection.close()
    assert named("Ana") == [ana]


@only_postgresql
def test_a_mistake_in_it_is_an_error_of_django_and_leaves_no_name(people: list[User]) -> None:
    wrong = prepared(lambda user: User.objects.extra(where=["no_such_column = 1"]).filter(pk=user))
    Prepared.every.remove(wrong)
    for _ in range(2):
        with pytest.raises(ProgrammingError, match="no_such_column"), transaction.atomic():
            wrong(1)


@only_postgresql
def test_behind_a_pooler_all_is_sent_in_full(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    (sent,) = told(named, "Ana")
    assert sent.startswith("SELECT")


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection() -> None:
    ana, ben = UserFactory.create(first_name="Ana"), UserFactory.create(first_name="Ben")

    def ask(name: str) -> list[User]:
        try:
            return named(name)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, ["Ana", "Ben"] * 20))
    assert answers == [[ana], [ben]] * 20
    connection.close()
    assert named("Ana") == [ana]
