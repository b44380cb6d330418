"""The keys of the board: what they do, where they do nothing, and that they can be switched off."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from matching.models import Proposal
from tests.factories.matching import make_town
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory


@pytest.fixture
def draft(transactional_db) -> Proposal:
    return make_town().propose()


@pytest.fixture
def board(draft, page: Page, live_server) -> Page:
    """The board of a draft of two pairs, as its coordinator sees it."""
    alice = UserFactory.create(email="alice@example.org", first_name="Alice")
    CoordinatorFactory.create(program=draft.program, user=alice)
    client = Client()
    client.force_login(alice)
    signed = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": signed, "url": live_server.url}])
    page.goto(f"/programs/town/matching/{draft.number}/")
    return page


def locked(draft) -> int:
    return draft.matches.filter(locked=True).count()


def test_a_row_is_chosen_locked_and_the_lock_undone_by_keys_alone(board, draft, axe, shoot):
    rows = board.locator('li[id^="pair-"]')
    for _ in range(2):
        board.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    board.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    board.keyboard.press("l")
    expect(board.get_by_role("button", name="Undo")).to_be_visible()
    assert locked(draft) == 1
    board.keyboard.press("z")
    expect(board.get_by_role("button", name="Redo")).to_be_visible()
    assert locked(draft) == 0
    board.keyboard.press("?")
    expect(board.get_by_role("dialog", name="Keys of this page")).to_be_visible()
    shoot(board, "board-keys")
    assert axe(board) == []
    board.emulate_media(color_scheme="dark")
    shoot(board, "board-keys-dark")
    assert axe(board, only_colours=True) == []
    board.keyboard.press("l")
    assert locked(draft) == 0


def test_they_are_switched_off_and_stay_so(board, draft):
    board.get_by_role("button", name="Keys of this page").click()
    board.get_by_label("Single keys work on this page").uncheck()
    board.get_by_role("button", name="Close").click()
    board.reload()
    board.keyboard.press("j")
    board.keyboard.press("?")
    assert board.evaluate("document.activeElement === document.body")
    expect(board.get_by_role("dialog")).to_have_count(0)
    # Whoever wants them back finds the switch.
    board.get_by_role("button", name="Keys of this page").click()
    board.get_by_label("Single keys work on this page").check()
    board.get_by_role("button", name="Close").click()
    board.keyboard.press("j")
    expect(board.locator('li[id^="pair-"]').nth(0)).to_be_focused()


def test_whoever_writes_presses_no_keys_of_the_board(board):
    board.evaluate("document.querySelector('main').prepend(document.createElement('textarea'))")
    field = board.locator("textarea")
    field.focus()
    board.keyboard.type("jlsw?z")
    expect(field).to_have_value("jlsw?z")
    expect(board).to_have_url(board.url)
    expect(board.get_by_role("dialog")).to_have_count(0)


def test_without_scripts_nothing_speaks_of_keys(board, draft, without_javascript):
    without_javascript.context.add_cookies(board.context.cookies())
    without_javascript.goto(f"/programs/town/matching/{draft.number}/")
    assert not without_javascript.locator("#keys-open").is_visible()
