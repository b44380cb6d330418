"""The rules about one match. Pure: rows and a moment in, signals out.

They look at what coordinators may see of a match (sessions, who was there, how many goals and steps), never at answers.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from reports.health.limits import DEFAULT, Limits
from reports.queries.base import MatchRow, Meeting
from reports.queries.resting import AWAKE, Rest
from sessions.models import GROUP, Session

Level = Literal["risk", "warn", "ok"]
ORDER = {"risk": 0, "warn": 1, "ok": 2}
LOST = frozenset({Session.State.MISSED, Session.State.CANCELLED})
# More sessions, or hours, than agreed are looked for over this long.
SPAN = dt.timedelta(days=60)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Signal:
    """How a match is doing: the level, two or three words for a chip, the reason in a sentence, and the rule's slug."""

    level: Level
    words: str
    reason: str
    rule: str = ""


OK = Signal("ok", "On plan", "Meets about as often as agreed.")
RESTING = Signal("ok", "Pauses", "Somebody in it pauses, so that it is not expected to meet.")


@dataclass(frozen=True)
class Around:
    """What the rules need beside a match's sessions.

    one_off  a match of one session, which is over when that is: only its no-show says something.
    goals    how many there are, and `moved` when one was added, reached or dropped, or a next step added or done.
    steps    when each next step was added.
    loads    a sentence for everybody in it who has taken on more than they offered.
    rest     whether somebody pauses, so that it cannot meet, and since when they are back.
    """

    cadence_days: int
    one_off: bool = False
    goals: int = 0
    moved: tuple[dt.datetime, ...] = ()
    steps: tuple[dt.datetime, ...] = ()
    loads: tuple[str, ...] = field(default=())
    rest: Rest = AWAKE


@dataclass(frozen=True)
class Pulse:
    """Where a match stands in time, in whole days."""

    since_start: int
    since_met: int | None
    planned: bool
    # As long as it could have met: since the start or the last session, or since somebody is back from a pause.
    quiet: int
    is_back: bool = False

    @property
    def after_a_pause(self) -> str:
        return f" They are back from a pause for {self.quiet} days." if self.is_back else ""


def pulse_of(match: MatchRow, now: dt.datetime, rest: Rest = AWAKE) -> Pulse:
    began = match.activated_at or now
    last = match.held[-1].starts_at if match.held else None
    planned = any(each.state == Session.State.PLANNED and each.starts_at > now for each in match.meetings)
    since = last or began
    back = rest.back_at or since
    quiet = (now - max(since, back)).days
    return Pulse((now - began).days, (now - last).days if last else None, planned, quiet, back > since)


def signals_of(match: MatchRow, around: Around, now: dt.datetime, limits: Limits = DEFAULT) -> list[Signal]:
    """All signals of an active match, the gravest first; [] where there is none."""
    found = list(_all(match, around, now, limits))
    return sorted(found, key=lambda each: ORDER[each.level])


def signal_of(match: MatchRow, around: Around, now: dt.datetime, limits: Limits = DEFAULT) -> Signal:
    """The gravest signal of an active match; where there is none, that it rests, or OK."""
    return next(iter(signals_of(match, around, now, limits)), calm(around))


def calm(around: Around) -> Signal:
    """What is said of a match about which no rule has anything to say."""
    return RESTING if around.rest.resting else OK


def _all(match: MatchRow, around: Around, now: dt.datetime, limits: Limits) -> Iterator[Signal]:
    if not around.one_off:
        if not around.rest.resting:
            pulse = pulse_of(match, now, around.rest)
            yield from _not_met(pulse, limits)
            yield from _quiet(pulse, around.cadence_days, limits)
        yield from _direction(match, around, now, limits)
        yield from _dependency(match, around, now, limits)
        yield from _attendance(match, limits)
        yield from _facilitator(match, limits)
        yield from _expert_wanted(match, limits)
    yield from _no_shows(match, limits)
    for load in around.loads:
        yield Signal("warn", "Overload", load, "overload")


def _not_met(pulse: Pulse, limits: Limits) -> Iterator[Signal]:
    if pulse.since_met is not None or pulse.quiet < limits["first_watch"]:
        return
    if pulse.planned:
        reason = f"Matched {pulse.since_start} days ago; the first session is planned."
        yield Signal("warn", "First one planned", reason, "first_session")
        return
    level: Level = "risk" if pulse.quiet >= limits["first_risk"] else "warn"
    reason = f"Matched {pulse.since_start} days ago, nothing held or planned.{pulse.after_a_pause}"
    yield Signal(level, "Not met yet", reason, "first_session")


def quiet_after(cadence_days: int, limits: Limits, level: Literal["watch", "risk"]) -> float:
    """After how many days without a session a match is to be watched, or at risk."""
    return max(limits[f"quiet_{level}_times"] * cadence_days, limits[f"quiet_{level}_days"])


def _quiet(pulse: Pulse, cadence_days: int, limits: Limits) -> Iterator[Signal]:
    if pulse.since_met is None or pulse.planned:
        return
    reason = f"Last met {pulse.since_met} days ago, nothing planned; agreed was every {cadence_days} days."
    reason += pulse.after_a_pause
    if pulse.quiet >= quiet_after(cadence_days, limits, "risk"):
        yield Signal("risk", "Gone quiet", reason, "quiet")
    elif pulse.quiet >= quiet_after(cadence_days, limits, "watch"):
        yield Signal("warn", "Nothing planned", reason, "quiet")


def _no_shows(match: MatchRow, limits: Limits) -> Iterator[Signal]:
    ended = [each for each in match.meetings if each.state != Session.State.PLANNED]
    past = ended[-int(limits["no_show_of"]) :]
    lost = sum(each.state in LOST for each in past)
    if lost >= limits["no_show_count"]:
        reason = f"{lost} of the last {len(past)} sessions did not happen."
        yield Signal("risk", f"{lost} did not happen", reason, "no_shows")


def _direction(match: MatchRow, around: Around, now: dt.datetime, limits: Limits) -> Iterator[Signal]:
    days = (now - (match.activated_at or now)).days
    if not around.goals and days >= limits["direction_days"]:
        yield Signal("warn", "No goal yet", f"Matched {days} days ago, and no goal is written down.", "direction")
        return
    wanted = int(limits["direction_sessions"])
    last = match.held[-wanted:]
    if len(last) == wanted and not any(each >= last[0].starts_at for each in around.steps):
        reason = f"The last {wanted} sessions ended without a next step written down."
        yield Signal("warn", "No next step", reason, "direction")


def _dependency(match: MatchRow, around: Around, now: dt.datetime, limits: Limits) -> Iterator[Signal]:
    """Two of three; the third is an answer, and what somebody answered is never shown of one match."""
    if is_frequent(match, around, now, limits) and is_unmoved(match, around, now, limits):
        held, weeks = _held_since(match, now - SPAN), int(limits["dependency_weeks"])
        agreed = f"{SPAN.days / around.cadence_days:.0f}"
        reason = f"{held} sessions in two months where {agreed} were agreed, and no goal has moved for {weeks} weeks."
        yield Signal("warn", "May depend on it", reason, "dependency")


def is_frequent(match: MatchRow, around: Around, now: dt.datetime, limits: Limits) -> bool:
    """Whether they have met far more often than agreed, over two months in which the match was on."""
    if match.activated_at is None or match.activated_at > now - SPAN:
        return False
    return _held_since(match, now - SPAN) > limits["dependency_times"] * SPAN.days / around.cadence_days


def is_unmoved(match: MatchRow, around: Around, now: dt.datetime, limits: Limits) -> bool:
    """Whether no goal was added, reached or dropped, and no next step added or done, for so many weeks."""
    since = now - limits["dependency_weeks"] * 7 * DAY
    return match.activated_at is not None and match.activated_at <= since and all(at < since for at in around.moved)


def _held_since(match: MatchRow, since: dt.datetime) -> int:
    return sum(each.starts_at >= since for each in match.held)


def _attendance(match: MatchRow, limits: Limits) -> Iterator[Signal]:
    people = len(match.members)
    if people < GROUP or not match.held:
        return
    times, share = int(limits["group_times"]), limits["group_share"]
    last = match.held[-times:]
    if len(last) == times and all(_there(each, people) * 100 < share * people for each in last):
        reason = f"Fewer than {share:.0f} % were there {times} times running."
        yield Signal("warn", "Few were there", reason, "group")
        return
    there = _there(match.held[-1], people)
    if there < limits["group_least"]:
        yield Signal("warn", "Few were there", f"{there} of {people} were there last time.", "group")


def _there(meeting: Meeting, people: int) -> int:
    return people - len(meeting.absent)


def _facilitator(match: MatchRow, limits: Limits) -> Iterator[Signal]:
    """The same person has led every one of the last sessions, as their logs say."""
    times = int(limits["facilitator_times"])
    last = match.held[-times:]
    leaders = {each.led_by for each in last}
    if len(match.members) < GROUP or len(last) < times or len(leaders) != 1 or None in leaders:
        return
    name = next((member.first_name for member in match.members if member.user in leaders), "Somebody who has left")
    yield Signal("warn", "One always leads", f"{name} has led the last {times} sessions.", "facilitator")


def _expert_wanted(match: MatchRow, limits: Limits) -> Iterator[Signal]:
    last = match.held[-int(limits["expert_of"]) :]
    wanted = sum(each.expert_wanted for each in last)
    if wanted >= limits["expert_count"]:
        reason = f"An expert was asked for in {wanted} of the last {len(last)} sessions."
        yield Signal("warn", "Need an expert", reason, "expert_wanted")
