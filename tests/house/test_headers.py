"""Errors, static files and an installation on https carry strict headers, as every address does (matrix.surprises)."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from tests.house.headers import SAME, wrong
from tests.house.matrix import ask
from tests.house.world import World


@pytest.mark.django_db
def test_errors_and_static_files_too(client: Client):
    evil = Client(headers={"Host": "evil.example"})
    strict = Client(enforce_csrf_checks=True)
    for response, status in (
        (client.get("/nothing/here/"), 404),
        (evil.get("/help/"), 400),
        (strict.post("/theme/", {"theme": "dark"}), 403),
        (client.post("/sign-in/", CONTENT_LENGTH=str(10**9)), 413),
        (client.get("/help"), 301),
        (client.generic("TRACE", "/help/"), 405),
    ):
        assert (response.status_code, wrong(response)) == (status, [])


def test_the_maintenance_pages_too(world: World, settings: Any):
    settings.ROOT_URLCONF = "tests.mentorship.urls_maintained"
    for role in ("an", "co"):
        for page in ("", "second-factor/", "participants/user/"):
            assert wrong(ask(world.clients[role], "GET", f"/inner-door/{page}")) == []


PRODUCTION = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
static = settings.STATIC_ROOT / "base.css"
static.parent.mkdir(parents=True, exist_ok=True)
static.write_text("p{}")
browser = Client(headers={"Host": "mentoring.example.org"})
told = {}
for name, response in {
    "page": browser.get("/sign-in/", secure=True),
    "static": browser.get("/static/base.css", secure=True),
    "theme": browser.post("/theme/", {"theme": "dark"}, secure=True),
    "plain": browser.get("/sign-in/"),
}.items():
    cookies = {key: {part: morsel[part] for part in ("secure", "httponly", "samesite", "path", "domain")}
               for key, morsel in response.cookies.items()}
    told[name] = [response.status_code, dict(response.headers), cookies]
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Answers of an installation on https."""
    env = {
        **os.environ,
        "SITE_URL": "https://mentoring.example.org",
        "SECRET_KEY": "a" * 30 + "b1!" * 10,
        "CONFIDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "VAR_DIR": str(tmp_path_factory.mktemp("production")),
        "DATABASE_URL": "sqlite:///:memory:",
        "STATICFILES": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "DJANGO_SETTINGS_MODULE": "mentorship.settings",
    }
    done = subprocess.run([sys.executable, "-c", PRODUCTION], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.pure
def test_over_https_browsers_are_told_to_stay_there(production: dict[str, Any]):
    status, headers, _ = production["page"]
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert production["plain"][0] == 301
    assert production["plain"][1]["Location"] == "https://mentoring.example.org/sign-in/"


@pytest.mark.pure
def test_every_cookie_is_for_this_host_over_https_alone(production: dict[str, Any]):
    cookies = production["page"][2] | production["theme"][2]
    assert set(cookies) == {"__Host-csrftoken", "__Host-theme"}
    for cookie in cookies.values():
        assert cookie == {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}


@pytest.mark.pure
def test_a_static_file_carries_them_and_may_be_stored(production: dict[str, Any]):
    class Answer:
        status_code = production["static"][0]
        headers = production["static"][1]

    assert Answer.status_code == 200
    assert wrong(Answer, stored=True) == []
    assert "public" in Answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" in Answer.headers


@pytest.mark.pure
def test_what_is_missing_is_noticed():
    """The control of the tests above."""

    class Answer:
        status_code = 200
        headers = {"Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'"}

    assert len(wrong(Answer)) == len(SAME) + 4
