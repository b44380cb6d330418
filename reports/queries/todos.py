"""What needs a coordinator in a program, as the overview shows it and the Monday mail counts it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from matching.services.finishing import running
from participants.zones import zone
from programs.models import Draw, Program
from programs.queries.drawing import to_change_over
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
    """The most pressing first. Queries: none besides those of the overview; one where two models change over, and one
    of a program that is over.

    Of a program that is over, nobody is to be matched or admitted any more: what is left is to close it.
    """
    over = is_over(program, now)
    rest = _closing(program) if over else _people(shown, program)
    return [
        *_changing_over(program, now),
        *_help(shown, program),
        *_asks(shown, program),
        *_going_on(shown, program),
        *rest,
    ]


def is_over(program: Program, now: dt.datetime) -> bool:
    """Whether a program's last day is over by its own clock."""
    return now.astimezone(zone(program.timezone)).date() > program.ends_on


def _changing_over(program: Program, now: dt.datetime) -> Iterator[Todo]:
    """On the day that people were told, and until it is done."""
    draw = to_change_over(program) if program.by_lot == Draw.Kind.CROSSOVER else None
    if draw is None or draw.changes_on is None or now.astimezone(zone(program.timezone)).date() < draw.changes_on:
        return
    text = f"People were told that they change over on {draw.changes_on:%d %B %Y}. You see first what will happen."
    url = reverse("reports:change_over", kwargs={"slug": program.slug})
    yield Todo("warn", "arrow-repeat", "The two models change over", text, url, "Change over now")


def _asks(shown: Overview, program: Program) -> Iterator[Todo]:
    noticed = shown.asks.noticed if shown.asks else []
    asks = sum(row.kind == "ask" for row in noticed)
    url = reverse("signals:asks", kwargs={"slug": program.slug})
    if asks:
        title = f"{asks} {'ask needs' if asks == 1 else 'asks need'} help to be answered"
        text = "Nobody has replied in time, or nobody is left who could."
        yield Todo("warn", "chat-left-text", title, text, url, "See what can be done")
    helpers = len(noticed) - asks
    if helpers:
        title = f"{helpers} {'helper gets' if helpers == 1 else 'helpers get'} far more asks than others"
        yield Todo("warn", "chat-left-text", title, "A word from you, or fewer asks a week, may do.", url, "See who")


def _going_on(shown: Overview, program: Program) -> Iterator[Todo]:
    wishing = shown.beside.going_on
    if wishing:
        title = f"{wishing} {'pair wants' if wishing == 1 else 'pairs want'} to go on after a single session"
        text = "Both have said so. Match them for longer, or tell them why not."
        url = reverse("curriculum:bookings", kwargs={"slug": program.slug})
        yield Todo("info", "arrow-repeat", title, text, url, "See who")
    waiting = shown.beside.wishing
    if waiting:
        title = f"{waiting} {'match' if waiting == 1 else 'matches'} whose people all would go on"
        text = "Their new match could not begin by itself."
        url = reverse("matching:over", kwargs={"slug": program.slug})
        yield Todo("info", "arrow-repeat", title, text, url, "See which")


def _closing(program: Program) -> Iterator[Todo]:
    if program.state != Program.State.RUNNING:
        return
    slug = {"slug": program.slug}
    on = running(program).count()
    title = "The program is over and not closed"
    if on:
        text = f"{on} {'match is' if on == 1 else 'matches are'} still on."
        yield Todo("warn", "flag", title, text, reverse("closing:all", kwargs=slug), "Close matches")
    else:
        text = "All matches have ended. Closing it keeps the report and ends the Monday summary."
        yield Todo("warn", "flag", title, text, reverse("programs:close", kwargs=slug), "Close the program")


def _help(shown: Overview, program: Program) -> Iterator[Todo]:
    slug = {"slug": program.slug}
    pairs = reverse("reports:pairs", kwargs=slug)
    turn = shown.silent
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
    applied = shown.beside.applied
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
