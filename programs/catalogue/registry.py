"""Finds the mentoring models: every module of programs.catalogue.models is one."""

import importlib
import pkgutil
from functools import cache

from programs.catalogue import models
from programs.catalogue.base import MentoringModel


class UnknownModel(LookupError):
    """No mentoring model has this slug."""


def all_models() -> list[MentoringModel]:
    """Every model, in the order in which they are always listed."""
    return list(_found())


def get(slug: str) -> MentoringModel:
    """The model of this slug. Raises UnknownModel."""
    for model in _found():
        if model.slug == slug:
            return model
    raise UnknownModel(f"There is no mentoring model called “{slug}”.")


def choices() -> list[tuple[str, str]]:
    """Slug and name of each model, for a Django field: as a callable, so that a new model needs no migration."""
    return [(model.slug, model.name) for model in _found()]


@cache
def _found() -> tuple[MentoringModel, ...]:
    names = [f"{models.__name__}.{info.name}" for info in pkgutil.iter_modules(models.__path__)]
    loaded = [importlib.import_module(name).MODEL for name in names]
    return tuple(sorted(loaded, key=lambda model: model.position))
