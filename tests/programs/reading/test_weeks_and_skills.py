"""Weekly times and skills as people write them: one sure reading, or advice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.reading import Target, check_rows, guess_columns, read_table
from programs.reading.skills import LEVELS
from programs.reading.values import BadValue, read_value
from programs.reading.weeks import BadTimes, by_day, is_tidy, minutes_of, read_times, tidy_times

pytestmark = pytest.mark.pure

TIME = Target("time", "Times", "week")
SKILLS = Target("skills", "Skills", "skills", ("Writing", "Budgets, costs", "Excel 2", "R&D"))
EMAIL = Target("email", "E-mail", "email", required=True)
MANAGER = Target("manager", "Line manager’s e-mail", "manager")
WEEK = 7 * 24 * 60
MORNINGS = [f"{day} 09:00-12:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Mon 09:00-12:00; Tue 14:00-16:00", ["Mon 09:00-12:00", "Tue 14:00-16:00"]),
        ("tuesday 14:00 – 16:00\nMON: 9:00-12:00", ["Mon 09:00-12:00", "Tue 14:00-16:00"]),
        ("Mon-Fri 9-12", MORNINGS),
        ("weekdays 09.00 to 12.00", MORNINGS),
        ("Fri-Mon 10:00-11:00", [f"{day} 10:00-11:00" for day in ("Mon", "Fri", "Sat", "Sun")]),
        ("Mon, Wed & Fri 9am-12pm", MORNINGS[::2]),
        ("Mon 9:30-11, 14h-16h", ["Mon 09:30-11:00", "Mon 14:00-16:00"]),
        ("Mon 9:30-11; 14:00-16:00", ["Mon 09:30-11:00", "Mon 14:00-16:00"]),
        ("Tue and Thu 2-4pm", ["Tue 14:00-16:00", "Thu 14:00-16:00"]),
        ("Mo 11-1pm, Di 9-5pm", ["Mon 11:00-13:00", "Tue 09:00-17:00"]),
        ("Fri, Sun 22:00-01:00", ["Mon 00:00-01:00", "Fri 22:00-24:00", "Sat 00:00-01:00", "Sun 22:00-24:00"]),
        ("Sun 20:00-24:00", ["Sun 20:00-24:00"]),
        ("Sun 20:00-00:00", ["Sun 20:00-24:00"]),
        ("Sat 00:00-24:00", ["Sat 00:00-24:00"]),
        ("Mon 11:00-13:00; Mon 09:00-12:00", ["Mon 09:00-13:00"]),
        ("Montag 9-12 Uhr | mardi 14h00-16h30", ["Mon 09:00-12:00", "Tue 14:00-16:30"]),
    ],
)
def test_times_are_read_as_they_are_meant(text, times):
    assert read_value(TIME, text) == type(read_value(TIME, text))({"times": times})
    assert is_tidy(times)


def test_a_zone_in_brackets_is_kept_and_parts_of_a_day_are_told():
    assert read_value(TIME, "Mon 9-12 (Europe/berlin)").value == {"times": ["Mon 09:00-12:00"], "zone": "Europe/Berlin"}
    read = read_value(TIME, "Monday morning")
    assert (read.value, read.code) == ({"times": ["Mon 09:00-12:00"]}, "assumed")
    assert read.warning == "“morning” was read as: Mon 09:00-12:00"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("Mon 2-4", "bad_times", "“2-4” may be morning or afternoon, for times"),
        ("Mon 9-5", "bad_times", "“9-5” may be morning or afternoon, for times"),
        ("Mon 17:00-09:00", "bad_times", "“17:00-09:00” ends before it begins, for times"),
        ("Mon", "bad_times", "Monday has no time, for times"),
        ("Mon 9-12 Wed", "bad_times", "Wednesday has no time, for times"),
        ("9:00-12:00", "bad_times", "09:00-12:00 has no day, for times"),
        ("Mon 25:00-26:00", "bad_times", "There is no time “25:00”, for times"),
        ("Mon 09:00", "bad_times", "“09:00” is a time without an end, for times"),
        ("whenever", "bad_times", "“whenever” is neither a day nor a time, for times"),
        ("Mon 9-12?", "bad_times", "“?” is neither a day nor a time, for times"),
        (";", "bad_times", "No day and time was found, for times"),
        ("Mon 9-12 (Atlantis)", "bad_timezone", "“Atlantis” is not a time zone"),
    ],
)
def test_times_without_one_sure_reading_are_refused_with_advice(text, code, message):
    with pytest.raises(BadValue) as caught:
        read_value(TIME, text)
    assert (caught.value.code, caught.value.message) == (code, message)
    assert caught.value.fix.startswith("Write ")


ranges = st.lists(st.tuples(st.integers(0, 7 * 24 * 12 - 1), st.integers(1, 12 * 12)), min_size=1, max_size=8)


@settings(deadline=None)
@given(ranges)
def test_tidy_times_say_the_same_when_read_again(chosen):
    minutes = [(start * 5, (start + length) * 5) for start, length in chosen]
    times = tidy_times(minutes)
    assert is_tidy(times)
    assert read_times("; ".join(times)) == (times, "", [])
    again = [
        f"{day} {start}-{end}"
        for day, row in zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), by_day(times), strict=True)
        for start, end in row
    ]
    assert again == times
    covered = {minute for start, end in map(minutes_of, times) for minute in range(start, end, 5)}
    assert covered == {minute % WEEK for start, end in minutes for minute in range(start, end, 5)}


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="MonTue 0123456789:-–;,apm()\n/", max_size=40))
def test_no_text_is_read_as_anything_untidy(text):
    try:
        times, _, _ = read_times(text)
    except BadTimes:
        return
    assert is_tidy(times)


@pytest.mark.parametrize("time", ["Mon 9:00-12:00", "mon 09:00-12:00", "Mon 09:00-24:30", "Mon 09:00-09:00", "Mon", ""])
def test_only_tidy_times_are_taken_for_tidy(time):
    assert not is_tidy([time])
    assert not is_tidy([])


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Writing: 3; Budgets, costs (expert)", {"Writing": 3, "Budgets, costs": 4}),
        ("writing 3, budgets, costs 2", {"Writing": 3, "Budgets, costs": 2}),
        ("Excel 2: 4 | Writing - advanced", {"Excel 2": 4, "Writing": 3}),
        ("Writing ***\nR&D=1", {"Writing": 3, "R&D": 1}),
        ("Writing (level 2); Writing 4/4", {"Writing": 4}),
    ],
)
def test_skills_are_read_with_their_levels(text, levels):
    read = read_value(SKILLS, text)
    assert (read.value, read.warning) == (levels, "")


def test_a_skill_without_a_level_is_taken_and_told():
    read = read_value(SKILLS, "Writing; Excel 2; R&D 4")
    assert (read.value, read.code) == ({"Writing": 2, "Excel 2": 2, "R&D": 4}, "assumed")
    assert read.warning == "No level was given for Writing; Excel 2: read as 2 (working knowledge)"


@pytest.mark.parametrize(
    ("text", "code", "advice"),
    [
        ("Writing 5", "bad_level", "The levels are 1 (basics), 2 (working knowledge), 3 (advanced), 4 (expert)."),
        ("Writing: 0", "bad_level", "The levels are 1 (basics), 2 (working knowledge), 3 (advanced), 4 (expert)."),
        ("Cooking 3", "bad_option", "Use one of: “Writing”, “Budgets, costs”, “Excel 2”, “R&D”."),
        ("Writting 3", "bad_option", "Did you mean “Writing”?"),
    ],
)
def test_skills_nobody_knows_are_refused_with_advice(text, code, advice):
    with pytest.raises(BadValue) as caught:
        read_value(SKILLS, text)
    assert (caught.value.code, caught.value.fix) == (code, advice)
    assert len(LEVELS) == 4


def test_long_cells_are_read_in_no_time():
    with pytest.raises(BadValue):
        read_value(SKILLS, "a" + " " * 900 + "(" * 900)
    with pytest.raises(BadValue):
        read_value(TIME, "mon " * 400)


@pytest.mark.parametrize(
    "header", ["Manager", "Line manager", "Reports to", "Manager's e-mail", "line_manager_email", "Mentee's supervisor"]
)
def test_a_manager_is_known_by_many_names_if_the_column_holds_addresses(header):
    targets = (EMAIL, MANAGER)
    addresses = [["a@x.org", "boss@x.org"], ["b@x.org", ""]]
    assert guess_columns(["E-mail", header], addresses, targets) == {"email": "E-mail", "manager": header}
    names = [["a@x.org", "Eve Boss"], ["b@x.org", "Adam Chief"]]
    assert guess_columns(["E-mail", header], names, targets) == {"email": "E-mail", "manager": None}


def test_managers_are_read_as_addresses_and_nobody_manages_themselves():
    table = read_table(b"email,manager\na@x.org,Boss@X.org\nboss@x.org,boss@x.org\nc@x.org,\nd@x.org,Eve\n", "x.csv")
    checked = check_rows(table, {"email": "email", "manager": "manager"}, [EMAIL, MANAGER])
    assert [(row.email, row.manager) for row in checked.ready] == [
        ("a@x.org", "boss@x.org"),
        ("boss@x.org", None),
        ("c@x.org", None),
    ]
    assert [(p.row, p.column, p.code) for p in checked.problems] == [(5, "manager", "bad_email")]
