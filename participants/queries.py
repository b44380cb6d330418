"""Reads about people's own data."""

from dataclasses import dataclass

from participants import hooks
from participants.models import DataExport, RetentionChoice, User
from participants.retention import Rule


@dataclass(frozen=True)
class Kept:
    """A rule of retention and for how many days it keeps here."""

    rule: Rule
    days: int


def all_days_kept() -> dict[str, int]:
    """For how many days things are kept, by the keys of the rules; one query."""
    chosen = dict(RetentionChoice.objects.values_list("key", "days"))
    return {rule.key: chosen.get(rule.key, rule.days) for rule in hooks.retaining}


def days_kept(key: str) -> int:
    """For how many days one thing is kept. Raises KeyError for an unknown key."""
    return all_days_kept()[key]


def retention() -> list[Kept]:
    """All rules in the order they are shown."""
    days = all_days_kept()
    return [Kept(rule, days[rule.key]) for rule in hooks.retaining]


def latest_export(user: User) -> DataExport | None:
    """The file of own data that was asked for last."""
    return DataExport.objects.filter(user=user).order_by("-asked_at", "-pk").first()
