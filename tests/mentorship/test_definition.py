import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from mentorship.definition import BadProgramFile, dump_program, load_program, read_file
from programs.models import Program
from tests.factories.programs import NOW, EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def example(root: Path) -> Path:
    return root / "docs" / "examples" / "uk-civil-service.json"


@pytest.fixture
def data(example: Path) -> dict[str, Any]:
    return read_file(example.read_bytes())


def test_what_is_dumped_loads_into_an_equal_program(data: dict[str, Any]) -> None:
    program, new = load_program(data, by=None, now=NOW)
    dumped = dump_program(program)
    again, again_new = load_program({**dumped, "slug": "copy"}, by=None, now=NOW)
    assert (new, again_new) == (True, True)
    assert {**dump_program(again), "slug": program.slug} == dumped


def test_loading_it_again_changes_nothing(data: dict[str, Any]) -> None:
    program, _ = load_program(data, by=None, now=NOW)
    before = dump_program(program)
    same, new = load_program(before, by=None, now=NOW)
    assert (same.pk, new, dump_program(same)) == (program.pk, False, before)


def test_the_example_says_what_the_program_does(data: dict[str, Any]) -> None:
    program, _ = load_program(data, by=None, now=NOW)
    rules = dump_program(program)["tracks"][0]["matching"]["rules"]
    assert [(rule["kind"], rule["strength"]) for rule in rules] == [
        ("differ", "must"),
        ("gap", "points"),
        ("equal", "points"),
        ("among", "points"),
    ]
    assert rules[1]["by_gap"] == {"2": 12, "1": 9}
    assert rules[3]["only_where"] == {"side": "mentee", "field": "match-with-similar-identity", "is": True}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.pop("slug"), "top level"),
        (lambda d: d.update(slug="No Spaces"), "slug"),
        (lambda d: d.update(starts_on="2027-02-30"), "starts_on"),
        (lambda d: d.update(colour="red"), "top level"),
        (lambda d: d["tracks"][0].update(capacity=0), "tracks[0].capacity"),
        (
            lambda d: d["tracks"][0]["matching"]["rules"][1].update(by_gap={"two": 12}),
            "tracks[0].matching.rules[1].by_gap",
        ),
        (lambda d: d["fields"][0].update(kind="ladder"), "fields[0].kind"),
    ],
)
def test_a_file_against_the_schema_says_where(data: dict[str, Any], change: Any, place: str) -> None:
    change(data)
    with pytest.raises(BadProgramFile) as refused:
        read_file(json.dumps(data).encode())
    assert refused.value.problems[0].startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(ends_on="2026-01-01"), "The last day must come after the first"),
        (lambda d: d.update(slug="new"), "slug: "),
        (lambda d: d.update(timezone="Mars/Base"), "Mars/Base"),
        (lambda d: d["tracks"][0].update(model="telepathy"), "tracks[0]: "),
        (lambda d: d["fields"][0].update(options=["AA", "aa"]), "fields[0]: "),
        (lambda d: d["tracks"][0]["matching"]["rules"][0].update(field="nothing"), "tracks[0].matching.rules[0]"),
    ],
)
def test_what_the_schema_cannot_see_is_refused_too_and_nothing_is_made(
    data: dict[str, Any], change: Any, words: str
) -> None:
    change(data)
    with pytest.raises(BadProgramFile) as refused:
        load_program(data, by=None, now=NOW)
    assert words in refused.value.problems[0]
    assert not Program.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Line 1, column 1"),
        (b"{\n  'a': 1}", "Line 2, column 3"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[]", "top level"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_is_no_file_of_ours_is_said_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadProgramFile, match=words):
        read_file(content)


def test_a_field_people_have_answered_is_not_dropped_by_a_file(data: dict[str, Any]) -> None:
    program, _ = load_program(data, by=None, now=NOW)
    EnrolmentFactory.create(track=program.tracks.get(), answers={"biography": "Hello"})
    data["fields"] = [field for field in data["fields"] if field["slug"] != "biography"]
    with pytest.raises(BadProgramFile, match="1 people have answered"):
        load_program(data, by=None, now=NOW)
    assert program.fields.filter(slug="biography").exists()


def test_the_command_loads_and_says_so(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_program", str(example), "--json")
    call_command("load_program", str(example), "--json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"slug": "uk-civil-service", "created": True}, {"slug": "uk-civil-service", "created": False}]


def test_the_dump_command_prints_what_the_file_says(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_program", str(example))
    capsys.readouterr()
    call_command("dump_program", "uk-civil-service")
    dumped = json.loads(capsys.readouterr().out)
    assert dumped["fields"][0]["options"] == json.loads(example.read_text())["fields"][0]["options"]


@pytest.mark.parametrize(
    "arguments",
    [("load_program", "/nowhere.json"), ("load_program", __file__), ("dump_program", "nothing")],
)
def test_bad_input_ends_with_status_2_and_nothing_written(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(*arguments)
    assert refused.value.returncode == 2
    assert not Program.objects.exists()


def test_weekly_times_and_skills_are_in_the_file_with_their_rules(data: dict[str, Any]) -> None:
    data["fields"] += [
        {"slug": "free", "label": "Free", "kind": "week", "asked_of": ["mentee", "mentor"]},
        {"slug": "wants", "label": "Wants", "kind": "skills", "asked_of": ["mentee"], "options": ["Law", "Art"]},
        {"slug": "knows", "label": "Knows", "kind": "skills", "asked_of": ["mentor"], "options": ["Law", "Art"]},
    ]
    times = {"min_minutes": 45, "silent_fits": True, "weeks": ["2027-01-11", "2027-03-15"]}
    data["tracks"][0]["matching"]["rules"] += [
        {"kind": "time", "label": "Times", "field": "free", "others_forbidden": True, "params": times},
        {"kind": "covered", "label": "Skills", "mentee_field": "wants", "mentor_field": "knows", "strength": "must"},
    ]
    program, _ = load_program(read_file(json.dumps(data).encode()), by=None, now=NOW)
    dumped = dump_program(program)
    assert [field["kind"] for field in dumped["fields"][-3:]] == ["week", "skills", "skills"]
    assert [rule["kind"] for rule in dumped["tracks"][0]["matching"]["rules"][-2:]] == ["time", "covered"]
    assert dumped["tracks"][0]["matching"]["rules"][-2]["params"] == times
    data["tracks"][0]["matching"]["rules"][-2]["params"] = {"weeks": ["2027-01-12"]}
    with pytest.raises(BadProgramFile) as refused:
        load_program(data, by=None, now=NOW)
    assert "rules[" in refused.value.problems[0]
    assert "Mondays" in refused.value.problems[0]


def test_how_people_get_in_goes_with_the_file(data: dict[str, Any]) -> None:
    wanted = {
        "screened": False,
        "places": {"mentor": 20, "mentee": 0},
        "orientation": "Read this first.",
        "orientation_points": ["I have an hour every two weeks"],
        "wishes": 5,
    }
    data["tracks"][0]["enrolment"] = wanted
    program, _ = load_program(data, by=None, now=NOW)
    assert dump_program(program)["tracks"][0]["enrolment"] == wanted
    del data["tracks"][0]["enrolment"]
    load_program(data, by=None, now=NOW)
    assert dump_program(program)["tracks"][0]["enrolment"] == wanted
    data["tracks"][0]["enrolment"] = {}
    load_program(data, by=None, now=NOW)
    assert dump_program(program)["tracks"][0]["enrolment"] == {
        "screened": True,
        "places": {},
        "orientation": "",
        "orientation_points": [],
        "wishes": 3,
    }


@pytest.mark.parametrize("enrolment", [{"places": {"mentor": -1}}, {"wishes": 11}, {"places": {"guest": 3}}])
def test_an_enrolment_that_cannot_be_is_refused_with_its_place(data: dict[str, Any], enrolment: dict[str, Any]) -> None:
    data["tracks"][0]["enrolment"] = enrolment
    with pytest.raises(BadProgramFile, match=r"tracks\[0\]\.enrolment"):
        read_file(json.dumps(data).encode())
