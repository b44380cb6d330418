"""To whom people report: kept once a person, and used to keep reporting lines apart."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from participants.models import User
from programs.models import LineManager
from programs.queries import reporting_lines
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.django_db


def people(*names: str) -> dict[str, User]:
    return {name: UserFactory.create(email=f"{name}@example.org") for name in names}


def reports(found: dict[str, User], **managers: str) -> None:
    for name, manager in managers.items():
        LineManager.objects.create(user=found[name], email=f"{manager}@example.org")


def apart(found: dict[str, User]) -> set[frozenset[str]]:
    names = {user.pk: name for name, user in found.items()}
    return {frozenset(names[pk] for pk in pair) for pair in reporting_lines([user.pk for user in found.values()])}


def test_managers_their_managers_and_nobody_further_up_are_kept_apart() -> None:
    found = people("ann", "ben", "cleo", "dan", "eve")
    reports(found, ann="ben", ben="cleo", cleo="dan", eve="ben")
    ann, ben, cleo, dan, eve = "ann", "ben", "cleo", "dan", "eve"
    expected = [{ann, ben}, {ann, cleo}, {ben, cleo}, {ben, dan}, {cleo, dan}, {eve, ben}, {eve, cleo}]
    assert apart(found) == set(map(frozenset, expected))


def test_a_manager_who_takes_part_nowhere_still_joins_two_steps() -> None:
    found = people("ann", "ben", "cleo")
    reports(found, ann="ben", ben="cleo")
    taking_part = {name: user for name, user in found.items() if name != "ben"}
    assert apart(taking_part) == {frozenset({"ann", "cleo"})}


def test_missing_managers_circles_and_managing_oneself_are_harmless() -> None:
    found = people("ann", "ben", "sam")
    reports(found, ann="ben", ben="ann", sam="sam")
    gone = people("lee")
    reports(gone, lee="nobody")
    assert apart(found | gone) == {frozenset({"ann", "ben"})}
    assert reporting_lines([]) == frozenset()
    assert reporting_lines([987654]) == frozenset()


def test_two_people_with_one_manager_may_meet() -> None:
    found = people("ann", "ben")
    reports(found, ann="boss", ben="boss")
    assert apart(found) == set()


def test_many_people_take_few_queries(django_assert_num_queries: Any) -> None:
    users = User.objects.bulk_create([User(email=f"p{number}@example.org") for number in range(901)])
    LineManager.objects.bulk_create([LineManager(user=user, email="p0@example.org") for user in users[1:]])
    with django_assert_num_queries(2):
        assert len(reporting_lines([user.pk for user in users])) == 900


@pytest.mark.parametrize("email", ["", "Boss@example.org"])
def test_the_database_refuses_a_manager_that_would_never_be_found(email: str) -> None:
    with pytest.raises(IntegrityError, match="line_manager_email_is_lower_case"), transaction.atomic():
        LineManager.objects.create(user=UserFactory.create(), email=email)


def test_the_database_keeps_one_manager_a_person() -> None:
    user = UserFactory.create()
    LineManager.objects.create(user=user, email="one@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        LineManager.objects.create(user=user, email="two@example.org")
