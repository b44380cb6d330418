"""The cache that web processes share: what stands in Redis is data, and while Redis is gone each counts for itself."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis.exceptions
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from redis import Redis

from mentorship.caching import JsonSerializer, SharedCache
from tests import services

OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 2}
JSON = {**OPTIONS, "serializer": "mentorship.caching.JsonSerializer"}
pytestmark = [pytest.mark.any_database, pytest.mark.enable_socket]


class Trap:
    """What runs code of whoever wrote it when it is unpickled: makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with services.redis() as url:
        yield url


def shared(url: str) -> SharedCache:
    return SharedCache(url, {"OPTIONS": JSON})


def test_what_is_counted_and_remembered_comes_back(server: str) -> None:
    cache, other = shared(server), shared(server)
    cache.set("tries", [1700000000.25, 1700000001.5], 60)
    assert other.get("tries") == [1700000000.25, 1700000001.5]
    assert [cache.add("views", 0), cache.incr("views"), other.incr("views"), cache.get("views")] == [True, 1, 2, 2]
    assert other.get_many(["tries", "none"]) == {"tries": [1700000000.25, 1700000001.5]}
    assert cache.get("none", "not there") == "not there"
    with pytest.raises(TypeError):
        cache.set("thing", object())


def test_whoever_writes_redis_runs_no_code(server: str, tmp_path: Path) -> None:
    trap = tmp_path / "run"
    ours, djangos = shared(server), RedisCache(server, {"OPTIONS": OPTIONS})
    Redis.from_url(server).set(ours.make_key("tries"), pickle.dumps(Trap(trap)))
    assert ours.get("tries", []) == []
    assert not trap.exists()
    # The control: Django's own cache runs it.
    djangos.get("tries")
    assert trap.exists()


def test_the_settings_name_it() -> None:
    """Tests run without Redis, so the line for it is read."""
    text = (Path(settings.BASE_DIR) / "mentorship" / "settings.py").read_text()
    assert '"serializer": "mentorship.caching.JsonSerializer"' in text
    assert JsonSerializer().loads(b'{"a": [1]}') == {"a": [1]}


def test_while_redis_is_gone_each_process_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    here = shared("redis://127.0.0.1:1/0")
    assert [here.add("views", 0), here.incr("views"), here.incr("views"), here.get("views")] == [True, 1, 2, 2]
    here.clear()
    assert here.get("views", "gone") == "gone"
    assert "this process counts alone" in caplog.text
    # The control: Django's own breaks the page.
    with pytest.raises(redis.exceptions.ConnectionError):
        RedisCache("redis://127.0.0.1:1/0", {"OPTIONS": OPTIONS}).get("views")
