"""Signs of life, and slots of time that are used once."""

from collections.abc import Collection
from datetime import datetime, timedelta

from mail.models import Heartbeat, Tick

# A clock that is wrong by more than this is not believed to ring for a slot of long ago.
KEPT = timedelta(days=2)


def beat(*, component: str, now: datetime) -> None:
    """Note that a part of the machinery is alive."""
    Heartbeat.objects.update_or_create(component=component, defaults={"at": now})


def take_slot(*, name: str, slot: datetime) -> bool:
    """True for the one caller that gets to run `name` in `slot`, however many clocks ring."""
    taken = Tick.objects.get_or_create(name=name, slot=slot)[1]
    if taken:
        Tick.objects.filter(name=name, slot__lt=slot - KEPT).delete()
    return taken


def slots_taken(*, names: Collection[str], slot: datetime) -> set[str]:
    """Those of these names that have been taken for `slot` already: one question instead of an attempt for each."""
    return set(Tick.objects.filter(name__in=names, slot=slot).values_list("name", flat=True))
