"""A staged import, for the tests of importing and of undoing."""

import datetime as dt

from programs.importing import Plan, guess_for, plan_rows, targets_for
from programs.models import Enrolment, Import, Role, Track
from programs.services import importing
from tests.factories.programs import NOW, FieldFactory, TrackFactory

LATER = NOW + dt.timedelta(hours=1)
FILE = "email,first name,last name,grade,topics\na@x.org,Ann,Lee,HEO,Pay; Travel\nB@x.org,Bob,Ray,AA,\n"


def track_with_fields() -> Track:
    """Mentors are asked for a grade, which they must give, and for topics."""
    track = TrackFactory.create()
    FieldFactory.create(
        program=track.program, slug="grade", label="Grade", kind="ordered", options=["AA", "HEO"], required=True
    )
    FieldFactory.create(program=track.program, slug="topics", label="Topics", kind="multi", options=["Travel", "Pay"])
    return track


def stage(track: Track, text: str = FILE, role: str = Role.MENTOR, name: str = "people.csv") -> Import:
    """A file whose columns are mapped."""
    data = text.encode()
    item, table = importing.start_import(track=track, role=role, data=data, filename=name, by=None, now=NOW)
    mapping = guess_for(table, targets_for(track, role), by_content=True)
    return importing.set_mapping(item=item, mapping=mapping)


def plan_of(item: Import) -> Plan:
    table = importing.read_import(item)
    return plan_rows(track=item.track, role=item.role, table=table, mapping=item.mapping)


def run(item: Import, *, skip: bool = False, now: dt.datetime = NOW) -> Import:
    importing.queue_import(item=item, plan=plan_of(item), skip_bad_rows=skip)
    done = importing.run_import(item.pk, clock=lambda: now)
    assert done is not None
    return done


def state(track: Track) -> list[tuple[str, str, dict, int | None]]:
    people = Enrolment.objects.filter(track=track).order_by("user__email")
    return [(each.user.email, each.state, each.answers, each.capacity) for each in people]
