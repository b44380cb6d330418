"""A phone without network: what is logged is kept, sent once when the network is back, and gone after sign-out."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from matching.models import Match
from sessions.mails import session_path
from sessions.models import SentLog, Session
from tests.factories.sessions import SessionFactory
from tests.people import make_cast

CANARY = "canary-kept-note"
KEPT = "localStorage.getItem('kept-logs')"
CACHED = """async () => (await Promise.all((await caches.keys()).map(async (name) => {
  const cache = await caches.open(name);
  const text = async (key) => key.url + (await (await cache.match(key)).text());
  return (await Promise.all((await cache.keys()).map(text))).join();
}))).join()"""


def controlled(phone: Page) -> None:
    """Wait until the page's worker is at work; asked from outside, as the page's policy lets nothing be evaluated."""
    until(phone, lambda: phone.evaluate("() => navigator.serviceWorker.controller !== null"))


def until(phone: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(100):
        if is_so():
            return
        phone.wait_for_timeout(100)
    raise AssertionError("what was waited for has not come about")


@pytest.mark.django_db(transaction=True)
def test_the_link_of_a_mail_works_without_network_once_it_was_opened(open_browser: Callable[..., Page], live_server):
    cast, now = make_cast(), timezone.now()
    Match.objects.update(activated_at=now - dt.timedelta(days=60), created_at=now - dt.timedelta(days=60))
    session = SessionFactory.create(match=cast.match, starts_at=now - dt.timedelta(hours=2), planned_at=now)
    url = session_path(session, cast.mia, now=now)
    phone = open_browser(phone=True)
    phone.goto(url)
    controlled(phone)
    until(phone, lambda: url in phone.evaluate(CACHED))
    phone.context.set_offline(True)
    phone.goto(f"{url}?a=other")
    phone.get_by_role("button", name="Yes, we met").click()
    expect(phone.get_by_text("Kept on this phone, will be sent.")).to_be_visible()
    # Opened anew without network it still waits, once.
    phone.goto(url)
    expect(phone.get_by_text("Kept on this phone, will be sent.")).to_have_count(1)
    assert Session.objects.get().state == "planned"

    phone.context.set_offline(False)
    expect(phone.get_by_text(re.compile(r": Sent\.$"))).to_be_visible()
    session.refresh_from_db()
    assert (session.state, session.logged_by, SentLog.objects.count()) == ("held", cast.mia, 1)
    assert phone.evaluate(KEPT) is None
    until(phone, lambda: url not in phone.evaluate(CACHED))


@pytest.mark.django_db(transaction=True)
def test_a_log_without_network_is_kept_sent_once_and_leaves_nothing(
    open_browser: Callable[..., Page], live_server, shoot
):
    cast, now = make_cast(), timezone.now()
    Match.objects.update(activated_at=now - dt.timedelta(days=60), created_at=now - dt.timedelta(days=60))
    session = SessionFactory.create(match=cast.match, starts_at=now - dt.timedelta(hours=2), planned_at=now)
    client = Client()
    client.force_login(cast.bob)
    phone = open_browser(phone=True)
    signed = client.cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": signed, "url": live_server.url}])
    phone.goto("/me/offline/")
    controlled(phone)
    phone.goto("/me/offline/")
    shoot(phone, "offline-phone-light")

    phone.context.set_offline(True)
    phone.goto("/me/match/1/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Say how it went, with or without network")
    phone.get_by_label("Note for yourself (optional)").fill(CANARY)
    phone.get_by_role("button", name="Yes, we met").click()
    expect(phone.get_by_text("Kept on this phone, will be sent.")).to_be_visible()
    shoot(phone, "offline-phone-kept")
    assert Session.objects.get().state == "planned"
    assert CANARY in phone.evaluate(KEPT)

    phone.context.set_offline(False)
    expect(phone.get_by_text(re.compile(r": Sent\.$"))).to_be_visible()
    assert phone.evaluate(KEPT) is None
    session.refresh_from_db()
    assert (session.state, session.logged_by, SentLog.objects.count()) == ("held", cast.bob, 1)
    phone.reload()
    assert SentLog.objects.count() == 1
    assert CANARY not in phone.evaluate(CACHED)

    phone.goto("/sign-out/")
    phone.locator("main").get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/sign-in/**")
    assert phone.evaluate("caches.keys()") == []
