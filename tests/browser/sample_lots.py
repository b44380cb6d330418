"""A program in which lots decide between two tracks: some are drawn, and others have come since."""

import datetime as dt

from django.urls import reverse

from participants.models import User
from programs.models import Program, Role
from reports import services
from tests.factories.programs import EnrolmentFactory


def pages_of(program: Program, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """What was drawn, and whom lots would be drawn for now."""
    led, peers = program.tracks.get(model="traditional"), program.tracks.get(model="peer")
    field = program.fields.filter(kind="ordered").order_by("pk")[0]
    for track, role in ((led, Role.MENTEE), (peers, Role.PEER)):
        for number in range(7):
            EnrolmentFactory.create(track=track, role=role, answers={field.slug: field.options[number % 2]})
    services.fix_plan(program=program, assignment="lottery", margin=None, by=by, now=now)
    services.draw(first=led, second=peers, stratum=field, by=by, now=now)
    for _ in range(5):
        EnrolmentFactory.create(track=led, role=Role.MENTEE)
    url = reverse("reports:lots", kwargs={"slug": program.slug})
    return [("reports:lots", url), ("reports:lots asked", f"{url}?first={led.pk}&second={peers.pk}")]
