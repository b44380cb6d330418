"""Each gate of a comparison seen closed in the report, with the sentence that says why, and opened by one more."""

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from matching.models import Match
from programs.models import Draw, Lot, Program
from reports import services
from reports.queries.looks import content_of, due_at
from reports.queries.opened import Fixed, opened_by
from reports.views.drawing import comparison_tables
from tests.factories.finished import DAY, Finished
from tests.factories.programs import NOW, CoordinatorFactory

pytestmark = pytest.mark.django_db


class Growing(Finished):
    """A program that gets one more mentor-led or peer relationship at a time."""

    def led(self, *changes: tuple[int, int]) -> None:
        for before, after in changes:
            self.match("traditional", [([before] * 6, [after] * 6)], led=True)

    def peers(self, *answered: int, start: int = 3) -> list[Match]:
        """Pairs of whom so many answered at the end; every second pair has risen by 1."""
        return [
            self.match("peer", [self._said(start + 2 * seat, at % 2, seat < answer) for seat in (0, 1)])
            for at, answer in enumerate(answered)
        ]

    def _said(self, before: int, rise: int, answers: bool) -> tuple[list[int], list[int]]:
        return [before] * 6, [before + rise] * 6 if answers else []

    def answer(self, match: Match) -> None:
        """One more of a pair answers at the end."""
        silent = match.seats.order_by("pk")[1].enrolment.user
        self.say(silent, "closing", [5] * 6, NOW + 186 * DAY)

    def report(self) -> tuple[dict[str, bool | None], str]:
        """Which gates are met, and what the report says."""
        found = content_of(self.program, "close", None, due_at(self.program, "close") or NOW)["comparison"]
        context: dict[str, Any] = {"found": found, **comparison_tables(found, [])}
        page = render_to_string("reports/report_comparison.html", context)
        return {each["slug"]: each["met"] for each in found["gates"]}, re.sub(r"<[^>]*>", " ", page)


def test_sizes_one_person_and_one_relationship_at_a_time() -> None:
    made = Growing()
    made.led(*[(3 + number % 3, 4 + number % 3 + number % 2) for number in range(10)])
    *_, last = made.peers(2, 1, 1)
    gates, page = made.report()
    assert gates["privacy"] is False
    assert "not shown, so that nobody can be made out" in page
    assert "difference so far" not in page
    made.answer(last)
    gates, page = made.report()
    assert (gates["privacy"], gates["show"]) == (True, False)
    assert "so that nobody can be made out" not in page
    assert "We can’t compare yet. 10 mentor-led and 3 peer relationships have before-and-after answers." in page
    made.peers(2)
    gates, page = made.report()
    assert (gates["show"], gates["verdict"]) == (True, False)
    assert "Early: the difference so far is" in page
    assert "A verdict needs 10 relationships in each group." in page
    made.peers(2, 2, 2, 2, 2)
    assert made.report()[0]["verdict"] is False
    made.peers(2)
    gates, page = made.report()
    assert gates["verdict"] is True
    assert "A verdict needs" not in page
    assert "fits your data" in page or "improved more" in page


def test_the_date_one_day_at_a_time() -> None:
    program = Growing().program
    close = due_at(program, "close") or NOW
    before, then = (opened_by(program, None, moment, Fixed(None, None, {})) for moment in (close - DAY, close))
    # Until then it is the mid-point's turn.
    assert (before.next_kind, then.next_kind) == ("midpoint", "close")


def test_the_response_one_answer_at_a_time() -> None:
    """Seven of twelve peers are 58 per cent, eight are 67; of the mentees seven of ten answered."""
    made = Growing()
    made.led(*[(3 + number % 3, 4 + number % 3 + number % 2) for number in range(7)])
    for _ in range(3):
        made.match("traditional", [([4] * 6, ())], led=True)
    *_, last = made.peers(2, 1, 1, 1, 1, 1)
    gates, page = made.report()
    assert gates["response"] is False
    assert "Only 58 % of the people in peer answered both times" in page
    assert "difference so far" not in page
    made.answer(last)
    gates, page = made.report()
    assert gates["response"] is True
    assert "Early: the difference so far is" in page


def test_the_start_one_person_at_a_time() -> None:
    made = Growing()
    made.led((3, 4), (5, 6), (3, 5), (5, 5), (6, 6))
    made.peers(2, 2, 2, 2)
    gates, page = made.report()
    assert gates["baseline"] is False
    assert "The groups differed at the start, by " in page
    made.led((2, 3))
    gates, page = made.report()
    assert gates["baseline"] is True
    assert "The groups differed at the start, by " not in page


def test_what_is_too_large_to_believe_one_relationship_at_a_time() -> None:
    made = Growing()
    made.led((3, 5), (5, 6), (3, 5), (5, 6), (3, 5))
    made.peers(2, 2, 2, 2)
    gates, page = made.report()
    assert gates["plausibility"] is False
    assert "This difference is unusually large: check the data." in page
    made.led((5, 4))
    gates, page = made.report()
    assert gates["plausibility"] is True
    assert "unusually large: check the data." not in page.replace("then: ", "")


# --- on the page and in `manage.py report --json` ---
class Looking:
    """A coordinator who opens the close of a program, reads its report and prints it."""

    def __init__(self, program: Program, mover: Any) -> None:
        self.program, self.mover, self.client = program, mover, Client()
        self.user = CoordinatorFactory.create(program=program).user

    def at(self, moment: dt.datetime) -> tuple[str, dict[str, Any]]:
        """The page and the object at a moment, without opening anything."""
        self.mover.move_to(moment, tick=False)
        self.client.force_login(self.user)
        out = io.StringIO()
        call_command("report", self.program.slug, "--json", stdout=out)
        page = self.client.get(reverse("reports:outcome", args=[self.program.slug]))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode())), json.loads(out.getvalue())

    def opened(self) -> tuple[str, dict[str, Any]]:
        """The same at the close, opened anew."""
        close = due_at(self.program, "close") or NOW
        self.program.looks.all().delete()
        services.open_look(program=self.program, kind="close", by=self.user, now=close)
        return self.at(close)


def test_before_the_date_nothing_is_said_and_from_the_day_on_it_can_be_opened(time_machine: Any) -> None:
    made = Growing()
    made.led(*[(3 + number % 3, 4 + number % 3 + number % 2) for number in range(10)])
    made.peers(2, 1, 2, 2)
    looking, close = Looking(made.program, time_machine), due_at(made.program, "close") or NOW
    page, told = looking.at(close - DAY)
    assert "What came of it can be opened" not in page
    assert told["comparison"] is None
    page, told = looking.at(close)
    assert "What came of it can be opened" in page
    # The day alone says nothing: somebody has to open it, and that is written down.
    assert (told["comparison"], told["look"]) == (None, None)
    page, told = looking.opened()
    assert "Early: the difference so far is" in page
    assert (told["comparison"]["verdict"], told["look"]) == ("early", "close")
    assert told["comparison"]["sentence"].startswith(told["comparison"]["finding"])
    assert len(told["comparison"]["interval"]) == 2


def test_one_relationship_that_is_more_than_half_of_a_group_takes_the_interval_away(time_machine: Any) -> None:
    """Of eleven learners six are in one circle; of twelve that is a half."""
    made = Growing()
    made.match("circle", [([3 + seat % 2] * 6, [4 + seat % 3] * 6) for seat in range(6)], led=True)
    made.led(*[(3 + number % 3, 4 + number % 3 + number % 2) for number in range(5)])
    made.peers(2, 2, 2, 2)
    looking = Looking(made.program, time_machine)
    page, told = looking.opened()
    assert told["comparison"]["gates"]["independence"]["met"] is False
    assert told["comparison"]["interval"] is None
    assert "no: no interval is given" in page
    assert "One relationship holds more than half of the people in mentor-led" in page
    made.led((4, 5))
    page, told = looking.opened()
    assert told["comparison"]["gates"]["independence"]["met"] is True
    assert told["comparison"]["interval"] is not None
    assert "no: no interval is given" not in page


def test_invitations_that_changed_too_little_compare_nothing_until_more_followed(time_machine: Any) -> None:
    """Of ten invited to each way six went it, which is 20 points more than chance would; of five it is not."""
    made = Growing()
    made.led(*[(3 + number % 3, 4 + number % 3 + number % 2) for number in range(10)])
    made.peers(2, 2, 2, 2, 2)
    led, peers = (made.tracks[model][0] for model in ("traditional", "peer"))
    facts = {"program": made.program, "kind": "nudge", "first": led, "second": peers, "seed": "s"}
    draw = Draw.objects.create(**facts, at=NOW, told_at=NOW)
    for mine, other, role in ((led, peers, "mentee"), (peers, led, "peer")):
        for number, each in enumerate(mine.enrolments.filter(role=role).order_by("pk")):
            to = mine if number < 5 else other
            Lot.objects.create(draw=draw, program=made.program, user=each.user, came_from=mine, track=to)
    Program.objects.filter(pk=made.program.pk).update(by_lot="nudge")
    made.program.refresh_from_db()
    looking = Looking(made.program, time_machine)
    page, told = looking.opened()
    assert told["comparison"]["gates"]["uptake"]["met"] is False
    assert told["comparison"]["verdict"] == "not compared"
    assert "Being invited to mentor-led changed too little who took part in it." in page
    for track in (led, peers):
        lot = Lot.objects.filter(came_from=track).exclude(track=track).order_by("pk")[0]
        Lot.objects.filter(pk=lot.pk).update(track=track)
    page, told = looking.opened()
    assert told["comparison"]["gates"]["uptake"]["met"] is True
    assert told["comparison"]["verdict"] != "not compared"
    assert "changed too little" not in page
