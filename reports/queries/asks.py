"""Asks of distributed mentoring for coordinators: figures, loads, and what the rules of health say about them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from programs.models import Program, Role, Track
from reports.charts.figures import Part
from reports.health import Limits, Signal
from reports.health.asks import signals_of_ask, signals_of_helper
from reports.health.rules import ORDER
from reports.queries.base import Person
from sessions.queries.ask_figures import Share, share_of
from sessions.queries.ask_lines import AskLine, HelperLine, Lines, lines_of
from sessions.queries.ask_routing import LATELY, network_of
from sessions.queries.asks import asking_models

WEEK = dt.timedelta(days=7)
NETWORKS = frozenset(asking_models())
MOST_LOADS = 50


@dataclass(frozen=True)
class AskRow:
    """One ask, without whose it is, or one helper, with all that the rules say about it and what is muted."""

    kind: str
    pk: int
    title: str
    signals: list[Signal]
    muted: list[Signal] = field(default_factory=list)
    email: str = ""
    first_name: str = ""

    @property
    def signal(self) -> Signal:
        return self.signals[0]


@dataclass(frozen=True)
class AsksShown:
    """What the overview and the page of signals show. `waiting` are open without a reply, over their time or not."""

    hours: int
    sent: int
    open: int
    waiting: int
    in_time: Share
    loads: list[tuple[str, int, int]]
    spread: list[Part]
    rows: list[AskRow]

    @property
    def noticed(self) -> list[AskRow]:
        return [row for row in self.rows if row.signals]

    @property
    def silenced(self) -> list[AskRow]:
        return [row for row in self.rows if row.muted]

    @property
    def most(self) -> int:
        """How many asks went to the helper who got most of them in four weeks."""
        return max((lately for _, lately, _ in self.loads), default=0)


def networks_in(tracks: Collection[Track]) -> list[Track]:
    """The tracks in which people ask a network."""
    return [track for track in tracks if track.model in NETWORKS]


def asks_shown(
    program: Program, tracks: Collection[Track], people: Sequence[Person], limits: Limits, now: dt.datetime
) -> AsksShown | None:
    """One query; none, and None, where no track has networks."""
    networks = networks_in(tracks)
    if not networks:
        return None
    lines = lines_of(program)
    hours = max(network_of(track).answer_hours for track in networks)
    due = dt.timedelta(hours=hours)
    said = sorted((ask for ask in lines.asks if ask.created_at + due <= now), key=lambda ask: ask.created_at)
    judged = [(ask.user, ask.first is not None and ask.first <= ask.created_at + due) for ask in said]
    helpers = _helpers(networks, people)
    loads = [(each.name, each.since(now - LATELY), each.since(now - WEEK)) for each in lines.helpers]
    return AsksShown(
        hours=hours,
        sent=len(lines.asks),
        open=sum(ask.open for ask in lines.asks),
        waiting=sum(ask.open and ask.first is None for ask in lines.asks),
        in_time=share_of(judged),
        loads=sorted((load for load in loads if load[1]), key=lambda load: (-load[1], -load[2], load[0]))[:MOST_LOADS],
        spread=_spread([load[1] for load in loads if load[1]], sum(len(users) for users in helpers.values())),
        rows=sorted(_rows(lines, networks, helpers, limits, now), key=_gravest_first),
    )


def raised_among(
    program: Program, tracks: Collection[Track], people: Sequence[Person], limits: Limits, now: dt.datetime
) -> set[tuple[str, int, str]]:
    """Kind, number and rule of all that the rules say about asks and helpers, muted or not."""
    shown = asks_shown(program, tracks, people, limits, now)
    rows = shown.rows if shown else []
    return {(row.kind, row.pk, signal.rule) for row in rows for signal in (*row.signals, *row.muted)}


def _gravest_first(row: AskRow) -> tuple[int, str, int]:
    return min((ORDER[each.level] for each in row.signals), default=len(ORDER)), row.kind, row.pk


def _helpers(networks: Sequence[Track], people: Sequence[Person]) -> dict[int, set[int]]:
    """By track: the users who help there now."""
    there = {track.pk: set[int]() for track in networks}
    for person in people:
        if person.active and person.role != Role.MENTEE and person.capacity != 0 and person.track in there:
            there[person.track].add(person.user)
    return there


def _spread(lately: Sequence[int], helpers: int) -> list[Part]:
    """How many helpers got how many asks in four weeks."""
    few, many = sum(each < 3 for each in lately), sum(each > 2 for each in lately)
    return [
        Part("had 3 or more", many, "good"),
        Part("had 1 or 2", few, "going"),
        Part("had none", max(0, helpers - len(lately)), "none"),
    ]


def _rows(
    lines: Lines, networks: Sequence[Track], helpers: dict[int, set[int]], limits: Limits, now: dt.datetime
) -> list[AskRow]:
    names = {track.pk: track.name for track in networks}
    asks = [_of_ask(ask, names, limits, now) for ask in lines.asks if ask.open and ask.track in names]
    return [*asks, *(_of_helper(each, lines, helpers, limits, now) for each in lines.helpers if each.track in names)]


def _of_ask(ask: AskLine, names: dict[int, str], limits: Limits, now: dt.datetime) -> AskRow:
    found = signals_of_ask(ask, now, limits)
    heard = [each for each in found if each.rule not in ask.muted]
    return AskRow("ask", ask.pk, f"An ask in {names[ask.track]}", heard, [each for each in found if each not in heard])


def _of_helper(
    helper: HelperLine, lines: Lines, helpers: dict[int, set[int]], limits: Limits, now: dt.datetime
) -> AskRow:
    there = helpers[helper.track] | {helper.user}
    went = sum(each.since(now - LATELY) for each in lines.helpers if each.track == helper.track)
    found = signals_of_helper(helper, went / len(there), now, limits) if helper.user in helpers[helper.track] else []
    heard = [each for each in found if each.rule not in helper.muted]
    silent = [each for each in found if each not in heard]
    return AskRow("helper", helper.pk, helper.name, heard, silent, helper.email, helper.first_name)
