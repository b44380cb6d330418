"""A model of each shape, from the advisor's first question to published matches, with a whole organisation."""

import re
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from matching.models import Seat
from mentorship.sample.organisation import organisation, taking_part
from programs.catalogue import registry
from programs.models import Program
from tests.browser.walking import Mailbox, follow, heading, link_in, press
from tests.every_model import (
    ANSWERS,
    IN_A_BROWSER,
    MOST_CLICKS,
    PEOPLE,
    coordinator,
    file_of,
    first_seat,
    morning_comes,
    names_of_others,
)

SECONDS = 90_000


@pytest.fixture
def dana(page: Page, live_server) -> Page:
    """A coordinator, signed in."""
    session = coordinator().cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


@pytest.mark.parametrize("model", IN_A_BROWSER)
def test_from_the_advisor_to_published_matches(model, dana, worker, tmp_path, axe, shoot):
    program = ask_the_advisor(dana, model)
    for role, members in taking_part(organisation(PEOPLE), model).items():
        bring_in(dana, program, role, len(members), file_of(tmp_path, model, role, PEOPLE))
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
    seat = first_seat(program)
    morning_comes()
    box = Mailbox()
    for _ in range(300):
        if box.waiting(seat.enrolment.user.email):
            break
        page.wait_for_timeout(100)
    [offer] = [each for each in mail.outbox if each.to == [seat.enrolment.user.email]][:1]
    assert [name for name in names_of_others(seat) if name not in offer.body] == []
    page.goto(link_in(offer))
    press(page, "Accept")
    expect(page.get_by_text(re.compile("You said yes|are matched|has begun|is on"))).to_be_visible()
    seat.refresh_from_db()
    assert seat.answer == Seat.Answer.ACCEPTED
