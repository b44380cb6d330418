"""What somebody reads whom others at the same row kept waiting for too long: their words, and a button to send them."""

from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.urls import reverse
from playwright.sync_api import Page, expect

from mentorship import crossing
from programs.models import ProfileField
from tests.browser.test_sent_twice import fill, signed_in
from tests.people import make_cast


class WaitedTooLong(Exception):
    """As the driver of PostgreSQL says it."""

    pgcode = "55P03"


def test_what_was_not_saved_is_given_back_and_sent_again(
    open_browser: Callable[..., Page], live_server: Any, axe: Any, shoot: Any, monkeypatch: Any, problems: list[str]
) -> None:
    cast = make_cast()
    page = signed_in(open_browser(phone=True), cast.alice, live_server.url)
    page.goto(reverse("programs:add_field", args=["spring"]))
    fill(page, "Where you live")

    def meets_others(*_: object) -> None:
        raise OperationalError("canceling statement due to lock timeout") from WaitedTooLong

    with monkeypatch.context() as others:
        others.setattr(crossing, "tried_again", meets_others)
        page.get_by_role("button", name="Save the field").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Somebody else was faster")
    assert problems.pop().startswith("503 ")
    expect(page.get_by_text("Where you live")).to_be_visible()
    assert not ProfileField.objects.filter(label="Where you live").exists()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "busy-phone")
    page.emulate_media(color_scheme="dark")
    assert axe(page, only_colours=True) == []
    shoot(page, "busy-phone-dark")
    page.get_by_role("button", name="Send it again").click()
    page.wait_for_url("**/fields/")
    assert ProfileField.objects.filter(label="Where you live").count() == 1
