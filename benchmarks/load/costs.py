"""What a page costs: milliseconds of processor of gunicorn and PostgreSQL together, and questions to the database.

Unlike requests a second, these stay true on a machine that does other things too. Where the cores themselves are now
fast, now slow, only multiples stay: so a page that does nothing is measured in turn with each.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from statistics import median
from typing import Any

from benchmarks.load.browser import HOST, Answer, Browser, Form, where
from benchmarks.load.known import Known
from benchmarks.load.place import Place, postmaster, processor

# Milliseconds that a page may cost; those without a number are only told.
MOST = {"dashboard": 13.0, "people list": 12.0, "RSVP POST": 5.0, "calendar feed": 3.0}
MOST_QUESTIONS = 10
# The form of the product, and the least that Django can do for it (benchmarks/load/bare.py).
ANSWERED, BARE = "RSVP POST", "the same, bare"
# Asked for by the same calendars as the page before it, and not within the same minute, as none does.
LATER = "calendar feed"
BASELINE = "/healthz"
ROUNDS = 5


@dataclass
class Cost:
    name: str
    whole: float
    database: float
    # As many times what the page costs that does nothing, measured in turn with it.
    times: float

    @property
    def is_met(self) -> bool:
        return self.whole <= MOST.get(self.name, float("inf"))


def costs(place: Place, known: Known, requests: int) -> Iterator[Cost]:
    """Each page asked for by one browser, so many times in each of five rounds; the medians of the rounds."""
    # As short as it is, it takes more of them until the clock of the processor has moved enough.
    nothing = Meter(place, _asking(place, cycle([(BASELINE, "")]), None), 4 * requests)
    for name, how in _pages(known).items():
        if name == LATER:
            known.note_feeds()
            time.sleep(60)
        yield _cost(name, Meter(place, _asking(place, *how), requests), nothing)
    # Neither those that were just answered, from the end, nor those that are still to be opened, from the start.
    links: Way = iter([(link, "") for link in known.sessions[len(known.sessions) // 2 :]]), {"outcome": "met"}
    with place.bare() as other:
        yield _cost(BARE, Meter(other, _asking(other, *links), requests), nothing)


# Gives the path and cookie to prepare, and whether a form is sent; only what comes after the preparation is measured.
Way = tuple[Iterator[tuple[str, str]], dict[str, str] | None]


def _pages(known: Known) -> dict[str, Way]:
    slugs = cycle(known.coordinators)
    sessions, surveys = iter(reversed(known.sessions)), iter(reversed(known.surveys))
    runs = [(slug, cookie) for slug, cookie in known.coordinators]
    return {
        "healthz (baseline)": (cycle([("/healthz", "")]), None),
        "dashboard": (cycle([("/me/", cookie) for cookie in known.people]), None),
        "people list": (((f"/programs/{slug}/people/", cookie) for slug, cookie in slugs), None),
        "report": (cycle([(f"/programs/{slug}/reports/", cookie) for slug, cookie in runs]), None),
        "overview": (cycle([(f"/programs/{slug}/", cookie) for slug, cookie in runs]), None),
        # Once a day a worker notes that an address is used; the next time the same calendars ask as they do all day.
        "feed, first of a day": (cycle([(feed, "") for feed in known.feeds]), None),
        LATER: (cycle([(feed, "") for feed in known.feeds]), None),
        "RSVP page": (cycle([(link, "") for link in known.sessions]), None),
        ANSWERED: (((link, "") for link in sessions), {"outcome": "met"}),
        "survey page": (cycle([(link, "") for link in known.surveys]), None),
        "survey POST": (((link, "") for link in surveys), {"useful": "4", "heard": "5", "next": "4"}),
    }


def _asking(place: Place, paths: Iterator[tuple[str, str]], sent: dict[str, str] | None) -> Callable[[int], Any]:
    """So many requests to prepare; calling what comes back makes them."""

    def prepare(count: int) -> Callable[[], None]:
        wanted = [next(paths) for _ in range(count)]
        browsers = [Browser(place.port, cookie) for _, cookie in wanted]
        browser = browsers[0]
        forms = [Form(each.get(path).text).values for each, (path, _) in zip(browsers, wanted, strict=True) if sent]

        def make() -> None:
            for number, (path, cookie) in enumerate(wanted):
                browser.cookies = browsers[number].cookies if sent else {"__Host-sessionid": cookie}
                answer = browser.post(path, {**forms[number], **(sent or {})}) if sent else browser.get(path)
                _expect(path, answer, 302 if sent else 200)

        return make

    return prepare


def _expect(path: str, answer: Answer, status: int) -> None:
    if answer.status != status:
        raise RuntimeError(f"{path} answered {answer.status} {where(answer)}\n{answer.text[:3000]}")


@dataclass
class Meter:
    """Measures what requests cost on the web processes of a place and on the database."""

    place: Place
    prepare: Callable[[int], Callable[[], None]]
    requests: int

    def round(self) -> tuple[float, float]:
        """Milliseconds of processor a request, altogether and the database's."""
        make, database = self.prepare(self.requests), postmaster()
        web_before, rows_before = processor(self.place.web()), processor(database)
        make()
        rows = processor(database) - rows_before
        whole = processor(self.place.web()) - web_before + rows
        return 1000 * whole / self.requests, 1000 * rows / self.requests


def _cost(name: str, page: Meter, nothing: Meter) -> Cost:
    for each in (page, nothing):
        each.prepare(8)()  # what is only ever compiled once
    rounds = [(*page.round(), nothing.round()[0]) for _ in range(ROUNDS)]
    whole, database, baseline = (median(column) for column in zip(*rounds, strict=True))
    return Cost(name, whole, database, whole / baseline)


def questions(known: Known) -> dict[str, tuple[int, int]]:
    """Of the pages with rows, the questions to the database with 10 and with 1,000 people in the program."""
    from django.db import connection  # noqa: PLC0415  once Django is set up
    from django.test import Client  # noqa: PLC0415  as above

    from programs.models import Coordinator  # noqa: PLC0415  as above

    found: dict[str, tuple[int, int]] = {}
    for name, path in (("people list", "people/"), ("report", "reports/"), ("overview", ""), ("pairs", "pairs/")):
        counts = []
        for people in (10, 1_000):
            user = Coordinator.objects.get(program__slug=f"program-{people}").user
            client = Client(HTTP_HOST=HOST)
            client.force_login(user)
            counts.append(_counted(connection, client, f"/programs/program-{people}/{path}"))
        found[name] = counts[0], counts[1]
    own, nobody = Client(HTTP_HOST=HOST), Client(HTTP_HOST=HOST)
    own.cookies["__Host-sessionid"] = known.people[0]
    found["dashboard"] = (_counted(connection, own, "/me/"),) * 2
    for name, path in (("RSVP page", known.sessions[0]), ("calendar feed", known.feeds[0])):
        found[name] = (_counted(connection, nobody, path),) * 2
    return found


def _counted(connection: Any, client: Any, path: str) -> int:  # noqa: ANN401  Django's
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:  # noqa: ANN401  as Django hands it on
        asked.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        answer = client.get(path, secure=True, headers={"X-Forwarded-Proto": "https"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(asked)
