"""What is folded away on the board and on the check before publishing, opened: in both themes and on a phone."""

import pytest
from django.test import Client
from django.utils import timezone

from participants.services import ensure_account
from tests.browser.sample_groups import opened_pages

LOOKS = [("light", 1360), ("dark", 1360), ("light", 390)]


@pytest.mark.django_db(transaction=True)
def test_everything_folded_away_suits_everybody(live_server, page, axe, shoot):
    user, _ = ensure_account(email="dana@example.net", first_name="Dana", last_name="F", timezone="Europe/London")
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    found = []
    for name, url in opened_pages(user, timezone.now()):
        page.goto(url)
        page.locator("main details").evaluate_all("all => all.forEach(each => each.open = true)")
        for theme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            found += [f"{name} {theme} {width}: {finding}" for finding in axe(page)]
            shoot(page, f"{name.replace(':', '-').replace(' ', '-')}-{theme}-{width}")
    assert found == []
