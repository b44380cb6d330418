"""What a page costs: milliseconds of processor of gunicorn and PostgreSQL together, and questions to the database.

Unlike requests a second, these stay true on a machine that does other things too.
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
ROUNDS = 5


@dataclass
class Cost:
    name: str
    whole: float
    database: float

    @property
    def is_met(self) -> bool:
        return self.whole <= MOST.get(self.name, float("inf"))


def costs(place: Place, known: Known, requests: int) -> Iterator[Cost]:
    """Each page asked for by one browser, so many times in each of five rounds; the medians of the rounds."""
    database = postmaster()
    for name, how in _pages(known).items():
        if name == LATER:
            known.note_feeds()
            time.sleep(60)
        yield _cost(name, _asking(place, *how), place, database, requests)
    # Neither those that were just answered, from the end, nor those that are still to be opened, from the start.
    links: Way = iter([(link, "") for link in known.sessions[len(known.sessions) // 2 :]]), {"outcome": "met"}
    with place.bare() as other:
        yield _cost(BARE, _asking(other, *links), other, database, requests)


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


def _cost(name: str, prepare: Callable[[int], Any], place: Place, database: Any, requests: int) -> Cost:  # noqa: ANN401  psutil's
    prepare(8)()  # what is only ever compiled once
    taken = []
    for _ in range(ROUNDS):
        make = prepare(requests)
        before = processor(place.web()), processor(database)
        make()
        after = processor(place.web()), processor(database)
        taken.append([1000 * (one - other) / requests for one, other in zip(after, before, strict=True)])
    return Cost(name, median(sum(each) for each in taken), median(each[1] for each in taken))


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
