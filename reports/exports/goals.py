"""Goals one by one, without their words and without people."""

from typing import Any

from programs.permissions import Right
from reports.exports.declaring import Column, Reading, Scope, Table, Values
from reports.exports.meeting import MODEL, TRACK
from reports.exports.saying import closed
from reports.figures import LEAST_PEOPLE
from reports.queries.goals import DROPPED, LEFT, REACHED, opened_goals
from reports.statistics import goal_attainment

_STATES = {REACHED: "Reached", DROPPED: "Dropped", LEFT: "Neither, at the end"}
_FEW = f"Empty where it would tell of goals of fewer than {LEAST_PEOPLE} people."
_COLUMNS = (
    TRACK,
    MODEL,
    Column("State", "code", "What became of it.", _STATES),
    Column("Level", "number", f"As its owner judged it, −2 much less to 2 much more than expected. {_FEW}"),
    Column("T", "number", "Goal attainment of this goal alone: 50 as expected, 10 more or less for a level."),
    Column("Judged", "code", "Whether its level is known, and stands here.", {"": "yes"}),
    Column("Set", "text", f"In which month, by the program’s clocks. {_FEW}"),
    Column("Reached or dropped", "text", f"In which month. {_FEW}"),
)


def _goals(scope: Scope) -> Reading:
    return Reading(_COLUMNS, lambda: [row for each in opened_goals(scope.of) for row in _rows(*each)])


def _rows(track: str, model: str, state: str, level: int | str, begun: str, over: str, goals: int) -> list[Values]:
    """As many rows as there are goals that are alike."""
    judged: list[Any] = [level, goal_attainment([level]), ""] if isinstance(level, int) else [None, None, level]
    return [[track, model, state, *judged, begun, over]] * goals


GOAL_ROWS = Table(
    "goal-rows",
    "Goals one by one",
    "A row for each goal as it stood when the close of the report was first opened; before that none. Not what the "
    f"goal is, not whose, not of which match; and of tracks in which fewer than {LEAST_PEOPLE} people set goals, none. "
    "The attainment T of all people together is in the outcome report.",
    Right.REPORT,
    _goals,
    since=closed,
)
