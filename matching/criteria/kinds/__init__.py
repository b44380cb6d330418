"""The kinds of rules, found by looking into this folder: a new kind is one more file with a `KIND`."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from matching.criteria.kinds.base import Kind
from matching.criteria.model import FIELD_KINDS


def _found() -> Mapping[str, Kind]:
    modules = [
        import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__) if info.name != "base"
    ]
    kinds: list[Kind] = sorted((module.KIND for module in modules), key=lambda kind: kind.order)
    return MappingProxyType({kind.slug: kind for kind in kinds})


ALL_KINDS: Mapping[str, Kind] = _found()
"""Every kind of rule by its slug."""

RULE_KINDS: Mapping[str, Kind] = MappingProxyType(
    {slug: kind for slug, kind in ALL_KINDS.items() if kind.taker_kinds | kind.giver_kinds <= set(FIELD_KINDS)}
)
"""Those that work with the questions a program asks, in the order in which a set-up page lists them."""
