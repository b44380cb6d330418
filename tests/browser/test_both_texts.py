"""Two who change the same at once: whoever is second reads what stands now beside their own words, on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from matching.models import Match
from tests.browser.test_going_wrong import answered
from tests.browser.test_sent_twice import signed_in
from tests.factories.programs import EnrolmentFactory, FieldFactory
from tests.factories.sessions import SessionFactory
from tests.people import Cast, make_cast

FIRST, SECOND = "What was saved a moment ago", "What I have written meanwhile"


@pytest.fixture
def cast(live_server: Any) -> Cast:
    cast = make_cast()
    Match.objects.filter(pk=cast.match.pk).update(activated_at=timezone.now())
    return cast


@pytest.fixture
def second(open_browser: Callable[..., Page], live_server: Any, axe: Any, shoot: Any) -> Callable[..., None]:
    """Two windows change the text of one name at one address; the second reads both, and saves all the same."""

    def change(person: str, cast: Cast, path: str, name: str, button: str, picture: str) -> None:
        late = signed_in(open_browser(phone=True), getattr(cast, person), live_server.url)
        early = late.context.new_page()
        for page, words in ((late, SECOND), (early, FIRST)):
            page.goto(path)
            page.locator(f"main [name={name}]").fill(words)
        assert sent(early, button) != 409
        assert sent(late, button) == 409
        expect(late.locator("main").get_by_text(FIRST).first).to_be_visible()
        assert late.locator(f"main [name={name}]").input_value() == SECOND
        assert axe(late) == []
        assert late.evaluate("document.documentElement.scrollWidth") <= 390
        shoot(late, f"both-{picture}-phone")
        late.emulate_media(color_scheme="dark")
        assert axe(late, only_colours=True) == []
        shoot(late, f"both-{picture}-phone-dark")
        assert sent(late, button) != 409
        late.goto(path)
        assert late.locator(f"main [name={name}]").input_value() == SECOND

    return change


def sent(page: Page, button: str) -> int:
    with answered(page) as come:
        page.locator("main").get_by_role("button", name=button, exact=True).click()
    return come.value.status


def test_two_coordinators(cast: Cast, second: Callable[..., None]) -> None:
    program = cast.program.slug
    FieldFactory.create(program=cast.program, slug="wish", label="Wish")
    asked = EnrolmentFactory.create(track=cast.track, answers={"wish": "To learn"})
    second("alice", cast, reverse("programs:details", args=[program]), "description", "Save", "details")
    second("alice", cast, reverse("programs:field", args=[program, "wish"]), "help", "Save the field", "field")
    second("alice", cast, reverse("programs:track", args=[program, cast.track.slug]), "name", "Save", "track")
    second("alice", cast, reverse("programs:person", args=[program, asked.pk]), "answer_wish", "Save", "person")


def test_two_people_of_a_match(cast: Cast, second: Callable[..., None]) -> None:
    meeting = SessionFactory.create(match=cast.match, held=True, starts_at=timezone.now())
    note = reverse("sessions:note", args=[meeting.pk, "shared"])
    second("mia", cast, note, "body", "Save the note", "note")
    terms = reverse("sessions:change_agreement", args=[cast.match.pk])
    second("mia", cast, terms, "goals", "Propose and sign", "agreement")
