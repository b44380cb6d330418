"""The keys of the board: what they do, where they do nothing, and that they can be switched off."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from matching.models import Proposal
from programs.models import Role
from tests.factories.matching import make_town
from tests.factories.participants import UserFactory
from tests.factories.programs import CoordinatorFactory
from tests.factories.villages import Village, make_village


@pytest.fixture
def draft(transactional_db) -> Proposal:
    return make_town().propose()


@pytest.fixture
def board(draft, page: Page, live_server) -> Page:
    """The board of a draft of two pairs, as its coordinator sees it."""
    return open_board(page, draft, live_server.url)


def open_board(page: Page, draft: Proposal, site: str) -> Page:
    alice = UserFactory.create(email="alice@example.org", first_name="Alice")
    CoordinatorFactory.create(program=draft.program, user=alice)
    client = Client()
    client.force_login(alice)
    signed = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": signed, "url": site}])
    page.goto(f"/programs/{draft.program.slug}/matching/{draft.number}/")
    return page


@pytest.fixture
def pods(transactional_db) -> Village:
    """Two pods of four, told apart by what their people work on."""
    village = make_village("pod")
    village.join("Ada Ann Abe Ali", Role.PEER, "Art")
    village.join("Bea Bob Ben Bo", Role.PEER, "Biology")
    return village


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


def test_somebody_is_moved_between_groups_and_back_and_there_again_by_keys_alone(pods, page, live_server, axe):
    draft = pods.propose()
    old, new = pods.of(draft, "Ada"), pods.of(draft, "Bea")
    board = open_board(page, draft, live_server.url)
    board.keyboard.press("j")
    tab_to(board, f"#pair-{old.pk} a:has-text('Ada')")
    board.keyboard.press("Enter")
    board.wait_for_url("**/place/**")
    tab_to(board, f"button:has-text('Pod {new.number}')")
    board.keyboard.press("Enter")
    board.wait_for_url(f"**/matching/{draft.number}/#pair-{new.pk}")
    expect(board.get_by_role("button", name="Undo: move Ada")).to_be_visible()
    assert pods.names(new) == "Ada Bea Ben Bo Bob"
    # The next Tab stays with the group the person is in now.
    board.keyboard.press("Tab")
    assert board.evaluate("document.activeElement.closest('li').id") == f"pair-{new.pk}"
    board.keyboard.press("z")
    expect(board.get_by_role("button", name="Redo: move Ada")).to_be_visible()
    assert pods.names(old) == "Abe Ada Ali Ann"
    board.keyboard.press("y")
    expect(board.get_by_role("button", name="Undo: move Ada")).to_be_visible()
    assert pods.names(new) == "Ada Bea Ben Bo Bob"
    board.keyboard.press("?")
    keys = board.get_by_role("dialog", name="Keys of this page")
    expect(keys.get_by_text("Enter moves or swaps the person")).to_be_visible()
    expect(keys.get_by_text("Swap the row")).to_have_count(0)
    assert axe(board) == []


def tab_to(page: Page, selector: str) -> None:
    """Tab until the element has the focus; more presses than a page has stops mean that it cannot be reached."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(selector).first.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached")
