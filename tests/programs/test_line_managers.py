"""To whom people report: kept once a person, and used to keep reporting lines apart."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from participants.models import AuditEntry, User
from programs.errors import ProgramError
from programs.models import Enrolment, LineManager
from programs.queries import reporting_lines
from programs.services import change_enrolment, undoing
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory
from tests.programs.staging import LATER, plan_of, run, stage, track_with_fields

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
    everybody = [user.pk for user in users]
    with django_assert_num_queries(1):
        assert len(reporting_lines(everybody)) == 900
    with django_assert_num_queries(2):
        assert len(reporting_lines([*everybody, *range(10**7, 10**7 + 9_100)])) == 900


@pytest.mark.parametrize("email", ["", "Boss@example.org"])
def test_the_database_refuses_a_manager_that_would_never_be_found(email: str) -> None:
    with pytest.raises(IntegrityError, match="line_manager_email_is_lower_case"), transaction.atomic():
        LineManager.objects.create(user=UserFactory.create(), email=email)


def test_the_database_keeps_one_manager_a_person() -> None:
    user = UserFactory.create()
    LineManager.objects.create(user=user, email="one@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        LineManager.objects.create(user=user, email="two@example.org")


# --- set by a coordinator ---------------------------------------------------------------------


def change(enrolment: Enrolment, manager: str | None) -> None:
    change_enrolment(enrolment=enrolment, answers={}, capacity=None, by=enrolment.user, now=NOW, manager=manager)


def known() -> dict[str, str]:
    return dict(LineManager.objects.values_list("user__email", "email"))


def test_a_coordinator_sets_changes_and_forgets_a_manager() -> None:
    enrolment = EnrolmentFactory.create(user__email="ann@example.org")
    for given, kept in (
        (" Boss@Example.org ", {"ann@example.org": "boss@example.org"}),
        (None, {"ann@example.org": "boss@example.org"}),
        ("chief@example.org", {"ann@example.org": "chief@example.org"}),
        ("", {}),
        ("", {}),
    ):
        change(enrolment, given)
        assert known() == kept
    verbs = AuditEntry.objects.filter(verb__startswith="line").order_by("pk").values_list("verb", "detail")
    assert list(verbs) == [("line manager set", {}), ("line manager set", {}), ("line manager removed", {})]


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("Eve Boss", "“eve boss” is not an e-mail address"), ("ann@example.org", "Nobody is their own line manager")],
)
def test_what_is_no_manager_is_refused_at_the_field(email: str, sentence: str) -> None:
    enrolment = EnrolmentFactory.create(user__email="ann@example.org")
    with pytest.raises(ProgramError, match=sentence) as caught:
        change(enrolment, email)
    assert (caught.value.field, known()) == ("manager", {})


# --- from a file ------------------------------------------------------------------------------

FILE = "email,grade,line manager\na@x.org,AA,Boss@x.org\nb@x.org,HEO,b@x.org\nc@x.org,AA,\n"


def test_a_file_says_to_whom_people_report_and_an_empty_cell_says_nothing() -> None:
    track = track_with_fields()
    run(stage(track, FILE))
    assert known() == {"a@x.org": "boss@x.org"}
    again = stage(track, FILE.replace("Boss@", "chief@"))
    plan = plan_of(again)
    assert ([step.row.email for step in plan.changed], len(plan.unchanged)) == (["a@x.org"], 2)
    run(again, now=LATER)
    assert known() == {"a@x.org": "chief@x.org"}
    run(stage(track, FILE.replace("Boss@x.org", "").replace("AA", "HEO")), now=LATER)
    assert known() == {"a@x.org": "chief@x.org"}


def test_undo_puts_managers_back_and_takes_accounts_with_theirs() -> None:
    track = track_with_fields()
    here = UserFactory.create(email="c@x.org")
    LineManager.objects.create(user=here, email="old@x.org")
    done = run(stage(track, FILE.replace("c@x.org,AA,", "c@x.org,AA,new@x.org")))
    assert known() == {"a@x.org": "boss@x.org", "c@x.org": "new@x.org"}
    undoing.undo_import(item=done, by=None, now=LATER)
    assert known() == {"c@x.org": "old@x.org"}
    assert list(User.objects.values_list("email", flat=True)) == ["c@x.org"]


def test_undo_leaves_a_manager_named_since() -> None:
    track = track_with_fields()
    here = UserFactory.create(email="a@x.org")
    done = run(stage(track, FILE))
    LineManager.objects.filter(user=here).update(email="later@x.org")
    undoing.undo_import(item=done, by=None, now=LATER)
    assert known() == {"a@x.org": "later@x.org"}
