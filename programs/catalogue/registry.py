"""Finds the mentoring models: every module of programs.catalogue.models is one."""

import importlib
import pkgutil
from typing import Any


def all_models() -> list[Any]:
    from programs.catalogue import models

    found = [importlib.import_module(f"{models.__name__}.{m.name}").MODEL for m in pkgutil.iter_modules(models.__path__)]
    return sorted(found, key=lambda model: model.position)


def choices() -> list[tuple[str, str]]:
    """Slug and name of each model, for a Django field."""
    return [(model.slug, model.name) for model in all_models()]
