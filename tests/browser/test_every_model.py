"""Each of the twelve models, from the advisor's first question to published matches, with a whole organisation."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from mail.models import Message
from mail.services import drain
from matching.models import Seat
from mentorship.sample.organisation import organisation, taking_part
from participants.models import RoleGrant
from participants.services import ensure_account, grant_role
from programs.catalogue import registry
from programs.models import Program
from tests.browser.walking import Mailbox, follow, heading, link_in, press

SECONDS = 90_000
# How somebody who is after this model would answer: what should change, who takes part, mentors, their time, duration.
EVERYTHING = ("People on several levels", "One each", "Four hours or more", "About six months")
EQUALS = ("People who are all on one level", "None", "One hour", "Up to three months")
MIXED = ("People on several levels", "One for about five", "Two hours", "About six months")
ANSWERS = {
    "traditional": ("People grow in their careers over the long run", *EVERYTHING),
    "peer": ("People solve current problems and share their skills", *EQUALS),
    "near_peer": ("New people settle in, or people master a transition", *EVERYTHING),
    "reverse": ("Leaders gain digital or cultural insight", *EVERYTHING),
    "lateral": ("Departments understand each other and work together", *EQUALS),
    "cross_functional": ("Departments understand each other and work together", *MIXED),
    "co_mentoring": ("Leaders gain digital or cultural insight", *MIXED),
    "group_peer": ("People solve current problems and share their skills", *EQUALS),
    "pod": ("People learn a practical skill, with material to follow", *EQUALS),
    "circle": ("People of an under-represented group belong and are heard", *MIXED),
    "flash": ("People solve current problems and share their skills", *EVERYTHING[:3], "One conversation"),
    "distributed": ("People solve current problems and share their skills", *EVERYTHING[:3], "One conversation"),
}
MOST_CLICKS = 8


@pytest.fixture
def dana(page: Page, live_server) -> Page:
    """A coordinator, signed in."""
    user, _ = ensure_account(email="dana@example.net", first_name="Dana", last_name="F", timezone="Europe/London")
    grant_role(user=user, role=RoleGrant.Role.COORDINATOR, by=None, now=timezone.now())
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.mark.parametrize("model", list(ANSWERS))
def test_from_the_advisor_to_published_matches(model, dana, worker, tmp_path, axe, shoot):
    program = ask_the_advisor(dana, model)
    for role, members in taking_part(organisation(), model).items():
        bring_in(dana, program, role, len(members), file_of(tmp_path, model, role))
    propose(dana, program)
    shoot(dana, f"model-{model}")
    assert axe(dana) == []
    publish(dana, program)
    somebody_accepts(dana, program)


def ask_the_advisor(page: Page, model: str) -> Program:
    """A link an answer; then the model is taken, where another one stands first, and set up. Counts the clicks."""
    page.goto("/programs/")
    clicks = ["New program", *ANSWERS[model]]
    page.get_by_role("main").get_by_role("link", name="New program").first.click()
    for answer in ANSWERS[model]:
        page.get_by_role("main").get_by_role("link", name=re.compile(f"^{re.escape(answer)}")).click()
    found = registry.get(model)
    button = page.get_by_role("button", name=re.compile(f"^Set up {re.escape(found.name)}$", re.IGNORECASE))
    expect(page.get_by_text("a rule of thumb from your answers, not a prediction", exact=False)).to_be_visible()
    page.wait_for_load_state()
    if not button.count():
        page.get_by_role("main").get_by_role("link", name=found.name, exact=True).first.click()
        clicks.append(found.name)
    button.click()
    expect(page.get_by_text("is set up with every default in place")).to_be_visible()
    assert len([*clicks, "Set up"]) <= MOST_CLICKS
    program = Program.objects.get()
    assert [track.model for track in program.tracks.all()] == [model]
    return program


def file_of(folder: Path, model: str, role: str) -> Path:
    call_command("example_people", str(folder / f"{role}.csv"), model=model, role=role)
    return folder / f"{role}.csv"


def bring_in(page: Page, program: Program, role: str, count: int, file: Path) -> None:
    """Every column is guessed, and no row has to be mended."""
    page.goto(f"/programs/{program.slug}/people/import/")
    many = page.get_by_label(f"{role.capitalize()}s", exact=True)
    page.wait_for_load_state()
    if many.count():
        many.check()
    page.get_by_label("File", exact=True).set_input_files(file)
    press(page, "Continue")
    press(page, "Check the rows")
    heading(page, f"{count} people are ready")
    press(page, f"Import {count} people")
    page.wait_for_url("**/done/", timeout=SECONDS)
    heading(page, f"{count} people are new")


def propose(page: Page, program: Program) -> None:
    page.goto(f"/programs/{program.slug}/matching/")
    press(page, "Make a proposal")
    expect(page.get_by_text("Only coordinators see it").first).to_be_visible(timeout=SECONDS)


def publish(page: Page, program: Program) -> None:
    """The check page says how many mails leave; so many leave, each to somebody in a match."""
    mails = Seat.objects.filter(match__track__program=program).count()
    follow(page, "Check and publish")
    heading(page, f"{mails} e-mails go out when you publish")
    press(page, f"Publish and send {mails} e-mails")
    expect(page.get_by_text(f"{mails} e-mails on their way")).to_be_visible()


def somebody_accepts(page: Page, program: Program) -> None:
    """By the link in the mail, whose words name everybody in the match."""
    seat = Seat.objects.filter(match__track__program=program).select_related("enrolment__user").order_by("pk")[0]
    others = seat.match.seats.exclude(pk=seat.pk).select_related("enrolment__user")
    # At night offers wait for the morning; here it has come.
    Message.objects.filter(state=Message.State.PENDING).update(not_before=timezone.now())
    drain(clock=timezone.now)
    box = Mailbox()
    for _ in range(300):
        if box.waiting(seat.enrolment.user.email):
            break
        page.wait_for_timeout(100)
    [offer] = [each for each in mail.outbox if each.to == [seat.enrolment.user.email]][:1]
    assert [other.enrolment.user.first_name in offer.body for other in others] == [True] * len(others)
    page.goto(link_in(offer))
    press(page, "Accept")
    expect(page.get_by_text(re.compile("You said yes|are matched|has begun|is on"))).to_be_visible()
    seat.refresh_from_db()
    assert seat.answer == Seat.Answer.ACCEPTED
