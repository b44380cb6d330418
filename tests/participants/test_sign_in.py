import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from mail.models import Message
from mail.services import drain
from participants.models import RoleGrant, User
from participants.services import LastAdmin, ensure_account, grant_role, revoke_role, send_sign_in_link
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def user() -> User:
    return UserFactory.create(email="mia@example.org", first_name="Mia")


def link_for(user: User, now: dt.datetime = NOW) -> str:
    """Ask for a link and read it out of the mail."""
    assert send_sign_in_link(email=user.email, now=now)
    drain(clock=lambda: now)
    found = re.search(r"https?://[^/]+(/t/\S+/sign-in/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def signed_in(client: Client) -> bool:
    return client.get("/me/profile/").status_code == 200


def test_the_link_signs_in_once_and_opening_it_does_nothing(client: Client, user: User) -> None:
    path = link_for(user)
    with time_machine.travel(NOW, tick=False):
        for _ in range(3):
            assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert not signed_in(client)
        assert client.post(path).status_code == 302
        assert signed_in(client)
        other = Client()
        assert other.post(path).status_code == 410
        assert not signed_in(other)


def test_asking_twice_in_a_minute_sends_one_mail_unless_the_link_was_used(client: Client, user: User) -> None:
    path = link_for(user)
    assert send_sign_in_link(email=user.email, now=NOW + dt.timedelta(seconds=20))
    assert Message.objects.count() == 1
    with time_machine.travel(NOW + dt.timedelta(seconds=30), tick=False):
        assert client.post(path).status_code == 302
    assert link_for(user, NOW + dt.timedelta(seconds=40)) != path
    assert Message.objects.count() == 2


def test_after_an_hour_the_link_is_over(client: Client, user: User) -> None:
    path = link_for(user)
    with time_machine.travel(NOW + dt.timedelta(minutes=60), tick=False):
        assert client.post(path).status_code == 410
        assert not signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"link_version": 2}])
def test_a_withdrawn_link_says_nothing_about_anybody(client: Client, user: User, change: dict[str, object]) -> None:
    path = link_for(user)
    User.objects.filter(pk=user.pk).update(**change)
    with time_machine.travel(NOW, tick=False):
        response = client.post(path)
    assert response.status_code == 410
    assert not re.search(r"\bMia\b", response.content.decode())


def test_the_answer_is_the_same_for_everybody_but_the_mail(client: Client, user: User) -> None:
    known = client.post("/sign-in/link/", {"email": user.email})
    unknown = client.post("/sign-in/link/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert known.content.decode().replace(user.email, "X") == unknown.content.decode().replace(
        "nobody@example.org", "X"
    )
    assert [message.recipient for message in Message.objects.all()] == [user]


def test_asking_many_times_is_stopped(client: Client, user: User) -> None:
    statuses = [client.post("/sign-in/link/", {"email": user.email}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert Message.objects.count() == 1


def test_a_password_signs_in_too(client: Client, user: User) -> None:
    user.set_password("a long enough secret")
    user.save()
    wrong = client.post("/sign-in/", {"login": user.email, "password": "no"})
    assert (wrong.status_code, signed_in(client)) == (200, False)
    client.post("/sign-in/", {"login": "MIA@example.org", "password": "a long enough secret"})
    assert signed_in(client)


def test_the_page_one_wanted_comes_after_and_no_other_site(client: Client, user: User) -> None:
    for wanted, expected in (("/me/profile/", "/me/profile/"), ("//evil.example/", "/")):
        browser = Client()
        with time_machine.travel(NOW, tick=False):
            browser.post("/sign-in/link/", {"email": user.email, "next": wanted})
            User.objects.filter(pk=user.pk).update(last_login=None)
            Message.objects.all().delete()
            assert browser.post(link_for(user))["Location"] == expected


def test_there_is_no_sign_up(client: Client) -> None:
    client.post("/sign-up/", {"email": "new@example.org", "password1": "a long enough secret"})
    assert not User.objects.filter(email="new@example.org").exists()


def test_the_last_admin_stays() -> None:
    one, two = UserFactory.create(), UserFactory.create()
    grant_role(user=one, role="admin", by=None, now=NOW)
    with pytest.raises(LastAdmin):
        revoke_role(user=one, role="admin", by=one, now=NOW)
    grant_role(user=two, role="admin", by=one, now=NOW)
    grant_role(user=two, role="admin", by=one, now=NOW)
    revoke_role(user=one, role="admin", by=two, now=NOW)
    assert [grant.user for grant in RoleGrant.objects.all()] == [two]


def test_one_address_is_one_account_however_it_is_written() -> None:
    first, new = ensure_account(email=" Ｍia@Example.org ", first_name="Mia")
    again, new_again = ensure_account(email="mia@example.ORG", first_name="Other")
    assert (first.pk, new, new_again, again.first_name) == (again.pk, True, False, "Mia")


def test_the_database_refuses_capitals_and_unknown_roles(user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="Mia@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role="king", granted_at=NOW)
