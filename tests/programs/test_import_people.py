"""The command: people in at once or not at all, and an exit status that says which."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from participants.models import User
from programs.models import Enrolment, Import
from tests.factories.programs import FieldFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
GOOD = "email,first name,last name,Grade\na@x.org,Ann,Lee,HEO\nb@x.org,Bob,Ray,AA\n"


@pytest.fixture(autouse=True)
def _program():
    program = ProgramFactory.create(slug="spring")
    TrackFactory.create(program=program, slug="mentoring")
    FieldFactory.create(program=program, slug="grade", label="Grade", kind="ordered", options=["AA", "HEO"])


@pytest.fixture
def file(tmp_path: Path):
    def write(content: str | bytes = GOOD, name: str = "people.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def run(capsys, path: str, *options: str, role: str = "mentor", slug: str = "spring") -> str:
    call_command("import_people", slug, path, "--role", role, *options)
    return capsys.readouterr().out


def refused(capsys, path: str, *options: str, **kwargs) -> tuple[str, str]:
    """What is printed to standard output, and the message; nothing must have been written."""
    people, files = Enrolment.objects.count(), stored()
    with pytest.raises(CommandError) as caught:
        run(capsys, path, *options, **kwargs)
    assert caught.value.returncode == 2
    assert (Enrolment.objects.count(), stored()) == (people, files)
    return capsys.readouterr().out, str(caught.value).replace(path, "FILE")


def stored() -> tuple[int, int, int]:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    return Import.objects.count(), User.objects.count(), len(list(folder.glob("*"))) if folder.exists() else 0


def test_people_are_imported_and_counted(capsys, file):
    assert run(capsys, file()) == "Imported 2 of 2 rows: 2 new, 0 changed, 0 unchanged\n"
    assert Import.objects.get().state == "done"
    assert sorted(Enrolment.objects.values_list("user__email", "answers__grade")) == [
        ("a@x.org", "HEO"),
        ("b@x.org", "AA"),
    ]


def test_again_nothing_changes_and_that_is_no_failure(capsys, file):
    run(capsys, file())
    assert run(capsys, file()) == "Imported 2 of 2 rows: 0 new, 0 changed, 2 unchanged\n"
    assert (Import.objects.count(), Enrolment.objects.count()) == (1, 2)


def test_one_json_object(capsys, file):
    assert json.loads(run(capsys, file(), "--json")) == {
        "imported": True,
        "rows": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "skipped": [],
        "problems": [],
        "warnings": [],
        "error": "",
    }


def test_a_dry_run_writes_nothing(capsys, file):
    before = stored()
    assert run(capsys, file(), "--dry-run") == "Would import 2 of 2 rows: 2 new, 0 changed, 0 unchanged\n"
    assert json.loads(run(capsys, file(), "--dry-run", "--json"))["imported"] is False
    assert (stored(), Enrolment.objects.count()) == (before, 0)


BAD = GOOD + ",Cy,Lee,AA\nA@X.org,Ann,Lee,AA\n"


def test_one_bad_row_and_nobody_comes(capsys, file):
    out, message = refused(capsys, file(BAD))
    assert (out, message.splitlines()) == (
        "",
        [
            "FILE: 2 of 4 rows have to be repaired; nothing was written",
            "  1 row: the same e-mail address twice (email)",
            "    row 5: The same e-mail address stands in row 2. Keep one of the two rows, or correct the address.",
            "  1 row: no e-mail address (email)",
            "    row 4: There is no e-mail address. Fill in the cell.",
        ],
    )


def test_problems_as_json(capsys, file):
    out, _ = refused(capsys, file(BAD), "--json")
    content = json.loads(out)
    assert (content["imported"], content["rows"], content["new"]) == (False, 4, 2)
    assert [(p["row"], p["column"], p["code"]) for p in content["problems"]] == [
        (4, "email", "no_email"),
        (5, "email", "duplicate"),
    ]


def test_bad_rows_can_be_left_out(capsys, file):
    out = run(capsys, file(BAD), "--skip-bad-rows")
    assert out == "Imported 2 of 4 rows: 2 new, 0 changed, 0 unchanged, 2 left out\n"
    assert Enrolment.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("dinosaur\na@x.org\n", "FILE: The columns do not fit; nothing was written"),
        (b"email\na\0@x.org\n", "FILE: Line 2: There is a NUL character"),
        ("email\na@x.org\n".encode("utf-16-le"), "FILE: The file is in UTF-16 without a mark"),
        ('email\n"a@x.org\n', "FILE: Line 2: A quotation mark is opened here and never closed."),
        (b"PK\x03\x04", "FILE: The file is an Excel workbook or another zip archive"),
        ("", "FILE: 0 rows: there is nothing below the header"),
        ("email,name\n", "FILE: 0 rows: there is nothing below the header"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(capsys, file, content, said):
    assert refused(capsys, file(content))[1].startswith(said)


def test_letters_that_are_not_utf_8_have_to_be_named(capsys, file):
    content = GOOD.replace("Ann", "José").encode("cp1252")
    assert refused(capsys, file(content))[1] == (
        "FILE: The file is not UTF-8. Read as Western European (Windows) it has “José”. "
        "If that is right, add --encoding cp1252."
    )
    run(capsys, file(content), "--encoding", "cp1252")
    assert User.objects.get(email="a@x.org").first_name == "José"


@pytest.mark.parametrize(
    ("kwargs", "options", "said"),
    [
        ({"slug": "nowhere"}, [], "There is no program “nowhere”"),
        ({"role": "peer"}, [], "No track of “spring” has peers"),
        ({}, ["--track", "other"], "“spring” has no track “other”"),
        ({}, ["--mapping", "/nowhere.json"], "No such file or directory"),
    ],
)
def test_what_is_not_there_is_named(capsys, file, kwargs, options, said):
    assert refused(capsys, file(), *options, **kwargs)[1] == f"FILE: {said}"


def test_of_several_tracks_one_is_chosen(capsys, file):
    program = ProgramFactory.create(slug="two")
    for slug in ("one", "other"):
        TrackFactory.create(program=program, slug=slug)
    text = GOOD.replace(",Grade", "").replace(",HEO", "").replace(",AA", "")
    assert refused(capsys, file(text), slug="two")[1] == (
        "FILE: Several tracks have mentors; say which with --track: one, other"
    )
    run(capsys, file(text), "--track", "other", slug="two")
    assert set(Enrolment.objects.values_list("track__slug", flat=True)) == {"other"}


@pytest.mark.parametrize("mapping", [{"email": "Contact", "grade": "Band"}, {"Contact": "email", "Band": "Grade"}])
def test_columns_are_named_by_a_file_either_way_round(capsys, file, mapping):
    told = file(json.dumps(mapping), "mapping.json")
    run(capsys, file("Contact,Band\na@x.org,AA\n"), "--mapping", told)
    assert Enrolment.objects.get().answers == {"grade": "AA"}


def test_a_mapping_wins_over_a_guess_and_null_leaves_a_column_out(capsys, file):
    told = file(json.dumps({"email": "private", "grade": None}), "mapping.json")
    run(capsys, file("email,private,grade\na@x.org,b@x.org,AA\n"), "--mapping", told)
    assert list(Enrolment.objects.values_list("user__email", "answers")) == [("b@x.org", {})]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("{", "The mapping is not JSON"),
        ("[]", "The mapping is one JSON object of texts"),
        ('{"email": 1}', "The mapping is one JSON object of texts"),
        ('{"email": "Nowhere"}', "“email”: “Nowhere” does not join a field with a column: “Nowhere” is not known"),
        ('{"shoe": "email"}', None),
        ('{"shoe": "size"}', "“shoe”: “size” does not join a field with a column: “shoe” is not known"),
        ('{"shoe": null}', "“shoe” is neither a field nor a column of the file"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(capsys, file, mapping, said):
    told = file(mapping, "mapping.json")
    message = refused(capsys, file(), "--mapping", told)[1]
    assert message.startswith(f"FILE: {said}" if said else "FILE: “shoe”: “email” does not join")


def test_an_import_that_fails_leaves_no_file_behind(capsys, file, monkeypatch):
    from programs.services import importing

    monkeypatch.setattr(importing, "run_import", lambda *_args, **_kwargs: None)
    assert refused(capsys, file())[1] == "FILE: Another worker has taken this import"
