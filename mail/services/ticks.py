"""Signs of life, and slots of time that are used once."""

from datetime import datetime

from mail.models import Heartbeat, Tick


def beat(*, component: str, now: datetime) -> None:
    """Note that a part of the machinery is alive."""
    Heartbeat.objects.update_or_create(component=component, defaults={"at": now})


def take_slot(*, name: str, slot: datetime) -> bool:
    """True for the one caller that gets to run `name` in `slot`, however many clocks ring."""
    return Tick.objects.get_or_create(name=name, slot=slot)[1]
