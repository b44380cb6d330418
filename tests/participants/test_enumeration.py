"""Who has an account is told by no answer, and by no work that an answer takes: hashes, statements, tasks.

What a clock says of it is measured by benchmarks/enumeration.py.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mail.models import Message
from participants import services
from participants.models import User
from participants.services import accounts
from tests.factories.participants import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses() -> list[str]:
    """Somebody with a password, somebody who comes by links, somebody put to rest, and nobody; all of one length."""
    known, by_link, asleep = (UserFactory.create(email=f"{name}@example.org") for name in ("anna", "bela", "caro"))
    known.set_password("a long enough secret")
    known.save()
    User.objects.filter(pk=by_link.pk).update(password="!unusable")
    User.objects.filter(pk=asleep.pk).update(is_active=False)
    return ["anna@example.org", "bela@example.org", "caro@example.org", "dora@example.org"]


def work(monkeypatch: pytest.MonkeyPatch, url: str, body: dict[str, str]) -> tuple[Any, ...]:
    """The answer without the address, how many hashes it took, and its statements without their values."""
    hashes = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashes.append(password)
        return encode(self, password, salt)

    cache.clear()
    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as seen:
        patch.setattr(MD5PasswordHasher, "encode", counted)
        answer = Client().post(url, body)
    verbs = [re.sub(r"'[^']*'|\b\d+\b|\"s\d+\w*\"|\"_django_curs\w+\"", "?", each["sql"]) for each in seen]
    shape = [" ".join(verb.split()[:6]) for verb in verbs if "SAVEPOINT" not in verb]
    words = re.sub(r"\w+@example.org|value=\"[\w-]{20,}\"", "", answer.content.decode())
    return answer.status_code, words, len(hashes), shape


def test_asking_for_a_link_is_the_same_work_for_everybody(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = (work(monkeypatch, "/sign-in/link/", {"email": each}) for each in addresses)
    assert first[0] == 200
    assert others == [first] * 3
    assert sorted(message.recipient.email for message in Message.objects.all()) == addresses[:2]


def test_a_wrong_password_is_the_same_work_for_everybody(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done = [work(monkeypatch, "/sign-in/", {"login": each, "password": "no such secret"}) for each in addresses]
    assert [each[2] for each in done] == [done[0][2]] * 4
    assert done == [done[0]] * 4


def test_the_work_is_seen(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a service that looks first, and writes only for those it knows."""
    real: Callable[..., bool] = services.send_sign_in_link

    def looks_first(*, email: str, now: Any) -> bool:
        return User.objects.filter(email=email).exists() and real(email=email, now=now)

    monkeypatch.setattr(services, "send_sign_in_link", looks_first)
    known, nobody = (work(monkeypatch, "/sign-in/link/", {"email": each}) for each in addresses[::3])
    assert known[3] != nobody[3]
    assert accounts.NOBODY not in User.objects.values_list("pk", flat=True)
