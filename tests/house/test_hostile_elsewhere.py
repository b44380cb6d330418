"""The forms and pages that test_hostile_forms leaves out, fed with the worst of its texts: each in some field of each.

No answer is of 500 or above, and nothing is written where it is a refusal.
"""

from typing import Any

import pytest

from tests.house.hostile import (
    ALSO_BY_NUMBER,
    OTHER_FORMS,
    OTHER_PAGES,
    ROWS,
    WORST,
    broken_by,
    broken_by_shapes,
    who_may,
)
from tests.house.matrix import ask
from tests.house.world import World


@pytest.fixture(autouse=True)
def _no_limit_on_asking(settings: Any) -> None:
    """A form that is asked a hundred times in a second would answer only that it is asked too often."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.as_in_production
@pytest.mark.parametrize("name", OTHER_FORMS)
def test_the_worst_texts_break_no_other_form(world: World, name: str) -> None:
    assert broken_by(WORST, world, ROWS[name], most_alone=3) == []


@pytest.mark.any_database
@pytest.mark.parametrize("name", OTHER_FORMS)
def test_nor_does_what_is_no_form_break_any_other(world: World, name: str) -> None:
    assert broken_by_shapes(world, ROWS[name], slice(2)) == []


@pytest.mark.as_in_production
@pytest.mark.parametrize("name", OTHER_PAGES)
def test_nor_any_other(world: World, name: str) -> None:
    """All of them at once: the page number, the words and the filters are different names."""
    row = ROWS[name]
    role = who_may(row, "GET")
    url = row.url(world, role).split("?")[0]
    usual = ask(world.clients[role], "GET", url).status_code
    query = "page=²&words=%00&q=%25%00&sort=password&track=%00&kind=%00&day=9999-99-99&at=%00&next=//evil.example"
    assert ask(world.clients[role], "GET", f"{url}?{query}").status_code in {usual, 400}


@pytest.mark.as_in_production
@pytest.mark.parametrize(("name", "argument"), ALSO_BY_NUMBER)
def test_nor_is_one_of_another_kind(world: World, name: str, argument: str) -> None:
    row = ROWS[name]
    method = "GET" if "GET" in row.answers else "POST"
    role = who_may(row, method)
    url = row.url(world, role, **{argument: 987_654})
    for number in ("9" * 5_000, "9223372036854775808"):
        assert ask(world.clients[role], method, url.replace("987654", number)).status_code == 404, number
