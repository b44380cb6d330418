"""A coordinator with files: an import of thousands of people through its four pages, and tables taken meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.load.browser import Answer, Browser, Form, where

LONGEST = 300.0


@dataclass
class Coordinator:
    port: int
    slug: str
    cookie: str
    people: int
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def work(self) -> None:
        """What was done with its seconds, and what went wrong, are kept: it runs in a thread of its own."""
        browser = Browser(self.port, self.cookie)
        deeds = (("import", self._import), ("participants.csv", self._take), ("participants.xlsx", self._make))
        for name, deed in deeds:
            begun = time.monotonic()
            try:
                deed(browser)
            except (OSError, RuntimeError, KeyError) as error:
                self.failed.append(f"{name}: {error!r}"[:300])
            else:
                self.done.append(f"{name} {time.monotonic() - begun:.1f} s")

    def _import(self, browser: Browser) -> None:
        start = f"/programs/{self.slug}/people/import/"
        lines = [f"new{number}@example.org,Nina{number},Berg,Data" for number in range(self.people)]
        content = "\n".join(["E-mail,First name,Last name,Department", *lines]).encode()
        columns = self._moved(browser.submit(start, {"who": "pairs:mentee"}, file=("file", "people.csv", content)))
        check = self._moved(browser.submit(columns, {}))
        progress = self._moved(browser.submit(check, {}))
        done = progress.replace("/progress/", "/done/")
        self._until(lambda: browser.get(done).status == 200, "the import")

    def _take(self, browser: Browser) -> None:
        answer = self._asked(browser, "csv")
        if answer.status != 200 or len(answer.body) < 1000:
            raise RuntimeError(f"participants.csv answered {answer.status} with {len(answer.body)} bytes")

    def _make(self, browser: Browser) -> None:
        """Written by the worker where it is long, else at once."""
        answer = self._asked(browser, "xlsx")
        if answer.status == 302:
            page = f"/programs/{self.slug}/exports/"
            self._until(lambda: "/fetch/" in browser.get(page).text, "the export")
        elif answer.status != 200:
            raise RuntimeError(f"participants.xlsx answered {answer.status}")

    def _asked(self, browser: Browser, ending: str) -> Answer:
        page = f"/programs/{self.slug}/exports/"
        values = Form(browser.get(page).text).values
        return browser.post(f"{page}participants.{ending}", {"csrfmiddlewaretoken": values["csrfmiddlewaretoken"]})

    def _moved(self, answer: Answer) -> str:
        if answer.status != 302:
            raise RuntimeError(f"the form answered {answer.status}")
        return where(answer)

    def _until(self, ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + LONGEST
        while not ready():
            if time.monotonic() > end:
                raise RuntimeError(f"{what} did not end")
            time.sleep(0.5)
