"""How a person walks through the site: by the names of links, buttons and fields, with a mailbox and a clock."""

import datetime as dt
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.core import mail
from playwright.sync_api import Locator, Page, expect

from mentorship.tasks import tick

LINK = re.compile(r"https?://\S+")
# A machine that is busy takes its time; one that has stopped does not come at all.
PATIENCE = 60


class Clock:
    """The time of the whole process: the site, its worker and the test read the same clock, and it goes on ticking."""

    def __init__(self, coordinates: time_machine.Traveller) -> None:
        self._coordinates = coordinates

    def to(self, moment: dt.datetime) -> None:
        self._coordinates.move_to(moment)

    def quiet_minute(self, moment: dt.datetime) -> None:
        """A minute's work at that moment, done when this returns: what has not left by now does not leave."""
        self.to(moment)
        tick()

    def ring(self, moment: dt.datetime) -> None:
        """What the beat does each minute: the worker takes it up."""
        self.to(moment)
        tick.delay()


@dataclass
class Mailbox:
    """Every mail that has left, and which of them somebody has read."""

    read: list[int] = field(default_factory=list)

    def waiting(self, address: str) -> list[Any]:
        return [each for each in list(mail.outbox) if each.to == [address] and id(each) not in self.read]

    def subjects(self, address: str) -> list[str]:
        return [each.subject for each in self.waiting(address)]

    def take(self, address: str, subject: str) -> Any:
        """The one unread mail with this subject, waiting for it to come."""
        until = time.perf_counter() + PATIENCE
        while True:
            found = [each for each in self.waiting(address) if each.subject == subject]
            if found or time.perf_counter() > until:
                break
            time.sleep(0.1)
        assert [each.subject for each in found] == [subject], f"{address} has {self.subjects(address)}"
        self.read.append(id(found[0]))
        return found[0]


def link_in(message: Any, words: str = "") -> str:
    """The first address in the mail's text, or the one on the line that begins with these words."""
    lines = [line for line in message.body.splitlines() if line.startswith(words) and LINK.search(line)]
    found = LINK.search(lines[0])
    assert found
    return found.group()


# --- pages ---------------------------------------------------------------------------------
def heading(page: Page, words: str | re.Pattern[str]) -> None:
    """The page says so in its heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def press(where: Page | Locator, name: str | re.Pattern[str]) -> None:
    where.get_by_role("button", name=name, exact=True).click()


def follow(where: Page | Locator, name: str | re.Pattern[str]) -> None:
    where.get_by_role("link", name=name, exact=True).click()


def labelled(where: Page | Locator, label: str) -> Locator:
    """The field with this label, whether it must be filled in or not."""
    return where.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\)\s*)?$"))


def fill(where: Page | Locator, **values: object) -> None:
    """Type into fields; underscores in the names stand for spaces."""
    for label, value in values.items():
        labelled(where, label.replace("_", " ")).fill(str(value))


def pick(where: Page | Locator, label: str, option: str) -> None:
    """Choose from a list that opens."""
    labelled(where, label).select_option(label=option)


def tick_boxes(where: Page | Locator, labels: Iterable[str]) -> None:
    for label in labels:
        where.get_by_label(label, exact=True).check()


def choose(where: Page | Locator, option: str) -> None:
    """One of several radios; they are small, and their words are what people press."""
    where.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(option)}\s*$")).click()
    expect(where.get_by_role("radio", name=option, exact=True)).to_be_checked()


def sign_in(page: Page, mailbox: Mailbox, address: str) -> None:
    """By the link in a mail: opening it changes nothing, its button signs in."""
    page.goto("/sign-in/")
    form = page.locator("form").filter(has=page.get_by_role("button", name="Send me a link"))
    form.get_by_label("E-mail address").fill(address)
    press(form, "Send me a link")
    heading(page, "Look into your mail")
    page.goto(link_in(mailbox.take(address, "Your link to sign in")))
    page.goto("/me/")
    heading(page, "Sign in")
    page.go_back()
    press(page, "Sign in")
    expect(page.get_by_role("button", name=re.compile("^Your account"))).to_be_visible()
