"""Whoever looks into who would be drawn asks the database no more than any other page does."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import Lot, Program, Track
from reports import services
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
MOST = 10
ASSIGNMENTS = ("lottery", "nudge", "crossover", "waitlist")


class Place:
    """A program with two tracks of three learners each, and one page of it that is looked into."""

    def __init__(self, client: Client, assignment: str) -> None:
        self.client, self.assignment = client, assignment
        self.program: Program = ProgramFactory.create()
        self.led: Track = TrackFactory.create(program=self.program, slug="led")
        self.peers: Track = TrackFactory.create(program=self.program, slug="peers", model="peer")
        for track, role in ((self.led, "mentee"), (self.peers, "peer")):
            EnrolmentFactory.create_batch(3, track=track, role=role)
        self.coordinator = CoordinatorFactory.create(program=self.program).user
        services.fix_plan(program=self.program, assignment=assignment, margin=None, by=None, now=NOW)
        client.force_login(self.coordinator)

    def draw(self) -> None:
        who: dict[str, Any] = {"stratum": None, "by": self.coordinator, "now": NOW}
        if self.assignment == "waitlist":
            services.draw_who_begins(track=self.led, number=1, **who)
            return
        changes_on = self.program.ends_on - dt.timedelta(days=30) if self.assignment == "crossover" else None
        services.draw(first=self.led, second=self.peers, changes_on=changes_on, **who)

    def asked(self) -> int:
        if self.assignment == "waitlist":
            path = reverse("reports:places", args=[self.program.slug]) + f"?track={self.led.pk}&number=1"
        else:
            path = reverse("reports:lots", args=[self.program.slug])
            path += f"?first={self.led.pk}&second={self.peers.pk}&changes_on={self.program.ends_on}"
        return self.questions(path, b"would be drawn now")

    def questions(self, path: str, shows: bytes) -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = self.client.get(path)
        assert answer.status_code == 200
        assert shows in answer.content
        return len(asked)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_before_and_after_a_draw(assignment: str, client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        place = Place(client, assignment)
        assert place.asked() <= MOST
        place.draw()
        assert Lot.objects.count() >= 3
        assert place.asked() <= MOST


def test_the_report_before_its_first_look(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        place = Place(client, "lottery")
        place.draw()
        assert place.questions(reverse("reports:outcome", args=[place.program.slug]), b"Lots decide who") <= MOST
