"""A real Chromium against the running site. Everything the browser complains about fails the test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.browser.kept import KeptBrowser
from tests.chromium import find_chromium

HERE = Path(__file__).parent
SHOTS = HERE / "shots"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What can differ between the light and the dark page; the rest of axe reads the same document in both.
AXE_COLOURS = ["color-contrast", "link-in-text-block"]
# What is well needs no selector made for it, and no rule that runs here asks for the style sheets to be read anew.
AXE_SPARES = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
PATIENCE = 10_000  # milliseconds that the page gets for anything

Opener = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return find_chromium()


@pytest.fixture(scope="session")
def kept_browser(chromium_path: str) -> Iterator[KeptBrowser]:
    kept = KeptBrowser(chromium_path, ["--no-sandbox"] if os.geteuid() == 0 else [])
    yield kept
    kept.end()


@pytest.fixture
def browser(kept_browser: KeptBrowser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """For as long as the test has it, Django takes this thread for an asynchronous one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with kept_browser.lent() as browser:
        yield browser
        # What Django opened meanwhile it would not find in a test without a browser: it would stay open.
        connections.close_all()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What the browser has complained about so far; a test that expects it takes it out of the list."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_browser(live_server: Any, browser: Browser, settings: Any, problems: list[str]) -> Iterator[Opener]:
    """Open a window of its own, with its own cookies: ``open_browser(dark=True, javascript=False, phone=True)``."""
    settings.SITE_URL = live_server.url  # links in mails lead to this server
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    yield from windows(browser, live_server.url, problems)


def windows(browser: Browser, site: str, problems: list[str]) -> Iterator[Opener]:
    """Opens windows on a site, and closes them all at the end."""
    with ExitStack() as contexts:

        def open_one(*, phone: bool = False, dark: bool = False, javascript: bool = True) -> Page:
            context = browser.new_context(
                **(PHONE if phone else DESKTOP),
                base_url=site,
                color_scheme="dark" if dark else "light",
                java_script_enabled=javascript,
                locale="en-GB",
                reduced_motion="reduce",
                timezone_id="Europe/London",
            )
            contexts.callback(context.close)
            return _watched(context, problems)

        yield open_one


def _watched(context: BrowserContext, problems: list[str]) -> Page:
    """A page whose errors, broken policies and failed requests are written down."""

    def heard(message: ConsoleMessage) -> None:
        # A refused form is a page like any other; what else failed to load is noticed below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(f"console: {message.text}")

    def answered(response: Response) -> None:
        worst = 499 if response.request.resource_type in {"document", "fetch", "xhr"} else 399
        if response.status > worst:
            problems.append(f"{response.status} {response.url}")

    context.set_default_timeout(PATIENCE)
    context.on("console", heard)
    context.on("response", answered)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))
    return context.new_page()


@pytest.fixture
def page(open_browser: Opener) -> Page:
    """A desktop window, 1280 pixels wide, light."""
    return open_browser()


@pytest.fixture
def phone(open_browser: Opener) -> Page:
    """A phone, 390 pixels wide."""
    return open_browser(phone=True)


@pytest.fixture
def dark(open_browser: Opener) -> Page:
    """A desktop window of somebody who likes it dark."""
    return open_browser(dark=True)


@pytest.fixture
def without_javascript(open_browser: Opener) -> Page:
    """A desktop window in which no script runs."""
    return open_browser(javascript=False)


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """What axe finds wrong with the page as it is now, a line a finding: ``assert axe(page) == []``."""
    source = (HERE / "vendor" / "axe.min.js").read_text()

    def run(page: Page, *, only_colours: bool = False) -> list[str]:
        # Evaluated, not added as a script: a strict policy allows no script that is not the site's own. The browser
        # keeps it for the pages that this window will open: to send it each time took as long as to look.
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
            page.add_init_script(source)
        which = {"type": "rule", "values": AXE_COLOURS} if only_colours else {"type": "tag", "values": AXE_TAGS}
        options = {"runOnly": which, **AXE_SPARES}
        violations = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
        return [
            f"{found['id']}: {found['help']} ({node['target'][0]}) {node['html'][:120]}"
            for found in violations
            for node in found["nodes"]
        ]

    return run


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], Path]:
    """Take a picture of the whole page: ``shoot(page, "proposal-dark")`` writes shots/proposal-dark.png.

    Not in a run of everything (PICTURES=no), where they would be a fifth of the browser's time.
    """

    def take(page: Page, name: str) -> Path:
        SHOTS.mkdir(exist_ok=True)
        picture = SHOTS / f"{name}.png"
        if os.environ.get("PICTURES") == "no":
            return picture
        page.screenshot(path=picture, full_page=True)
        return picture

    return take
