"""What needs a coordinator in a program, as the overview shows it and the Monday mail counts it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from programs.models import Application, Program
from reports.planning import unanswered
from reports.queries.overview import Overview


@dataclass(frozen=True)
class Todo:
    """One thing that needs the coordinator: a number and where to go, no name and nothing anybody said."""

    kind: str
    icon: str
    title: str
    text: str
    url: str
    action: str


def todos_of(shown: Overview, program: Program, now: dt.datetime) -> list[Todo]:
    """The most pressing first; three queries besides those of the overview."""
    return [*_help(shown, program, now), *_people(shown, program)]


def _help(shown: Overview, program: Program, now: dt.datetime) -> Iterator[Todo]:
    slug = {"slug": program.slug}
    pairs = reverse("reports:pairs", kwargs=slug)
    turn = len(unanswered(program, now))
    if turn:
        title = f"{turn} {'match has' if turn == 1 else 'matches have'} not met after two reminders"
        text = "No more mail goes there by itself. A call or a message from you helps more."
        yield Todo("risk", "telephone", title, text, f"{pairs}?show=turn", "See which")
    risky = sum(row.signal.level == "risk" for row in shown.pairs)
    if risky:
        title = f"{risky} {'match is' if risky == 1 else 'matches are'} at risk"
        text = "Not met yet, gone quiet, or sessions that did not happen."
        yield Todo("risk", "exclamation-triangle-fill", title, text, pairs, "Review pairs")


def _people(shown: Overview, program: Program) -> Iterator[Todo]:
    slug = {"slug": program.slug}
    applied = Application.objects.filter(track__program=program, state=Application.State.APPLIED).count()
    if applied:
        title = f"{applied} {'application waits' if applied == 1 else 'applications wait'} for your decision"
        url = reverse("programs:applications", kwargs=slug)
        yield Todo("info", "inbox", title, "", url, "Look at them")
    if shown.draft:
        text = f"{shown.draft.placed} of {shown.draft.possible} are placed. Nobody has been told."
        url = reverse("matching:proposal", kwargs={**slug, "number": shown.draft.number})
        yield Todo("info", "shuffle", f"Proposal {shown.draft.number} is not published", text, url, "Open the proposal")
    if shown.unmatched:
        title = f"{shown.unmatched} {'person waits' if shown.unmatched == 1 else 'people wait'} for a match"
        text, url = "They take part and have no offered or active match.", reverse("matching:proposals", kwargs=slug)
        yield Todo("warn", "person-plus-fill", title, text, url, "Go to matching")
    if shown.waiting:
        title = f"{shown.waiting} {'match waits' if shown.waiting == 1 else 'matches wait'} for an answer"
        text, url = "Somebody in them has not accepted or declined yet.", reverse("reports:pairs", kwargs=slug)
        yield Todo("", "hourglass-split", title, text, url, "See who")
