"""Values to what stands in cells, by the kind of their column: a whole column of some hundred rows at a time."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from programs.reading import guard
from reports.exports.declaring import Column

Convert = Callable[[Sequence[Any]], Sequence[str]]
# Of so many minutes at most the local time is kept: some megabytes.
MINUTES_KEPT = 20_000
_SECONDS = [f"{second:02}" for second in range(60)]


def to_plain(column: Column, zone: ZoneInfo) -> Convert:
    """How the values of a column become cells of a CSV file. Numbers and days are written as they are."""
    if column.kind == "text":
        return guarded
    if column.kind == "moment":
        return _moments(zone)
    if column.kind == "code":
        words: dict[Any, str] = {None: "", **column.words}
        return lambda values: [words[each] if each in words else str(each) for each in values]
    return lambda values: ["" if each is None else str(each) for each in values]


class _Minutes(dict[float, tuple[str, str]]):
    """What stands before and after the seconds, by the minute since 1970. Each is worked out once: in a long table most
    moments share theirs with others, and the clocks of no zone differ from others' by seconds since 1972.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, minute: float) -> tuple[str, str]:
        if len(self) >= MINUTES_KEPT:
            self.clear()
        moment = dt.datetime.fromtimestamp(minute * 60, self.zone).isoformat("T", "seconds")
        self[minute] = moment[:17], moment[19:]
        return self[minute]


def _moments(zone: ZoneInfo) -> Convert:
    """Local times with their offset, to the second."""
    minutes = _Minutes(zone)

    def texts(values: Sequence[Any]) -> list[str]:
        return [
            f"{(around := minutes[each.timestamp() // 60])[0]}{_SECONDS[each.second]}{around[1]}" if each else ""
            for each in values
        ]

    return texts


def guarded(values: Iterable[Any]) -> list[str]:
    """With the apostrophe that keeps a spreadsheet from running them. What begins with a letter is never a formula."""
    return [(each if each[0].isalnum() else guard(each)) if each else "" for each in values]


def to_number(value: float | str) -> float | str:
    """Decimals without the noise of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value
