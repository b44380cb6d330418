"""From “New program” to open for enrolment: how many clicks it takes, without a script and with nothing typed."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from participants.models import RoleGrant
from participants.services import ensure_account, grant_role
from programs.models import Program
from tests.browser.walking import Mailbox, heading, sign_in

DANA = "dana.field@example.net"
MOST_CLICKS = 8
ANSWERS = (
    ("What should change?", "New people settle in, or people master a transition"),
    ("Who takes part?", "People on several levels"),
    ("How many mentors can you find for each learner?", "One for two"),
    ("How much time does one mentor have in a month?", "Two hours"),
    ("How long should it last?", "About six months"),
)


class Clicks:
    """Every press of a link or a button, counted where it is made."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def on(self, role: str, name: str) -> None:
        self.count += 1
        self.page.get_by_role("main").get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


@pytest.fixture
def dana(transactional_db: None) -> None:
    user, _ = ensure_account(email=DANA, first_name="Dana", last_name="Field", timezone="Europe/London")
    grant_role(user=user, role=RoleGrant.Role.COORDINATOR, by=None, now=timezone.now())


def test_from_new_program_to_open_for_enrolment_in_eight_clicks(dana, worker, without_javascript, shoot):
    page = without_javascript
    sign_in(page, Mailbox(), DANA)
    page.goto("/programs/")
    clicks = Clicks(page)
    clicks.on("link", "New program")
    for question, answer in ANSWERS:
        heading(page, question)
        clicks.on("link", answer)
    heading(page, "Best fit: Near-peer mentoring")
    expect(page.get_by_text("A rule of thumb from your answers, not a prediction")).to_be_visible()
    clicks.on("button", "Set up near-peer mentoring")
    heading(page, "6 of 8 parts are set up")
    shoot(page, "choosing-set-up")
    clicks.on("button", "Open enrolment")
    heading(page, "People can apply now")
    program = Program.objects.get()
    assert (program.state, program.takes_applications) == ("open", True)
    assert clicks.count <= MOST_CLICKS


def test_an_answer_is_changed_and_the_advice_with_it(dana, worker, without_javascript):
    page = without_javascript
    sign_in(page, Mailbox(), DANA)
    page.goto("/models/advice/?goal=onboarding&months=6")
    heading(page, "Best fit: Near-peer mentoring")
    page.get_by_role("link", name=re.compile(r"^Change ?: How long should it last")).click()
    page.get_by_role("link", name="One conversation").click()
    heading(page, "Nothing speaks for one model more than for others yet")
    expect(page).to_have_url(re.compile(r"\?goal=onboarding&months=0$"))
    expect(page.get_by_text("It is to be a single conversation").first).to_be_visible()
