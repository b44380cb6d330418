import pytest

from programs.reading import Target, guess_columns

pytestmark = pytest.mark.pure

EMAIL = Target("email", "E-mail address", "email", required=True)
FIRST = Target("first_name", "First name", "first_name")
LAST = Target("last_name", "Last name", "last_name")
NAME = Target("name", "Name", "name")
GRADE = Target("grade", "Grade", "ordered", ("AA", "AO"))
UNIT = Target("unit", "Which unit are you in?", "text")


def guess(headers, rows=(), targets=(EMAIL, FIRST, LAST, NAME, GRADE, UNIT), **kwargs):
    proposal = guess_columns(headers, rows, targets, **kwargs)
    return {key: header for key, header in proposal.items() if header}


@pytest.mark.parametrize(
    "header",
    [
        "email",
        "E-MAIL",
        " Email Address ",
        "e_mail",
        "Work e-mail",
        "Mentor's e-mail",
        "mentee email",
        "E-mail address",
    ],
)
def test_an_address_is_known_by_many_names(header):
    assert guess([header]) == {"email": header}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("first_name", "first_name"),
        ("Given Name", "first_name"),
        ("Mentor first name", "first_name"),
        ("SURNAME", "last_name"),
        ("family-name", "last_name"),
        ("mentor_full_name", "name"),
        ("GRADE", "grade"),
        ("which unit are you in", "unit"),
    ],
)
def test_names_decide_whatever_their_case_and_punctuation(header, key):
    assert guess([header]) == {key: header}


@pytest.mark.parametrize("header", ["school_name", "dinosaur", "urn", "emails sent", "mentor"])
def test_other_names_are_not_taken_for_ours(header):
    assert guess([header]) == {}


def test_a_whole_name_is_not_wanted_beside_its_parts():
    assert guess(["name", "first name", "email"]) == {"email": "email", "first_name": "first name"}


def test_no_column_is_proposed_twice():
    assert guess(["email"], targets=[EMAIL, Target("other", "Email", "text")]) == {"email": "email"}


def test_what_a_column_holds_decides_where_names_do_not():
    rows = [("x", "a@x.org", "aa"), ("y", "b@x.org", "AO "), ("z", "", "")]
    assert guess(["a", "b", "c"], rows) == {"email": "b", "grade": "c"}


def test_several_options_in_a_cell_and_weekly_times_are_known_by_what_they_are():
    goals = Target("goals", "Main goals", "multi", ("Lead others", "Settle in"))
    week = Target("week", "Times that suit you", "week")
    rows = [("Lead others, Settle in", "Mon 09:00-12:00, Thu 13:00-17:00", "3"), ("settle in", "Fri 9-12", "11")]
    assert guess(["a", "b", "c"], rows, [goals, week]) == {"goals": "a", "week": "b"}
    assert guess(["a"], [("Lead others, Sleep",), ("Settle in",)], [goals]) == {}
    assert guess(["c", "d"], [("3", "Platform"), ("2026", "Monday club")], [week]) == {}


def test_content_is_not_looked_at_unless_asked():
    assert guess(["dinosaur"], [("a@x.org",)], by_content=False) == {}


def test_two_columns_of_addresses_are_no_proposal():
    assert guess(["a", "b"], [("a@x.org", "b@x.org")]) == {}


def test_rows_shorter_than_the_header_do_no_harm():
    assert guess(["a", "b"], [("a@x.org",)]) == {"email": "a"}
