"""The site without a browser: links, buttons and fields of a page found by their words, as people find them."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

Found = Callable[[str], bool]
# A machine that is busy takes its time; one that has stopped does not come at all.
PATIENCE = 90


class Paper:
    """One person's page. What is pressed sends what the form holds, as a browser without scripts would."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.path, self.text, self._page = "", "", Element("html")

    # --- going somewhere ---------------------------------------------------------------------
    def goto(self, url: str) -> None:
        self._show(self._client.get(_within(url), follow=True))

    def follow(self, found: Found) -> str:
        """The first link with such words; gives the words."""
        link = next(each for each in self._main().iter("a") if found(words_of(each)))
        self.goto(link.get("href") or "")
        return words_of(link)

    def press(self, found: Found, files: Mapping[str, Path] | None = None, **choices: str) -> None:
        """The first button with such words. Other choices than the form's own come by the names of their fields."""
        button, form = self._button(found)
        sent: dict[str, Any] = {**_held(self._page, form), **choices}
        if button.get("name"):
            sent[button.get("name") or ""] = button.get("value") or ""
        url = button.get("formaction") or form.get("action") or self.path
        sent |= {name: SimpleUploadedFile(path.name, path.read_bytes()) for name, path in (files or {}).items()}
        self._show(self._client.post(_within(url), sent, follow=True))

    def wait_for(self, is_there: Callable[["Paper"], bool]) -> None:
        """Look again until it is so: the worker does what the page waits for."""
        until = time.perf_counter() + PATIENCE
        while not is_there(self) and time.perf_counter() < until:
            time.sleep(0.1)
            self.goto(self.path)
        assert is_there(self), self.text

    def _show(self, response: Any) -> None:
        assert response.status_code == 200, f"{response.status_code} {response.request['PATH_INFO']}"
        self.path = response.request["PATH_INFO"]
        self._page = html5lib.parse(response.content, namespaceHTMLElements=False, transport_encoding="utf-8")
        self.text = words_of(self._main())

    # --- what is on it -----------------------------------------------------------------------
    @property
    def heading(self) -> str:
        return words_of(next(self._main().iter("h1")))

    def has_button(self, found: Found) -> bool:
        return any(found(words_of(each)) for each in self._main().iter("button"))

    def choice(self, label: str) -> tuple[str, str]:
        """Name and value of the radio or box with this label; a name of nothing where there is none."""
        for each in self._main().iter("label"):
            if words_of(each) == label:
                box = next((box for box in self._main().iter("input") if box.get("id") == each.get("for")), None)
                box = box if box is not None else each.find(".//input")
                if box is not None and box.get("type") in {"radio", "checkbox"}:
                    return box.get("name") or "", box.get("value") or ""
        return "", ""

    def _main(self) -> Element:
        return next(self._page.iter("main"))

    def _button(self, found: Found) -> tuple[Element, Element]:
        """The button, and the form that it is in or names."""
        for form in self._main().iter("form"):
            for button in self._parts(form, "button"):
                if found(words_of(button)):
                    return button, form
        raise AssertionError(f"no such button: {[words_of(each) for each in self._main().iter('button')]}")

    def _parts(self, form: Element, tag: str) -> Iterator[Element]:
        yield from _parts(self._page, form, tag)


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _within(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _parts(page: Element, form: Element, tag: str) -> Iterator[Element]:
    """Those in the form, and those that name it from elsewhere."""
    yield from (each for each in form.iter(tag) if each.get("form") in (None, form.get("id")))
    inside = set(form.iter(tag))
    yield from (each for each in page.iter(tag) if each.get("form", "") == form.get("id") and each not in inside)


def _held(page: Element, form: Element) -> dict[str, Any]:
    """What the form would send as it stands."""
    held: dict[str, Any] = {}
    for each in _parts(page, form, "input"):
        kind = each.get("type", "text")
        if kind not in {"file", "submit"} and (kind not in {"radio", "checkbox"} or each.get("checked") is not None):
            held.setdefault(each.get("name") or "", []).append(each.get("value", "on" if kind == "checkbox" else ""))
    for each in _parts(page, form, "textarea"):
        held[each.get("name") or ""] = "".join(each.itertext())
    for each in _parts(page, form, "select"):
        options = list(each.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        held[each.get("name") or ""] = [option.get("value", words_of(option)) for option in chosen]
    return held
