"""What people read when something goes wrong: what happened, in plain words, and what to do next, on their phone."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Response, expect

from mail import links
from mail.models import Message
from matching import services
from matching.models import Match
from mentorship.administration import second_factor
from programs import services as programs
from programs.models import Import, ProfileField, Role
from sessions.mails import PURPOSE
from sessions.models import Session
from tests.browser.test_sent_twice import fill, signed_in
from tests.factories.crowds import make_crowd
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast

DAY = dt.timedelta(days=1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Somebody's name or address, what a machine says, where something lies: nothing of it helps who reads it.
UNSAID = re.compile(
    r"\b(Mia|Bob|Alice|Olga|Spring)\b|@|10\.0\.0\.7|/\w+/|\.py\b|csrf|token|request|traceback|exception|\b[45]\d\d\b",
    re.IGNORECASE,
)
Read = Callable[..., None]


@pytest.fixture
def read(axe: Any, shoot: Any) -> Read:
    """Reads the page that came as an answer: ``read(page, answer, 404, "There is nothing", "not-found")``."""

    def look(page: Page, answer: Response | None, status: int, heading: str, name: str, title: str = "") -> None:
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert page.title() == (title or heading)
        assert UNSAID.findall(f"{page.title()} {page.locator('main').inner_text()}") == []
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shoot(page, f"wrong-{name}-phone")
        page.emulate_media(color_scheme="dark")
        assert axe(page, only_colours=True) == []
        shoot(page, f"wrong-{name}-phone-dark")
        page.emulate_media(color_scheme="light")

    return look


@pytest.fixture
def cast(live_server: Any) -> Cast:
    return make_cast()


@contextmanager
def answered(page: Page) -> Iterator[Any]:
    """The next page that comes, and with which status: ``with answered(page) as come: …; come.value``."""
    with page.expect_navigation() as come:
        yield come


def press(page: Page, name: str) -> Response:
    with answered(page) as come:
        page.locator("main").get_by_role("button", name=name, exact=True).click()
    return come.value


def go_on(page: Page, name: str, leads_to: str) -> None:
    """By the link that the page offers."""
    page.locator("main").get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"**{leads_to}")


def spoil(page: Page, name: str, value: str) -> None:
    """What a broken tool sends, or somebody pastes, in place of what stood in the form."""
    # Out of sight, where two million letters need no lines.
    put = "(field, value) => { field.hidden = true; field.value = value }"
    page.locator(f"main [name={name}]").first.evaluate(put, value)


def test_whoever_is_not_signed_in_is_led_to_signing_in(phone: Page, cast: Cast, read: Read) -> None:
    sign_in = reverse("account_login")
    read(phone, phone.goto("/programs/spring/nowhere/at/all/"), 404, "There is nothing at this address", "not-found")
    go_on(phone, "Go to the start page", f"{sign_in}?next=/")
    phone.get_by_label("E-mail address").first.fill(cast.mia.email)
    phone.context.clear_cookies()
    read(phone, press(phone, "Send me a link"), 403, "The page had grown old", "grown-old")
    assert not Message.objects.exists()
    go_on(phone, "Open the page anew", sign_in)
    phone.get_by_label("E-mail address").first.fill(cast.mia.email)
    press(phone, "Send me a link")
    assert Message.objects.filter(recipient=cast.mia).count() == 1
    # As a phone does that has closed the page meanwhile.
    read(phone, phone.goto(phone.url), 405, "There is nothing to see at this address", "only-buttons")
    go_on(phone, "Go to the start page", f"{sign_in}?next=/")
    read(phone, phone.goto("/t/1.2.3.cut/session/"), 404, "This link no longer works", "link-gone")
    go_on(phone, "Sign in", sign_in)
    for _ in range(30):
        Client().post(sign_in, {"login": "x@example.org", "password": "x"})
    phone.get_by_text("Use a password").click()
    answer = press(phone, "Sign in with the password")
    read(phone, answer, 429, "Wait a minute", "too-many-sign-ins")
    cache.clear()
    go_on(phone, "Go to the start page", f"{sign_in}?next=/")


def test_behind_a_link_words_wait_and_an_old_link_is_made_new(phone: Page, cast: Cast, read: Read) -> None:
    now = timezone.now()
    Match.objects.filter(pk=cast.match.pk).update(activated_at=now - 9 * DAY)
    meeting = SessionFactory.create(match=cast.match, starts_at=now - DAY)
    old = links.make(PURPOSE, cast.mia, meeting.pk, days=1, now=now - 2 * DAY)
    read(phone, phone.goto(reverse("session_links:session", args=[old])), 410, "This link has ended", "link-ended")
    read(phone, press(phone, "Send me a new link"), 200, "Look into your e-mail", "link-renewed")
    assert Message.objects.filter(recipient=cast.mia).count() == 1

    page = reverse("session_links:session", args=[links.make(PURPOSE, cast.mia, meeting.pk, days=14)])
    for _ in range(30):
        assert Client().post(page, {"outcome": "met", "day": "never"}).status_code == 422
    phone.goto(page)
    phone.get_by_text("Change the details, or add a note").click()
    phone.get_by_label(re.compile("note", re.IGNORECASE)).first.fill("We read her first report together")
    read(phone, press(phone, "Save with these details"), 429, "Wait a minute", "too-often")
    expect(phone.get_by_text("We read her first report together")).to_be_visible()
    assert Session.objects.get(pk=meeting.pk).state == Session.State.PLANNED
    cache.clear()  # a minute later
    press(phone, "Send it again")
    phone.wait_for_url("**/session/saved/")
    logged = Session.objects.get(pk=meeting.pk)
    assert (logged.state, logged.notes.get().body) == (Session.State.HELD, "We read her first report together")


def test_a_form_that_cannot_be_taken_says_why_and_where_to_send_it_again(
    open_browser: Callable[..., Page],
    live_server: Any,
    cast: Cast,
    read: Read,
    monkeypatch: pytest.MonkeyPatch,
    problems: list[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(settings, "ORGANISATION_NAME", "The School")
    page = signed_in(open_browser(phone=True), cast.alice, live_server.url)
    form = reverse("programs:add_field", args=["spring"])
    page.goto(form)
    fill(page, "Your town")
    spoil(page, "form_key", "<rubbish>")
    read(page, press(page, "Save the field"), 400, "This could not be read", "not-readable")
    go_on(page, "Go to the start page", reverse("programs:list"))

    page.goto(form)
    fill(page, "Your town")

    def breaks(**_: object) -> None:
        raise RuntimeError("10.0.0.7 refused what Mia Example wrote")

    with monkeypatch.context() as broken:
        broken.setattr(programs, "add_field", breaks)
        answer = press(page, "Save the field")
    assert problems.pop().startswith("500 ")
    read(page, answer, 500, "Something broke on our side", "broken")
    assert re.findall(r"10\.0\.0\.7|Mia|RuntimeError|Traceback", page.content()) == []
    expect(page.locator("header")).to_have_text("The School")
    assert not ProfileField.objects.filter(label="Your town").exists()
    go_on(page, "Go to the start page", reverse("programs:list"))

    upload = reverse("programs:import_upload", args=["spring"])
    page.goto(upload)
    large = tmp_path / "people.csv"
    large.write_bytes(b"email,name\n" + b"x" * 12 * 2**20)
    page.get_by_label("File", exact=True).set_input_files(large)
    read(page, press(page, "Continue"), 413, "This file is too large", "too-large")
    go_on(page, "Choose another file", upload)
    expect(page.get_by_label("File", exact=True)).to_be_visible()
    spoil(page, "pasted", "email,name\n" + "x" * 2 * 2**20)
    read(page, press(page, "Continue"), 400, "This could not be read", "too-much-pasted")
    expect(page.get_by_text("A long list goes in as a file.")).to_be_visible()
    assert not Import.objects.exists()


def test_the_second_who_publishes_reads_that_somebody_was_first(
    open_browser: Callable[..., Page], live_server: Any, read: Read
) -> None:
    crowd = make_crowd("traditional", {Role.MENTOR: 2, Role.MENTEE: 2})
    proposal, now = crowd.propose(), timezone.now()
    second = CoordinatorFactory.create(program=crowd.track.program).user
    page = signed_in(open_browser(phone=True), second, live_server.url)
    page.goto(reverse("matching:publish", args=[crowd.track.program.slug, proposal.number]))
    publish = page.locator("main").get_by_role("button").inner_text()
    services.publish(proposal=proposal, by=None, now=now)
    answer = press(page, publish)
    title = f"{crowd.track.program.name}: proposal 1 was not published"
    read(page, answer, 409, "Somebody has published already", "was-second", title)
    go_on(page, "See all proposals", reverse("matching:proposals", args=[crowd.track.program.slug]))


def test_what_nobody_may_do_says_so(
    open_browser: Callable[..., Page], live_server: Any, settings: Any, read: Read
) -> None:
    settings.ROOT_URLCONF = "tests.mentorship.urls_maintained"
    olga = UserFactory.create(first_name="Olga", is_staff=True, is_superuser=True)
    second_factor.enrol(user=olga, secret=SECRET, now=timezone.now())
    page = signed_in(open_browser(phone=True), olga, live_server.url)
    page.goto("/inner-door/second-factor/")
    page.locator("main [name=code]").fill(format_hotp_value(hotp_value(SECRET, int(timezone.now().timestamp()) // 30)))
    page.locator("main").get_by_role("button").first.click()
    page.wait_for_url("**/inner-door/")
    answer = page.goto("/inner-door/participants/user/add/")
    read(page, answer, 403, "This page is not open to you", "not-open")
    page.locator("main").get_by_role("link", name="Go to the start page").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("This page is not open to you")


def test_whoever_guesses_codes_has_to_wait(
    open_browser: Callable[..., Page], live_server: Any, settings: Any, read: Read
) -> None:
    settings.ROOT_URLCONF = "tests.mentorship.urls_maintained"
    olga = UserFactory.create(first_name="Olga", is_staff=True, is_superuser=True)
    second_factor.enrol(user=olga, secret=SECRET, now=timezone.now())
    page = signed_in(open_browser(phone=True), olga, live_server.url)
    page.goto("/inner-door/second-factor/")
    for _ in range(6):
        page.locator("main [name=code]").fill("000000")
        with answered(page) as come:
            page.locator("main").get_by_role("button").first.click()
    read(page, come.value, 429, "Too many wrong codes", "too-many-codes")
    go_on(page, "Go to the start page", reverse("sessions:home"))
