"""Time zones people may choose. A name is looked up in the known set and never used as a path."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

KNOWN = frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in KNOWN


def zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises ValueError for anything that is not in the time zone database."""
    if name not in KNOWN:
        raise ValueError(f"“{name}” is not a known time zone")
    return ZoneInfo(name)


def validate_zone(name: str) -> None:
    if name not in KNOWN:
        raise ValidationError(f"“{name}” is not a known time zone. Use a name such as Europe/Berlin.")
