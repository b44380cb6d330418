"""Questions that are put into words once: answered as before, for other values, shapes, threads and times."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.db.models import Prefetch, QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from mail.prepared import MOST_GAPS, prepared
from participants.models import RoleGrant, User
from tests.factories.participants import UserFactory

NOON = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
made: list[object] = []


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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
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
