"""What people do in the six months, and when: the story that tests/browser/test_six_months.py lives through."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import expect

from matching import services as matching
from matching.models import Match
from programs.models import Enrolment, Track
from sessions.models import Ask, Session, Slot
from tests.browser.months import UTC, Life, link_in, send, shown, tick_label

Deed = Callable[[Life], Any]
PROGRAM = "/programs/half-a-year/"


def match_of(model: str, name: str) -> Match:
    return Match.objects.get(track__model=model, seats__enrolment__user__first_name=name, state=Match.State.ACTIVE)


def alice_signs_in(life: Life) -> None:
    """By the link in a mail, as everybody could; from then on windows are signed in without one."""
    page = life.window("Alice")
    shown(page.goto("/sign-in/"))
    send(page, "Send me a link", email="alice@example.org")
    life.tick(dt.datetime.now(UTC))
    life.taps("Alice", "sign_in", "Sign in")
    shown(page.goto(PROGRAM))


def publish(life: Life) -> None:
    for track in Track.objects.exclude(model="flash").order_by("pk"):
        queued = matching.start_proposal(track=track, by=None, now=dt.datetime.now(UTC))
        done = matching.run_proposal(queued.pk, clock=lambda: dt.datetime.now(UTC))
        assert done is not None
        life.does("Alice", f"{PROGRAM}matching/{done.number}/publish/", re.compile("^Publish and send"))


def accept(*, but: str = "", only: str = "") -> Deed:
    """Everybody presses Accept behind each offer they have got, but some."""

    def press(life: Life) -> None:
        for (_, kind, name), mail in list(life.mails):
            if kind == "match-offer" and name not in but.split() and name in (only.split() or [name]):
                page = life.window(name)
                for _ in range(2):
                    shown(page.goto(link_in(mail, "Accept")))
                send(page, "Accept")

    return press


def plans(model: str, name: str, day: str, clock: str, minutes: int = 60) -> Deed:
    """By the clock of the one who plans."""

    def plan(life: Life) -> None:
        path = f"/me/match/{match_of(model, name).pk}/session/new/"
        life.does(name, path, "Plan the session", day=day, time=clock, minutes=minutes, channel="video")

    return plan


def coming(model: str, name: str) -> Session:
    return match_of(model, name).sessions.filter(state="planned").latest("starts_at")


def tom_moves_it(life: Life) -> None:
    """Eleven in New York is four in London, an hour less apart than usual."""
    path = f"/me/session/{coming('traditional', 'Tom').pk}/move/"
    life.does("Tom", path, "Save the change", day="2027-03-28", time="11:00")


def paul_calls_it_off(life: Life) -> None:
    life.does("Paul", f"/me/session/{coming('peer', 'Paul').pk}/cancel/", "Call it off")


def tom_logs_and_answers(life: Life) -> None:
    """Two taps from the mail, and the first question of the check-in on the receipt."""
    page = life.taps("Tom", "session-follow-up", "Yes, we met")
    send(page, "Quite")


def carl_logs_without_cyd(life: Life) -> None:
    page = life.follows("Carl", "session-follow-up")
    page.get_by_text("Change the details, or add a note").click()
    box = page.get_by_role("checkbox", name=re.compile("Cyd"))
    tick_label(page.locator("body"), box)
    assert not box.is_checked()
    send(page, "Save with these details")


def pia_logs_what_nobody_planned(life: Life) -> None:
    path = f"/me/match/{match_of('peer', 'Pia').pk}/session/new/?log=1"
    life.does("Pia", path, "Save the session", day="2027-05-20", time="13:00", minutes=45, channel="chat")


def una_ends_it(life: Life) -> None:
    life.does("Una", f"/me/match/{match_of('traditional', 'Una').pk}/end/", "End the match")


def cyd_leaves(life: Life) -> None:
    gone = Enrolment.objects.get(user__first_name="Cyd")
    life.does("Alice", f"{PROGRAM}people/{gone.pk}/", "Take out of the program")


def deb_unsubscribes(life: Life) -> None:
    """The mail program's own button (RFC 8058), without a cookie and without a browser."""
    header = life.mail("Deb", "survey-two-weeks")["List-Unsubscribe"]
    response = Client().post(urlsplit(header.strip(" <>")).path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200


def don_pauses(life: Life) -> None:
    life.taps("Don", "survey-two-weeks", "Save", words="Pause for 4 weeks")


def answers(name: str, kind: str) -> Deed:
    """Every question left out, and sent."""

    def answer(life: Life) -> None:
        page = life.follows(name, kind)
        if page.get_by_role("link", name="Begin").count():
            page.get_by_role("link", name="Begin").click()
        skip = page.get_by_role("button", name="Skip this one")
        while skip.count():
            send(page, "Skip this one")
        send(page, "Send my answers")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Your answers are sent. Thank you, {name}")

    return answer


def fred_offers_times(life: Life) -> None:
    fred = Enrolment.objects.get(user__first_name="Fred")
    for day in ("2027-03-26", "2027-04-09"):
        life.does("Fred", f"/me/slots/{fred.pk}/", "Offer this time", day=day, time="15:00")


def asks(name: str, day: int) -> Deed:
    """Each the one of Fred's times on that day of a month."""

    def ask(life: Life) -> None:
        place = Enrolment.objects.get(user__first_name=name, track__model="flash")
        slot = Slot.objects.get(starts_at__day=day)
        path = f"/me/book/{place.pk}/{slot.pk}/"
        life.does(name, path, "Ask for this time", question="How do I begin?")

    return ask


def dina_asks_her_network(life: Life) -> None:
    """Few are left who can be asked: she is told how many, and has it sent to them."""
    dina = Enrolment.objects.get(user__first_name="Dina")
    words = {"context": "Our team grows.", "question": "How do I pass work on?"}
    page = life.opens("Dina", f"/me/asks/new/{dina.pk}/")
    form = page.locator("form").filter(has=page.get_by_role("button", name="Send the ask"))
    tick_label(form, form.locator("input[name=help]").first)
    for name, text in words.items():
        form.locator(f"[name={name}]").fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Send the ask").click()
    few = page.get_by_role("button", name=re.compile("^Send it to"))
    if few.count():
        send(page, re.compile("^Send it to"))
    shown(page.reload())


def cleo_replies(life: Life) -> None:
    life.taps("Cleo", "ask", "Send the reply", strength="You ask early.", suggestion="Begin with the smallest piece.")


def dina_closes_it(life: Life) -> None:
    page = life.opens("Dina", f"/me/asks/{Ask.objects.get().pk}/")
    send(page, "This helped")


STORY: list[tuple[str, Deed]] = [
    ("Mar 1 09:30", alice_signs_in),
    ("Mar 1 10:00", publish),
    ("Mar 1 11:00", accept(but="Cole Tom")),
    ("Mar 1 14:00", accept(only="Tom")),
    ("Mar 2 10:00", plans("traditional", "Mona", "2027-03-18", "16:00")),
    ("Mar 3 12:00", accept(only="Cole")),
    ("Mar 10 15:00", tom_moves_it),
    ("Mar 15 10:00", fred_offers_times),
    ("Mar 16 10:00", deb_unsubscribes),
    ("Mar 17 12:00", asks("Tom", 26)),
    ("Mar 18 09:00", lambda life: life.taps("Fred", "slot-ask", "Accept")),
    ("Mar 26 17:00", lambda life: life.taps("Fred", "session-follow-up", "Yes, we met")),
    ("Mar 28 18:30", tom_logs_and_answers),
    ("Mar 28 20:00", asks("Vera", 9)),
    ("Apr 1 10:00", plans("peer", "Pia", "2027-04-08", "09:00")),
    ("Apr 2 10:00", plans("traditional", "Nils", "2027-04-20", "10:00")),
    ("Apr 6 12:00", paul_calls_it_off),
    ("Apr 12 09:00", una_ends_it),
    ("Apr 12 10:00", plans("circle", "Carl", "2027-04-22", "19:30", 90)),
    ("Apr 15 10:00", answers("Una", "survey-closing")),
    ("Apr 20 10:00", plans("distributed", "Dina", "2027-05-04", "08:30")),
    ("Apr 23 10:00", carl_logs_without_cyd),
    ("Apr 25 10:00", don_pauses),
    ("Apr 26 10:00", plans("circle", "Cora", "2027-05-20", "18:00", 90)),
    ("Apr 27 10:00", cyd_leaves),
    ("May 10 10:00", dina_asks_her_network),
    ("May 10 15:00", cleo_replies),
    ("May 12 10:00", dina_closes_it),
    ("May 20 15:00", pia_logs_what_nobody_planned),
    ("May 21 08:00", lambda life: life.taps("Pia", "pulse", "Save my answers", useful=2, contact_me=True)),
    ("May 31 12:00", answers("Mona", "survey-midpoint")),
    ("Aug 30 10:00", plans("traditional", "Mona", "2027-09-07", "16:00")),
    ("Sep 1 10:00", answers("Mona", "survey-closing")),
]
