"""The cache that all web processes share: how often something was asked, and nothing that must not be lost."""

import json
import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _or_alone(name: str) -> Callable[..., Any]:
    def ask(self: "SharedCache", *args: Any, **options: Any) -> Any:  # noqa: ANN401  as Django's own methods take them
        try:
            return getattr(RedisCache, name)(self, *args, **options)
        except RedisError as error:
            logger.warning("The shared cache does not answer (%s); this process counts alone", type(error).__name__)
            return getattr(self.alone, name)(*args, **options)

    return ask


class NotOurs(RedisError):
    """What stands in Redis was not put there by this: it is as if Redis had not answered."""


class JsonSerializer:
    """What is in Redis is data and never code: Django's own serializer would unpickle whatever somebody put there."""

    def dumps(self, value: object) -> int | bytes:
        """As Django's, integers stay what Redis can count up. Raises TypeError for what JSON cannot tell."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:  # noqa: ANN401  what was put in
        """Raises NotOurs."""
        try:
            return json.loads(data)
        except ValueError as error:
            raise NotOurs("No JSON in the shared cache") from error


class KeptClient(RedisCacheClient):
    """Django's makes a new client for each thing it asks of Redis, which takes as long as to ask it."""

    @cached_property
    def only(self) -> Redis:
        return super().get_client(write=True)

    def get_client(self, key: object = None, *, write: bool = False) -> Redis:
        return self.only


class SharedCache(RedisCache):
    """Redis; while it is gone each process counts for itself, so that no page breaks and limits still hold there."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
        without = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.alone = LocMemCache("alone", without)

    add = _or_alone("add")
    get = _or_alone("get")
    set = _or_alone("set")
    touch = _or_alone("touch")
    delete = _or_alone("delete")
    get_many = _or_alone("get_many")
    has_key = _or_alone("has_key")
    incr = _or_alone("incr")
    set_many = _or_alone("set_many")
    delete_many = _or_alone("delete_many")
    clear = _or_alone("clear")
