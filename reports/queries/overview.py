"""What a coordinator sees first: what needs doing, who meets, who has gone quiet."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from matching.models import Match, Proposal
from programs.models import Program
from reports.charts.rhythm import MOST_WEEKS, Mark, Window, window
from reports.health import Limits, Signal, signals_of
from reports.health.rules import ORDER, calm
from reports.queries.around import Muted, around_of, limits_and_muted, rests_in
from reports.queries.asks import AsksShown, asks_shown
from reports.queries.base import MatchRow, Meeting, ProgramData, load
from reports.queries.beside import Beside, beside
from reports.queries.latest import Latest, latest_of
from reports.queries.resting import AWAKE
from reports.queries.stages import Stage, stages_of
from sessions.models import Session
from surveys.models import Survey
from surveys.queries import SurveyFigures, figures_of

RECENT_DAYS = 30
# The rules about whether a match meets.
RHYTHM = frozenset({"first_session", "quiet", "no_shows"})
SHOWN = {"risk": 12, "warn": 8, "ok": 5}
GROUPS = (("risk", "At risk"), ("warn", "To watch"), ("ok", "Steady"))
MARKS = {
    Session.State.HELD: "met",
    Session.State.PLANNED: "planned",
    Session.State.MISSED: "cancelled",
    Session.State.CANCELLED: "cancelled",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class PairRow:
    """One match with its signal and its line of sessions."""

    match: MatchRow
    signal: Signal
    marks: list[Mark]
    last_met: dt.datetime | None
    quiet_since: int | None
    # All that the rules say about it, the gravest first, without what a coordinator has found of no use.
    signals: list[Signal] = field(default_factory=list)
    muted: list[Signal] = field(default_factory=list)

    @property
    def keeps_rhythm(self) -> bool:
        """Whether they meet; goals and steps that nobody has written down say nothing about that."""
        return all(signal.rule not in RHYTHM for signal in self.signals)


@dataclass(frozen=True)
class ContactRate:
    """How many of the matches that are on for 30 days or longer have met in the last 30; None where there is none."""

    met: int
    of: int
    as_of: dt.datetime

    @property
    def percent(self) -> int:
        return round(100 * self.met / self.of)


@dataclass(frozen=True)
class PairGroup:
    level: str
    title: str
    count: int
    rows: list[PairRow]


@dataclass(frozen=True)
class Overview:
    data: ProgramData
    now_week: int
    weeks: int
    shown: Window
    months: list[tuple[int, str]]
    pairs: list[PairRow]
    groups: list[PairGroup]
    live: int
    met_recently: int
    held: int
    planned: int
    per_pair: float | None
    plan_per_pair: float | None
    goals: dict[str, int]
    heat: list[list[int]]
    weekdays: list[tuple[str, int]]
    finding: str
    survey: SurveyFigures | None
    waiting: int
    asks: AsksShown | None
    beside: Beside
    # Matches in which two reminders have changed nothing.
    silent: int
    unmatched: int
    stages: list[Stage]
    latest: list[Latest]

    @property
    def draft(self) -> Proposal | None:
        return self.beside.draft

    @property
    def useful(self) -> dict[str, Any] | None:
        """The published figure of the first question after a session."""
        published = self.survey.published if self.survey else None
        figures = published.figures if published else []
        return next((each for each in figures if each["mean"] is not None), None)

    @property
    def spread(self) -> list[tuple[int, int | None]]:
        """That figure's ratings with how many people stand at each, where enough of them may be shown to draw."""
        useful = self.useful or {}
        counts = useful.get("spread", [])
        lowest = useful["points"] - len(counts) + 1 if counts else 1
        return list(enumerate(counts, start=lowest)) if any(counts) else []

    @property
    def heat_now(self) -> int:
        """The present week, counted from the first one shown."""
        return self.now_week - self.shown.first

    @property
    def months_shown(self) -> list[tuple[int, str]]:
        """As `months`, counted from the first week shown."""
        return [(week - self.shown.first, name) for week, name in self.months]


def pair_rows(data: ProgramData, now: dt.datetime, known: tuple[Limits, Muted] | None = None) -> list[PairRow]:
    """Every active match, those that may need help first. Queries: one besides those of load(), and one more where
    the limits and what is muted are not `known` already."""
    limits, muted = known or limits_and_muted(data.program)
    around = around_of(data, limits, now)
    rows = [
        _row(match, data.program, signals_of(match, around[match.pk], now, limits), calm(around[match.pk]), muted, now)
        for match in data.matches
        if match.live
    ]
    return sorted(rows, key=lambda row: (ORDER[row.signal.level], row.last_met or _long_ago(now), row.match.pk))


def raised_in(data: ProgramData, limits: Limits, now: dt.datetime) -> dict[int, list[Signal]]:
    """What the rules say about each active match, muted or not."""
    around = around_of(data, limits, now)
    return {match.pk: signals_of(match, around[match.pk], now, limits) for match in data.matches if match.live}


def contact_rate(rows: list[PairRow], now: dt.datetime) -> ContactRate | None:
    """Of the active matches that have had 30 days to meet, how many did in the last 30."""
    since = now - dt.timedelta(days=RECENT_DAYS)
    old = [row for row in rows if row.match.activated_at and row.match.activated_at <= since]
    met = sum(any(since <= each.starts_at <= now for each in row.match.held) for row in old)
    return ContactRate(met, len(old), now) if old else None


def _long_ago(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=36_500)


def week_of(program: Program, moment: dt.datetime) -> int:
    """Weeks since the Monday of the program's first week; the first week is 0."""
    monday = program.starts_on - dt.timedelta(days=program.starts_on.weekday())
    return (moment.astimezone(ZoneInfo(program.timezone)).date() - monday).days // 7


def _row(
    match: MatchRow,
    program: Program,
    found: list[Signal],
    otherwise: Signal,
    muted: Muted,
    now: dt.datetime,
) -> PairRow:
    heard = [each for each in found if (match.pk, each.rule) not in muted]
    signal = heard[0] if heard else otherwise
    last = match.held[-1].starts_at if match.held else None
    marks = [
        Mark(week_of(program, each.starts_at), MARKS[Session.State(each.state)])  # type: ignore[arg-type]  # four words
        for each in match.meetings
        if week_of(program, each.starts_at) >= 0
    ]
    quiet = week_of(program, last or match.activated_at or now) if signal.level == "risk" else None
    silent = [each for each in found if each not in heard]
    return PairRow(match, signal, marks, last, quiet, heard, silent)


def overview(program: Program, now: dt.datetime) -> Overview:
    """All of the overview page. Queries: those of load(), one for the survey, one for what stands beside it, and one
    for asks where a track has networks."""
    data, known = load(program), beside(program, now)
    rows = pair_rows(data, now, (known.limits, known.muted))
    weeks = week_of(program, dt.datetime.combine(program.ends_on, dt.time(12), ZoneInfo(program.timezone))) + 1
    now_week = max(week_of(program, now), 0)
    shown = window(max(weeks, now_week + 1), now_week)
    began = [match for match in data.matches if match.began]
    meetings = [meeting for match in began for meeting in match.meetings]
    held = [meeting for meeting in meetings if meeting.state == Session.State.HELD]
    heat, weekdays = _heat(program, held, shown)
    live = [row.match for row in rows]
    recent = now - dt.timedelta(days=RECENT_DAYS)
    return Overview(
        data=data,
        now_week=now_week,
        weeks=weeks,
        shown=shown,
        months=_months(program, shown),
        pairs=rows,
        groups=_groups(rows),
        live=len(rows),
        met_recently=sum(any(each.starts_at >= recent for each in match.held) for match in live),
        held=len(held),
        planned=sum(each.state == Session.State.PLANNED and each.starts_at > now for each in meetings),
        per_pair=round(len(held) / len(began), 1) if began else None,
        plan_per_pair=_plan(data, began, now),
        goals=_goals(data),
        heat=heat,
        weekdays=weekdays,
        finding=_busiest(weekdays),
        survey=figures_of(program, Survey.Kind.PULSE),
        waiting=sum(match.state == Match.State.OFFERED for match in data.matches),
        asks=asks_shown(program, data.tracks, data.people, known.limits, now),
        beside=known,
        silent=_silent(data, known, now),
        unmatched=_unmatched(data),
        stages=stages_of(data, known.moved, now),
        latest=latest_of(data, now),
    )


def _silent(data: ProgramData, known: Beside, now: dt.datetime) -> int:
    """In how many matches two reminders have changed nothing, without those that rest."""
    rests = rests_in([match for match in data.matches if match.pk in known.unanswered], now)
    return sum(not rests.get(pk, AWAKE).resting for pk in known.unanswered)


def _groups(rows: list[PairRow]) -> list[PairGroup]:
    groups = []
    for level, title in GROUPS:
        of_level = [row for row in rows if row.signal.level == level]
        if of_level:
            groups.append(PairGroup(level, title, len(of_level), of_level[: SHOWN[level]]))
    return groups


def _plan(data: ProgramData, began: list[MatchRow], now: dt.datetime) -> float | None:
    """Sessions a match should have had by now at its track's cadence, as a mean over the matches that began."""
    cadence = {track.pk: track.cadence_days for track in data.tracks}
    due = [
        ((match.ended_at or now) - match.activated_at).days / cadence[match.track]
        for match in began
        if match.activated_at
    ]
    return round(sum(due) / len(due), 1) if due else None


def _goals(data: ProgramData) -> dict[str, int]:
    reached = sum(goal.reached for goal in data.goals)
    dropped = sum(goal.dropped for goal in data.goals)
    return {"all": len(data.goals), "reached": reached, "open": len(data.goals) - reached - dropped, "dropped": dropped}


def _heat(program: Program, held: list[Meeting], shown: Window) -> tuple[list[list[int]], list[tuple[str, int]]]:
    weeks = [[0] * 7 for _ in range(shown.weeks)]
    days: Counter[int] = Counter()
    zone = ZoneInfo(program.timezone)
    for meeting in held:
        week, day = week_of(program, meeting.starts_at) - shown.first, meeting.starts_at.astimezone(zone).weekday()
        days[day] += 1
        if 0 <= week < shown.weeks:
            weeks[week][day] += 1
    return weeks, [(name, days[number]) for number, name in enumerate(DAYS)]


def _busiest(weekdays: list[tuple[str, int]]) -> str:
    """The heading over the weekdays: the finding, if there is one."""
    total = sum(count for _, count in weekdays)
    if total < MOST_WEEKS:
        return "Sessions by day"
    top = sorted(weekdays, key=lambda each: -each[1])[:2]
    if sum(count for _, count in top) * 2 >= total and top[1][1] * 2 >= top[0][1]:
        return f"{top[0][0]}s and {top[1][0]}s carry the program"
    return f"{top[0][0]} is the busiest day" if top[0][1] * 3 >= total else "Sessions are spread over the week"


def _months(program: Program, shown: Window) -> list[tuple[int, str]]:
    """The weeks in which a month begins, with its name, among the weeks shown."""
    monday = program.starts_on - dt.timedelta(days=program.starts_on.weekday())
    months: list[tuple[int, str]] = []
    for week in range(shown.first, shown.first + shown.weeks):
        first = monday + dt.timedelta(weeks=week)
        name = MONTHS[(first + dt.timedelta(days=6)).month - 1]
        if not months or months[-1][1] != name:
            months.append((week, name))
    return months


def _unmatched(data: ProgramData) -> int:
    """Active people who receive (mentees and peers) without a match that is offered or active."""
    live = {Match.State.OFFERED, Match.State.ACTIVE}
    seated = {(match.track, member.user) for match in data.matches if match.state in live for member in match.members}
    return sum(
        person.active and person.role != "mentor" and (person.track, person.user) not in seated
        for person in data.people
    )
