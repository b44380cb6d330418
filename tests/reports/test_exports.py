"""Tables somebody takes out: who may have which, what is in them, that they come back, and the long ones."""

import csv
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from participants import services as people
from participants.models import AuditEntry, RetentionChoice
from participants.queries import days_kept
from programs.importing.plan import plan_rows
from programs.importing.targets import guess_for, targets_for
from programs.models import Enrolment, LineManager, ProfileField, Role
from programs.permissions import RIGHTS, Right
from programs.reading import UnreadableFile, guard, read_table, unguard
from reports import services, tasks
from reports.exports import Reading, Scope, find, tables, write_job
from reports.exports.catalogue import OF_A_PROGRAM, OF_THE_ORGANISATION
from reports.exports.cells import to_plain
from reports.exports.csv_file import MARK, pieces
from reports.exports.declaring import Column
from reports.models import ExportJob, ExportLog
from tests.factories.programs import NOW, EnrolmentFactory
from tests.factories.sessions import GoalFactory, SessionFactory
from tests.people import Cast, make_cast

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def written(columns: list[str], rows: list[list[str]], *, mark: bool = True) -> bytes:
    reading = Reading([Column(title, "text", "") for title in columns], lambda: rows)
    return b"".join(pieces(reading, Scope(None, NOW).zone, mark=mark))


# --- what every declaration holds -----------------------------------------------------------------------------------
def test_every_column_is_defined_and_every_table_says_for_whom(cast):
    for program, offered in ((cast.program, OF_A_PROGRAM), (None, OF_THE_ORGANISATION)):
        for table in offered:
            columns = table.read(Scope(program, NOW)).columns
            assert all(column.definition.endswith((".", "?")) for column in columns), table.slug
            assert len({column.title for column in columns}) == len(columns)
            assert table.readers
            assert (table.right is None) == (program is None)


def test_who_may_have_which(cast):
    """People, matches and mails for coordinators alone; figures and the record for admins too."""
    held = {role: [right for right in Right if role in RIGHTS[right]] for role in ("program coordinator", "admin")}
    of_admins = ["goal-rows", "surveys", "outcome-rows", "history"]
    assert [table.slug for table in tables(cast.program, held["admin"])] == of_admins
    assert len(tables(cast.program, held["program coordinator"])) == len(OF_A_PROGRAM)
    assert find(cast.program, held["admin"], "participants") is None
    # Nobody's name or address is in a table of the whole organisation, but that of who did something.
    titles = {t.slug: {c.title for c in t.read(Scope(None, NOW)).columns} for t in OF_THE_ORGANISATION}
    assert [slug for slug, found in titles.items() if "Last name" in found] == ["history"]
    assert not any("E-mail address" in found for found in titles.values())


# --- CSV ------------------------------------------------------------------------------------------------------------
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "''=1",
        "＝1",
        '"',
        '""',
        "a\nb",
        "a\r\nb",
        "a\rb",
        ",",
        ";",
        " ",
    ]
)


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), mark=st.booleans())
def test_a_file_comes_back_exactly_and_no_cell_is_a_formula(rows, mark):
    content = written(["One", "Two"], [["x" + one, two] for one, two in rows], mark=mark)
    assert content.startswith(MARK) == mark
    read = read_table(content, "file.csv")
    assert read.headers == ("One", "Two")
    assert [[unguard(cell) for cell in row.values] for row in read.rows] == [["x" + one, two] for one, two in rows]
    by_library = io.StringIO(newline="")
    csv.writer(by_library).writerows([["One", "Two"], *([guard("x" + one), guard(two)] for one, two in rows)])
    assert content.removeprefix(MARK) == by_library.getvalue().encode()
    for row in rows_of(content):
        assert all(cell == "" or guard(cell) == cell or cell.startswith("'") for cell in row)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", " =1", "\x00=1"])
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text):
    assert rows_of(written(["One"], [[text]]))[1] == ["'" + text]
    assert rows_of(written([text], []))[0] == ["'" + text]


def test_a_row_of_one_empty_cell_is_no_empty_line():
    assert written(["One"], [[""], ["a"]], mark=False) == b'One\r\n""\r\na\r\n'


def test_a_zero_byte_is_refused_when_it_comes_back():
    with pytest.raises(UnreadableFile):
        read_table(written(["One", "Two"], [["a", "b\x00"]]), "file.csv")


def _field(cast: Cast, slug: str, kind: str, options: tuple[str, ...] = ()) -> None:
    ProfileField.objects.create(
        program=cast.program, slug=slug, label=f"My {slug}", kind=kind, options=list(options), asked_of=["mentee"]
    )


def test_one_role_comes_back_as_an_import_that_changes_nothing(cast):
    """Every kind of answer, with texts a spreadsheet would run, quotation marks and line breaks."""
    _field(cast, "words", "text")
    _field(cast, "one", "choice", ("=A", "B, b"))
    _field(cast, "many", "multi", ("-x", "y, z", "w"))
    _field(cast, "figure", "number")
    _field(cast, "yes", "yesno")
    _field(cast, "times", "week")
    _field(cast, "skills", "skills", ("Excel 2", "Talking, loudly"))
    said = {
        "words": '=HYPERLINK("x")\n"two", \'=3',
        "one": "=A",
        "many": ["-x", "y, z"],
        "figure": -1.5,
        "yes": False,
        "times": {"times": ["Mon 09:00-12:00"], "zone": "Europe/Paris"},
        "skills": {"Excel 2": 3, "Talking, loudly": 1},
    }
    Enrolment.objects.filter(user=cast.mia).update(answers=said)
    type(cast.mia).objects.filter(pk=cast.mia.pk).update(first_name="+Mia", last_name="'=Example")
    LineManager.objects.create(user=cast.mia, email="boss@example.org")
    url = f"/programs/{cast.program.slug}/exports/participants.csv"
    response = signed_in(cast.alice).post(url, {"part": f"{cast.track.slug}/mentee", "mark": "1"})
    read = read_table(body(response), "people.csv")
    mapping = guess_for(read, targets_for(cast.track, Role.MENTEE), by_content=False)
    assert all(mapping[slug] == f"My {slug}" for slug in said)
    plan = plan_rows(track=cast.track, role=Role.MENTEE, table=read, mapping=mapping)
    assert (plan.problems, plan.new, plan.changed) == ([], [], [])
    assert {step.row.email for step in plan.unchanged} == {"mia@example.org", "paul@example.org"}
    mia = next(step.row for step in plan.unchanged if step.row.email == "mia@example.org")
    assert (mia.first_name, mia.last_name, mia.manager) == ("+Mia", "'=Example", "boss@example.org")


def test_a_csv_is_streamed_and_written_down_before_it_leaves(cast):
    SessionFactory.create(match=cast.match, held=True, starts_at=NOW)
    response = signed_in(cast.alice).post("/programs/spring/exports/sessions.csv", {"mark": "1"})
    assert response["Content-Disposition"] == 'attachment; filename="spring-sessions.csv"'
    logged = ExportLog.objects.get()
    assert (logged.what, logged.format, logged.rows, logged.by) == ("sessions", "csv", 1, cast.alice)
    entry = AuditEntry.objects.get(verb="table exported")
    assert (entry.by, entry.program_id, entry.detail) == (
        cast.alice,
        cast.program.pk,
        {"table": "sessions", "format": "csv", "rows": 1},
    )
    assert response.streaming
    begins = rows_of(body(response))[1][5]
    assert begins == NOW.astimezone(Scope(cast.program, NOW).zone).isoformat(timespec="seconds")


def test_moments_are_those_of_the_clocks_also_where_these_are_put_back(monkeypatch):
    """Each minute is worked out once: the hour that comes twice in autumn has two offsets, and what is forgotten for
    want of room is worked out again.
    """
    monkeypatch.setattr("reports.exports.cells.MINUTES_KEPT", 3)
    berlin = ZoneInfo("Europe/Berlin")
    begins = dt.datetime(2027, 10, 31, 0, 0, 59, 999999, tzinfo=dt.UTC)
    moments = [begins + number * dt.timedelta(seconds=7 * 61) for number in range(40)] * 2
    write = to_plain(Column("When", "moment", ""), berlin)
    expected = [each.astimezone(berlin).isoformat("T", "seconds") for each in moments]
    assert list(write([None, *moments])) == ["", *expected]
    assert {text[-6:] for text in expected} == {"+02:00", "+01:00"}


# --- XLSX -----------------------------------------------------------------------------------------------------------
def test_a_workbook_has_real_dates_and_numbers_and_says_what_they_mean(cast):
    type(cast.mia).objects.filter(pk=cast.mia.pk).update(last_name="=1+1\x0b")
    response = signed_in(cast.alice).post("/programs/spring/exports/matches.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(body(response)))
    assert book.sheetnames == ["Matches", "Definitions"]
    head, *rows = book["Matches"].iter_rows()
    at = {cell.value: place for place, cell in enumerate(head)}
    mia = next(row for row in rows if row[at["E-mail address"]].value == "mia@example.org")
    assert (mia[at["Last name"]].value, mia[at["Last name"]].data_type) == ("=1+1", "s")
    assert mia[at["Offered"]].value == NOW.astimezone(Scope(cast.program, NOW).zone).replace(tzinfo=None)
    assert mia[at["Offered"]].is_date
    assert mia[at["Match"]].value == cast.match.pk
    # On paper nothing is cut off: as wide as a page, with the heads on each, and rows as high as what is in them.
    setup = [(each.page_setup.fitToHeight, each.page_setup.orientation, each.print_title_rows) for each in book]
    assert setup == [(0, "landscape", "$1:$1")] * 2
    long = next(row for row in book["Definitions"].iter_rows(min_row=2) if len(str(row[2].value)) > 90)
    height = book["Definitions"].row_dimensions[long[2].row].height
    assert (long[2].alignment.wrap_text, height >= 30) == (True, True)
    meanings = {row[0]: row[2] for row in book["Definitions"].iter_rows(min_row=2, values_only=True) if row[0]}
    assert set(at) < set(meanings)
    assert meanings["Times"] == "By the clocks of Europe/Berlin."


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(cast, monkeypatch):
    monkeypatch.setattr("reports.exports.xlsx_file.MOST_ROWS", 3)
    response = signed_in(cast.alice).post("/programs/spring/exports/participants.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(body(response)))
    first, *others = [sheet for sheet in book.worksheets if sheet.title != "Definitions"]
    assert len(others) >= 1
    assert [sheet.max_row for sheet in (first, *others)][:-1] == [3] * len(others)
    head = [cell.value for cell in first[1]]
    assert all([cell.value for cell in sheet[1]] == head for sheet in others)


# --- what may not be in them ----------------------------------------------------------------------------------------
def test_goals_of_fewer_than_five_people_are_left_empty(cast):
    GoalFactory.create(match=cast.match, owner=cast.mia)
    rows = list(find(cast.program, [Right.SEE], "goals").read(Scope(cast.program, NOW)).rows())
    assert rows[0][2:7] == [None] * 5
    for _ in range(4):
        GoalFactory.create(match=cast.match, owner=EnrolmentFactory.create(track=cast.track).user, reached_at=NOW)
    rows = list(find(cast.program, [Right.SEE], "goals").read(Scope(cast.program, NOW)).rows())
    assert rows[0][2:] == [5, 5, 4, 0, 1, "yes"]


def test_outcome_rows_wait_until_nobody_can_answer_any_more(cast, time_machine):
    url = "/programs/spring/exports/outcome-rows.csv"
    assert signed_in(cast.alice).post(url).status_code == 404
    time_machine.move_to(dt.datetime.combine(cast.program.ends_on, dt.time(), dt.UTC) + 200 * DAY, tick=False)
    assert rows_of(body(signed_in(cast.alice).post(url))) == [["Row", "Kind", "Before", "After"]]


def test_what_somebody_typed_as_a_reason_is_not_in_the_record(cast):
    people.record(by=cast.alice, verb="matched by hand", now=NOW, program_id=cast.program.pk, reason="secret words")
    for client, url in ((cast.alice, "/programs/spring/exports/history.csv"), (cast.ada, "")):
        table = find(None if not url else cast.program, list(Right), "history")
        rows = list(table.read(Scope(cast.program if url else None, NOW)).rows())
        assert any("Matched by hand, for this reason" in row for row in rows), client
        assert "secret words" not in str(rows)


# --- long ones ------------------------------------------------------------------------------------------------------
def asked(cast: Cast, **changed: Any) -> ExportJob:
    how = {"program": cast.program, "table": "participants", "ending": "csv", "total": 5, "by": cast.alice, "now": NOW}
    return services.ask_for_table(**{**how, **changed})


def run(job: ExportJob, *, now: dt.datetime = NOW) -> ExportJob | None:
    return services.run_table(
        job.pk, write=lambda job, out, report: write_job(job, out, report, now=now), clock=lambda: now
    )


def test_a_long_workbook_is_made_by_a_worker_and_fetched_once_by_who_asked(cast, monkeypatch, time_machine):
    monkeypatch.setattr("reports.exports.taking.LONG", 4)
    alice, url = signed_in(cast.alice), "/programs/spring/exports/"
    assert alice.post(f"{url}participants.xlsx").headers["Location"] == f"{url}#files"
    job = ExportJob.objects.get()
    assert (job.total, job.state, ExportLog.objects.count()) == (5, "queued", 0)
    assert b"Waits for its turn" in alice.get(url).content
    assert alice.post(f"{url}files/{job.pk}/fetch/").status_code == 404
    tasks.make_table(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, job.expires_at) == ("ready", 5, NOW + DAY)
    for other in (cast.ada, cast.dora):
        assert signed_in(other).post(f"{url}files/{job.pk}/fetch/").status_code == 404
    assert alice.get(f"{url}files/{job.pk}/fetch/").status_code == 405
    for _ in range(2):
        book = openpyxl.load_workbook(io.BytesIO(body(alice.post(f"{url}files/{job.pk}/fetch/"))))
        assert book["Participants"].max_row == 6
    assert AuditEntry.objects.filter(verb="table exported").count() == ExportLog.objects.count() == 1
    time_machine.move_to(NOW + DAY + dt.timedelta(seconds=1), tick=False)
    assert alice.post(f"{url}files/{job.pk}/fetch/").status_code == 404


def test_who_lost_the_right_no_longer_gets_the_file(cast):
    job = asked(cast)
    run(job)
    cast.program.coordinators.create(user=cast.dora, since=NOW)
    cast.program.coordinators.filter(user=cast.alice).delete()
    assert signed_in(cast.alice).post(f"/programs/spring/exports/files/{job.pk}/fetch/").status_code == 404
    assert ExportLog.objects.count() == 0


def test_everything_of_the_organisation_goes_through_a_worker(cast):
    ada = signed_in(cast.ada)
    for table in OF_THE_ORGANISATION:
        assert ada.post(f"/org/exports/{table.slug}.csv").headers["Location"] == "/org/exports/#files"
    for job in ExportJob.objects.all():
        assert run(job).state == "ready", job
        assert rows_of(body(ada.post(f"/org/exports/files/{job.pk}/fetch/")))[0][0] == "Program"
    assert ExportLog.objects.filter(program=None, by=cast.ada).count() == len(OF_THE_ORGANISATION)
    assert b"Ada Example" in ada.get("/org/exports/").content


def test_asking_twice_is_asking_once(cast):
    assert asked(cast) == asked(cast)
    whole = {"program": None, "table": "mail", "by": cast.ada}
    assert asked(cast, **whole) == asked(cast, **whole)
    same = {"by": cast.ada, "table": "mail", "format": "csv", "asked_at": NOW}
    for double in (same, {**same, "by": cast.alice, "table": "participants", "program": cast.program}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportJob.objects.create(**double)


def test_a_ready_job_has_a_file_and_a_known_state(cast):
    for wrong in ({"state": "ready"}, {"state": "lost"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportJob.objects.create(by=cast.ada, table="mail", format="csv", asked_at=NOW, **wrong)


def test_cancelling_stops_a_worker_at_its_next_rows(cast):
    job = asked(cast)

    def write(job: ExportJob, out: Any, report: Any) -> int:
        report(1)
        assert ExportJob.objects.get().progress == 1
        assert signed_in(cast.alice).post(f"/programs/spring/exports/files/{job.pk}/cancel/").status_code == 302
        report(2)
        raise AssertionError("It went on")

    assert services.run_table(job.pk, write=write, clock=lambda: NOW) is None
    assert ExportJob.objects.get().state == "cancelled"
    assert ExportJob.objects.get().file.name == ""


def test_a_failure_is_said_and_a_lost_worker_is_given_up_in_the_end(cast):
    job = asked(cast, table="gone")
    assert run(job).state == "failed"
    assert b"Could not be made" in signed_in(cast.alice).get("/programs/spring/exports/").content
    lost = asked(cast)
    for attempt in (1, 2, 3):
        ExportJob.objects.filter(pk=lost.pk).update(state="running", started_at=NOW, attempts=attempt)
        again = services.due_tables(now=NOW + dt.timedelta(minutes=31))
        assert again == ([lost.pk] if attempt < 3 else [])
    assert ExportJob.objects.get(pk=lost.pk).state == "failed"


def test_files_go_after_their_time_and_with_somebody_who_is_erased(cast, django_capture_on_commit_callbacks):
    RetentionChoice.objects.create(key="export_files", days=2)
    assert days_kept("export_files") == 2
    kept, own = run(asked(cast)), run(asked(cast, program=cast.other_program, by=cast.dora))
    with django_capture_on_commit_callbacks(execute=True):
        people.erase(user=cast.mia, by=None, now=NOW)
    # Mia may stand in the one, and takes no part in the other program.
    assert list(ExportJob.objects.all()) == [own]
    assert not default_storage.exists(str(kept.file.name))
    assert services.drop_tables(now=NOW + 2 * DAY - dt.timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert services.drop_tables(now=NOW + 2 * DAY) == 1
    assert not default_storage.exists(str(own.file.name))


def test_somebody_erased_meanwhile_is_in_no_file(cast):
    job = asked(cast)

    def write(job: ExportJob, out: Any, report: Any) -> int:
        people.erase(user=cast.mia, by=None, now=NOW)
        out.write(b"Mia")
        return 1

    assert services.run_table(job.pk, write=write, clock=lambda: NOW) is None
    assert ExportJob.objects.count() == 0
