"""Which matches may need help, and why. Shown to offer help, never for appraisal; nothing ends by itself.

Pure: rows and a moment in, signals out. The thresholds are those of the field's practice and stand here in one place.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from reports.queries.base import MatchRow
from sessions.models import Session

Level = Literal["risk", "warn", "ok"]

FIRST_SESSION_DAYS = (10, 14)
QUIET_FACTORS = (1.5, 2.5)
QUIET_LEAST_DAYS = (21, 45)
LAST_MEETINGS = 4
MISSED_IN_LAST = 2
LOST = frozenset({Session.State.MISSED, Session.State.CANCELLED})


@dataclass(frozen=True)
class Signal:
    """How a match is doing: the level, two or three words for a chip, and the rule in a sentence."""

    level: Level
    words: str
    reason: str


@dataclass(frozen=True)
class Pulse:
    """Where a match stands in time, in whole days."""

    since_start: int
    since_met: int | None
    planned: bool


def pulse_of(match: MatchRow, now: dt.datetime) -> Pulse:
    began = match.activated_at or now
    last = match.held[-1].starts_at if match.held else None
    planned = any(each.state == Session.State.PLANNED and each.starts_at > now for each in match.meetings)
    return Pulse((now - began).days, (now - last).days if last else None, planned)


def signal_of(match: MatchRow, cadence_days: int, now: dt.datetime) -> Signal:
    """The gravest signal of an active match; "ok" where there is none."""
    pulse = pulse_of(match, now)
    found = [each for each in (_not_met(pulse), _quiet(pulse, cadence_days), _no_shows(match)) if each]
    order = {"risk": 0, "warn": 1, "ok": 2}
    found.sort(key=lambda each: order[each.level])
    return found[0] if found else Signal("ok", "On plan", "Meets about as often as agreed.")


def _not_met(pulse: Pulse) -> Signal | None:
    if pulse.since_met is not None or pulse.since_start < FIRST_SESSION_DAYS[0]:
        return None
    level: Level = "risk" if pulse.since_start >= FIRST_SESSION_DAYS[1] else "warn"
    if pulse.planned:
        return Signal(
            "warn", "First one planned", f"Matched {pulse.since_start} days ago; the first session is planned."
        )
    return Signal(level, "Not met yet", f"Matched {pulse.since_start} days ago, nothing held or planned.")


def _quiet(pulse: Pulse, cadence_days: int) -> Signal | None:
    if pulse.since_met is None or pulse.planned:
        return None
    warn, risk = (
        max(factor * cadence_days, least) for factor, least in zip(QUIET_FACTORS, QUIET_LEAST_DAYS, strict=True)
    )
    reason = f"Last met {pulse.since_met} days ago, nothing planned; agreed was every {cadence_days} days."
    if pulse.since_met >= risk:
        return Signal("risk", "Gone quiet", reason)
    return Signal("warn", "Nothing planned", reason) if pulse.since_met >= warn else None


def _no_shows(match: MatchRow) -> Signal | None:
    past = [each for each in match.meetings if each.state != Session.State.PLANNED][-LAST_MEETINGS:]
    lost = [each.state in LOST for each in past]
    if sum(lost) < MISSED_IN_LAST:
        return None
    return Signal(
        "risk", f"{sum(lost)} did not happen", f"{sum(lost)} of the last {len(past)} sessions did not happen."
    )
