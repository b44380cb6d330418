"""For locust: people with think times of half a second to one and a half, in the mix of an ordinary day.

    locust -f benchmarks/load/visitors.py Visitor|Clicker

What they know (their cookies and links) is read from the file that $LOAD_TARGETS names. "Visitor" is the mix;
"Clicker" is what follows a mail-out: somebody opens a link and answers, and mail scanners fetch the link three times.
"""

import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

from locust import FastHttpUser, between, constant_throughput, task

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.load.browser import HOST, Form

KNOWN = json.loads(Path(os.environ["LOAD_TARGETS"]).read_text())
PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}
# Each link is used up by its first answer: visitors take them one after the other, and begin anew behind the last.
TURN: Counter[str] = Counter()
SLOWEST = 60


def take(what: str) -> str:
    TURN[what] += 1
    return str(KNOWN[what][TURN[what] % len(KNOWN[what])])


class Person(FastHttpUser):
    abstract = True
    network_timeout = SLOWEST
    connection_timeout = SLOWEST

    def page(self, name: str, path: str, cookie: str = "") -> str:
        """A page that is there, whole."""
        headers = {**PROXY, "Cookie": f"__Host-sessionid={cookie}"} if cookie else PROXY
        with self.client.get(path, headers=headers, name=name, allow_redirects=False, catch_response=True) as got:
            if got.status_code not in {200, 302}:
                got.failure(f"{got.status_code}")
            self.last = got.headers.get("Set-Cookie", "")
            return got.text or ""

    def answer(self, name: str, path: str, values: dict[str, str]) -> None:
        """Open what is behind a link, and send its form."""
        text = self.page(f"{name} page", path)
        form = Form(text).values
        if not form:  # it has been answered before, and leads to what was saved
            return
        cookie = self.last.partition(";")[0]
        headers = {**PROXY, "Cookie": cookie, "Referer": f"https://{HOST}{path}"}
        data = {**form, **values}
        with self.client.post(
            path, data=data, headers=headers, name=f"{name} POST", allow_redirects=False, catch_response=True
        ) as got:
            if got.status_code != 302:
                got.failure(f"{got.status_code}")


class Visitor(Person):
    wait_time = between(0.5, 1.5)

    @task(40)
    def dashboard(self) -> None:
        self.page("dashboard", "/me/", random.choice(KNOWN["people"]))

    @task(15)
    def people(self) -> None:
        slug, cookie = random.choice(KNOWN["coordinators"])
        self.page("people list", f"/programs/{slug}/people/", cookie)

    @task(5)
    def report(self) -> None:
        slug, cookie = random.choice(KNOWN["coordinators"])
        self.page("report", f"/programs/{slug}/reports/", cookie)

    @task(12)
    def rsvp(self) -> None:
        self.answer("RSVP", take("sessions"), {"outcome": "met"})

    @task(8)
    def survey(self) -> None:
        self.answer("survey", take("surveys"), {"useful": "4", "heard": "5", "next": "4"})

    @task(20)
    def feed(self) -> None:
        self.page("calendar feed", random.choice(KNOWN["feeds"]))


class Clicker(Person):
    """Ten of them make ten clicks a second, and thirty fetches of scanners."""

    wait_time = constant_throughput(1)

    @task
    def click(self) -> None:
        link = take("sessions")
        for _ in range(3):
            self.page("scanner", link)
        self.answer("click", link, {"outcome": "met"})
