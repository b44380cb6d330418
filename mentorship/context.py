"""What every page's frame shows: the organisation's name, the reader's theme, and where one is in a program."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from programs.models import Program
from programs.permissions import Right


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    icon: str
    current: bool
    count: str = ""
    risk: bool = False
    divider: bool = False


# Label, page, icon, the right it takes, whether a rule stands before it.
PROGRAM_PAGES = (
    ("Overview", "reports:overview", "house", Right.SEE, False),
    ("People", "programs:people", "people", Right.PEOPLE, False),
    ("Matching", "matching:proposals", "shuffle", Right.MATCH, False),
    ("Pairs", "reports:pairs", "link-45deg", Right.SEE, False),
    ("Surveys", "surveys:list", "chat-square-text", Right.MATCH, False),
    ("Messages", "reports:messages", "envelope", Right.SEE, False),
    ("Report", "reports:outcome", "bar-chart", Right.REPORT, False),
    ("Exports", "exports:page", "download", Right.REPORT, False),
    ("Program set-up", "setup:tasks", "sliders", Right.EDIT, True),
    ("History", "programs:history", "clock-history", Right.HISTORY, False),
)


def program_nav(program: Program, rights: frozenset[Right], here: str) -> list[Entry]:
    """The side list of a program: only pages this reader may open; the deepest page above `here` is the present one."""
    open_to = [(page, reverse(page[1], kwargs={"slug": program.slug})) for page in PROGRAM_PAGES if page[3] in rights]
    above = [url for _, url in open_to if here.startswith(url)]
    present = max(above, key=len, default="")
    return [
        Entry(label, url, icon, current=url == present, divider=divider)
        for (label, _, icon, _, divider), url in open_to
    ]


def plain(request: HttpRequest) -> dict[str, Any]:
    """What every page has, also one that may ask nothing of anybody."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {"organisation_name": settings.ORGANISATION_NAME, "theme": theme if theme in {"light", "dark"} else ""}


def frame(request: HttpRequest) -> dict[str, Any]:
    shown = plain(request)
    program = getattr(request, "program", None)
    if program is not None:
        rights: frozenset[Right] = getattr(request, "program_rights", frozenset())
        shown["nav"] = program_nav(program, rights, request.path)
        shown["crumbs"] = [("Programs", reverse("programs:list")), (program.name, shown["nav"][0].url)]
    return shown
