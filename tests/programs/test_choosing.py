"""Reading about models, asking which one fits, and one press from the advice to a program."""

import datetime as dt

import pytest
from django.test import Client

from participants.models import RoleGrant, User
from programs import services
from programs.catalogue import registry
from programs.catalogue.advisor import Answers
from programs.errors import ProgramError
from programs.models import Enrolment, Program
from programs.urls_models import urlpatterns
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, CoordinatorFactory, EnrolmentFactory, ProgramFactory, TrackFactory

pytestmark = pytest.mark.django_db
SHORT = "goal=career&seniors=0.5&hours=1&learners=60"


@pytest.fixture
def dana() -> User:
    user: User = UserFactory.create(timezone="Europe/Berlin", first_name="Dana", last_name="Field")
    RoleGrant.objects.create(user=user, role="coordinator", granted_at=NOW)
    return user


@pytest.fixture
def browser(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


def page(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


# --- models -------------------------------------------------------------------------------
def test_a_model_is_readable_by_everybody_who_is_signed_in_and_offers_them_no_button(client: Client) -> None:
    client.force_login(EnrolmentFactory.create().user)
    text = page(client, "/models/reverse/")
    model = registry.get("reverse")
    for words in (*(text for _, text in model.aspects), *(item.text for item in model.agenda), model.risks[0].text):
        assert words.split("’")[0][:60] in text
    assert "Nobody is matched with their own manager" in text
    assert "Start a program with it" not in text
    assert "Each person gets 1 mentor, 1 near-peer and 2 peers" in page(client, "/models/distributed/")


def test_every_model_has_a_page_and_no_address_of_ours_hides_one(browser: Client) -> None:
    ours = {str(each.pattern).split("/")[0] for each in urlpatterns} - {"", "<slug:model>"}
    slugs = {model.slug for model in registry.all_models()}
    assert ours == {"compare", "question", "more", "advice"}
    assert not ours & slugs
    for slug in slugs:
        page(browser, f"/models/{slug}/")
    assert browser.get("/models/telepathic/").status_code == 404


def test_before_anybody_has_chosen_mentor_led_and_peer_are_compared(browser: Client) -> None:
    assert "Traditional mentoring beside Peer mentoring" in page(browser, "/models/compare/")
    text = page(browser, "/models/compare/?first=flash&second=pod")
    assert "Flash mentoring beside Peer learning pods" in text
    assert "Traditional mentoring beside Peer" in page(browser, "/models/compare/?first=%00&second=nothing")


# --- questions ----------------------------------------------------------------------------
def test_each_answer_is_a_link_that_keeps_the_others(browser: Client) -> None:
    text = page(browser, "/models/question/levels/?goal=career")
    assert 'href="/models/question/seniors/?goal=career&amp;levels=one"' in text
    assert 'href="/models/question/seniors/?goal=career"' in text  # not known yet
    last = page(browser, "/models/question/months/?goal=career")
    assert 'href="/models/advice/?goal=career&amp;months=0"' in last
    changed = page(browser, "/models/question/goal/?goal=career&months=6&back=1")
    assert 'href="/models/advice/?goal=silos&amp;months=6"' in changed


def test_models_that_an_answer_rules_out_fade(browser: Client) -> None:
    assert "12 of 12 models still in" in page(browser, "/models/question/goal/")
    assert "2 of 12 models still in" in page(browser, "/models/question/goal/?months=0")


def test_the_new_program_page_is_the_first_question(browser: Client) -> None:
    assert 'href="/models/question/levels/?goal=career"' in page(browser, "/programs/new/")


# --- advice -------------------------------------------------------------------------------
def test_the_advice_shows_points_reasons_numbers_and_what_it_is(browser: Client) -> None:
    text = page(browser, f"/models/advice/?{SHORT}&levels=one")
    assert "A rule of thumb from your answers, not a prediction" in text
    assert "60 learners need 30 mentors and 152.1 hours a month" in text
    assert "All learners are on one level" in text
    assert "What would change the advice" in text
    assert "60 people" in text


def test_an_answer_that_cannot_be_read_is_said_and_the_others_count(browser: Client) -> None:
    response = browser.get("/models/advice/?goal=onboarding&hours=lots")
    assert response.status_code == 422
    text = response.content.decode()
    assert "“lots” is no answer to “How much time does one mentor have in a month?”" in text
    assert "Best fit: Near-peer mentoring" in text


def test_one_press_sets_the_program_up_with_every_default(browser: Client, dana: User) -> None:
    url = "/models/advice/?goal=onboarding&levels=several&seniors=0.5&hours=2&months=6"
    assert "Set up near-peer mentoring" in page(browser, url)
    assert Program.objects.count() == 0
    assert browser.post(url).headers["Location"] == f"/programs/{Program.objects.get().slug}/set-up/"
    program = Program.objects.get()
    track = program.tracks.get()
    model = registry.get("near_peer")
    assert program.name.startswith("Near-peer mentoring, ")
    assert (program.timezone, program.contact_email) == ("Europe/Berlin", dana.email)
    assert program.starts_on.weekday() == 0
    assert 180 <= (program.ends_on - program.starts_on).days <= 184
    assert (track.model, track.cadence_days, track.capacity) == ("near_peer", model.cadence_days, model.capacity)
    purposes = {purpose.replace("_", "-") for purpose in model.recipe.purposes}
    assert set(program.fields.values_list("slug", flat=True)) == purposes
    assert program.coordinators.get().user == dana


def test_a_plan_above_the_pledged_hours_is_refused_with_its_numbers(browser: Client) -> None:
    response = browser.post(f"/models/advice/?{SHORT}&use=traditional")
    assert response.status_code == 422
    assert "Pledged: 30 mentors with 30 hours" in response.content.decode()
    assert Program.objects.count() == 0


def test_two_models_become_one_program_with_two_tracks_and_a_person_may_be_in_both(browser: Client, dana: User) -> None:
    answers = "goal=problems&expertise=yes&collaboration=yes"
    text = page(browser, f"/models/advice/?{answers}")
    assert "Best fit: Traditional mentoring and peer mentoring, together" in text
    assert "Set up traditional mentoring and peer mentoring" in text
    assert '<span class="fine">Traditional +2</span>' in text
    assert '<span class="fine">Peer −1</span>' in text
    assert browser.post(f"/models/advice/?{answers}&use=flash,peer").status_code == 302
    flash, peer = Program.objects.get().tracks.order_by("position")
    assert (flash.model, peer.model) == ("flash", "peer")
    user = UserFactory.create()
    for track, role in ((flash, "mentee"), (peer, "peer")):
        services.enrol(track=track, user=user, role=role, answers={}, by=dana, now=NOW)
    assert Enrolment.objects.filter(user=user, state="active").count() == 2


def test_whoever_may_not_make_programs_reads_the_advice_and_cannot_press(client: Client) -> None:
    client.force_login(UserFactory.create())
    text = page(client, "/models/advice/?goal=onboarding")
    assert "Best fit: Near-peer mentoring" in text
    assert "Set up near-peer" not in text
    assert client.post("/models/advice/?goal=onboarding").status_code == 404
    assert Program.objects.count() == 0


# --- a program that is there --------------------------------------------------------------
def test_a_track_is_added_by_the_advisor_with_its_questions(browser: Client, dana: User) -> None:
    program = TrackFactory.create(program__slug="spring").program
    CoordinatorFactory.create(program=program, user=dana)
    url = "/models/advice/?goal=silos&program=spring"
    assert "Add cross-functional peer mentoring" in page(browser, url)
    assert browser.post(url).headers["Location"] == "/programs/spring/set-up/"
    assert list(program.tracks.values_list("model", flat=True)) == ["traditional", "cross_functional"]
    assert program.fields.filter(slug="problem").exists()


def test_a_track_is_added_from_its_models_page(browser: Client, dana: User) -> None:
    CoordinatorFactory.create(program=TrackFactory.create(program__slug="spring").program, user=dana)
    assert 'href="/programs/spring/set-up/tracks/new/?model=pod"' in page(browser, "/models/pod/")
    asked = browser.get("/programs/spring/set-up/tracks/new/?model=pod")
    assert asked.context["form"]["model"].value() == "pod"
    assert browser.post("/programs/spring/set-up/tracks/new/", {"model": "pod", "name": ""}).status_code == 302
    assert Program.objects.get().fields.filter(slug="skills-wanted").exists()


def test_nobody_elses_program_can_be_named(browser: Client) -> None:
    TrackFactory.create(program__slug="theirs", program__name="A secret")
    for url in ("/models/advice/", "/models/question/goal/", "/models/more/"):
        assert browser.get(f"{url}?program=theirs").status_code == 404
        assert browser.get(f"{url}?program=%00").status_code == 404
    assert browser.post("/models/advice/?goal=silos&program=theirs").status_code == 404
    assert "A secret" not in page(browser, "/models/pod/")


def test_an_admin_is_offered_no_program_of_others_on_a_models_page(browser: Client, dana: User) -> None:
    RoleGrant.objects.create(user=dana, role="admin", granted_at=NOW)
    ProgramFactory.create(name="Somebody else’s")
    assert "Somebody else" not in page(browser, "/models/pod/")


def test_a_closed_program_is_not_offered_for_another_track(browser: Client, dana: User) -> None:
    closed = ProgramFactory.create(name="Long ago", state="closed")
    CoordinatorFactory.create(program=closed, user=dana)
    assert "Long ago" not in page(browser, "/models/pod/")


# --- the service --------------------------------------------------------------------------
@pytest.mark.parametrize("models", [[], ["telepathic"]])
def test_no_models_and_unknown_models_are_refused(dana: User, models: list[str]) -> None:
    with pytest.raises(ProgramError):
        services.create_from_advice(answers=Answers(), models=models, by=dana, now=NOW)


def test_the_plan_follows_the_calendar_of_its_maker(dana: User) -> None:
    late = dt.datetime(2027, 3, 1, 23, 30, tzinfo=dt.UTC)  # already Tuesday in Berlin
    assert services.default_plan(models=["pod"], answers=Answers(), by=dana, now=late).starts_on == dt.date(2027, 4, 5)
