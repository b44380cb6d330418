"""A coordinator with files: an import of thousands of people through its four pages, and tables taken meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.load.browser import Browser, where

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
        for name, deed in (("import", self._import), ("people.csv", self._take), ("people.xlsx", self._make)):
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
        columns = self._moved(browser.submit(start, {}, file=("file", "people.csv", content)))
        check = self._moved(browser.submit(columns, {}))
        progress = self._moved(browser.submit(check, {}))
        done = progress.replace("/progress/", "/done/")
        self._until(lambda: browser.get(done).status == 200, "the import")

    def _take(self, browser: Browser) -> None:
        answer = browser.get(f"/programs/{self.slug}/exports/people.csv")
        if answer.status != 200 or len(answer.body) < 1000:
            raise RuntimeError(f"people.csv answered {answer.status} with {len(answer.body)} bytes")

    def _make(self, browser: Browser) -> None:
        answer = browser.get(f"/programs/{self.slug}/exports/people.xlsx")
        if answer.status != 200:
            raise RuntimeError(f"people.xlsx answered {answer.status}")

    def _moved(self, answer: object) -> str:
        status, to = answer.status, where(answer)  # type: ignore[attr-defined,arg-type]  # an Answer
        if status != 302:
            raise RuntimeError(f"the form answered {status}")
        return to

    def _until(self, ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + LONGEST
        while not ready():
            if time.monotonic() > end:
                raise RuntimeError(f"{what} did not end")
            time.sleep(0.5)
