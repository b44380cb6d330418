import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching.models import Match
from programs.models import Program, Role, Track
from reports import exports
from reports.exports import export_outcome
from reports.models import ExportLog
from reports.queries.outcome import Outcome, outcome
from sessions.models import Session
from surveys.models import Publication, Survey
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import GoalFactory, SessionFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def pairs(track: Track, count: int, *, held: int = 0, state: str = Match.State.ACTIVE) -> list[Match]:
    """So many pairs of new people, each with so many sessions of 45 minutes."""
    made = []
    for _ in range(count):
        mentor = EnrolmentFactory.create(track=track, role=Role.MENTOR)
        made.append(make_pair(mentor, EnrolmentFactory.create(track=track), state=state))
        for day in range(held):
            SessionFactory.create(match=made[-1], held=True, starts_at=NOW + day * DAY)
    return made


def values(report: Outcome) -> dict[str, tuple[float | None, float | None]]:
    return {slug: (figure.numerator, figure.denominator) for slug, figure in report.figures.items()}


@pytest.fixture
def program() -> Program:
    """Three pairs that met three times, one that met once, one only offered, one person alone; goals of six people."""
    track = TrackFactory.create()
    met = pairs(track, 3, held=3)
    once = pairs(track, 1, held=1)
    pairs(track, 1, state=Match.State.OFFERED)
    EnrolmentFactory.create(track=track)
    SessionFactory.create(match=met[0], starts_at=NOW + 30 * DAY)
    SessionFactory.create(match=met[0], state=Session.State.MISSED, logged_at=NOW, starts_at=NOW + 9 * DAY)
    for number, match in enumerate([*met, *once]):
        for seat in match.seats.all():
            GoalFactory.create(match=match, owner=seat.enrolment.user, reached_at=NOW if number < 2 else None)
    GoalFactory.create(match=once[0], owner=once[0].seats.first().enrolment.user, dropped_at=NOW)
    return track.program


def test_every_figure_with_its_denominator(program: Program) -> None:
    assert values(outcome(program, NOW)) == {
        "enrolled": (11, None),
        "matched_ever": (8, 11),
        "matched_now": (8, 11),
        "met": (8, 8),
        "met_3": (6, 8),
        "finished": (0, 8),
        "matches_ever": (4, None),
        "matches_now": (4, 4),
        "sessions": (10, None),
        "sessions_per_match": (2.5, 4),
        "lasted": (None, None),
        "hours": (7.5, None),
        "mentor_hours": (None, None),
        "goals_set": (8, None),
        "goals_reached": (4, 8),
        "goal_people": (4, 8),
    }


def test_the_heading_is_the_finding(program: Program) -> None:
    assert outcome(program, NOW).heading == "8 of 11 people have met their match, in 10 sessions"


def test_a_program_of_four_shows_nothing_but_says_why() -> None:
    track = TrackFactory.create()
    pairs(track, 2, held=3)
    report = outcome(track.program, NOW)
    assert {figure.numerator for figure in report.figures.values()} == {None}
    assert {figure.people for figure in report.figures.values()} == {None}
    assert report.heading == "Figures come when five people take part"


def test_a_small_track_takes_the_next_smallest_with_it_when_subtraction_would_show_it() -> None:
    program = ProgramFactory.create()
    small, middle, large = (TrackFactory.create(program=program, position=number) for number in range(3))
    pairs(small, 2)
    pairs(middle, 3)
    pairs(large, 5)
    report = outcome(program, NOW)
    assert [each.shown for each in report.tracks] == [False, False, True]
    assert report.hidden_tracks == [small, middle]


def test_small_tracks_of_five_together_hide_only_themselves() -> None:
    program = ProgramFactory.create()
    tracks = [TrackFactory.create(program=program, position=number) for number in range(3)]
    for track, count in zip(tracks, (2, 2, 5), strict=True):
        pairs(track, count)
    assert [each.shown for each in outcome(program, NOW).tracks] == [False, False, True]


def test_no_hidden_figure_of_a_track_can_be_had_by_subtracting_the_others() -> None:
    """Two of 20 in one track are matched: the whole and the other tracks must not give them away."""
    program = ProgramFactory.create()
    tracks = [TrackFactory.create(program=program, position=number) for number in range(3)]
    for track, count in zip(tracks, (1, 3, 6), strict=True):
        EnrolmentFactory.create_batch(20, track=track)
        pairs(track, count, held=1)
    report = outcome(program, NOW)
    hidden = {
        slug: [each.track for each in report.tracks if not each.figures[slug].shown] for slug in ("enrolled", "met")
    }
    assert hidden == {"enrolled": [], "met": tracks[:2]}
    assert {
        slug
        for slug in report.tracks[0].figures
        if report.figures[slug].shown and sum(not each.figures[slug].shown for each in report.tracks) == 1
    } == set()


def test_a_program_of_one_track_has_no_table_of_tracks(program: Program) -> None:
    assert outcome(program, NOW).tracks == []


def test_a_match_that_ended_counts_as_ever_and_not_as_now(program: Program) -> None:
    one = Match.objects.filter(state="active").values_list("pk", flat=True)[0]
    Match.objects.filter(pk=one).update(state="ended", ended_at=NOW)
    shown = values(outcome(program, NOW))
    assert (shown["matched_ever"], shown["matched_now"], shown["matches_now"]) == ((8, 11), (6, 11), (3, 4))


def test_the_check_in_is_the_published_one(program: Program) -> None:
    survey = Survey.objects.create(program=program, kind="pulse", name="After a session")
    figures = [
        {"slug": "useful", "text": "Useful?", "points": 5, "people": 6, "mean": 4.2},
        {"slug": "heard", "text": "Heard?", "points": 5, "people": None, "mean": None},
    ]
    Publication.objects.create(survey=survey, as_of=NOW, people=6, answers=9, figures=figures)
    report = outcome(program, NOW + DAY)
    assert [(each.text, each.figure.numerator, each.figure.as_of) for each in report.pulse] == [("Useful?", 4.2, NOW)]


def test_the_number_of_queries_does_not_grow(program: Program) -> None:
    counts = []
    for more in (0, 20):
        pairs(program.tracks.get(), more, held=2)
        with CaptureQueriesContext(connection) as asked:
            outcome(program, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


# --- files -------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_csv_has_every_figure_with_numerator_denominator_and_date(program: Program) -> None:
    rows = rows_of(exports.to_csv(outcome(program, NOW)))
    assert len(rows) == 16
    matched = next(row for row in rows if row["Measure"] == "Matched, ever")
    assert matched == {
        "Measure": "Matched, ever",
        "Question": "",
        "Group": "Whole program",
        "Unit": "people",
        "Numerator": "8",
        "Denominator": "11",
        "Out of": "people enrolled at any time",
        "Share": "0.7273",
        "People": "11",
        "As of": "2027-03-01",
        "Shown": "yes",
    }


def test_a_hidden_figure_is_a_row_without_numbers_that_says_why() -> None:
    track = TrackFactory.create()
    pairs(track, 1, held=1)
    for row in rows_of(exports.to_csv(outcome(track.program, NOW))):
        assert (row["Numerator"], row["Denominator"], row["Share"], row["People"]) == ("", "", "", "")
        assert row["Shown"] == "no: fewer than 5 people"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", "\r=1"])
def test_no_spreadsheet_runs_a_name(name: str) -> None:
    program = ProgramFactory.create()
    for number in range(2):
        pairs(TrackFactory.create(program=program, name=name, position=number), 3)
    content = exports.to_csv(outcome(program, NOW))
    groups = {row["Group"] for row in rows_of(content)}
    assert groups == {"Whole program", f"'{name}"}
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(outcome(program, NOW))))
    cells = [cell for row in book["Figures"].iter_rows() for cell in row if cell.column == 3]
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_workbook_opens_with_real_numbers_dates_and_definitions(program: Program) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(outcome(program, NOW))))
    assert book.sheetnames == ["Figures", "Definitions"]
    rows = list(book["Figures"].iter_rows(values_only=True))
    assert rows[0] == exports.COLUMNS
    matched = next(row for row in rows if row[0] == "Matched, ever")
    assert matched[4:6] == (8, 11)
    assert matched[9] == dt.datetime(2027, 3, 1, 0, 0)
    meanings = {str(row[0]): str(row[1]) for row in book["Definitions"].iter_rows(values_only=True)}
    assert meanings["Matched, ever"].endswith("Out of people enrolled at any time.")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_taking_a_file_is_written_down(program: Program, ending: str) -> None:
    user = UserFactory.create()
    assert export_outcome(program=program, ending=ending, by=user, now=NOW)
    log = ExportLog.objects.get()
    assert (log.by, log.format, log.what, log.rows) == (user, ending, "outcome", 16)


def test_the_heading_does_not_deny_what_is_only_hidden() -> None:
    track = TrackFactory.create()
    pairs(track, 1, held=1)
    for _ in range(3):
        EnrolmentFactory.create(track=track)
    report = outcome(track.program, NOW)
    assert report.figures["met"].shown is False
    assert report.heading == "2 of 5 people are matched"
