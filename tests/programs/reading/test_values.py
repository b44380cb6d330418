"""Values: one case for each kind of hostile or odd cell, numbered as in the list of threats."""

import pytest

from programs.reading import Target, check_rows, group_problems, guard, read_table, unguard
from programs.reading.rows import split_name
from programs.reading.values import BadValue, read_value

pytestmark = pytest.mark.pure

EMAIL = Target("email", "E-mail", "email", required=True)
NAME = Target("first_name", "First name", "first_name")
CAPACITY = Target("capacity", "Places", "capacity")
NUMBER = Target("years", "Years of service", "number")
ZONE = Target("timezone", "Time zone", "timezone")
GRADE = Target("grade", "Grade", "ordered", ("AA", "Grade 7", "Grade 6", "SCS1"))
TOPICS = Target("topics", "Topics", "multi", ("Pay", "Leading, and being led", "Travel"))
TAGS = Target("tags", "Tags", "multi")
AGREE = Target("agree", "Agrees", "yesno")
BIO = Target("bio", "About you", "text")


def check(text: str, *targets: Target, known: frozenset[str] = frozenset()):
    """Check a CSV file whose headers are the keys of the targets."""
    return check_rows(read_table(text.encode(), "x.csv"), {t.key: t.key for t in targets}, targets, known)


def found(problems):
    return [(p.row, p.column, p.value, p.code) for p in problems]


def code(target: Target, raw: str) -> str:
    with pytest.raises(BadValue) as caught:
        read_value(target, raw)
    return caught.value.code


def test_31_and_38_the_same_address_twice_also_by_case_names_the_first_row():
    checked = check("email,first_name\nA@X.org,Ann\nb@x.org,Bob\na@x.org,Anna\n", EMAIL, NAME)
    assert [row.email for row in checked.ready] == ["a@x.org", "b@x.org"]
    assert [(p.row, p.column, p.value, p.message) for p in checked.problems] == [
        (4, "email", "a@x.org", "The same e-mail address stands in row 2")
    ]


@pytest.mark.parametrize("raw", [" a@x.org ", "\u00a0a@x.org", "a@\u200bx.org", "\ufeffa@x.org", "mailto:a@x.org"])
def test_32_blanks_and_nothings_around_an_address_are_trimmed(raw):
    assert read_value(EMAIL, raw).value == "a@x.org"


def test_33_lookalikes_are_two_people_and_a_warning():
    checked = check("email\nmike@example.org\nmıke@example.org\nаnn@example.org\nmake@x.org\n", EMAIL)
    assert [row.email for row in checked.ready] == [
        "mike@example.org",
        "mıke@example.org",
        "аnn@example.org",
        "make@x.org",
    ]
    assert found(checked.warnings) == [
        (3, "email", "mıke@example.org", "lookalike"),
        (4, "email", "аnn@example.org", "unusual_email"),
    ]


def test_33_a_lookalike_of_somebody_already_here_is_warned_of():
    checked = check("email\nmıke@x.org\n", EMAIL, known=frozenset({"mike@x.org"}))
    assert [w.message for w in checked.warnings] == [
        "The address looks like mike@x.org of a person already here, but is another one"
    ]
    assert [row.known for row in checked.ready] == [False]


def test_34_full_width_letters_are_plain_letters():
    assert read_value(EMAIL, "ａｄｍｉｎ@x.org").value == "admin@x.org"
    assert read_value(NAME, "Ｅｖｅ").value == "Eve"


def test_35_sharp_s_is_not_ss():
    assert [row.email for row in check("email\nstraße@x.org\nstrasse@x.org\nSTRASSE@x.org\n", EMAIL).ready] == [
        "straße@x.org",
        "strasse@x.org",
    ]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("a@localhost", id="36-no-dot"),
        pytest.param("a@[127.0.0.1]", id="36-number"),
        pytest.param('"<script>"@x.org', id="36-quoted"),
        pytest.param("a" * 65 + "@x.org", id="36-long"),
        pytest.param("a@x.org, b@x.org", id="37-two"),
        pytest.param("a@x.org\nBcc: b@x.org", id="37-line"),
        pytest.param("a@x\u202eorg.com", id="46-direction"),
        pytest.param("no address", id="none"),
    ],
)
def test_36_and_37_what_no_mail_reaches_is_not_an_address(raw):
    assert code(EMAIL, raw) == "bad_email"


@pytest.mark.parametrize("raw", ["", "  ", "\u00a0", "\u200b"])
def test_an_address_must_be_there(raw):
    assert code(EMAIL, raw) == "no_email"


@pytest.mark.parametrize(
    "raw", ["-1", "1000000000", "2.5", "1_000", "١٢", "²", "9" * 5000, "NaN", "1e3", "51", "+3", "３"]
)
def test_40_a_capacity_is_a_small_whole_number_in_plain_digits(raw):
    assert code(CAPACITY, raw) == "bad_capacity"


@pytest.mark.parametrize(("raw", "value"), [("0", 0), ("3", 3), (" 50 ", 50), ("007", 7)])
def test_40_good_capacities(raw, value):
    assert read_value(CAPACITY, raw).value == value


@pytest.mark.parametrize("raw", ["NaN", "inf", "1e999", "1,500", "1.000.000", "٣", "²", "9" * 5000, "--1", "", "1 000"])
def test_41_what_is_no_plain_number_is_refused(raw):
    assert code(Target("years", "Years", "number", required=True), raw) in {"bad_number", "no_answer"}


@pytest.mark.parametrize(("raw", "value"), [("7", 7), ("-2", -2), ("2.5", 2.5), ("2,5", 2.5), ("7.0", 7)])
def test_41_good_numbers(raw, value):
    read = read_value(NUMBER, raw).value
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("raw", ["Nowhere/City", "../../etc/passwd", "/etc/localtime", "CET+1"])
def test_44_an_unknown_time_zone_is_refused_and_never_opened(raw):
    assert code(ZONE, raw) == "bad_timezone"


def test_44_a_time_zone_in_any_case():
    assert read_value(ZONE, "america/new york").value == "America/New_York"


@pytest.mark.parametrize("name", ["X", "Null", "O'Brien", "Ada 🦊", "محمد", "Nguyễn", "👩‍👩‍👧", "d’Arc-Lee", "None"])
def test_45_names_of_people_are_kept(name):
    assert read_value(NAME, name).value == name


@pytest.mark.parametrize(
    ("name", "why"),
    [("x" * 101, "too_long"), ("Z" + "\u0337" * 1000, "bad_text"), ("Ann\nBcc: x@y.org", "bad_name")],
)
def test_45_names_that_break_a_page_or_a_mail_are_refused(name, why):
    assert code(NAME, name) == why


@pytest.mark.parametrize("name", ["A\u202enn", "A\x07nn", "A\u2066nn", "\ufeffAnn", "An\u00adn"])
def test_46_what_cannot_be_seen_is_taken_out_and_told(name):
    read = read_value(NAME, name)
    assert (read.value, read.warning) == ("Ann", "Invisible or control characters were removed")


def test_46_half_a_character_is_refused():
    assert code(BIO, "A\ud800nn") == "bad_text"


def test_47_ten_thousand_items_are_refused():
    assert code(TAGS, ",".join(map(str, range(10_000)))) == "too_many"
    assert code(TAGS, ";".join(map(str, range(10_000)))) == "too_many"


def test_48_an_address_of_a_page_is_only_a_text():
    assert read_value(BIO, "javascript:alert(1)").value == "javascript:alert(1)"


@pytest.mark.parametrize("raw", ["Grade 7", " grade  7 ", "GRADE 7", "Ｇrade 7"])
def test_an_option_is_found_whatever_its_case_and_spaces(raw):
    assert read_value(GRADE, raw).value == "Grade 7"


@pytest.mark.parametrize(
    ("raw", "fix"),
    [("Grad 7", "Did you mean “Grade 7”?"), ("zzz", "Use one of: “AA”, “Grade 7”, “Grade 6”, “SCS1”.")],
)
def test_what_is_no_option_comes_with_a_proposal(raw, fix):
    with pytest.raises(BadValue) as caught:
        read_value(GRADE, raw)
    assert (caught.value.message, caught.value.fix) == (f"“{raw}” is not an option of grade", fix)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Pay", ["Pay"]),
        ("pay; travel", ["Pay", "Travel"]),
        ("Travel,pay,PAY", ["Travel", "Pay"]),
        ("Leading, and being led", ["Leading, and being led"]),
        ("Pay, leading, and being led,Travel,", ["Pay", "Leading, and being led", "Travel"]),
        ("Pay\nTravel", ["Pay", "Travel"]),
    ],
)
def test_many_options_in_one_cell_may_contain_commas_themselves(raw, value):
    assert read_value(TOPICS, raw).value == value


def test_one_unknown_item_among_many_is_a_problem():
    assert code(TOPICS, "Pay, Leading") == "bad_option"


@pytest.mark.parametrize(
    ("raw", "value"),
    [("Yes ", True), ("TRUE", True), ("1", True), ("y", True), ("No", False), ("0", False), ("n", False)],
)
def test_yes_and_no(raw, value):
    assert read_value(AGREE, raw).value is value


def test_neither_yes_nor_no():
    assert code(AGREE, "maybe") == "bad_yesno"


@pytest.mark.parametrize("target", [NAME, CAPACITY, NUMBER, ZONE, GRADE, TOPICS, AGREE, BIO])
def test_an_empty_cell_says_nothing(target):
    assert read_value(target, " ").value is None


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "''-x", "=cmd|' /C calc'!A0", "\n@x"]


@pytest.mark.parametrize("text", [*FORMULAS, "plain", "'quoted'", "", "it's", "a=b", "'"])
def test_51_what_an_export_guards_an_import_gives_back(text):
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_49_everything_a_spreadsheet_could_run_is_guarded(text):
    assert guard(text) == "'" + text


@pytest.mark.parametrize(("raw", "value"), [("'=1+1", "=1+1"), ("=1+1", "=1+1"), ("'quoted'", "'quoted'")])
def test_51_a_formula_in_a_csv_cell_is_a_text(raw, value):
    assert read_value(BIO, raw).value == value


def test_every_row_is_ready_or_named_and_all_of_its_problems_are():
    checked = check("email,capacity,grade\na@x.org,2,AA\nb@x,x,ZZ\n,1,AA\nc@x.org\nd@x.org,,\n", EMAIL, CAPACITY, GRADE)
    assert [(row.number, row.capacity, row.answers) for row in checked.ready] == [
        (2, 2, {"grade": "AA"}),
        (6, None, {}),
    ]
    assert found(checked.problems) == [
        (3, "email", "b@x", "bad_email"),
        (3, "capacity", "x", "bad_capacity"),
        (3, "grade", "ZZ", "bad_option"),
        (4, "email", "", "no_email"),
        (5, "", "c@x.org", "ragged"),
    ]


def test_faults_of_columns_that_are_not_imported_do_not_matter():
    text = f"email,junk\na@x.org,{'x' * 10_001}\n"
    assert [row.email for row in check(text, EMAIL).ready] == ["a@x.org"]


def test_a_field_called_like_an_own_fact_is_not_taken_for_it():
    field = Target("name", "Name of your unit", "text")
    checked = check("email,name\na@x.org,Navy\n", EMAIL, field)
    assert [(row.first_name, row.answers) for row in checked.ready] == [(None, {"name": "Navy"})]


def test_a_missing_column_is_a_problem_of_the_file_and_of_each_row():
    checked = check_rows(read_table(b"dinosaur\na@x.org\n\nb@x.org\n", "x.csv"), {"email": None}, [EMAIL])
    assert checked.ready == []
    assert found(checked.problems) == [
        (None, "", "", "no_column"),
        (2, "", "a@x.org", "no_email"),
        (4, "", "b@x.org", "no_email"),
    ]
    assert [group.title for group in group_problems(checked.problems)] == [
        "A column is missing",
        "2 rows: no e-mail address",
    ]


def test_a_column_the_file_has_not_is_one_problem_of_the_file():
    checked = check_rows(read_table(b"email\na@x.org\n", "x.csv"), {"email": "E-Mail"}, [EMAIL])
    assert (checked.ready, found(checked.problems)) == ([], [(None, "E-Mail", "", "no_header")])


def test_known_people_are_marked():
    checked = check("email\na@x.org\nb@x.org\n", EMAIL, known=frozenset({"b@x.org"}))
    assert [(row.email, row.known) for row in checked.ready] == [("a@x.org", False), ("b@x.org", True)]


def test_problems_are_grouped_by_what_repairs_them():
    checked = check("email,capacity\n,1\na@x.org,x\n,2\na@x.org,3\n", EMAIL, CAPACITY)
    assert [
        (group.title, group.column, [p.row for p in group.problems]) for group in group_problems(checked.problems)
    ] == [
        ("2 rows: no e-mail address", "email", [2, 4]),
        ("1 row: not a number of places", "capacity", [3]),
        ("1 row: the same e-mail address twice", "email", [5]),
    ]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Ada King Lovelace", ("Ada King", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ada", ("Ada", None)),
        ("Ada,", ("Ada", None)),
    ],
)
def test_a_name_in_one_cell_is_taken_apart(whole, parts):
    assert split_name(whole) == parts
