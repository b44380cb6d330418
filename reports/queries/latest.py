"""What has happened last in a program, as far as coordinators may see of it: that people met, and that goals moved."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from reports.queries.base import MatchRow, ProgramData
from sessions.models import Session

MOST = 5
WORDS = {
    Session.State.MISSED.value: "did not meet as planned",
    Session.State.CANCELLED.value: "cancelled a session",
}


@dataclass(frozen=True)
class Latest:
    """One thing that happened: to which match, in words that follow its names, and when."""

    match: int
    names: str
    words: str
    at: dt.datetime


def latest_of(data: ProgramData, now: dt.datetime) -> list[Latest]:
    """The last five things, the newest first. Of a goal only that it is there or reached: neither its words nor whose
    it is are a coordinator's to read."""
    matches = {match.pk: match for match in data.matches if match.began}
    found = [each for match in matches.values() for each in _of_sessions(match)]
    found += _of_goals(data, matches)
    past = [each for each in found if each.at <= now]
    return sorted(past, key=lambda each: (each.at, each.match), reverse=True)[:MOST]


def _of_sessions(match: MatchRow) -> Iterator[Latest]:
    """By the day a session was for: those to come are not over, whether or not they are cancelled already."""
    for each in match.meetings:
        if each.state == Session.State.HELD:
            yield Latest(match.pk, match.names, f"met for {each.minutes} minutes", each.starts_at)
        elif each.state in WORDS:
            yield Latest(match.pk, match.names, WORDS[each.state], each.starts_at)


def _of_goals(data: ProgramData, matches: dict[int, MatchRow]) -> Iterator[Latest]:
    for goal in data.goals:
        match = matches.get(goal.match)
        if match is None or goal.dropped:
            continue
        yield Latest(match.pk, match.names, "set a goal", goal.created_at)
        if goal.reached_at:
            yield Latest(match.pk, match.names, "reached a goal", goal.reached_at)
