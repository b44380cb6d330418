"""Each gate of a comparison seen closed in the report, with the sentence that says why, and opened by one more."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string

from matching.models import Match
from reports.queries.looks import content_of, due_at
from reports.queries.opened import opened_by
from reports.views.drawing import comparison_tables
from tests.factories.finished import DAY, Finished
from tests.factories.programs import NOW

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
    before, then = (opened_by(program, None, moment, {}) for moment in (close - DAY, close))
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
