"""One answer: what is stored of it, how it reads, and what is refused."""

import pytest

from programs.answered import in_words
from programs.errors import ProgramError
from programs.models import ProfileField
from programs.services.enrolments import clean_answer

pytestmark = pytest.mark.pure

WEEK = ProfileField(slug="time", label="Times", kind="week")
SKILLS = ProfileField(slug="skills", label="Skills", kind="skills", options=["Writing", "Budgets"])
MORNING = {"zone": "Europe/Berlin", "times": ["Mon 09:00-12:00", "Tue 14:00-16:00"]}


def test_weeks_and_skills_are_stored_as_they_were_given_in_the_order_of_the_field():
    assert clean_answer(WEEK, MORNING) == MORNING
    assert list((clean_answer(SKILLS, {"Budgets": 4, "Writing": 1}) or {}).items()) == [("Writing", 1), ("Budgets", 4)]
    assert clean_answer(SKILLS, {}) is None
    assert clean_answer(WEEK, None) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (WEEK, {"zone": "Europe/Berlin"}),
        (WEEK, {"zone": "Europe/Berlin", "times": []}),
        (WEEK, {"zone": "Atlantis", "times": ["Mon 09:00-12:00"]}),
        (WEEK, {"zone": ["UTC"], "times": ["Mon 09:00-12:00"]}),
        (WEEK, {"zone": "UTC", "times": "Mon 09:00-12:00"}),
        (WEEK, {"zone": "UTC", "times": [9]}),
        (WEEK, {"zone": "UTC", "times": ["Mon 9-12"]}),
        (WEEK, {"zone": "UTC", "times": ["Tue 09:00-12:00", "Mon 09:00-12:00"]}),
        (WEEK, {"zone": "UTC", "times": ["Mon 09:00-12:00"], "more": 1}),
        (WEEK, "Mon 09:00-12:00"),
        (WEEK, ["Mon 09:00-12:00"]),
        (SKILLS, {"Writing": 0}),
        (SKILLS, {"Writing": 5}),
        (SKILLS, {"Writing": True}),
        (SKILLS, {"Writing": "3"}),
        (SKILLS, {"Cooking": 3}),
        (SKILLS, ["Writing"]),
        (SKILLS, "Writing"),
    ],
)
def test_anything_else_is_refused_at_its_field(field, value):
    with pytest.raises(ProgramError, match="is not an answer to") as caught:
        clean_answer(field, value)
    assert caught.value.field == field.slug


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (6.5, "6.5"),
        (["English", "Polish"], "English, Polish"),
        ({"Writing": 3, "Budgets": 1}, "Writing (advanced), Budgets (basics)"),
        (
            {"zone": "America/New_York", "times": MORNING["times"]},
            "Mon 09:00–12:00, Tue 14:00–16:00 (America/New York)",
        ),
    ],
)
def test_answers_read_as_words(answer, words):
    assert in_words(answer) == words
