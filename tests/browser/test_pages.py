"""Every page of the site, for everybody who may open it: axe, both themes, three widths, the policy, the keyboard."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import get_resolver
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import windows
from tests.browser.sample import Sample, make_sample
from tests.browser.sample_kit import NO_PAGES

ROLES = ("anonymous", "link", "newcomer", "accepted", "participant", "coordinator", "admin", "lead")
# Each width is looked at whole once, and for its colours in the other theme.
LOOKS = [("light", 1360, False), ("dark", 1360, True), ("light", 390, True), ("dark", 390, False)]
# The coordinator's pages, in parts: one after the other they would be the longest test of all.
PARTS = [
    (role, part, parts) for role in ROLES for parts in [4 if role == "coordinator" else 1] for part in range(parts)
]
NARROW = 320


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[str]:
    """One server for all tests of this file."""
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        server._live_server_modified_settings.enable()
        with override_settings(SITE_URL=server.url, CSRF_TRUSTED_ORIGINS=[server.url]):
            yield server.url
        server._live_server_modified_settings.disable()
        server.stop()


@pytest.fixture(scope="module")
def sample(site) -> Iterator[Sample]:
    """Told once: it takes longer than all pages of a role."""
    yield make_sample(timezone.now())
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def db(sample) -> None:
    """In place of pytest-django's: what the database holds is of this file, and no test takes it back."""


@pytest.fixture
def window(site, sample, db, browser, problems):
    """Opens a window for a role: ``window("coordinator")``."""

    def open_one(role="anonymous", **kind):
        page = open_window(**kind)
        if role in sample.cookies:
            page.context.add_cookies([{"name": "sessionid", "value": sample.cookies[role], "url": site}])
        return page

    opener = windows(browser, site, problems)
    open_window = next(opener)
    yield open_one
    next(opener, None)


def names(resolver=None, space=""):
    """The name of every address of the site."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from names(entry, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield space + entry.name


def test_no_page_is_left_out(sample, db):
    shown = {page.address for pages in sample.pages.values() for page in pages if page.name != "nothing there"}
    assert set(names()) - shown == NO_PAGES


@pytest.mark.parametrize(("role", "part", "parts"), PARTS)
def test_every_page_suits_everybody(role, part, parts, sample, window, axe, shoot):
    """In four looks, and on the narrowest screen nothing is cut off or has to be moved sideways."""
    page = window(role)
    found = []
    for shown in sample.pages[role][part::parts]:
        page.goto(shown.url)
        for theme, width, only_colours in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            looked = axe(page, only_colours=only_colours)
            found += [f"{shown.name} {theme} {width}: {finding}" for finding in looked]
            shoot(page, f"{shown.picture}-{theme}-{width}")
        page.set_viewport_size({"width": NARROW, "height": 800})
        found += [f"{shown.name}: {words}" for words in too_wide(page)]
    assert found == []


def too_wide(page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px wider than {NARROW}"] if wide > 0 else []


# --- what a form says when it refuses --------------------------------------------------------
WRONG = [
    ("anonymous", "account_login", "Send me a link"),
    ("participant", "sessions:new", "Plan the session"),
    ("participant", "sessions:new log", "Save the session"),
    ("participant", "sessions:goals", "Add a goal"),
    ("participant", "account_change_password", None),
    ("coordinator", "programs:new_with_models", "Create the program"),
    ("coordinator", "setup:upload", "Set it up"),
    ("coordinator", "programs:add_field", "Save the field"),
    ("coordinator", "programs:import_upload", "Continue"),
    ("coordinator", "matching:add_rule gap", "Save the rule"),
]


@pytest.mark.parametrize(("role", "name", "button"), WRONG)
def test_a_refused_form_says_what_to_do(role, name, button, sample, window, axe, shoot):
    """The title says so, the summary is focused, and each of its links leads to a field with the same words."""
    page = window(role)
    page.goto(sample.url(name))
    form = page.locator("main form[novalidate]").last if button is None else page.locator("main form")
    for field in page.locator(
        "main input:is([type=text], [type=number], [type=date], [type=time]), main textarea"
    ).all():
        if field.is_visible():
            field.fill("")
    (form.get_by_role("button", name=button) if button else form.locator("button.btn-primary")).first.click()
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    assert summary.get_by_role("heading").inner_text() == "There is a problem"
    expect(summary).to_be_focused()
    for link in summary.get_by_role("link").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    shoot(page, f"error-{name.replace(':', '-').replace(' ', '-')}")
    assert axe(page) == []


# --- by keyboard alone ------------------------------------------------------------------------
STOP = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  const box = stop.getBoundingClientRect(), style = getComputedStyle(stop);
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    what: stop.outerHTML.slice(0, 90),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    inside: box.width > 0 && box.top >= 0 && box.bottom <= innerHeight + 1,
    seen: Boolean(middle) && (stop.contains(middle) || middle.contains(stop)),
  };
}"""
FOCUSABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(one => one.type !== "hidden" && !one.disabled && one.checkVisibility({visibilityProperty: true})).length"""


@pytest.mark.parametrize("name", ["reports:overview", "matching:proposal", "matching:proposal swapping"])
def test_every_stop_of_the_keyboard_is_seen(name, sample, window):
    page = window("coordinator")
    page.goto(sample.url(name))
    expected, stops = page.evaluate(FOCUSABLE), []
    assert expected > 20
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    assert [stop["what"] for stop in stops if not (stop["inside"] and stop["seen"])] == []
    assert [stop["what"] for stop in stops if stop["outline"] < 2] == []
    assert len(stops) == expected
