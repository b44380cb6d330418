"""`manage.py compare`: the same numbers as other tools, and refusals that say what to repair."""

import io
import json

import numpy as np
import openpyxl
import pytest
from django.core.management import CommandError, call_command
from scipy import stats

pytestmark = pytest.mark.pure
HEADER = "unit,arm,before,after"


@pytest.fixture
def compare(tmp_path):
    """Run the command on a text, bytes or nothing at all; gives what it printed."""

    def run(content, *options, name="answers.csv"):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        call_command("compare", "--from", str(path), *options, stdout=out)
        return out.getvalue()

    return run


def rows(first=12, second=12, gain=0.8, size=1, **more):
    """Answers in hundredths, two learners a unit where size is 2, drawn with a fixed seed."""
    rng = np.random.default_rng(7)
    made = []
    for arm, units, extra in (("mentor-led", first, gain), ("peer", second, 0.0)):
        for unit in range(units):
            for _ in range(size):
                before = round(rng.normal(4, 1), 2)
                made.append([f"{arm[0]}{unit}", arm, before, round(before + 0.4 + extra + rng.normal(0, 0.5), 2)])
    return made


def text(made, header=HEADER, delimiter=","):
    return "\n".join([header.replace(",", delimiter), *(delimiter.join(map(str, row)) for row in made)]) + "\n"


def test_the_numbers_are_those_of_other_tools(compare):
    made = rows()
    changes = [np.array([row[3] - row[2] for row in made if row[1] == arm]) for arm in ("mentor-led", "peer")]
    expected = stats.ttest_ind(*changes, equal_var=False)
    interval = expected.confidence_interval(0.95)
    pooled = np.sqrt((changes[0].var(ddof=1) + changes[1].var(ddof=1)) / 2)
    found = json.loads(compare(text(made), "--json"))
    assert (found["t"], found["df"], found["p"]) == pytest.approx((expected.statistic, expected.df, expected.pvalue))
    assert found["ci"] == pytest.approx([interval.low, interval.high])
    assert found["difference"] == pytest.approx(changes[0].mean() - changes[1].mean())
    assert found["g"] == pytest.approx((1 - 3 / (4 * 22 - 1)) * found["difference"] / pooled, rel=1e-3)
    assert found["units"] == {"mentor-led": 12, "peer": 12}
    assert {slug: gate["met"] for slug, gate in found["gates"].items()} == {
        "privacy": True,
        "show": True,
        "verdict": True,
        "response": True,
        "baseline": abs(found["baseline_difference"]) <= 0.25,
        "plausibility": abs(found["g"]) <= 1.5,
        "independence": True,
    }
    assert (found["verdict"], found["higher"]) == ("higher", "mentor-led")
    assert found["sentence"].startswith("People in mentor-led improved more, by ")


def test_learners_of_one_unit_count_once(compare):
    made = rows(size=2)
    found = json.loads(compare(text(made), "--json"))
    means = [
        [np.mean([row[3] - row[2] for row in made if row[0] == f"{letter}{unit}"]) for unit in range(12)]
        for letter in "mp"
    ]
    assert found["t"] == pytest.approx(stats.ttest_ind(*means, equal_var=False).statistic)
    assert [arm["learners"] for arm in found["arms"]] == [24, 24]


def test_the_same_in_words(compare):
    printed = compare(text(rows()), "--scale", "1", "7")
    assert printed.startswith("People in mentor-led improved more, by ")
    assert "The scale goes from 1 to 7." in printed
    for part in (
        "Numbers (welch, mentor-led minus peer, over units)",
        "Gates",
        "verdict: met",
        "How this was worked out",
    ):
        assert part in printed


def test_where_nothing_may_be_shown_no_number_is_printed(compare):
    printed = compare(text(rows(first=3)))
    assert printed.startswith("We can’t compare yet. 3 mentor-led and 12 peer relationships")
    assert "Numbers" not in printed
    assert json.loads(compare(text(rows(first=3)), "--json"))["t"] is not None


def test_one_unit_an_arm_has_no_numbers_at_all(compare):
    found = json.loads(compare(text(rows(first=1)), "--json"))
    assert [found[key] for key in ("t", "df", "p", "difference", "ci", "g")] == [None] * 6
    assert found["verdict"] == "suppressed"


def test_nothing_that_varies_is_valid_json(compare):
    made = [[f"{arm}{unit}", arm, 4, 4 + gain] for arm, gain in (("a", 1), ("b", 0)) for unit in range(12)]
    found = json.loads(compare(text(made), "--json"))
    assert (found["difference"], found["t"], found["ci"], found["g"]) == (1, None, None, None)
    assert (found["problem"], found["verdict"]) == ("no spread", "can't tell yet")


def test_the_other_arm_may_come_first(compare):
    plain, turned = (json.loads(compare(text(rows()), "--json", *more)) for more in ((), ("--first", "peer")))
    assert (turned["t"], turned["difference"]) == (-plain["t"], -plain["difference"])
    assert turned["sentence"].split(" Based")[0] == plain["sentence"].split(" Based")[0]


def test_empty_answers_count_as_not_answered(compare):
    made = rows(first=20)
    for row in made[:10]:
        row[3] = ""
    found = json.loads(compare(text(made), "--json"))
    assert found["arms"][0]["response"] == 0.5
    assert found["gates"]["response"]["met"] is False
    assert found["verdict"] == "early"


def test_cohorts_plan_and_look_are_taken(compare):
    made = [[*row, 2025 + number % 2] for number, row in enumerate(rows())]
    found = json.loads(compare(text(made, f"{HEADER},cohort"), "--json"))
    assert (found["estimator"], found["cohorts"]) == ("welch within cohorts", ["2025", "2026"])
    lot = json.loads(compare(text(made, f"{HEADER},cohort"), "--json", "--assignment", "lottery", "--look", "midpoint"))
    assert (lot["estimator"], lot["level"], lot["look"]) == ("ancova", 0.999, "midpoint")
    assert json.loads(compare(text(rows()), "--json", "--margin", "0.7"))["tost"]["margin"] == 0.7


@pytest.mark.parametrize(
    "content",
    [
        text(rows()).encode("utf-8-sig"),
        text(rows()).encode("utf-16"),
        text(rows(), delimiter=";").replace(".", ",").encode(),
        text(rows(), delimiter="\t").replace("\n", "\r\n").encode(),
        text([["x", *row, "y"] for row in rows()], f"note,{HEADER},other").encode(),
        text(rows(), "  Unit , ARM,Before,AFTER ").encode(),
        text(rows()).replace("\n", "\n\n,,,\n").encode(),
        text([[f'"{row[0]}"', *row[1:]] for row in rows()]).encode(),
    ],
)
def test_files_as_other_programs_write_them(compare, content):
    assert json.loads(compare(content, "--json"))["t"] == pytest.approx(
        json.loads(compare(text(rows()), "--json"))["t"]
    )


def test_a_workbook_does_as_well(compare, tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADER.split(","), *rows()]:
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    found = json.loads(compare(None, "--json", name="answers.xlsx"))
    assert found["t"] == pytest.approx(json.loads(compare(text(rows()), "--json"))["t"])


def test_one_name_in_both_arms_is_two_units_and_is_said(compare):
    made = [[row[0][1:], *row[1:]] for row in rows()]
    found = json.loads(compare(text(made), "--json"))
    assert found["units"] == {"mentor-led": 12, "peer": 12}
    assert found["notes"] == ["Units of one name in both arms count as two: 0, 1, 10, 11, 2, …."]


GOOD = "a1,a,4,5\nb1,b,4,5\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ["column unit: it is missing", "column after: it is missing", "Name the columns unit, arm, before"]),
        ("unit,arm,before\n", ["column after: it is missing"]),
        (HEADER, ["there is nothing below the header", "Add one row a learner"]),
        (f"{HEADER},after\n1,a,1,2,3\n", ["column after: there are two of this name", "Delete or rename"]),
        (f"{HEADER}\n{GOOD}a2,a,four,5\n", ["row 4, column before: “four” is not a number", "leave the cell empty"]),
        (f"{HEADER}\n{GOOD}a2,a,NaN,5\n", ["row 4, column before: “NaN” is not"]),
        (f"{HEADER}\n{GOOD}a2,a,1,inf\n", ["row 4, column after: “inf” is not"]),
        (f"{HEADER}\n{GOOD}a2,a,1,1e999\n", ["row 4, column after: “1e999” is not"]),
        (f"{HEADER}\n{GOOD}a2,a,1,{'9' * 5000}\n", ["row 4, column after: “999", "is not a number"]),
        (f"{HEADER}\n{GOOD}a2,a,1_0,٤\n", ["row 4, column before: “1_0” is", "row 4, column after: “٤” is"]),
        (f"{HEADER}\n{GOOD}a2,a,=1+1,2\n", ["row 4, column before: “=1+1” is not"]),
        (f"{HEADER}\n{GOOD},a,1,2\n", ["row 4, column unit: it is empty", "Write which unit"]),
        (f"{HEADER}\n{GOOD}a2,,1,2\n", ["row 4, column arm: it is empty"]),
        (f"{HEADER}\n{GOOD}a2,c,1,2\n", ["column arm: there are 3 arms (“a”, “b”, “c”)", "Two are compared"]),
        (f"{HEADER}\na1,a,1,2\n", ["column arm: there is one arm (“a”)"]),
        (f"{HEADER}\n{GOOD}a2,a,1\n", ["row 4: The row has 3 cells, the header 4"]),
        (f"{HEADER}\n{GOOD}a2,a,1,2,3\n", ["row 4: The row has 5 cells, the header 4"]),
        (f'{HEADER}\n{GOOD}"a2,a,1,2\n', ["Line 4: A quotation mark is opened here and never closed"]),
        (f"{HEADER}\n{GOOD}a\0,a,1,2\n", ["NUL character"]),
        (f"{HEADER}\nä,a,1,2\n".encode("latin-1"), ["is not UTF-8", "add --encoding cp1252"]),
        (f"{HEADER}\n{GOOD}a2,{'a' * 121},1,2\n", ["row 4, column arm: “aaa", "has 121 characters; 120 is the most"]),
        (b"PK\x03\x04 no workbook", ["If it is a workbook, give it a name that ends in .xlsx"]),
        (
            f"{HEADER},cohort\na1,a,1,2,x\nb1,b,1,2,x\na1,a,1,2,y\n",
            ["row 4, column cohort: unit “a1” is in “y” here and in “x” in row 2"],
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(compare, content, said):
    with pytest.raises(CommandError) as caught:
        compare(content)
    assert caught.value.returncode == 2
    for part in said:
        assert part in str(caught.value)
    assert len(str(caught.value)) < 2000


def test_a_name_over_two_lines_stays_on_one(compare):
    made = [[row[0], f'"{row[1]}\n\t\u202e{{0}} <b>"', *row[2:]] for row in rows()]
    sentence = json.loads(compare(text(made), "--json"))["sentence"]
    assert sentence.startswith("People in mentor-led {0} <b> improved more")


def test_thousands_of_bad_rows_are_counted_and_not_listed(compare):
    with pytest.raises(CommandError, match=r"… and 4960 more"):
        compare(f"{HEADER}\n" + "u,a,x,1\n" * 5000)


def test_what_is_no_file_and_options_that_make_no_sense(compare):
    for content, options, said in (
        (None, (), "No such file or directory. Give the path"),
        (text(rows()), ("--first", "pods"), "there is no arm “pods”. The arms are “mentor-led” and “peer”"),
        (text(rows()), ("--margin", "-1"), "margin: a number above 0"),
        (text(rows()), ("--margin", "nan"), "margin: not a finite number"),
        (text(rows()), ("--scale", "7", "1"), "the lowest answer comes first"),
    ):
        with pytest.raises(CommandError, match=said) as caught:
            compare(content, *options)
        assert caught.value.returncode == 2


def test_an_unlikely_character_set_is_read_when_it_is_named(compare):
    content = text([[f"ä{row[0]}", *row[1:]] for row in rows()]).encode("latin-1")
    assert json.loads(compare(content, "--json", "--encoding", "cp1252"))["verdict"] == "higher"
