"""The ground that the tests stand on: what it forbids, and the servers it brings."""

import contextlib
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
import pytest_socket
import redis as redis_client
from celery import shared_task
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail import get_connection
from django.db import connection

from mentorship.processes import wait_until
from tests import chromium, services
from tests.conftest import pytest_collection_modifyitems
from tests.guards import no_mail_leaves

rung: list[str] = []


@shared_task(name="tests.ring")
def ring(word: str) -> None:
    rung.append(word)


@pytest.mark.parametrize("backend", ["smtp", "filebased", "console"])
def test_mail_that_would_leave_fails_at_once_and_at_the_end(backend, tmp_path):
    options = {"file_path": tmp_path} if backend == "filebased" else {}
    sender = get_connection(f"django.core.mail.backends.{backend}.EmailBackend", **options)
    guard = no_mail_leaves()
    guard.__enter__()
    with pytest.raises(AssertionError, match="Mail left by"):
        sender.send_messages([mail.EmailMessage("Hello", "there", "a@example.org", ["b@example.org"])])
    with pytest.raises(AssertionError):
        guard.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []


def test_mail_goes_to_the_outbox():
    mail.send_mail("Hello", "there", "a@example.org", ["b@example.org"])
    assert [message.subject for message in mail.outbox] == ["Hello"]


def test_no_other_machine_can_be_reached():
    refused = pytest.raises((pytest_socket.SocketConnectBlockedError, UserWarning), match="tried to use socket")
    with socket.socket() as outside, refused:
        outside.connect(("192.0.2.1", 80))


@pytest.mark.django_db
def test_the_database_is_the_one_of_this_run_and_nobody_elses():
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        assert Path(name).parent == django_settings.VAR_DIR
    else:
        assert connection.vendor == "postgresql"
        assert name.startswith("test_")


@pytest.mark.parametrize(
    ("fixtures", "marks", "pure"),
    [
        (["tmp_path"], [], True),
        (["db"], [], False),
        (["page", "live_server"], [], False),
        (["tmp_path"], ["django_db"], False),
    ],
)
def test_what_asks_for_no_database_is_pure(fixtures, marks, pure):
    added = []
    item: Any = SimpleNamespace(
        cls=None,
        path=Path(__file__),
        fixturenames=fixtures,
        get_closest_marker=lambda name: name if name in marks else None,
        add_marker=lambda mark: added.append(mark.name),
    )
    pytest_collection_modifyitems([item])
    assert added == (["pure"] if pure else [])


def test_the_worker_runs_what_is_queued(worker):
    rung.clear()
    ring.delay("one")
    assert wait_until(lambda: rung == ["one"], seconds=20)


@pytest.mark.parametrize("programs", services.postgres_folders(), ids=lambda folder: str(folder)[-40:])
def test_every_postgresql_that_is_found_runs_also_for_root(programs, monkeypatch):
    monkeypatch.setattr(services, "postgres_folders", lambda: [programs])
    with services.postgres() as url, contextlib.closing(psycopg2.connect(url)) as database:
        cursor = database.cursor()
        cursor.execute("SELECT 6 * 7")
        assert cursor.fetchone() == (42,)
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)


def test_without_user_namespaces_root_runs_postgresql_as_somebody_else(monkeypatch):
    succeeds = services._succeeds
    monkeypatch.setattr(services, "_succeeds", lambda command: command[0] != "unshare" and succeeds(command))
    services.servant.cache_clear()
    try:
        with services.postgres() as url, contextlib.closing(psycopg2.connect(url)) as database:
            assert database.server_version >= 140000
    finally:
        services.servant.cache_clear()


def test_no_postgresql_is_an_error(monkeypatch):
    monkeypatch.setattr(services, "postgres_folders", lambda: [Path("/nowhere")])
    with pytest.raises(services.ServiceMissing, match="No PostgreSQL"), services.postgres():
        pass


def test_no_redis_is_an_error(monkeypatch):
    monkeypatch.setattr(services, "install_debian_packages", lambda *_names: False)
    monkeypatch.setattr("mentorship.broker.find_server", lambda: None)
    with pytest.raises(services.ServiceMissing, match="No Redis"), services.redis():
        pass


def test_no_browser_and_no_npm_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "install_debian_packages", lambda *_names: False)
    monkeypatch.setattr(chromium, "ROOT", tmp_path)
    with pytest.raises(services.ServiceMissing, match="No Chromium"):
        chromium.find_chromium()


def test_redis_runs_and_ends():
    with services.redis() as url, redis_client.Redis.from_url(url) as client:
        assert client.ping() is True
    with redis_client.Redis.from_url(url) as client, pytest.raises(redis_client.ConnectionError):
        client.ping()


def test_the_browser_starts():
    done = subprocess.run([chromium.find_chromium(), "--version"], capture_output=True, text=True, check=False)
    assert "Chrom" in done.stdout
