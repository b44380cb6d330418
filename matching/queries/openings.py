"""When people have time in the weeks ahead: their usual weekly times, laid over the calendar."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from matching.criteria import Field
from matching.criteria.answers import items, read
from matching.criteria.weeks import DAYS, Week
from matching.queries.inputs import Entrant, Inputs

# How far ahead sessions are booked, and from when on: coordinators look first, and people answer.
AHEAD = dt.timedelta(weeks=4)
LEAD = dt.timedelta(days=2)
STEP, APART = dt.timedelta(minutes=30), dt.timedelta(hours=1)
# What half-days mean, in hours by the person's own clock.
HALVES = {"morning": (9, 12), "afternoon": (13, 17), "evening": (17, 20)}
_HALF = re.compile(r"([a-z]{3})[a-z]* (morning|afternoon|evening)s?")
_DAY = 24 * 60

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Calendar:
    """Somebody's free spans in the weeks ahead, in order, none touching the next."""

    spans: tuple[Span, ...]

    def holds(self, start: dt.datetime, length: dt.timedelta) -> bool:
        return any(begin <= start and start + length <= end for begin, end in self.spans)

    def starts(self, length: dt.timedelta) -> list[dt.datetime]:
        """Starts of sessions of this length that do not overlap one another, an hour apart from the half-hour on.

        Nobody holds several sessions on end by this, and there are no more starts than anybody would choose from.
        """
        step = max(APART, STEP * -(-length // STEP))
        found = []
        for begin, end in self.spans:
            start = begin
            while start + length <= end:
                found.append(start)
                start += step
        return found

    def without(self, busy: Iterable[Span]) -> "Calendar":
        """What is left once these times are taken."""
        spans = list(self.spans)
        for taken_from, taken_to in busy:
            cut = [((begin, min(end, taken_from)), (max(begin, taken_to), end)) for begin, end in spans]
            spans = [span for both in cut for span in both if span[0] < span[1]]
        return Calendar(tuple(sorted(set(spans))))


def times_field(inputs: Inputs) -> Field | None:
    """The question about weekly times: the one that the rules compare, else a field of that kind or name."""
    known = {each.slug: each for each in inputs.fields}
    compared = [known[rule.taker_field] for rule in inputs.rules if rule.taker_field == rule.giver_field]
    by_kind = [each for each in (*compared, *inputs.fields) if each.kind == "week"]
    by_name = [each for each in (*compared, *inputs.fields) if each.kind == "multi" and each.slug == "time"]
    return next(iter((*by_kind, *by_name)), None)


def calendar_of(entrant: Entrant, asked: Field, first: dt.datetime, last: dt.datetime) -> Calendar | None:
    """Somebody's free spans from `first` to `last`; None where they have not said when they have time."""
    answer = read(asked, entrant.person.answers.get(asked.slug))
    if answer is None:
        return None
    week = answer if isinstance(answer, Week) else Week(entrant.zone, tuple(_half_days(items(answer))))
    return Calendar(tuple(_merged(_spans(week, first, last)))) if week.ranges else None


def _half_days(answers: Iterable[str]) -> list[tuple[int, int]]:
    """“Monday morning” in minutes after Monday 00:00; what is no half-day is left out."""
    found = (_HALF.fullmatch(answer.casefold()) for answer in answers)
    days = [day[:3].casefold() for day in DAYS]
    known = [(days.index(each[1]), HALVES[each[2]]) for each in found if each is not None and each[1] in days]
    return sorted((day * _DAY + start * 60, day * _DAY + end * 60) for day, (start, end) in known)


def _spans(week: Week, first: dt.datetime, last: dt.datetime) -> list[Span]:
    zone = ZoneInfo(week.zone)
    day = first.astimezone(zone).date()
    monday = day - dt.timedelta(days=day.weekday() + 7)
    spans = []
    while monday <= last.astimezone(zone).date():
        for start, end in week.ranges:
            begin = max(_instant(monday, start, zone), first)
            stop = min(_instant(monday, end, zone), last)
            if begin < stop:
                spans.append((_on_the_half_hour(begin), stop))
        monday += dt.timedelta(days=7)
    return spans


def _instant(monday: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    wall = dt.datetime.combine(monday, dt.time()) + dt.timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


def _on_the_half_hour(moment: dt.datetime) -> dt.datetime:
    late = (moment - moment.replace(minute=0, second=0, microsecond=0)) % STEP
    return moment + (STEP - late) if late else moment


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif begin < end:
            merged.append((begin, end))
    return merged
