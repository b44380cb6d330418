import datetime as dt

import pytest

from reports.health import signal_of
from reports.queries.base import MatchRow, Meeting

NOW = dt.datetime(2027, 6, 1, 12, 0, tzinfo=dt.UTC)


def match(started: int, *meetings: tuple[int, str]) -> MatchRow:
    """A match that began so many days ago; meetings as (days ago, state), negative in the future."""
    row = MatchRow(1, 1, "active", None, NOW - dt.timedelta(days=started), None, "")
    row.meetings = [Meeting(1, state, NOW - dt.timedelta(days=days), 45) for days, state in meetings]
    return row


@pytest.mark.parametrize(
    ("row", "level", "words"),
    [
        (match(9), "ok", "On plan"),
        (match(10), "warn", "Not met yet"),
        (match(13), "warn", "Not met yet"),
        (match(14), "risk", "Not met yet"),
        (match(30, (-2, "planned")), "warn", "First one planned"),
        (match(30, (1, "planned")), "risk", "Not met yet"),
        (match(90, (20, "held")), "ok", "On plan"),
        (match(90, (21, "held")), "warn", "Nothing planned"),
        (match(90, (44, "held")), "warn", "Nothing planned"),
        (match(90, (45, "held")), "risk", "Gone quiet"),
        (match(90, (45, "held"), (-3, "planned")), "ok", "On plan"),
        (match(90, (30, "held"), (20, "missed"), (10, "cancelled"), (2, "held")), "risk", "2 did not happen"),
        (
            match(90, (50, "missed"), (40, "missed"), (30, "held"), (20, "held"), (10, "held"), (2, "held")),
            "ok",
            "On plan",
        ),
    ],
)
def test_every_edge_of_the_rules(row: MatchRow, level: str, words: str) -> None:
    signal = signal_of(row, cadence_days=14, now=NOW)
    assert (signal.level, signal.words) == (level, words)


def test_a_slow_cadence_has_more_patience_than_a_quick_one() -> None:
    quiet = match(120, (46, "held"))
    assert [signal_of(quiet, cadence, NOW).level for cadence in (14, 30, 60)] == ["risk", "warn", "ok"]


def test_the_reason_names_the_numbers() -> None:
    assert signal_of(match(90, (50, "held")), 14, NOW).reason == (
        "Last met 50 days ago, nothing planned; agreed was every 14 days."
    )
