"""The two looks at a program's comparison: when, of which answers, who has seen them, and what they say."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from matching.models import Ending
from participants.models import AuditEntry
from reports import services
from reports.models import ComparisonLook, ComparisonPlan, LookView
from reports.queries.looks import content_of, due_at
from reports.queries.opened import change_of
from reports.queries.outcome import outcome
from sessions.models import Goal
from surveys.definition import survey_of
from surveys.models import Timing
from surveys.services import publish_figures
from tests.factories.finished import DAY, Finished
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, ProgramFactory

pytestmark = pytest.mark.django_db
# The last day of August and the six weeks in which somebody could still answer.
CLOSE = dt.datetime(2027, 10, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def finished() -> Finished:
    """Ten mentees who rise by 2, 1, 2, 1 …, ten pairs of peers of whom one rises by 1 and one stays. All but two
    begin at 3: did all, no number could be shown.
    """
    made = Finished()
    for number in range(10):
        began = {0: 2, 1: 4}.get(number, 3)
        made.match("traditional", [([began] * 6, [began + 2 - number % 2] * 6)], led=True)
        made.match("peer", [([3] * 6, [4] * 6), ([3] * 6, [3] * 6)])
    return made


def close(finished: Finished) -> ComparisonLook:
    return services.open_look(program=finished.program, kind="close", by=UserFactory.create(), now=CLOSE)


def test_when_each_look_can_be_opened() -> None:
    """Half-way is capped at 90 days; its last answer comes five weeks later, and that of the end six weeks after it."""
    program = ProgramFactory.create(starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 8, 31))
    berlin = ZoneInfo("Europe/Berlin")
    assert due_at(program, "midpoint") == dt.datetime(2027, 7, 4, tzinfo=berlin)
    assert due_at(program, "close") == CLOSE
    Timing.objects.create(program=program, kind="closing", after_days=10)
    assert due_at(program, "close") == CLOSE + 10 * DAY
    short = ProgramFactory.create(starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 4, 1))
    assert due_at(short, "midpoint") is None


def test_the_difference_by_hand(finished: Finished) -> None:
    """Units of mentees rise by 2 or 1, on average 1.5; units of peers by (1 + 0) / 2 = 0.5, so that they differ by 1.0.
    The means of mentor-led go from 3 to 4.5, those of peers from 3 to 3.5.
    """
    found = close(finished).content["comparison"]
    assert found["interval"]["difference"] == pytest.approx(1.0)
    assert found["arms"] == ["mentor-led", "peer"]
    assert [
        (each["name"], each["before"], each["after"], each["people"], each["units"]) for each in found["groups"]
    ] == [
        ("mentor-led", 3.0, 4.5, 10, 10),
        ("peer", 3.0, 3.5, 20, 10),
    ]


def test_people_chose_unless_a_coordinator_decided(finished: Finished) -> None:
    by = UserFactory.create()
    plan = ComparisonPlan(program=finished.program, assignment="coordinator", set_at=NOW)
    chosen, decided = (
        " ".join(content_of(finished.program, "close", each, CLOSE)["comparison"]["cautions"])
        + content_of(finished.program, "close", each, CLOSE)["comparison"]["finding"]
        for each in (None, plan)
    )
    assert "led to" not in chosen + decided
    assert ("chose" in chosen, "chose" in decided) == (True, False)
    with pytest.raises(services.TooLate):
        services.fix_plan(program=finished.program, assignment="coordinator", margin=None, by=by, now=CLOSE)


def test_a_look_before_its_date_is_refused_and_stores_nothing(finished: Finished) -> None:
    with pytest.raises(services.TooEarly):
        services.open_look(program=finished.program, kind="close", by=UserFactory.create(), now=CLOSE - DAY)
    assert ComparisonLook.objects.count() == 0


def test_the_second_to_open_sees_the_same_whatever_has_come_since(finished: Finished) -> None:
    first = close(finished)
    finished.match("traditional", [([1] * 6, [7] * 6)], led=True)
    again = close(finished)
    assert (again.pk, again.content) == (first.pk, first.content)
    assert LookView.objects.count() == 2
    assert AuditEntry.objects.filter(verb="comparison opened").count() == 2


def test_who_has_not_opened_it_sees_nothing_of_it(finished: Finished) -> None:
    look = close(finished)
    reader = look.views.get().by
    assert outcome(finished.program, CLOSE, UserFactory.create()).opened.look is None
    report = outcome(finished.program, CLOSE, reader)
    assert report.heading == "People rated themselves 0.8 points higher at the end than at the start"
    assert report.opened.rows()


def test_a_midpoint_nobody_opened_is_over_at_the_close(finished: Finished) -> None:
    with pytest.raises(services.TooLate):
        services.open_look(program=finished.program, kind="midpoint", by=UserFactory.create(), now=CLOSE)


def test_nine_mentees_and_four_peers_are_not_told_apart() -> None:
    """Four peers are too few to show, and with them goes the other arm, which would give them away."""
    made = Finished()
    for _ in range(9):
        made.match("traditional", [([3] * 6, [4] * 6)], led=True)
    for _ in range(2):
        made.match("peer", [([2] * 6, [4] * 6), ([3] * 6, [4] * 6)])
    found = content_of(made.program, "close", None, CLOSE)["comparison"]
    assert (found["kind"], found["groups"], found["interval"], found["method"]) == ("suppressed", [], None, [])


def test_what_would_leave_one_person_over_beside_the_published_figures_is_left_out(finished: Finished) -> None:
    """Thirty people answered at the start, and the figures of all of them are published. Were means shown of those who
    answered both times, and all but one did, then the one's first answers would be the difference.
    """
    leaver = finished.match("peer", [([6] * 6, [4] * 6), ([2] * 6, ())])
    assert publish_figures(survey=survey_of(finished.program, "baseline"), now=NOW)
    assert content_of(finished.program, "close", None, CLOSE)["core"] == []
    finished.say(leaver.seats.order_by("pk")[1].enrolment.user, "closing", [4] * 6, NOW + 186 * DAY)
    assert [each["people"] for each in content_of(finished.program, "close", None, CLOSE)["core"]] == [32] * 4


def test_goals_and_reasons_of_five(finished: Finished) -> None:
    """Five people judge one goal each: levels 1, 1, 0, 0, −1 are T 60, 60, 50, 50, 40, on average 52. Of six and five
    reasons the five are left out, or that nobody gave the others would follow.
    """
    matches = list(finished.program.tracks.get(model="peer").matches.order_by("pk"))
    for match, level in zip(matches, (1, 1, 0, 0, -1), strict=False):
        owner = match.seats.order_by("pk")[0].enrolment.user
        Goal.objects.create(match=match, owner=owner, text="x", level=level, created_at=NOW)
    seats = [seat for match in matches for seat in match.seats.order_by("pk")][:11]
    for number, seat in enumerate(seats):
        Ending.objects.create(match=seat.match, seat=seat, reason="schedule" if number < 6 else "fit", at=NOW)
    made = content_of(finished.program, "close", None, CLOSE)
    assert made["goals"] == {"t": 52.0, "people": 5}
    counts = dict(made["endings"])
    assert (counts["No times that suit"], counts["Not the right fit"]) == (6, None)


def test_of_means_at_the_end_of_the_scale_no_number_brings_the_answers_back() -> None:
    """All mentees end at 7: from 3.0, 3.0 and 3.5 and an exact difference it would follow, and from the sentences."""
    made = Finished()
    for number in range(10):
        made.match("traditional", [([3 - number % 2] * 6, [7] * 6)], led=True)
        made.match("peer", [([3] * 6, [4] * 6), ([3] * 6, [3 + number % 2] * 6)])
    content = content_of(made.program, "close", None, CLOSE)
    found = content["comparison"]
    assert [each.get("ends") for each in found["groups"]] == [{"after": "more"}, None]
    assert (found["kind"], found["interval"]) == ("higher", None)
    said = " ".join(
        [found["finding"], *found["cautions"], *found["method"], *(each["found"] for each in found["gates"])]
    )
    assert "numbers are left out" in said
    assert [each for each in ("t =", "p =", "interval", "points", "7.0") if each in said] == []
    look = close(made)
    opened = outcome(made.program, CLOSE, look.views.get().by).opened
    assert [figure.numerator for measure, _, figure in opened.rows() if measure.slug == "comparison"] == [None]


def test_a_change_to_a_bound_is_at_least_so_much(finished: Finished) -> None:
    rises = {"before": 4.0, "after": 6.7, "ends": {"after": "more"}}
    falls = {"before": 6.7, "after": 4.0, "ends": {"before": "more"}}
    assert [(each["change"], each["bounds"]["change"]) for each in map(change_of, (rises, falls))] == [
        (2.7, "or more"),
        (-2.7, "or less"),
    ]
    both = {"before": 6.7, "after": 6.7, "ends": {"before": "more", "after": "more"}}
    assert change_of(both)["bounds"]["change"] == "or about that"
    look = close(finished)
    report = outcome(finished.program, CLOSE, look.views.get().by)
    look.content["core"][0] |= falls
    assert replace(report.opened, look=look).heading == (
        "People rated themselves at least 2.7 points lower at the end than at the start"
    )
