"""The four steps in the browser: each shows what it is asked to, and nothing is written before the last."""

import csv
import io

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from programs.models import Enrolment, Import
from programs.reading import read_table
from programs.services import importing
from tests.factories.programs import FieldFactory, TrackFactory
from tests.people import Cast, make_cast
from tests.programs.import_pages import PEOPLE, mapped, newcomers, sign_in, start, text, upload, uploaded, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    FieldFactory.create(program=cast.program, slug="grade", label="Grade", kind="ordered", options=["AA", "HEO"])
    return cast


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    sign_in(client, cast.alice)
    return client


def test_a_file_comes_in_by_four_steps_and_goes_out_by_one(alice, monkeypatch, django_capture_on_commit_callbacks):
    rung: list[int] = []
    monkeypatch.setattr("programs.tasks.run_import.delay", rung.append)
    item = uploaded(alice)
    page = alice.get(url("map", item))
    assert [(c.header, c.samples, c.field.initial, c.guessed) for c in page.context["form"].columns()] == [
        ("email", ["a@x.org", "b@x.org"], "email", True),
        ("first name", ["Ann", "Bob"], "first_name", True),
        ("grade", ["HEO", "AA"], "grade", True),
    ]
    alice.post(url("map", item), {"column_0": "email", "column_1": "first_name", "column_2": "grade"})
    page = alice.get(url("check", item))
    assert "2 people are ready" in text(page)
    assert "Import 2 people" in text(page)
    assert newcomers() == []
    with django_capture_on_commit_callbacks(execute=True):
        response = alice.post(url("check", item), {"seen": page.context["seen"]})
    assert (response.url, rung, newcomers()) == (url("progress", item), [item.pk], [])
    waiting = alice.get(url("progress", item))
    assert '<meta http-equiv="refresh" content="3">' in text(waiting)
    assert "Waiting for its turn" in text(waiting)
    importing.run_import(item.pk, clock=timezone.now)
    assert newcomers() == ["a@x.org", "b@x.org"]
    assert alice.get(url("progress", item)).url == url("done", item)
    page = alice.get(url("done", item))
    assert "2 people are new</h1>" in text(page)
    assert alice.post(url("undo", item)).url == url("done", item)
    assert "The import is undone" in text(alice.get(url("done", item)))
    assert newcomers() == []


def test_a_script_gets_only_the_part_that_changes_and_is_sent_on_at_the_end(alice):
    item = mapped(alice)
    start(alice, item)
    Import.objects.filter(pk=item.pk).update(state="running", progress=1, started_at=timezone.now())
    part = alice.get(url("progress", item), headers={"HX-Request": "true"})
    assert "<h1>" not in text(part)
    assert 'value="1" max="2"' in text(part)
    Import.objects.filter(pk=item.pk).update(state="queued")
    importing.run_import(item.pk, clock=timezone.now)
    end = alice.get(url("progress", item), headers={"HX-Request": "true"})
    assert end["HX-Redirect"] == url("done", item)


def test_pasted_rows_are_a_file(alice):
    response = alice.post(url("upload"), {"who": "mentoring:mentee", "pasted": "email\tgrade\na@x.org\tAA\n"})
    item = Import.objects.get()
    assert (response.url, item.filename, item.role) == (url("map", item), "pasted.csv", "mentee")


def test_a_workbook_is_a_file(alice):
    book = openpyxl.Workbook()
    book.active.append(["email", "grade"])
    book.active.append(["a@x.org", "AA"])
    into = io.BytesIO()
    book.save(into)
    item = uploaded(alice, into.getvalue(), name="people.xlsx")
    assert [c.samples for c in alice.get(url("map", item)).context["form"].columns()] == [["a@x.org"], ["AA"]]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "people.csv", "The submitted file is empty."),
        (b"email,name\n", "people.csv", "There are no rows below the header."),
        (b"email\na\0@x.org\n", "people.csv", "Line 2: There is a NUL character"),
        ("email\na@x.org\n".encode("utf-16-le"), "people.csv", "The file is in UTF-16 without a mark"),
        (b'email,name\na@x.org,"Ann\n', "people.csv", "Line 2: A quotation mark is opened here and never closed."),
        (b"PK\x03\x04", "people.csv", "The file is an Excel workbook or another zip archive"),
        (b"PK\x03\x04", "people.xlsx", "The workbook is damaged."),
        (b"x", "people.xlsm", "A workbook with macros (.xlsm) is not read."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place_and_the_repair(alice, content, name, said):
    response = upload(alice, content, name)
    assert (response.status_code, Import.objects.count()) == (422, 0)
    assert said in response.context["form"].errors["file"][0]


def test_a_file_that_is_too_large_is_refused(alice, settings):
    settings.IMPORT_MAX_BYTES = 2**20
    response = upload(alice, b"email\n" + b"x" * 2**20)
    assert (response.status_code, Import.objects.count()) == (413, 0)
    assert response.context["form"].errors == {
        "file": ["The file is larger than 1 MB. Split it, or leave out columns."]
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"who": "mentoring:mentor"}, "file"),
        ({"who": "mentoring:peer", "pasted": PEOPLE}, "who"),
        ({"who": "elsewhere:mentor", "pasted": PEOPLE}, "who"),
        ({"pasted": PEOPLE}, "who"),
    ],
)
def test_what_is_missing_is_said_at_its_field(alice, data, field):
    response = alice.post(url("upload"), data)
    assert (response.status_code, list(response.context["form"].errors), Import.objects.count()) == (422, [field], 0)


def test_tracks_are_named_where_there_are_several(alice, cast):
    page = alice.get(url("upload"))
    assert page.context["form"].fields["who"].choices == [
        ("mentoring:mentor", "Mentors"),
        ("mentoring:mentee", "Mentees"),
    ]
    TrackFactory.create(program=cast.program, slug="peers", name="Peers", model="peer", position=9)
    page = alice.get(url("upload"))
    assert page.context["form"].fields["who"].choices == [
        ("mentoring:mentor", "Mentors, Mentoring"),
        ("mentoring:mentee", "Mentees, Mentoring"),
        ("peers:peer", "Peers, Peers"),
    ]


def test_letters_that_are_not_utf_8_are_looked_at_first(alice):
    item = uploaded(alice, PEOPLE.replace("Ann", "José").encode("cp1252"))
    page = alice.get(url("map", item))
    assert page.context["form"].odd_texts() == ["José"]
    columns = {"column_0": "email", "column_1": "first_name", "column_2": "grade"}
    refused = alice.post(url("map", item), columns | {"encoding": "cp1252"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["letters"])
    page = alice.get(url("map", item), {"encoding": "cp1251"})
    assert page.context["form"].odd_texts() == ["Josй"]
    alice.post(url("map", item), columns | {"encoding": "cp1252", "letters": "on"})
    item.refresh_from_db()
    assert (item.encoding, item.state) == ("cp1252", "mapped")
    start(alice, item)
    importing.run_import(item.pk, clock=timezone.now)
    assert Enrolment.objects.get(user__email="a@x.org").user.first_name == "José"


@pytest.mark.parametrize(
    ("columns", "errors"),
    [
        ({"column_0": ""}, {"__all__": ["Say which column holds the e-mail addresses"]}),
        ({"column_1": "email"}, {"column_1": ["“E-mail address” is already the column “email”"]}),
        (
            {"column_1": "name", "column_2": "last_name"},
            {"__all__": ["Choose either the whole name or first and last name"]},
        ),
        (
            {"column_1": "password"},
            {"column_1": ["Choose one of the answers listed at “first name”"]},
        ),
    ],
)
def test_columns_that_make_no_sense_are_refused(alice, columns, errors):
    item = uploaded(alice)
    chosen = {"column_0": "email", "column_1": "first_name", "column_2": "grade"} | columns
    response = alice.post(url("map", item), chosen)
    assert (response.status_code, response.context["form"].errors) == (422, errors)
    item.refresh_from_db()
    assert item.state == "uploaded"


def test_problems_are_shown_by_repair_and_the_rows_can_be_left_out(alice):
    item = mapped(alice, PEOPLE + ",Cy,AA\n,Di,AA\nA@X.ORG,Ann,AA\ne@x.org,Ed,HEEO\n")
    page = alice.get(url("check", item))
    assert [(group["title"], [row["line"] for row in group["rows"]]) for group in page.context["groups"]] == [
        ("2 rows: no e-mail address (email)", [4, 5]),
        ("1 row: the same e-mail address twice (email)", [6]),
        ("1 row: not one of the options (grade)", [7]),
    ]
    assert "Import 2 people, leave out 4 rows" in text(page)
    assert "Did you mean “HEO”?" in text(page)
    start(alice, item)
    importing.run_import(item.pk, clock=timezone.now)
    assert newcomers() == ["a@x.org", "b@x.org"]
    assert "4 rows were left out" in text(alice.get(url("done", item)))


def test_what_no_column_answers_and_what_nobody_reads_is_said_before_it_comes_in(alice):
    said = text(alice.get(url("check", mapped(alice, "email,hobby\na@x.org,chess\n"))))
    assert "No column answers: Grade. Matching cannot use what nobody has answered." in said
    assert 'Columns left out: <span dir="auto">hobby</span>.' in said
    said = text(alice.get(url("check", mapped(alice, "email,grade\nb@x.org,AA\n"))))
    assert ("No column answers" in said, "Columns left out" in said) == (False, False)


def test_rows_left_out_are_downloaded_with_the_reason_and_safe_to_open(alice):
    item = mapped(alice, "email,first name,grade\nnobody,=1+1,AA\na@x.org,Ann,AA\n")
    response = alice.get(url("left_out", item))
    assert response["Content-Disposition"] == 'attachment; filename="left-out.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        ["email", "first name", "grade", "Row in the file", "What to repair"],
        ["nobody", "'=1+1", "AA", "2", rows[1][4]],
    ]
    assert rows[1][4].startswith("email: “nobody” is not an e-mail address.")
    again = read_table(response.content, "left-out.csv")
    assert again.rows[0].values[:3] == ("nobody", "'=1+1", "AA")


def test_what_has_changed_since_the_check_page_is_looked_at_again(alice, cast):
    item = mapped(alice)
    seen = alice.get(url("check", item)).context["seen"]
    FieldFactory.create(program=cast.program, slug="must", label="Must", required=True)
    response = alice.post(url("check", item), {"seen": seen})
    item.refresh_from_db()
    assert (response.status_code, item.state) == (422, "mapped")
    assert "have changed since this page was made" in text(response)


def test_everybody_here_already_leaves_nothing_to_do(alice):
    item = mapped(alice)
    start(alice, item)
    importing.run_import(item.pk, clock=timezone.now)
    again = mapped(alice)
    page = alice.get(url("check", again))
    assert "Everybody in the file is here already" in text(page)
    assert "Import 0" not in text(page)
    assert start(alice, again).status_code == 422


def test_a_failed_import_says_why_and_can_be_tried_again(alice):
    item = mapped(alice)
    start(alice, item)
    Import.objects.filter(pk=item.pk).update(state="failed", error="Something came between.")
    assert alice.get(url("progress", item)).url == url("check", item)
    assert "Something came between." in text(alice.get(url("check", item)))
    assert start(alice, item).url == url("progress", item)


@pytest.mark.parametrize("name", ["map", "check"])
def test_an_import_that_has_begun_has_no_earlier_steps(alice, name):
    item = mapped(alice)
    start(alice, item)
    assert alice.get(url(name, item)).url == url("progress", item)
    importing.run_import(item.pk, clock=timezone.now)
    assert alice.get(url(name, item)).url == url("done", item)


def test_the_steps_cannot_be_skipped(alice):
    item = uploaded(alice)
    assert alice.get(url("check", item)).url == url("map", item)
    assert alice.get(url("done", item)).url == url("check", item)
    assert alice.get(url("left_out", item)).status_code == 404


def test_a_discarded_file_is_gone(alice):
    item = mapped(alice)
    assert alice.post(url("discard", item)).url == url("upload")
    assert Import.objects.count() == 0


def test_a_file_that_is_gone_leads_back_to_the_start(alice):
    item = mapped(alice)
    item.file.storage.delete(str(item.file.name))
    response = alice.get(url("check", item), follow=True)
    assert "The file is no longer kept" in text(response)


def test_looking_writes_nothing(alice, django_assert_num_queries):
    item = mapped(alice)
    before = list(Import.objects.values())
    for name in ("map", "check", "left_out"):
        assert alice.get(url(name, item)).status_code == 200
    assert list(Import.objects.values()) == before


COLUMNS = ("E-mail address", "First name", "Last name", "Time zone", "Line manager’s e-mail")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_has_the_columns_of_the_role_and_is_understood(alice, kind):
    response = alice.get(url(f"template_{kind}"), {"who": "mentoring:mentor"})
    table = read_table(response.content, f"t.{kind}")
    assert table.headers == (*COLUMNS, "Mentees at once", "Grade")
    assert response["Content-Disposition"] == f'attachment; filename="spring-mentors.{kind}"'


def test_the_template_says_what_the_columns_take(alice):
    response = alice.get(url("template_xlsx"), {"who": "mentoring:mentee"})
    notes = openpyxl.load_workbook(io.BytesIO(response.content))["What to write"]
    assert [cell.value for cell in notes["B"]][-1] == "One of: AA; HEO"


def test_no_template_for_what_is_not_there(alice):
    assert alice.get(url("template_csv"), {"who": "mentoring:peer"}).status_code == 404


@pytest.mark.parametrize("who", ["bob", "mia", "charlie", "dora", "ada", "sally"])
def test_others_are_told_that_there_is_nothing(cast, client, who):
    sign_in(client, cast.alice)
    item = mapped(client)
    sign_in(client, getattr(cast, who))
    for name in ("map", "check", "progress", "done", "left_out"):
        assert client.get(url(name, item)).status_code == 404
    for name in ("map", "check", "undo", "discard"):
        assert client.post(url(name, item)).status_code == 404
    assert client.get(url("upload")).status_code == 404
    assert upload(client).status_code == 404


def test_an_import_of_another_program_is_not_there(cast, client):
    sign_in(client, cast.alice)
    item = mapped(client)
    sign_in(client, cast.dora)
    for name in ("map", "check", "progress", "done", "left_out"):
        assert client.get(url(name, item, slug="autumn")).status_code == 404
    assert client.post(url("discard", item, slug="autumn")).status_code == 404


def test_texts_of_a_file_are_never_markup(alice):
    item = mapped(alice, "email,first name,grade\n<script>alert(1)</script>,<b>x</b>,<i>\n")
    for name in ("map", "check"):
        page = text(alice.get(url(name, item)))
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page


def test_of_many_equal_problems_the_first_are_shown_and_all_are_downloaded(alice):
    item = mapped(alice, "email,first name,grade\n" + ",Ann,AA\n" * 60)
    (group,) = alice.get(url("check", item)).context["groups"]
    assert (group["title"], len(group["rows"])) == ("60 rows: no e-mail address (email), the first 50 shown", 50)
    assert len(read_table(alice.get(url("left_out", item)).content, "x.csv").rows) == 60


def test_a_column_that_is_missing_is_told_of_the_file(alice, cast):
    item = mapped(alice)
    Import.objects.filter(pk=item.pk).update(mapping={"email": "gone"})
    page = alice.get(url("check", item))
    assert [(row["line"], row["column"]) for row in page.context["groups"][0]["rows"]] == [("The file", "gone")]
    assert "The columns do not fit yet" in text(page)
    assert start(alice, item).status_code == 422
