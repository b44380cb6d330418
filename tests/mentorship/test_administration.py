"""The maintenance pages: not there for anybody but superusers, and for them only behind a second factor."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from mentorship.administration import second_factor
from participants.models import AuditEntry, RoleGrant, User
from participants.rotation import rotate_second_factors
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = dt.datetime(2027, 3, 1, 9, 0, 10, tzinfo=dt.UTC)
ROOT = "/inner-door/"


@pytest.fixture(autouse=True)
def _maintained(settings):
    settings.ROOT_URLCONF = "tests.mentorship.urls_maintained"
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def olga() -> User:
    return UserFactory.create(email="olga@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(client: Client, olga: User) -> Client:
    """Hers: signed in, and her second factor is set up."""
    second_factor.enrol(user=olga, secret=SECRET, now=AT)
    client.force_login(olga)
    return client


def code(seconds: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(AT.timestamp() + seconds) // 30))


TABLES = ("", "participants/user/", "participants/user/1/change/", "mail/tick/", "jsi18n/")
PAGES = (*TABLES, "second-factor/", "second-factor/set-up/", "login/", "logout/", "password_change/", "r/1/1/")


def test_nobody_else_finds_anything_there(client, olga):
    half = UserFactory.create(is_staff=True)
    admin = UserFactory.create()
    RoleGrant.objects.create(user=admin, role=RoleGrant.Role.ADMIN, granted_at=NOW)
    for user in (None, half, admin):
        if user is not None:
            client.force_login(user)
        for page in PAGES:
            for ask in (client.get, client.post):
                assert ask(ROOT + page).status_code == 404, (user, page)


@pytest.mark.pure
def test_without_a_path_there_are_no_such_pages():
    assert django_settings.ADMIN_PATH == ""
    assert "admin" not in get_resolver("mentorship.urls").namespace_dict


def test_a_superuser_first_shows_the_second_factor(browser):
    for page in ("", "participants/user/", "mail/tick/"):
        assert browser.get(ROOT + page)["Location"] == ROOT + "second-factor/"
    before = browser.session.session_key
    assert browser.post(ROOT + "second-factor/", {"code": code()})["Location"] == ROOT
    assert browser.session.session_key != before
    assert browser.get(ROOT).status_code == 200
    with time_machine.travel(AT + dt.timedelta(minutes=61), tick=False):
        assert browser.get(ROOT)["Location"] == ROOT + "second-factor/"


def test_a_code_works_once_and_near_its_time(browser):
    for wrong in ("000000", code(-300), code(300), "", "a" * 100_000):
        assert browser.post(ROOT + "second-factor/", {"code": wrong}).status_code == 422
    assert browser.get(ROOT).status_code == 302


def test_a_used_code_is_refused(browser, olga):
    browser.post(ROOT + "second-factor/", {"code": code()})
    again = Client()
    again.force_login(olga)
    assert again.post(ROOT + "second-factor/", {"code": code()}).status_code == 422
    assert again.get(ROOT).status_code == 302


def test_five_wrong_codes_close_the_door_for_a_quarter_of_an_hour(browser, olga):
    statuses = [browser.post(ROOT + "second-factor/", {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    other = Client()
    other.force_login(olga)
    assert other.post(ROOT + "second-factor/", {"code": code()}).status_code == 429
    assert AuditEntry.objects.filter(verb="second factor refused", by=olga).count() == 5
    with time_machine.travel(AT + dt.timedelta(minutes=16), tick=False):
        assert other.post(ROOT + "second-factor/", {"code": code(16 * 60)}).status_code == 302


def test_a_code_that_was_written_down_works_once(browser, olga):
    codes = RecoveryCodes.activate(olga).generate_codes()
    assert len(set(codes)) == 10
    assert browser.post(ROOT + "second-factor/", {"code": codes[3]}).status_code == 302
    other = Client()
    other.force_login(olga)
    assert other.post(ROOT + "second-factor/", {"code": codes[3]}).status_code == 422
    assert other.post(ROOT + "second-factor/", {"code": codes[4]}).status_code == 302


def test_it_is_set_up_by_somebody_who_has_just_shown_who_they_are(client, olga):
    client.force_login(olga)
    assert client.get(ROOT + "second-factor/")["Location"] == ROOT + "second-factor/set-up/"
    assert client.get(ROOT + "second-factor/set-up/")["Location"] == ROOT + "second-factor/confirm/"
    assert client.get(ROOT + "second-factor/confirm/").status_code == 200
    olga.set_password("a long pass phrase")
    olga.save()
    client.force_login(olga)
    assert client.post(ROOT + "second-factor/confirm/", {"password": "wrong"}).status_code == 422
    assert client.post(ROOT + "second-factor/confirm/", {"password": "a long pass phrase"}).status_code == 302
    page = client.get(ROOT + "second-factor/set-up/")
    text = page.content.decode()
    assert "<svg" in text
    assert "style=" not in text
    assert client.post(ROOT + "second-factor/set-up/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()
    secret = page.context["secret"]
    right = format_hotp_value(hotp_value(secret, int(AT.timestamp()) // 30))
    done = client.post(ROOT + "second-factor/set-up/", {"code": right})
    assert [each in done.content.decode() for each in RecoveryCodes.activate(olga).generate_codes()] == [True] * 10
    assert client.get(ROOT).status_code == 200
    # A second one cannot be put in its place by whoever sits at this browser.
    assert client.get(ROOT + "second-factor/set-up/")["Location"] == ROOT + "second-factor/"


def test_its_secrets_are_encrypted_and_go_to_a_new_key(browser, olga, settings):
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CONFIDENTIAL_KEYS]
    assert (rotate_second_factors().renewed, rotate_second_factors().already) == (2, 2)
    settings.CONFIDENTIAL_KEYS = settings.CONFIDENTIAL_KEYS[:1]
    assert browser.post(ROOT + "second-factor/", {"code": code()}).status_code == 302
    settings.CONFIDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert len(rotate_second_factors().unreadable) == 2


def test_signing_in_is_as_for_everybody(client, browser, olga):
    """A second factor belongs to these pages; without the two lines of the adapter this would be an error of 500."""
    olga.set_password("a long pass phrase")
    olga.save()
    fresh = Client()
    signed = fresh.post("/sign-in/", {"login": olga.email, "password": "a long pass phrase"})
    assert (signed.status_code, signed["Location"]) == (302, "/")
    assert fresh.get(ROOT)["Location"] == ROOT + "second-factor/"
    assert fresh.get("/sign-in/confirm/").status_code == 200


def test_an_account_is_shut_and_the_record_says_by_whom(browser, olga):
    browser.post(ROOT + "second-factor/", {"code": code()})
    mia = UserFactory.create(email="mia@example.org", first_name="Mia")
    page = f"{ROOT}participants/user/{mia.pk}/change/"
    sent = {"is_staff": "", "is_superuser": "", "email": "evil@example.org", "first_name": "Evil", "password": "x"}
    assert browser.post(page, sent).status_code == 302
    mia.refresh_from_db()
    assert (mia.is_active, mia.email, mia.first_name) == (False, "mia@example.org", "Mia")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.by, entry.subject_id) == ("maintenance: changed", olga, mia.pk)
    assert not LogEntry.objects.exists()


def test_nothing_is_added_or_deleted_but_a_lost_second_factor(browser, olga):
    browser.post(ROOT + "second-factor/", {"code": code()})
    for page in ("participants/user/add/", f"participants/user/{olga.pk}/delete/", "mail/tick/add/"):
        assert browser.get(ROOT + page).status_code == 403
        assert browser.post(ROOT + page, {"post": "yes"}).status_code == 403
    assert browser.get(f"{ROOT}participants/user/{olga.pk}/history/").status_code == 404
    held = Authenticator.objects.get(type="totp")
    assert browser.post(f"{ROOT}mfa/authenticator/{held.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.filter(type="totp").exists()


def test_superusers_are_made_and_removed_by_command():
    call_command("superuser", "new@example.org", verbosity=0)
    user = User.objects.get(email="new@example.org")
    assert (user.is_staff, user.is_superuser) == (True, True)
    TOTP.activate(user, SECRET)
    call_command("superuser", "new@example.org", "--forget-second-factor")
    assert not Authenticator.objects.exists()
    assert User.objects.get(pk=user.pk).is_superuser
    call_command("superuser", "new@example.org", "--remove")
    assert not User.objects.get(pk=user.pk).is_staff
    verbs = ["superuser made", "second factor taken away", "superuser removed"]
    assert list(AuditEntry.objects.filter(subject_id=user.pk).order_by("pk").values_list("verb", flat=True)) == verbs
