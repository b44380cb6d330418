"""Whose a browser is: read with the browser itself, and as strictly checked as Django does."""

import datetime as dt

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from participants import services
from participants.browsers import AccountBackend, OwnerMiddleware, SessionStore
from participants.models import Browser, User
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/me/profile/"


@pytest.fixture
def ada() -> User:
    return UserFactory.create()


@pytest.fixture
def signed_in(ada: User, client: Client) -> Client:
    client.force_login(ada, backend="participants.browsers.AccountBackend")
    return client


def is_let_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_a_browser_and_its_owner_are_one_question(
    ada: User, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that what is sent are the words themselves, and not the name that PostgreSQL knows them by.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    assert is_let_in(signed_in)
    with CaptureQueriesContext(connection) as asked:
        assert is_let_in(signed_in)
    about = [each["sql"] for each in asked.captured_queries if "password" in each["sql"]]
    assert len(about) == 1
    assert "participants_browser" in about[0]
    assert Browser.objects.get().user == ada


def test_nobody_is_let_in_for_a_person_of_another_number(ada: User, signed_in: Client) -> None:
    """As after a fault: the row says one person, and what is signed in it another."""
    other = UserFactory.create()
    Browser.objects.update(user=other)
    page = signed_in.get(PAGE).content.decode()
    assert ada.email in page
    assert other.email not in page


def test_who_is_no_longer_active_is_out_with_the_next_request(ada: User, signed_in: Client) -> None:
    assert is_let_in(signed_in)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_let_in(signed_in)


def test_another_password_ends_what_was_signed_in_with_the_old_one(ada: User, signed_in: Client) -> None:
    assert is_let_in(signed_in)
    ada.set_password("another and a long one")
    ada.save()
    assert not is_let_in(signed_in)
    assert not Browser.objects.filter(user=ada).exists()


def test_what_is_read_for_one_request_is_not_known_to_the_next(ada: User, signed_in: Client) -> None:
    request = RequestFactory().get(PAGE)
    request.session = SessionStore(Browser.objects.get().session_key)
    OwnerMiddleware(lambda _: None).process_request(request)  # type: ignore[arg-type]  # is not called
    assert request.user == ada
    User.objects.filter(pk=ada.pk).update(first_name="Changed")
    found = AccountBackend().get_user(ada.pk)
    assert found is not None
    assert found.first_name == "Changed"


def test_a_browser_of_nobody_is_nobodys(client: Client) -> None:
    store = SessionStore()
    store["kept"] = "before signing in"
    store.save()
    assert Browser.objects.get().user is None
    assert SESSION_KEY not in SessionStore(store.session_key)


def test_signing_out_forgets_the_browser(signed_in: Client) -> None:
    signed_in.logout()
    assert not Browser.objects.exists()


def test_ended_browsers_go_once_an_hour(signed_in: Client) -> None:
    ends = Browser.objects.get().expire_date
    assert services.forget_ended(now=ends - dt.timedelta(hours=1)) == 0
    assert Browser.objects.count() == 1
    assert services.forget_ended(now=ends + dt.timedelta(minutes=1)) == 1
    assert not Browser.objects.exists()


def test_erasing_somebody_signs_out_their_browsers_and_no_others(ada: User, signed_in: Client) -> None:
    Client().force_login(ada)
    other = Client()
    other.force_login(UserFactory.create())
    services.erase(user=ada, by=None, now=timezone.now())
    assert not is_let_in(signed_in)
    assert Browser.objects.count() == 1
    assert is_let_in(other)
