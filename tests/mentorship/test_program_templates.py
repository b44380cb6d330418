"""Starting from a template: every shipped one loads, and a program of one's own is copied without its people."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from mentorship import program_templates
from mentorship.definition import BadProgramFile, dump_program
from participants.models import RoleGrant, User
from programs.catalogue import registry
from programs.models import Enrolment, Program
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
FIRST = dt.date(2027, 9, 6)
SHIPPED = [template.slug for template in program_templates.shipped()]


@pytest.fixture
def dana() -> User:
    user: User = UserFactory.create(timezone="Europe/Berlin", first_name="Dana", last_name="Field")
    RoleGrant.objects.create(user=user, role="coordinator", granted_at=NOW)
    return user


@pytest.fixture
def browser(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def test_there_are_templates_for_most_models() -> None:
    models = {model.slug for each in program_templates.shipped() for model, _, _ in each.tracks}
    assert len(SHIPPED) == 6
    assert models >= {"near_peer", "circle", "traditional", "pod", "cross_functional", "lateral", "reverse", "flash"}


@pytest.mark.parametrize("slug", SHIPPED)
def test_each_of_ours_becomes_a_program_with_its_questions_and_rules(slug: str, dana: User) -> None:
    template = program_templates.get(slug)
    program = program_templates.start_from(template, name="Ours", starts_on=FIRST, by=dana, now=NOW)
    data = dump_program(program)
    assert (program.slug, program.version, program.timezone) == ("ours", 1, "Europe/Berlin")
    assert program.ends_on - program.starts_on == template.days
    assert program.coordinators.get().user == dana
    assert [field["label"] for field in data["fields"]] == template.questions
    for track in data["tracks"]:
        recipe = registry.get(track["model"]).recipe
        assert [rule["label"] for rule in track["matching"]["rules"]] == [rule.label for rule in recipe.rules]
    assert [survey["kind"] for survey in data["surveys"]].count("pulse") == 1


def test_ones_own_program_is_copied_without_its_people(browser: Client, dana: User) -> None:
    source = TrackFactory.create(program__slug="spring", program__name="Spring", name="Pairs", capacity=3).program
    CoordinatorFactory.create(program=source, user=dana)
    EnrolmentFactory.create(track=source.tracks.get(), user__first_name="Zebedee")
    page = browser.get("/programs/spring/set-up/copy/").content.decode()
    assert "A new program like Spring" in page
    assert "Zebedee" not in page
    sent = browser.post("/programs/spring/set-up/copy/", {"name": "Autumn", "starts_on": "2027-09-06"})
    assert sent.headers["Location"] == "/programs/autumn/set-up/"
    copy = Program.objects.get(slug="autumn")
    assert (copy.state, copy.starts_on, copy.tracks.get().capacity) == ("draft", FIRST, 3)
    assert copy.ends_on - copy.starts_on == source.ends_on - source.starts_on
    assert Enrolment.objects.filter(track__program=copy).count() == 0
    assert Program.objects.get(slug="spring").name == "Spring"


@pytest.mark.parametrize(
    ("named", "copied"),
    [
        ("Spring", "Spring, September 2027"),
        ("Circles, December 2026", "Circles, September 2027"),
        ("Circles, September 2027", "Circles, September 2027 (2)"),
        ("Circles, September 2027 (2)", "Circles, September 2027 (3)"),
        ("Class of, 2027", "Class of, 2027, September 2027"),
    ],
)
def test_a_copy_is_named_by_its_own_month_alone(named: str, copied: str, browser: Client, dana: User) -> None:
    source = TrackFactory.create(program__slug="spring", program__name=named).program
    CoordinatorFactory.create(program=source, user=dana)
    with time_machine.travel(dt.datetime(2027, 8, 20, 12, tzinfo=dt.UTC), tick=False):
        browser.force_login(dana)
        form = browser.get("/programs/spring/set-up/copy/").context["form"]
    assert form.initial["name"] == copied


def test_nobody_elses_program_is_offered_or_copied(browser: Client) -> None:
    ProgramFactory.create(slug="theirs", name="A secret")
    assert "A secret" not in browser.get("/programs/new/templates/").content.decode()
    assert browser.get("/programs/theirs/set-up/copy/").status_code == 404
    assert browser.post("/programs/theirs/set-up/copy/", {"name": "Mine", "starts_on": "2027-09-06"}).status_code == 404
    assert Program.objects.count() == 1


def test_a_coordinator_without_the_right_to_make_programs_copies_none(client: Client) -> None:
    coordinator = CoordinatorFactory.create(program__slug="spring")
    client.force_login(coordinator.user)
    assert client.get("/programs/spring/set-up/").status_code == 200
    assert client.get("/programs/spring/set-up/copy/").status_code == 404
    assert client.get("/programs/new/templates/").status_code == 404


@pytest.mark.parametrize("day", ["2199-12-31", "0001-01-01", "9999-12-31"])
def test_a_day_outside_the_calendar_is_refused_and_nothing_is_made(browser: Client, day: str) -> None:
    sent = browser.post("/programs/new/templates/engineering-pods/", {"name": "Pods", "starts_on": day})
    assert sent.status_code == 422
    assert "Enter a year from 2000 to 2199" in sent.content.decode()
    assert Program.objects.count() == 0


def test_a_name_that_is_a_page_of_ours_or_taken_gets_another_address(dana: User) -> None:
    template = program_templates.get("engineering-pods")
    first = program_templates.start_from(template, name="New", starts_on=FIRST, by=dana, now=NOW)
    second = program_templates.start_from(template, name="New", starts_on=FIRST, by=dana, now=NOW)
    assert (first.slug, second.slug) == ("new-program", "new-program-2")


def test_an_unknown_template_is_a_page_that_is_not_there(browser: Client) -> None:
    assert browser.get("/programs/new/templates/no-such/").status_code == 404
    with pytest.raises(program_templates.UnknownTemplate):
        program_templates.get("no-such")


def test_a_name_of_nothing_is_refused(dana: User) -> None:
    template = program_templates.get("engineering-pods")
    with pytest.raises(BadProgramFile, match="Give the program a name"):
        program_templates.start_from(template, name=" ", starts_on=FIRST, by=dana, now=NOW)
