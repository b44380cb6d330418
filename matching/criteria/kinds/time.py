"""How many minutes a week both have time, by the worst of the weeks looked at, so that clock changes hurt nobody."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import Answer
from matching.criteria.kinds.base import SILENT_FITS, Bound, Encoded, Facts, Kind, Outcome, Param, portion
from matching.criteria.model import IntArray
from matching.criteria.weeks import QUARTER, QUARTERS_A_WEEK, Week, in_clock, length, quarters

_WINTER_AND_SUMMER = ("2026-01-12", "2026-07-13")
_WEEKLY = frozenset({"week"})


class Time(Kind):
    """Points = full × minutes ÷ full_minutes, at most full. `weeks` are the Mondays looked at: those of the
    program's dates.
    """

    slug = "time"
    title = "Weekly times in common"
    help = "The more time both have in the same week, the more points, whatever their time zones."
    order = 80
    taker_kinds = giver_kinds = _WEEKLY
    params: ClassVar[Mapping[str, Param]] = {
        "full_minutes": Param((int,), "So many minutes a week in common earn all the points; 60 if not given."),
        "min_minutes": Param((int,), "As a must: at least so many minutes a week; 30 if not given."),
        "silent_fits": SILENT_FITS,
        "weeks": Param((list, tuple), "Mondays of the weeks to look at; the fewest minutes of them count."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        mondays = _mondays(bound)
        return _free(takers, mondays), _free(givers, mondays)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        minutes = _fewest(takers, givers) * QUARTER
        full = bound.param("full_minutes", 60)
        earned = portion(bound.rule.full_points, np.minimum(minutes, full), full)
        return Outcome(earned, minutes >= bound.param("min_minutes", 30))

    def sentence(self, facts: Facts) -> str:
        minutes, when = _shared(facts, in_zone_of=facts.taker_answer)
        return f"{length(minutes)} a week in common: {when}" if minutes else "No time in common"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        mine = facts.giver_answer if to_giver else facts.taker_answer
        minutes, when = _shared(facts, in_zone_of=mine)
        return f"{length(minutes)} a week in common: {when}" if minutes else ""

    def problems(self, bound: Bound) -> list[str]:
        low = [name for name in ("full_minutes", "min_minutes") if bound.param(name, 1) < 1]
        found = [f"“{name}” has to be 1 or more." for name in low]
        if not all(_is_monday(day) for day in bound.param("weeks", _WINTER_AND_SUMMER)):
            found.append("The weeks to look at are given by their Mondays, as in 2026-01-12.")
        return found


def _is_monday(day: object) -> bool:
    try:
        return isinstance(day, str) and dt.date.fromisoformat(day).weekday() == 0
    except ValueError:
        return False


def _mondays(bound: Bound) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in bound.param("weeks", None) or _WINTER_AND_SUMMER]


def _free(answers: Sequence[Answer], mondays: Sequence[dt.date]) -> Encoded:
    """One row a person: the quarters of each week one after the other."""
    block = np.zeros((len(answers), len(mondays) * QUARTERS_A_WEEK), dtype=np.float32)
    for row, answer in enumerate(answers):
        if isinstance(answer, Week):
            block[row] = np.concatenate([quarters(answer, monday) for monday in mondays])
    return block


def _fewest(takers: Encoded, givers: Encoded) -> IntArray:
    """Quarter-hours shared in the worst week."""
    starts = range(0, takers.shape[1], QUARTERS_A_WEEK)
    weeks = [takers[:, n : n + QUARTERS_A_WEEK] @ givers[:, n : n + QUARTERS_A_WEEK].T for n in starts]
    fewest: IntArray = np.rint(np.minimum.reduce(weeks)).astype(np.int64)
    return fewest


def _shared(facts: Facts, *, in_zone_of: Answer) -> tuple[int, str]:
    """Minutes in the worst week, and when: at most two times, by that person's clocks."""
    taker, giver = facts.taker_answer, facts.giver_answer
    if not (isinstance(taker, Week) and isinstance(giver, Week) and isinstance(in_zone_of, Week)):
        return 0, ""
    weeks = [(quarters(taker, monday) & quarters(giver, monday), monday) for monday in _mondays(facts.bound)]
    free, monday = min(weeks, key=lambda week: int(week[0].sum()))
    times = in_clock(free, in_zone_of.zone, monday)
    more = f" and {len(times) - 2} more" if len(times) > 2 else ""
    return int(free.sum()) * QUARTER, f"{', '.join(times[:2])}{more} ({in_zone_of.zone})"


KIND = Time()
