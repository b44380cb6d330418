"""The clock of a session's agenda: parts and roles change by the time of day, whatever the phone did meanwhile."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from matching.models import Seat
from participants.models import User
from programs.models import Role
from tests.factories.matching import MatchFactory, SeatFactory
from tests.factories.programs import EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import SessionFactory

MINUTE = 60_000
# What is read aloud, each time it changes; and each bell that rings.
LISTEN = """() => {
  window.heard = [];
  const said = document.querySelector("[data-timer-said]");
  new MutationObserver(() => window.heard.push(said.textContent)).observe(said, {childList: true, characterData: true});
}"""
BELL = """
  window.rung = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.rung += 1; return make.call(this); };
"""
SWAP = (
    "Roles swap. Part 2 of 4: What the learner takes along, and practises until next time. "
    "Ben has the floor. 5 minutes."
)


@pytest.fixture
def phone_of_ann(open_browser: Callable[..., Page], live_server) -> Page:
    """Ann's phone, on the page of an hour of co-mentoring with Ben that begins now; its clock stands still."""
    now = timezone.now()
    day = now.date()
    program = ProgramFactory.create(starts_on=day - dt.timedelta(days=9), ends_on=day + dt.timedelta(days=90))
    track = TrackFactory.create(program=program, model="co_mentoring", session_minutes=60)
    match = MatchFactory.create(track=track, state="active", offered_at=now, activated_at=now)
    for name in ("Ann", "Ben"):
        person = EnrolmentFactory.create(track=track, role=Role.PEER, user__first_name=name)
        SeatFactory.create(match=match, enrolment=person, answer=Seat.Answer.ACCEPTED, answered_at=now, live=True)
    session = SessionFactory.create(match=match, starts_at=now, minutes=60)
    client = Client()
    client.force_login(User.objects.get(first_name="Ann"))
    phone = open_browser(phone=True)
    phone.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    phone.add_init_script(BELL)
    phone.clock.install(time=now)
    phone.goto(f"/me/session/{session.pk}/")
    phone.clock.pause_at(now + dt.timedelta(minutes=1))
    phone.evaluate(LISTEN)
    return phone


def part(page: Page) -> str:
    return page.locator("tr[aria-current=step] [data-what]").inner_text()


@pytest.mark.django_db(transaction=True)
def test_the_clock_walks_through_the_halves(phone_of_ann, axe, shoot):
    phone, left = phone_of_ann, phone_of_ann.locator("[data-timer-left]")
    start = phone.get_by_role("button", name="Start the clock")
    expect(left).to_be_empty()
    expect(phone.get_by_role("button", name="Next part")).to_be_disabled()
    start.focus()
    phone.keyboard.press("Enter")
    expect(left).to_have_text("25:00")
    phone.clock.run_for(MINUTE)
    expect(left).to_have_text("24:00")
    # Paused, no time passes; the same key goes on.
    phone.keyboard.press("Space")
    phone.clock.run_for(10 * MINUTE)
    expect(left).to_have_text("24:00")
    expect(phone.get_by_role("button", name="Go on")).to_be_focused()
    phone.keyboard.press("Space")
    phone.get_by_label("Ring a bell when a part begins").check()
    # A phone that slept wakes in the right part, and the roles have swapped.
    phone.clock.fast_forward(25 * MINUTE)
    expect(left).to_have_text("4:00")
    assert part(phone).startswith("What the learner takes along")
    assert phone.evaluate("window.heard.at(-1)") == SWAP
    # Seconds are shown and not read aloud: twice something was said, once with a bell.
    phone.clock.run_for(2 * MINUTE)
    assert (len(phone.evaluate("window.heard")), phone.evaluate("window.rung")) == (2, 1)
    # Whoever looks needs a clock that runs.
    phone.clock.resume()
    assert axe(phone) == []
    shoot(phone, "agenda-clock-light-390")
    phone.emulate_media(color_scheme="dark")
    assert axe(phone, only_colours=True) == []
    shoot(phone, "agenda-clock-dark-390")


@pytest.mark.django_db(transaction=True)
def test_the_clock_is_kept_skips_and_ends(phone_of_ann):
    phone, left = phone_of_ann, phone_of_ann.locator("[data-timer-left]")
    phone.get_by_role("button", name="Start the clock").click()
    phone.clock.run_for(5 * MINUTE)
    # Opened again it goes on, and says nothing that its reader has not been waiting for.
    phone.reload()
    expect(left).to_have_text("20:00")
    expect(phone.get_by_role("button", name="Pause")).to_be_visible()
    expect(phone.locator("[data-timer-said]")).to_be_empty()
    phone.get_by_role("button", name="Next part").click()
    phone.get_by_role("button", name="Next part").click()
    expect(left).to_have_text("25:00")
    assert part(phone).startswith("The bell: roles swap")
    phone.get_by_role("button", name="Next part").click()
    expect(left).to_have_text("5:00")
    # Whoever had a hand on the button when the time runs out is still on the clock.
    phone.get_by_role("button", name="Pause").focus()
    phone.clock.run_for(6 * MINUTE)
    expect(phone.locator("[data-timer-now]")).to_have_text("The time is over.")
    expect(phone.get_by_role("button", name="Pause")).to_be_hidden()
    expect(phone.get_by_role("button", name="Back to the start")).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Start the clock")).to_be_focused()
    expect(left).to_be_empty()
    assert phone.locator("tr[aria-current]").count() == 0


@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_agenda_stands_there_without_a_clock(without_javascript, phone_of_ann):
    without_javascript.context.add_cookies(phone_of_ann.context.cookies())
    without_javascript.goto(phone_of_ann.url)
    expect(without_javascript.get_by_text("Ben has the floor").first).to_be_visible()
    expect(without_javascript.get_by_role("button", name="Start the clock")).to_be_hidden()
