"""Whatever the bytes are: a table or UnreadableFile, never another exception, and never a row lost unsaid."""

import io
import os
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from programs.reading import (
    Target,
    UnreadableFile,
    check_rows,
    group_problems,
    guard,
    guess_columns,
    read_table,
    unguard,
)
from tests.programs.reading.workbooks import SHEET, changed, workbook

pytestmark = pytest.mark.pure

TARGETS = [
    Target("email", "E-mail", "email", required=True),
    Target("name", "Name", "name"),
    Target("capacity", "Places", "capacity"),
    Target("topics", "Topics", "multi", ("Pay", "Leading, and being led")),
    Target("years", "Years", "number"),
]
CSV = (
    'email,name,capacity,topics,years\na@x.org,José,3,"Pay, Leading, and being led",2.5\nb@x.org,"Bob ""B""",,,\n'
).encode()
XLSX = workbook([["email", "name", "capacity"], ["a@x.org", "José", 3], ["b@x.org", "=1+1", 2.5]])
SHEET_XML = zipfile.ZipFile(io.BytesIO(XLSX)).read(SHEET)
# 5,000 in all; benchmarks/hostile.py asks for more.
TIMES = int(os.environ.get("HOSTILE_TIMES", "1"))
relaxed = settings(max_examples=1_100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A workbook takes ten times as long as a text.
fewer = settings(relaxed, max_examples=300 * TIMES)


def read_and_check(data: bytes, name: str) -> None:
    try:
        table = read_table(data, name, max_rows=200)
    except UnreadableFile:
        return
    assert {len(row.values) for row in table.rows} <= {len(table.headers)}
    mapping = guess_columns(table.headers, [row.values for row in table.rows], TARGETS)
    checked = check_rows(table, mapping, TARGETS)
    accounted = {row.number for row in checked.ready} | {problem.row for problem in checked.problems}
    assert accounted == {row.number for row in table.rows} or None in accounted
    assert sum(len(group.problems) for group in group_problems(checked.problems)) == len(checked.problems)


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """The original with up to eight stretches of bytes replaced."""
    data = bytearray(original)
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(data)


@relaxed
@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx", "x", "x.tsv"]))
@example(b"PK\x03\x04", "x.xlsx")
@example(b"\xff\xfe\x00", "x.csv")
def test_any_bytes(data, name):
    read_and_check(data, name)


@relaxed
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_text(text, encoding):
    read_and_check(text.encode(encoding, "surrogatepass" if encoding != "utf-16" else "ignore"), "x.csv")


@relaxed
@given(mutated(CSV))
def test_a_csv_file_with_damage(data):
    read_and_check(data, "x.csv")


@fewer
@given(mutated(XLSX))
def test_a_workbook_with_damage(data):
    read_and_check(data, "x.xlsx")


@fewer
@given(mutated(SHEET_XML))
def test_a_workbook_with_damage_inside(sheet):
    read_and_check(changed(XLSX, {SHEET: sheet}), "x.xlsx")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


@relaxed
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_a_csv_writer_writes_is_read_as_it_was(cells):
    import csv

    into = io.StringIO(newline="")
    csv.writer(into).writerows([["email", "name", "bio"], *cells])
    table = read_table(into.getvalue().encode("utf-8-sig"), "x.csv")
    assert [list(row.values) for row in table.rows] == [row for row in cells if any(not cell.isspace() for cell in row)]


@given(st.text(max_size=60))
def test_the_guard_is_lossless(text):
    assert unguard(guard(text)) == text
