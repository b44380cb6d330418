import datetime as dt

import factory
from factory.django import DjangoModelFactory

from programs.models import Coordinator, Enrolment, ProfileField, Program, Role, Track
from tests.factories.participants import UserFactory

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)


class ProgramFactory(DjangoModelFactory[Program]):
    class Meta:
        model = Program

    slug = factory.Sequence(lambda n: f"program-{n}")
    name = factory.Sequence(lambda n: f"Program {n}")
    starts_on = dt.date(2027, 3, 1)
    ends_on = dt.date(2027, 8, 31)
    timezone = "Europe/Berlin"
    state = Program.State.RUNNING
    created_at = NOW


class CoordinatorFactory(DjangoModelFactory[Coordinator]):
    class Meta:
        model = Coordinator

    program = factory.SubFactory(ProgramFactory)
    user = factory.SubFactory(UserFactory)
    since = NOW


class TrackFactory(DjangoModelFactory[Track]):
    class Meta:
        model = Track

    program = factory.SubFactory(ProgramFactory)
    slug = factory.Sequence(lambda n: f"track-{n}")
    name = factory.Sequence(lambda n: f"Track {n}")
    model = "traditional"


class FieldFactory(DjangoModelFactory[ProfileField]):
    class Meta:
        model = ProfileField

    program = factory.SubFactory(ProgramFactory)
    slug = factory.Sequence(lambda n: f"field-{n}")
    label = factory.Sequence(lambda n: f"Field {n}")
    kind = ProfileField.Kind.TEXT
    asked_of = ["mentor", "mentee", "peer"]


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    class Meta:
        model = Enrolment

    track = factory.SubFactory(TrackFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MENTEE
    joined_at = NOW
