"""One person's answers in the browser, with the questions that need more than one box."""

import zlib

import pytest
from django.test import Client

from programs.forms.answers import form_field, stored_answer
from programs.models import Enrolment, LineManager, ProfileField
from tests.factories.programs import CoordinatorFactory, EnrolmentFactory, FieldFactory

pytestmark = pytest.mark.django_db
WEEK = {"zone": "Asia/Tokyo", "times": ["Mon 09:00-12:00", "Mon 14:00-16:00", "Mon 18:00-19:00", "Sun 22:00-24:00"]}


def box(slug: str, skill: str) -> str:
    return f"answer_{slug}_{zlib.crc32(skill.encode()):08x}"


@pytest.fixture
def enrolment() -> Enrolment:
    found = EnrolmentFactory.create(user__email="ann@example.org", user__timezone="Europe/Paris")
    program = found.track.program
    FieldFactory.create(program=program, slug="time", label="Times", kind="week")
    FieldFactory.create(program=program, slug="skills", label="Skills", kind="skills", options=["Writing", "Budgets"])
    return found


@pytest.fixture
def alice(client: Client, enrolment: Enrolment) -> Client:
    client.force_login(CoordinatorFactory.create(program=enrolment.track.program).user)
    return client


def url(enrolment: Enrolment) -> str:
    return f"/programs/{enrolment.track.program.slug}/people/{enrolment.pk}/"


def test_times_skills_and_manager_are_saved_without_a_script(alice, enrolment):
    sent = {
        "answer_time_mon_0_from": "09:00",
        "answer_time_mon_0_to": "12:00",
        "answer_time_fri_0_from": "22:00",
        "answer_time_fri_0_to": "00:00",
        "answer_time_fri_1_from": "9",
        "answer_time_fri_1_to": "11am",
        "answer_time_zone": "Europe/Paris",
        box("skills", "Budgets"): "4",
        box("skills", "Writing"): "",
        "manager": "Boss@example.org",
    }
    assert alice.post(url(enrolment), sent).status_code == 302
    enrolment.refresh_from_db()
    times = ["Mon 09:00-12:00", "Fri 09:00-11:00", "Fri 22:00-24:00"]
    assert enrolment.answers == {"time": {"zone": "Europe/Paris", "times": times}, "skills": {"Budgets": 4}}
    assert LineManager.objects.get().email == "boss@example.org"
    page = alice.get(url(enrolment)).content.decode()
    for shown in (
        'name="answer_time_fri_1_from" id="id_answer_time_fri_1_from" value="22:00"',
        'name="answer_time_fri_1_to" id="id_answer_time_fri_1_to" value="00:00"',
        '<option value="Europe/Paris" selected>',
        '<option value="4" selected>4 Expert</option>',
        'value="boss@example.org"',
    ):
        assert shown in page
    assert alice.post(url(enrolment), {**sent, "answer_time_zone": ""} | dict.fromkeys(sent, "")).status_code == 302
    enrolment.refresh_from_db()
    assert (enrolment.answers, LineManager.objects.count()) == ({}, 0)


def test_a_week_with_more_times_than_usual_comes_back_whole(alice, enrolment):
    enrolment.answers = {"time": WEEK}
    enrolment.save()
    page = alice.get(url(enrolment)).content.decode()
    assert 'name="answer_time_mon_2_from" id="id_answer_time_mon_2_from" value="18:00"' in page
    assert '<option value="Asia/Tokyo" selected>' in page
    form = alice.get(url(enrolment)).context["form"]
    widget = form["answer_time"].subwidgets[0].data
    sent = {time["name"]: time["value"] for _, row in widget["days"] for times in row for time in times}
    assert alice.post(url(enrolment), {**sent, "answer_time_zone": "Asia/Tokyo"}).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.answers == {"time": WEEK}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer_time_mon_0_from": "09:00"}, "Monday: A time has no beginning or no end. Fill in both, or neither."),
        (
            {"answer_time_tue_1_from": "2", "answer_time_tue_1_to": "4"},
            "Tuesday: “2-4” may be morning or afternoon. Write it as 14:00-16:00 or 2pm-4pm.",
        ),
        (
            {"answer_time_mon_0_from": "09:00", "answer_time_mon_0_to": "10:00", "answer_time_zone": "Atlantis"},
            "Choose the time zone these times are meant in",
        ),
        (
            {"answer_time_mon_0_from": "9:00", "answer_time_mon_0_to": "10:00, Tue 9-10"},
            "Monday: One time in each box. Write 09:00 in one and 12:00 in the other.",
        ),
        ({box("skills", "Writing"): "5"}, "Choose one of the levels listed for “Writing”"),
        ({"manager": "Eve"}, "“eve” is not an e-mail address"),
        ({"manager": "ann@example.org"}, "Nobody is their own line manager. Leave it empty."),
    ],
)
def test_what_cannot_be_is_said_where_it_is_and_nothing_is_saved(alice, enrolment, sent, said):
    enrolment.answers = {"time": WEEK}
    enrolment.save()
    response = alice.post(url(enrolment), {"answer_time_zone": "UTC", **sent})
    assert response.status_code == 422
    assert said in response.content.decode()
    enrolment.refresh_from_db()
    assert (enrolment.answers, LineManager.objects.count()) == ({"time": WEEK}, 0)


def test_what_was_sent_stands_in_the_boxes_again(alice, enrolment):
    sent = {"answer_time_mon_0_from": "09:00", "answer_time_zone": "Asia/Tokyo", box("skills", "Writing"): "3"}
    page = alice.post(url(enrolment), sent).content.decode()
    assert 'id="id_answer_time_mon_0_from" value="09:00"' in page
    assert '<option value="Asia/Tokyo" selected>' in page
    assert '<option value="3" selected>3 Advanced</option>' in page


def test_a_required_week_or_skill_has_to_be_given():
    for kind in ("week", "skills"):
        field = form_field(ProfileField(label="Question", kind=kind, options=["A", "B"], required=True))
        nothing = field.widget.value_from_datadict({}, {}, "x")
        with pytest.raises(Exception, match="required"):
            field.clean(nothing)


def test_answers_of_each_kind_become_what_is_stored():
    yes = ProfileField(label="Q", kind="yesno")
    number = ProfileField(label="Q", kind="number")
    assert [stored_answer(yes, sent) for sent in ("yes", "no", "")] == [True, False, None]
    assert [stored_answer(number, sent) for sent in (3.0, 2.5, None)] == [3, 2.5, None]
