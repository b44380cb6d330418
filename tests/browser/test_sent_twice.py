"""Somebody who clicks twice, and what they read if a form comes once more with something else in it."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from participants.models import User
from programs.models import ProfileField
from tests.people import make_cast


def signed_in(page: Page, user: User, site: str) -> Page:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page


def fill(page: Page, label: str) -> None:
    page.get_by_label("Name", exact=True).fill(label)
    page.get_by_label("Mentee").check()
    page.locator("[name=kind]").select_option("text")


def test_a_double_click_makes_one_and_other_words_are_given_back(
    open_browser: Callable[..., Page], live_server: Any, axe: Any, shoot: Any
) -> None:
    cast = make_cast()
    page = signed_in(open_browser(phone=True), cast.alice, live_server.url)
    form = reverse("programs:add_field", args=["spring"])
    page.goto(form)
    used = page.locator("main [name=form_key]").input_value()
    fill(page, "Your town")
    page.get_by_role("button", name="Save the field").dblclick()
    # Asked again and again: the second click takes the place of the first one's way there, which a wait would not bear.
    expect(page).to_have_url(re.compile("/fields/$"))
    assert ProfileField.objects.filter(label="Your town").count() == 1
    page.goto(form)
    assert page.locator("main [name=form_key]").input_value() != used
    page.locator("main [name=form_key]").evaluate("(field, used) => { field.value = used }", used)
    fill(page, "Your other town")
    page.get_by_role("button", name="Save the field").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form was sent before, with something else in it")
    expect(page.get_by_text("Your other town")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "sent-before-phone")
    page.emulate_media(color_scheme="dark")
    assert axe(page, only_colours=True) == []
    shoot(page, "sent-before-phone-dark")
    page.get_by_role("button", name="Send this as well").click()
    page.wait_for_url("**/fields/")
    assert ProfileField.objects.filter(label__startswith="Your ").count() == 2
