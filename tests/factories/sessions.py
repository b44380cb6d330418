import datetime as dt

import factory
from factory.django import DjangoModelFactory

from sessions.models import Goal, Note, Session
from tests.factories.programs import NOW


class SessionFactory(DjangoModelFactory[Session]):
    """A planned session of an existing match (`match=`), in Berlin, tomorrow at ten unless told otherwise."""

    class Meta:
        model = Session

    starts_at = NOW + dt.timedelta(days=1)
    minutes = 45
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(minutes=o.minutes))
    zone = "Europe/Berlin"
    wall_start = factory.LazyAttribute(lambda o: _wall(o.starts_at, o.zone))
    created_at = NOW
    planned_at = NOW

    class Params:
        held = factory.Trait(
            state=Session.State.HELD,
            logged_at=factory.LazyAttribute(lambda o: o.starts_at + dt.timedelta(hours=2)),
        )


def _wall(at: dt.datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


class NoteFactory(DjangoModelFactory[Note]):
    class Meta:
        model = Note

    visibility = Note.Visibility.SHARED
    body = "What we said"
    created_at = NOW
    updated_at = NOW


class GoalFactory(DjangoModelFactory[Goal]):
    class Meta:
        model = Goal

    text = "Lead one meeting a month"
    created_at = NOW
