"""The table of docs/asvs.md names tests that exist, for each of the 70 requirements; and what no other test shows."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from mail.models import Message
from participants.models import Browser, User
from tests.factories.participants import UserFactory
from tests.proofs import missing_tests, named_tests

ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (yes|not applicable|operator) \| (.+) \|$")
# How many requirements of level 1 each chapter has.
CHAPTERS = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1, 14: 2, 15: 3}
PASSWORD = "a long pass phrase"


def rows(root: Path) -> dict[str, tuple[str, str]]:
    text = (root / "docs" / "asvs.md").read_text(encoding="utf-8")
    return {found[1]: (found[3], found[4]) for found in map(ROW.match, text.splitlines()) if found}


@pytest.mark.pure
def test_every_requirement_has_a_row_and_every_row_its_proof(root):
    table = rows(root)
    counted = {chapter: sum(number.startswith(f"{chapter}.") for number in table) for chapter in CHAPTERS}
    assert counted == CHAPTERS
    for number, (applies, how) in table.items():
        assert bool(named_tests(how)) == (applies == "yes"), number
        assert missing_tests(root, how) == [], number


def signed_in(user: User, address: str = "127.0.0.1") -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client(REMOTE_ADDR=address)
    assert client.post("/sign-in/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.pure
@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "qwertyuiop", "nine-nine"])
def test_a_password_that_is_short_or_common_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.pure
@pytest.mark.parametrize("password", ["alllowercaseletters", "7391 4820 1175 2290", "🐳🐳🐳🐳🐳 und Leim", "x y" * 60])
def test_a_password_of_any_composition_and_length_is_taken_as_it_is(password):
    validate_password(password)
    kept = make_password(password)
    assert check_password(password, kept)
    for other in (password.upper() + "x", password[:-1], f"{password} ", f" {password}"):
        assert not check_password(other, kept)


@pytest.mark.django_db
def test_a_password_is_changed_by_whoever_knows_it():
    client = signed_in(UserFactory.create())
    page = client.get("/me/password/").content.decode()
    assert page.count('type="password"') >= 2
    assert "onpaste" not in page
    assert 'autocomplete="off"' not in page
    sent = {"oldpassword": "wrong", "password1": "another long phrase", "password2": "another long phrase"}
    client.post("/me/password/", sent)
    assert User.objects.get().check_password(PASSWORD)
    client.post("/me/password/", {**sent, "oldpassword": PASSWORD})
    assert User.objects.get().check_password("another long phrase")


@pytest.mark.django_db
def test_a_session_begins_anew_with_signing_in_and_is_gone_with_signing_out():
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post("/sign-in/link/", {"email": "nobody@example.org"})
    before = client.session.session_key
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    after = client.session.session_key or ""
    assert (before != after, len(after)) == (True, 32)  # of 36 letters: 165 bits
    assert not Browser.objects.filter(pk=before).exists()
    client.post("/sign-out/")
    assert not Browser.objects.filter(pk=after).exists()
    client.cookies["sessionid"] = after
    assert client.get("/me/profile/").status_code == 302


@pytest.mark.django_db
def test_guessing_a_password_ends_after_some_tries():
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    for _ in range(10):
        client.post("/sign-in/", {"login": user.email, "password": "wrong"})
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert client.get("/me/profile/").status_code == 302
    # Somebody else still gets in, from elsewhere; and so does whoever was guessed at, by a link.
    signed_in(UserFactory.create(), address="192.0.2.7")
    assert client.post("/sign-in/link/", {"email": user.email}).status_code == 200
    assert Message.objects.filter(recipient=user, kind="sign_in").exists()


@pytest.mark.django_db
def test_an_address_that_a_browser_claims_counts_for_nothing(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user = UserFactory.create()
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    for guess in range(10):
        claimed = {"X-Forwarded-For": f"198.51.100.{guess}, 192.0.2.9"}
        client.post("/sign-in/", {"login": f"nobody{guess}@example.org", "password": "wrong"}, headers=claimed)
    right = {"login": user.email, "password": PASSWORD}
    told = client.post("/sign-in/", right, headers={"X-Forwarded-For": "198.51.100.77, 192.0.2.9"})
    assert told.status_code == 200
    assert client.post("/sign-in/", right, headers={"X-Forwarded-For": "198.51.100.77, 192.0.2.10"}).status_code == 302


@pytest.mark.django_db
def test_nobody_is_there_from_the_start():
    assert not User.objects.exists()


@pytest.mark.pure
def test_nothing_runs_texts_and_nothing_weak_is_used(root):
    """What ruff's rules for security refuse must not be excused for these either."""
    forbidden = re.compile(
        r"\beval\(|\bexec\(|os\.system|shell=True|\bmd5\(|MODE_ECB|modes\.ECB|hashlib\.new|yaml\.load\("
    )
    apps = (
        "mail",
        "matching",
        "mentorship",
        "participants",
        "programs",
        "reports",
        "safeguarding",
        "sessions",
        "surveys",
    )
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for app in apps
        for path in (root / app).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if forbidden.search(line)
    ]
    assert found == []


@pytest.mark.pure
def test_passwords_are_hashed_slowly():
    from django.conf import global_settings

    assert "PASSWORD_HASHERS" not in (Path(django_settings.BASE_DIR) / "mentorship" / "settings.py").read_text()
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")


@pytest.mark.pure
def test_the_image_holds_no_history_of_the_source(root):
    ignored = (root / ".dockerignore").read_text().split()
    assert ".git" in ignored or "*" in ignored
