"""Months of a program in a minute: a clock that is moved, a real mail server, a browser for everybody, and a list.

The list says what reached whom and when. People do what they do in a Chromium: they open the links of their mails,
which are read from the mail server, fill in forms and press buttons.

Between two moments of the story the minute's tick runs at every time that anything is due or expected, a minute before
each expected one, and six times a week: so a message that comes too early, or that nobody expects, is seen too.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.db.models import Min
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Locator, Page

from mail import registry
from mail.models import Message
from mentorship.tasks import tick
from participants.models import User
from tests.mail.sink import Sink

UTC = dt.UTC
MINUTE, DAY, WEEK = dt.timedelta(minutes=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
YEAR = 2027
LINK = re.compile(r"https?://\S+")
MOMENT = "%b %d %H:%M"
PATIENCE = 60_000  # milliseconds: a machine that is busy takes its time
Words = str | re.Pattern[str]
# Moment (UTC), kind of message, first name.
Line = tuple[dt.datetime, str, str]


def at(words: str) -> dt.datetime:
    """“Mar 28 15:00”, in UTC."""
    return dt.datetime.strptime(f"{YEAR} {words}", f"%Y {MOMENT}").replace(tzinfo=UTC)


def table(text: str) -> list[Line]:
    """Lines of “Mar 28 15:00 kind Name Name”; a # begins a remark, and a name that stands twice gets two."""
    lines = []
    for row in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        month, day, clock, kind, *names = row.split()
        lines += [(at(f"{month} {day} {clock}"), kind, name) for name in names]
    return sorted(lines)


def grid_after(now: dt.datetime) -> dt.datetime:
    """The next of six moments a week: Berlin's Monday morning in winter and in summer, and every other day."""
    days = [now.replace(hour=0, minute=0) + number * DAY for number in range(8)]
    hours = {0: (6, 7), 2: (12,), 4: (12,), 6: (2, 22)}
    moments = [day.replace(hour=hour) for day in days for hour in hours.get(day.weekday(), ())]
    return min(moment for moment in moments if moment > now)


def written(lines: Iterable[Line]) -> list[str]:
    """The same as lines of such a table, everybody who gets one kind at one moment together."""
    together = defaultdict(list)
    for moment, kind, name in sorted(lines):
        together[moment, kind].append(name)
    return [f"{moment:%b %e %H:%M} {kind} {' '.join(names)}" for (moment, kind), names in together.items()]


class Life:
    """The clock, the mail server and everybody's hands. `open_window` opens a browser window of its own."""

    def __init__(
        self, clock: time_machine.Traveller, sink: Sink, open_window: Callable[[], Page], expected: Sequence[Line]
    ) -> None:
        self._clock, self._sink, self._open_window = clock, sink, open_window
        self._windows: dict[str, Page] = {}
        self._watched = sorted({moment - early for moment, _, _ in expected for early in (dt.timedelta(), MINUTE)})
        self.log: list[Line] = []
        self.deeds: set[dt.datetime] = set()
        self.mails: list[tuple[Line, EmailMessage]] = []
        self._people = {user.email: user for user in User.objects.all()}

    # --- time ------------------------------------------------------------------------------
    def until(self, moment: dt.datetime) -> None:
        """Let time pass up to a moment, and the tick of that minute with it."""
        while timezone.now() < moment:
            self.tick(min(moment, *self._next_after(timezone.now())))

    def _next_after(self, now: dt.datetime) -> list[dt.datetime]:
        queued = Message.objects.filter(state__in=["pending", "sending"], not_before__gt=now)
        due = queued.aggregate(due=Min("not_before"))["due"]
        watched = next((each for each in self._watched if each > now), None)
        return [grid_after(now), *filter(None, (due, watched))]

    def tick(self, moment: dt.datetime) -> None:
        self._clock.move_to(moment, tick=False)
        tick()
        self._hear(moment)

    def _hear(self, moment: dt.datetime) -> None:
        new = range(len(self.mails), len(self._sink.messages))
        for mail, address in [(self._sink.messages[n], self._sink.recipients[n]) for n in new]:
            kind = Message.objects.get(message_id=mail["Message-ID"], recipient__email=address).kind
            line = (moment, kind, self._people[address].first_name)
            self.log.append(line)
            self.mails.append((line, mail))

    def lives_through(self, moment: dt.datetime, deed: Callable[["Life"], Any]) -> None:
        self.until(moment)
        self.deeds.add(moment)
        deed(self)
        self.tick(moment)

    # --- hands -----------------------------------------------------------------------------
    def mail(self, name: str, kind: str) -> EmailMessage:
        """The latest mail of a kind that somebody got."""
        return self.mails_to(name, kind)[-1]

    def mails_to(self, name: str, kind: str) -> list[EmailMessage]:
        return [mail for (_, what, who), mail in self.mails if (what, who) == (kind, name)]

    def window(self, name: str, *, signed_in: bool = False) -> Page:
        """Everybody's own; a session is over after two weeks, so who is to be signed in gets one anew."""
        if name not in self._windows:
            self._windows[name] = self._open_window()
            self._windows[name].set_default_timeout(PATIENCE)
        page = self._windows[name]
        if signed_in:
            server = Client()
            server.force_login(User.objects.get(first_name=name))
            cookie = settings.SESSION_COOKIE_NAME
            page.context.add_cookies(
                [{"name": cookie, "value": server.cookies[cookie].value, "url": settings.SITE_URL}]
            )
        return page

    def opens(self, name: str, path: str) -> Page:
        """Signed in, at a page."""
        page = self.window(name, signed_in=True)
        shown(page.goto(path))
        return page

    def follows(self, name: str, kind: str, *, words: str = "") -> Page:
        """The link of somebody's latest mail of a kind, opened twice: looking changes nothing."""
        page, link = self.window(name), link_in(self.mail(name, kind), words)
        for _ in range(2):
            shown(page.goto(link))
        return page

    def does(self, name: str, path: str, button: Words, **typed: object) -> Page:
        """Signed in, fill in a page's form and press its button."""
        return send(self.opens(name, path), button, **typed)

    def taps(self, name: str, kind: str, button: Words, *, words: str = "", **typed: object) -> Page:
        """The same behind the link of a mail."""
        return send(self.follows(name, kind, words=words), button, **typed)

    # --- what must hold whatever the story is ----------------------------------------------
    def keeps_the_rules(self) -> None:
        """No mail twice, none at night that may not, no more than two a week, and nothing left behind."""
        ids = [mail["Message-ID"] for _, mail in self.mails]
        assert len(ids) == len(set(ids))
        assert [line for line in self.log if self._in_the_night(line)] == []
        assert self._over_the_cap() == []
        assert set(Message.objects.values_list("state", flat=True)) <= {"sent", "cancelled", "expired"}

    def _in_the_night(self, line: Line) -> bool:
        """What answers a deed of that minute goes at once; whatever is planned keeps out of its reader's night."""
        moment, kind, name = line
        user = next(each for each in self._people.values() if each.first_name == name)
        clock = moment.astimezone(ZoneInfo(user.timezone)).time()
        if moment in self.deeds:
            return False
        asleep = clock > dt.time(21) or clock < dt.time(8)
        return asleep and registry.get(kind).quiet_hours != "exempt"

    def _over_the_cap(self) -> list[str]:
        capped = [line for line in self.log if registry.get(line[1]).is_capped]
        return [
            f"{moment:{MOMENT}} {name}"
            for moment, _, name in capped
            if sum(moment - WEEK < other <= moment for other, _, who in capped if who == name) > 2
        ]


def shown(response: Any) -> None:
    """The page came, and no form on it was refused."""
    assert response is not None
    assert response.status == 200, f"{response.status} {response.url}: {response.text()}"


def send(page: Page, button: Words, **typed: object) -> Page:
    """Fill in the fields of these names in the form that has the button, and press it."""
    pressed = page.get_by_role("button", name=button, exact=True).first
    form = page.locator("form").filter(has=page.get_by_role("button", name=button, exact=True)).first
    for name, value in typed.items():
        put(form, name, value)
    with page.expect_navigation() as coming:
        pressed.click()
    shown(coming.value)
    return page


def put(form: Locator, name: str, value: object) -> None:
    """Type a value, choose it, or tick its box by its label, as people do; boxes and radios themselves are small."""
    box = form.locator(f'input[name="{name}"]' if value is True else f'input[name="{name}"][value="{value}"]')
    if box.count() and box.get_attribute("type") in {"radio", "checkbox"}:
        tick_label(form, box)
    elif form.locator(f'select[name="{name}"]').count():
        form.locator(f'select[name="{name}"]').select_option(str(value))
    else:
        form.locator(f'[name="{name}"]').fill(str(value))


def tick_label(form: Locator, box: Locator) -> None:
    number = box.get_attribute("id")
    form.locator(f'label[for="{number}"], label:has([id="{number}"])').first.click()


def link_in(mail: EmailMessage, words: str = "") -> str:
    """The first address in the mail's text, or that on the line that begins with these words."""
    lines = [line for line in text_of(mail).splitlines() if line.startswith(words) and LINK.search(line)]
    found = LINK.search(lines[0])
    assert found
    return found.group()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(preferencelist=("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(mail: EmailMessage) -> list[tuple[str, int, dt.datetime]]:
    """Method, sequence and start of each calendar file of a mail."""
    files = [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    calendars = [Calendar.from_ical(each) for each in files]
    return [
        (str(each["METHOD"]), int(str(event["SEQUENCE"])), event.decoded("DTSTART"))
        for each in calendars
        for event in each.walk("VEVENT")
    ]
