"""Scripts make smoother what works without them: a page that waits for the worker asks for the part that changes."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from matching.models import Proposal
from matching.services import run_proposal
from participants.models import RoleGrant
from participants.services import ensure_account, grant_role
from programs.models import Import
from programs.services.importing import run_import
from tests.browser.journey import matching, people
from tests.browser.oracle import DATA
from tests.browser.walking import heading, press


@pytest.fixture
def dana(page, live_server) -> Page:
    """A coordinator, signed in, in a window with scripts."""
    user, _ = ensure_account(
        email="dana.field@example.net", first_name="Dana", last_name="Field", timezone="Europe/London"
    )
    grant_role(user=user, role=RoleGrant.Role.COORDINATOR, by=None, now=timezone.now())
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def asked_again(page: Page) -> None:
    """The page has asked for its part once more, and is still the same page."""
    page.evaluate("window.stayed = true")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true") as answered:
        pass
    assert answered.value.status == 200
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert page.evaluate("window.stayed")


def bring_in(page: Page, name: str, who: str, **columns: str) -> None:
    people.to_check(page, name, who, columns)
    press(page, "Import 24 people")
    heading(page, "24 rows are being imported")
    asked_again(page)
    run_import(Import.objects.order_by("pk").last().pk, clock=timezone.now)
    heading(page, "24 people are new")


def test_pages_that_wait_follow_the_work(dana):
    dana.goto("/programs/upload/")
    dana.get_by_label("Program file").set_input_files(DATA / "program.json")
    press(dana, "Set it up")
    heading(dana, "5 of 8 parts are set up")
    bring_in(dana, "mentors.csv", "Mentors")
    bring_in(dana, "mentees.csv", "Mentees", where_they_work="Organisation")
    dana.goto(matching.MATCHING)
    press(dana, "Make a proposal")
    heading(dana, "The matching is running")
    asked_again(dana)
    run_proposal(Proposal.objects.get().pk, clock=timezone.now)
    pairs = matching.is_the_best(dana)
    # A post from a page with scripts carries its token by itself.
    press(dana, f"Lock {pairs[0].short}")
    expect(dana.get_by_role("button", name=f"Lock {pairs[0].short}")).to_have_attribute("aria-pressed", "true")
