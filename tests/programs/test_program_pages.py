"""What a coordinator is told when something stands in the way, and where a list leads."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mentorship.definition import dump_program
from participants.models import RoleGrant, User
from programs import services
from programs.models import Enrolment, Program
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return TrackFactory.create(program__name="Spring", program__slug="spring").program


@pytest.fixture
def coordinator(program: Program) -> User:
    user: User = CoordinatorFactory.create(program=program).user
    RoleGrant.objects.create(user=user, role="coordinator", granted_at=NOW)
    return user


@pytest.fixture
def browser(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def sent(name: str, version: int) -> dict[str, Any]:
    days = {"starts_on": "2027-03-01", "ends_on": "2027-08-31"}
    return {"name": name, "timezone": "Europe/Berlin", **days, "version": version}


def test_the_form_carries_the_version_one_has_seen(browser: Client) -> None:
    page = browser.get("/programs/spring/set-up/details/").content.decode()
    assert '<input type="hidden" name="version" value="1"' in page
    assert browser.post("/programs/spring/set-up/details/", sent("Mine", 1)).status_code == 302


def test_who_comes_second_sees_both_texts_and_may_still_replace_the_first(browser: Client, program: Program) -> None:
    theirs = services.Basics("Theirs", dt.date(2027, 3, 1), dt.date(2027, 8, 31), timezone="Europe/Berlin")
    services.change_program(program=program, basics=theirs, version=1, by=User.objects.get(), now=NOW)
    told = browser.post("/programs/spring/set-up/details/", sent("Mine", 1))
    assert told.status_code == 409
    assert told.context["differences"] == [("Name", "Theirs", "Mine")]
    page = told.content.decode()
    assert "Somebody else was quicker" in page
    assert 'name="name" value="Mine"' in page
    assert '<input type="hidden" name="version" value="2"' in page
    assert Program.objects.get().name == "Theirs"
    assert browser.post("/programs/spring/set-up/details/", sent("Mine", 2)).status_code == 302
    assert Program.objects.get().name == "Mine"


def test_a_form_without_what_was_seen_is_not_saved(browser: Client) -> None:
    without = {key: value for key, value in sent("Mine", 1).items() if key != "version"}
    assert browser.post("/programs/spring/set-up/details/", without).status_code == 422
    assert Program.objects.get().name == "Spring"


def test_somebody_who_left_is_taken_back_although_more_is_asked_by_now(browser: Client, program: Program) -> None:
    enrolment = EnrolmentFactory.create(track=program.tracks.get())
    url = f"/programs/spring/people/{enrolment.pk}/leave/"
    browser.post(url, {"do": "leave"})
    spec = services.fields.FieldSpec("Since asked", "text", required=True)
    services.add_field(program=program, spec=spec, by=None, now=NOW)
    assert browser.post(url, {"do": "return"}).status_code == 302
    assert Enrolment.objects.get().state == "active"


def test_a_button_pressed_twice_is_a_page_that_is_gone_and_not_an_error(
    browser: Client, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = services.add_field(program=program, spec=services.fields.FieldSpec("Town", "text"), by=None, now=NOW)
    # The second press looked before the first had removed the field.
    monkeypatch.setattr("programs.views.parts._field", lambda *_: field)
    url = f"/programs/spring/set-up/fields/{field.slug}/change/"
    answers = [browser.post(url, {"do": "remove"}).status_code for _ in range(2)]
    answers.append(browser.post(url, {"do": "up"}).status_code)
    assert answers == [302, 404, 404]


@pytest.mark.parametrize(
    ("state", "leads_to"), [("draft", "/programs/spring/set-up/"), ("running", "/programs/spring/")]
)
def test_the_list_leads_to_where_the_work_is(browser: Client, program: Program, state: str, leads_to: str) -> None:
    Program.objects.update(state=state)
    assert f'<a href="{leads_to}" dir="auto">Spring</a>' in browser.get("/programs/").content.decode()


def test_an_admin_is_led_to_what_admins_may_see(client: Client, program: Program, coordinator: User) -> None:
    program.coordinators.all().delete()
    RoleGrant.objects.create(user=coordinator, role="admin", granted_at=NOW)
    client.force_login(coordinator)
    assert '<a href="/programs/spring/set-up/" dir="auto">Spring</a>' in client.get("/programs/").content.decode()


def test_setting_up_names_the_next_step(browser: Client) -> None:
    page = browser.get("/programs/spring/set-up/")
    assert page.context["following"].label == "Dates, description and contact"
    assert "Next: Dates, description and contact" in page.content.decode()


BAD_FILES = (b"\x00\x01\x02", b'{"slug": "\\u0000"}', b'{"slug": "\\ud800"}', b'{"version": NaN}', b"[" * 50_000, b"")


@pytest.mark.parametrize("content", BAD_FILES)
def test_an_uploaded_file_that_is_none_is_answered_in_words(browser: Client, content: bytes) -> None:
    answer = browser.post("/programs/upload/", {"file": SimpleUploadedFile("p.json", content)})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert Program.objects.count() == 1


def test_an_uploaded_file_of_a_program_that_is_there_makes_another(browser: Client, program: Program) -> None:
    content = json.dumps({**dump_program(program), "name": "Other"}).encode()
    answer = browser.post("/programs/upload/", {"file": SimpleUploadedFile("p.json", content)})
    assert answer["Location"] == "/programs/other/set-up/"
    assert sorted(Program.objects.values_list("slug", "name")) == [("other", "Other"), ("spring", "Spring")]


def test_a_name_is_kept_without_what_cannot_be_seen(browser: Client) -> None:
    browser.post("/programs/spring/set-up/details/", sent("Spr\u202eing\u200b 2027", 1))
    assert Program.objects.get().name == "Spring 2027"
    hidden = browser.post("/programs/spring/set-up/details/", sent("\u202e\u200b", 2))
    assert hidden.status_code == 422
    assert "Fill in “Name”" in hidden.content.decode()


def test_a_report_without_figures_offers_no_files(browser: Client, program: Program) -> None:
    url = "/programs/spring/reports/"
    assert "outcome.xlsx" not in browser.get(url).content.decode()
    for _ in range(5):
        EnrolmentFactory.create(track=program.tracks.get())
    assert "outcome.xlsx" in browser.get(url).content.decode()


def test_programs_of_others_are_not_in_the_list(browser: Client) -> None:
    ProgramFactory.create(name="Not mine")
    assert [each.name for each in browser.get("/programs/").context["programs"]] == ["Spring"]
