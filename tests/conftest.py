"""What every test stands on."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import django.test
import kombu.pools
import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from pytest_django import DjangoDbBlocker

from mentorship.celery import app as celery_app
from tests import services
from tests.emptying import allow_emptying
from tests.guards import no_mail_leaves
from tests.template import TEMPLATE, start_from_it

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_serialized_rollback", "admin_user"}


def pytest_configure(config: pytest.Config) -> None:
    # Hashing that is slow on purpose would be most of the time of a run.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    allow_emptying()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Put what takes long first, now that only those are left that this run is about.

    What the tests are made of stays until the end: no look for garbage has to go through all of it again.
    """
    session.items[:] = _dealt(session.items, hands=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


# From the longest: a process that begins one of these when the others are done would let them wait for it.
LONG = (
    "browser/test_pages",
    "browser/test_every_model",
    "browser/test_six_months",
    "mentorship/test_demo",
    "races/",
    "browser/test_journey",
    "mentorship/test_every_model",
    "house/test_permissions",
    "browser/",
    "mail/test_chaos",
    "house/test_hostile",
    "house/",
    "matching/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for no database as pure: it runs once, not once a database."""
    for item in items:
        if not _uses_database(item):
            item.add_marker(pytest.mark.pure)


def _dealt(items: list[pytest.Item], *, hands: int) -> list[pytest.Item]:
    """The same tests in another order: cut into as many equal parts as there are processes, each part begins with its
    share of the files that take long.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    line = sorted(files, key=_place)
    long = [path for path in line if _place(path) < len(LONG)]
    others = [item for path in line[len(long) :] for item in files[path]]
    order: list[pytest.Item] = []
    for hand in range(hands):
        part = [item for path in long[hand::hands] for item in files[path]]
        wanted = max(0, len(items) * (hand + 1) // hands - len(order) - len(part)) if hand < hands - 1 else len(others)
        order += [*part, *others[:wanted]]
        others = others[wanted:]
    return order


def _place(path: Path) -> int:
    """Where in the line; among files of one place the order stays as shuffled."""
    name = path.relative_to(Path(__file__).parent).as_posix()
    return next((place for place, start in enumerate(LONG) if name.startswith(start)), len(LONG))


def _uses_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    if item.get_closest_marker("django_db") or (cls and issubclass(cls, django.test.TransactionTestCase)):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as in an installation: in memory, threads would share one connection and never meet a lock."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(django_settings.VAR_DIR / "test.sqlite3")
    start_from_it(database)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A copy of the run's template is taken as it is, and goes with its folder; PostgreSQL makes the copy itself."""
    return bool(os.environ.get(TEMPLATE)) and django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Before the test database goes, whoever is left in it goes: killed workers of a test may still be in the door."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _no_mail_leaves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Mail goes to Django's outbox; a test of real sending says so with the marker real_mail."""
    with nullcontext() if request.node.get_closest_marker("real_mail") else no_mail_leaves():
        yield


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis: the one of this run, in a database of this process, or one of our own."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    given = os.environ.get("REDIS_URL_FOR_TESTS")
    if given:
        yield f"{given.removesuffix('/0')}/{number}"
        return
    with services.redis() as url:
        yield url


@pytest.fixture
def worker(redis_url: str, transactional_db: None) -> Iterator[Celery]:
    """A Celery worker on a real Redis, as in an installation; it runs what views have queued."""
    before, level = celery_app.conf.broker_url, logging.getLogger().level
    _use_broker(redis_url)
    try:
        with start_worker(celery_app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            yield celery_app
    finally:
        _use_broker(before)
        logging.getLogger().setLevel(level)  # a worker in a test lets nothing but errors be heard, also afterwards


def _use_broker(url: str) -> None:
    celery_app.conf.update(broker_url=url, broker_read_url=url, broker_write_url=url)
    # The pools of connections were made for the broker before.
    kombu.pools.reset()
    celery_app._pool = None  # type: ignore[attr-defined]  # the types know only what is public
    celery_app.amqp._producer_pool = None  # type: ignore[attr-defined]  # as above


@pytest.fixture
def root() -> Path:
    """The folder of the project."""
    return Path(django_settings.BASE_DIR)
