"""Step 3: people come in from files, can go again, and a file that comes twice changes nothing."""

import re

from playwright.sync_api import Page, expect

from tests.browser.oracle import DATA
from tests.browser.walking import heading, press

SECONDS = 60_000
IMPORT = "/programs/public-service-mentoring/people/import/"


def upload(page: Page, name: str, who: str) -> None:
    page.goto(IMPORT)
    page.get_by_label(who, exact=True).check()
    page.get_by_label("File", exact=True).set_input_files(DATA / name)
    press(page, "Continue")
    heading(page, "What is in each column?")


def to_check(page: Page, name: str, who: str, columns: dict[str, str]) -> None:
    """Upload, correct the columns that were guessed wrong, and look at the rows."""
    upload(page, name, who)
    for header, means in columns.items():
        page.get_by_label(f"What is in the column {header.replace('_', ' ')}").select_option(label=means)
    press(page, "Check the rows")


def bring_in(page: Page, name: str, who: str, count: int, **columns: str) -> None:
    """Nothing is written before the last step; the worker then does it all at once, and the page waits for it."""
    to_check(page, name, who, columns)
    heading(page, f"{count} people are ready")
    press(page, f"Import {count} people")
    page.wait_for_url("**/done/", timeout=SECONDS)
    heading(page, f"{count} people are new")


def take_back(page: Page, left: int) -> None:
    press(page, "Undo the import")
    heading(page, "The import is undone")
    page.get_by_role("main").get_by_role("link", name="People").click()
    heading(page, f"{left} people take part")


def bring_nothing_new(page: Page, name: str, who: str, count: int, **columns: str) -> None:
    to_check(page, name, who, columns)
    heading(page, "Everybody in the file is here already")
    expect(page.get_by_text(f"{count} people are here already, unchanged")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Import"))).to_have_count(0)
    press(page, "Discard the file")


def are_all_there(page: Page, count: int) -> None:
    page.goto("/programs/public-service-mentoring/people/")
    heading(page, f"{count} people take part")
