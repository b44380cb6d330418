"""The kinds of rules, found by looking into this folder: a new kind is one more file with a `KIND`."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from matching.criteria.kinds.base import Kind
from matching.criteria.model import FIELD_KINDS


def _found() -> dict[str, Kind]:
    modules = [
        import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if info.name != "base"
    ]
    kinds: list[Kind] = sorted((module.KIND for module in modules), key=lambda kind: kind.order)
    return {kind.slug: kind for kind in kinds}


def _asked(kind: Kind) -> bool:
    return kind.taker_kinds | kind.giver_kinds <= set(FIELD_KINDS)


_all = _found()
_asking = {slug: kind for slug, kind in _all.items() if _asked(kind)}

ALL_KINDS: Mapping[str, Kind] = MappingProxyType(_all)
"""Every kind of rule by its slug."""

RULE_KINDS: Mapping[str, Kind] = MappingProxyType(_asking)
"""Those that work with the questions a program asks, in the order in which a set-up page lists them."""


def offer(kind: Kind) -> None:
    """One more kind of rule, which this installation has something of its own for."""
    _all[kind.slug] = kind
    if _asked(kind):
        _asking[kind.slug] = kind


def withdraw(slug: str) -> None:
    """Take back what was offered."""
    _all.pop(slug, None)
    _asking.pop(slug, None)
