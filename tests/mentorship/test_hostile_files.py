"""Program files that nobody means well, and the same file twice at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from mentorship.definition import BadProgramFile, add_program, load_program, read_file
from mentorship.sample.story import tell
from programs.models import Program
from surveys.models import Survey
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW
from tests.racing import kinds, together


@pytest.fixture
def data(root: Path) -> dict[str, Any]:
    return read_file((root / "docs" / "examples" / "uk-civil-service.json").read_bytes())


def refusal(content: str | bytes) -> str:
    with pytest.raises(BadProgramFile) as refused:
        read_file(content if isinstance(content, bytes) else content.encode())
    text = "\n".join(refused.value.problems)
    text.encode()  # it has to be shown
    assert len(text) < 20_000
    return text


BAD_TEXTS = ("\x00", "\ud800", "a\u202eb", "\x1b[31m", "\u2066x")


@pytest.mark.pure
@pytest.mark.parametrize("text", BAD_TEXTS)
@pytest.mark.parametrize(
    ("put", "place"),
    [
        (lambda d, text: d.update(name=text), "name: "),
        (lambda d, text: d.update(description=text), "description: "),
        (
            lambda d, text: d["contact"].update(name=text) if "contact" in d else d.update(contact={"name": text}),
            "contact.name: ",
        ),
        (lambda d, text: d["fields"][0].update(label=text), "fields[0].label: "),
        (lambda d, text: d["fields"][0].update(options=["A", text]), "fields[0].options[1]: "),
        (lambda d, text: d["tracks"][0].update(name=text), "tracks[0].name: "),
        (
            lambda d, text: d["tracks"][0]["matching"]["rules"][0].update(params={"unit": text}),
            "tracks[0].matching.rules[0].params.unit: ",
        ),
        (lambda d, text: d.update({text: 1}), "top level, a name: "),
    ],
)
def test_what_no_database_keeps_is_refused_with_its_place(
    data: dict[str, Any], put: Any, place: str, text: str
) -> None:
    put(data, text)
    assert refusal(json.dumps(data)).startswith(place)


@pytest.mark.pure
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5_000, "9" * 30, "1e308"])
@pytest.mark.parametrize("key", ["version", "capacity", "params"])
def test_no_number_without_end_gets_in(data: dict[str, Any], number: str, key: str) -> None:
    if key == "version":
        data["version"] = "NUMBER"
    elif key == "capacity":
        data["tracks"][0]["capacity"] = "NUMBER"
    else:
        data["tracks"][0]["matching"]["rules"][0]["params"] = {"n": "NUMBER"}
    content = json.dumps(data).replace('"NUMBER"', number)
    if key == "params" and number == "1e308":
        read_file(content.encode())  # a number as any other; the rule itself says what it takes
    else:
        assert refusal(content)


@pytest.mark.pure
@pytest.mark.parametrize("depth", [30, 400, 5_000, 100_000])
def test_no_file_is_too_deep_to_be_refused(data: dict[str, Any], depth: int) -> None:
    data["tracks"][0]["matching"]["rules"][0]["params"] = {"deep": "HERE"}
    content = json.dumps(data).replace('"HERE"', "[" * depth + "]" * depth)
    assert "nested too deeply" in refusal(content)


@pytest.mark.pure
@pytest.mark.parametrize("slug", ["abc\n", "a/b", "..", "Ünder", "", "a" * 61, "-a", "a b", 5, None])
def test_an_address_is_small_letters_figures_and_hyphens(data: dict[str, Any], slug: object) -> None:
    assert refusal(json.dumps({**data, "slug": slug})).startswith("slug: ")


@pytest.mark.pure
@pytest.mark.parametrize(
    "content", [b"null", b"5", b'"text"', b"true", b"[]", b"{}", b'{"slug": ' + b"1" * 9_000 + b"}"]
)
def test_json_that_is_no_program_is_refused(content: bytes) -> None:
    assert refusal(content)


@pytest.mark.pure
@pytest.mark.parametrize("key", ["name", "description", "timezone", "slug"])
def test_a_text_of_a_megabyte_is_refused_in_few_words(data: dict[str, Any], key: str) -> None:
    assert refusal(json.dumps({**data, key: "x" * 1_000_000})).startswith(f"{key}: ")


@pytest.mark.pure
def test_ten_thousand_of_anything_are_refused(data: dict[str, Any]) -> None:
    many = {**data, "fields": [{"slug": "a"}] * 10_000}
    assert refusal(json.dumps(many)).startswith("fields")
    data["fields"][0]["options"] = [str(n) for n in range(10_000)]
    assert "fields[0].options" in refusal(json.dumps(data))


QUESTION = {"slug": "one", "text": "One?", "kind": "scale"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"contact": {"name": "A", "email": "a@x.org\nBcc: b@x.org"}}, "not an e-mail address"),
        ({"contact": {"email": "nobody"}}, "not an e-mail address"),
        ({"starts_on": "0001-01-01"}, "a year from 2000"),
        ({"ends_on": "9999-12-31"}, "a year from 2000"),
        ({"surveys": [{"kind": "pulse", "name": "A", "questions": [QUESTION, QUESTION]}]}, "stands there twice"),
        ({"surveys": [{"kind": "pulse", "name": n, "questions": [QUESTION]} for n in "AB"]}, "already"),
    ],
)
def test_what_would_break_later_is_refused_now_and_nothing_is_made(
    data: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    checked = read_file(json.dumps({**data, **change}).encode())
    with pytest.raises(BadProgramFile, match=words):
        load_program(checked, by=None, now=NOW)
    assert not Program.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["tracks", "fields"])
def test_one_slug_twice_is_refused(data: dict[str, Any], part: str) -> None:
    data[part].append(data[part][0])
    with pytest.raises(BadProgramFile, match="already"):
        load_program(read_file(json.dumps(data).encode()), by=None, now=NOW)
    assert not Program.objects.exists()


@pytest.mark.django_db
def test_a_name_stays_on_one_line(data: dict[str, Any]) -> None:
    program, _ = load_program({**data, "name": " Spring\n  2027 "}, by=None, now=NOW)
    assert program.name == "Spring 2027"


@pytest.mark.django_db
def test_an_uploaded_file_never_changes_a_program_that_is_there(data: dict[str, Any]) -> None:
    first, _ = load_program({**data, "name": "Theirs"}, by=None, now=NOW)
    second = add_program({**data, "name": "Mine"}, by=UserFactory.create(), now=NOW)
    first.refresh_from_db()
    assert (first.name, second.name, second.slug) == ("Theirs", "Mine", "mine")
    with pytest.raises(BadProgramFile, match="has just been made"):
        load_program({**data, "name": "Mine"}, by=None, now=NOW, only_new=True)


@pytest.mark.django_db(transaction=True)
def test_one_file_loaded_twice_at_once_makes_one_program(data: dict[str, Any]) -> None:
    results = together(*[lambda: load_program(data, by=None, now=NOW)] * 2)
    assert kinds(results) in (["BadProgramFile", "tuple"], ["tuple", "tuple"])
    program = Program.objects.get()
    assert (program.tracks.count(), program.fields.count()) == (len(data["tracks"]), len(data["fields"]))
    assert Survey.objects.filter(program=program, active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sample_told_twice_at_once_is_one() -> None:
    now = timezone.now()
    results = together(*[lambda: tell(now=now)] * 2)
    # On SQLite the second waits for the whole telling, and gives up where that takes longer than its patience.
    impatient = [["OperationalError", "list"]] if connection.vendor == "sqlite" else []
    assert kinds(results) in [["list", "list"], *impatient]
    # One that runs, and one that was over a year ago.
    assert Program.objects.filter(is_sample=True).count() == 2
