"""Values to what stands in cells, by the kind of their column: a whole column of some hundred rows at a time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from programs.reading import guard
from reports.exports.declaring import Column

Convert = Callable[[Sequence[Any]], Iterable[Any]]
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
        words = column.words
        return lambda values: [words.get(each, each) for each in values]
    return lambda values: values


def _moments(zone: ZoneInfo) -> Convert:
    """Local times with their offset, to the second. Each minute is worked out once: in a long table most moments share
    theirs with others, and the clocks of no zone differ from others' by seconds since 1972.
    """
    known: dict[int, tuple[str, str]] = {}

    def texts(values: Sequence[Any]) -> Iterable[str]:
        for each in values:
            if each is None:
                yield ""
                continue
            minute, second = divmod(int(each.timestamp()), 60)
            if minute not in known:
                if len(known) >= MINUTES_KEPT:
                    known.clear()
                known[minute] = _around(each.astimezone(zone).isoformat("T", "seconds"))
            before, after = known[minute]
            yield f"{before}{_SECONDS[second]}{after}"

    return texts


def _around(moment: str) -> tuple[str, str]:
    """What stands before and after the seconds."""
    return moment[:17], moment[19:]


def guarded(values: Iterable[Any]) -> list[str]:
    """With the apostrophe that keeps a spreadsheet from running them. What begins with a letter is never a formula."""
    return [each if not each or each[0].isalnum() else guard(each) for each in values]


def to_number(value: float | str) -> float | str:
    """Decimals without the noise of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value
