"""A program in which lots decide between two tracks: some are drawn, and others have come since."""

import datetime as dt

from django.urls import reverse

from participants.models import User
from programs.models import Program, Role
from programs.services.drawing import Pool, draw_invitations
from programs.services.waiting import set_aside
from reports import services
from tests.factories.programs import EnrolmentFactory


def waiting_pages(program: Program, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """More people than places: two begin, five wait, one need not; and whom lots would be drawn for now."""
    track = program.tracks.get()
    services.fix_plan(program=program, assignment="waitlist", margin=None, by=by, now=now)
    people = [EnrolmentFactory.create(track=track, role=Role.MENTEE) for _ in range(8)]
    set_aside(enrolment=people[0], reason="urgent", by=by, now=now)
    services.draw_who_begins(track=track, number=2, stratum=None, by=by, now=now)
    for _ in range(6):
        EnrolmentFactory.create(track=track, role=Role.MENTEE)
    url = reverse("reports:places", kwargs={"slug": program.slug})
    plan = reverse("reports:comparison_plan", kwargs={"slug": program.slug})
    return [
        ("reports:places", url),
        ("reports:places asked", f"{url}?track={track.pk}&number=3"),
        ("reports:comparison_plan waiting", plan),
    ]


def orders_pages(program: Program, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """Twelve of whom each begins with one of two models, whom a draw would be asked for, and what changing over is."""
    led, peers = program.tracks.get(model="traditional"), program.tracks.get(model="peer")
    for track, role in ((led, Role.MENTEE), (peers, Role.PEER)):
        for _ in range(6):
            EnrolmentFactory.create(track=track, role=role)
    services.fix_plan(program=program, assignment="crossover", margin=None, by=by, now=now)
    half = max(program.starts_on, now.date()) + (program.ends_on - max(program.starts_on, now.date())) / 2
    services.draw(first=led, second=peers, stratum=None, changes_on=half, by=by, now=now)
    told = {"slug": program.slug}
    return [
        ("reports:lots in order", reverse("reports:lots", kwargs=told)),
        ("reports:change_over", reverse("reports:change_over", kwargs=told)),
    ]


def members_pages(program: Program, member: User, by: User, now: dt.datetime) -> list[tuple[str, str]]:
    """The two ways of somebody whom lots have invited to one of them."""
    led, peers = program.tracks.get(model="traditional"), program.tracks.get(model="peer")
    people = [EnrolmentFactory.create(track=led, role=Role.MENTEE, user=member)]
    people.append(EnrolmentFactory.create(track=led, role=Role.MENTEE))
    draw = draw_invitations(pool=Pool(led, peers, None, people), seed="seed", by=by, now=now)
    return [("joining:way", reverse("joining:way", kwargs={"lot": draw.lots.get(user=member).pk}))]


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
