"""Values to what stands in cells, by the kind of their column: a whole column of some hundred rows at a time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from programs.reading import guard
from reports.exports.declaring import Column

Convert = Callable[[Sequence[Any]], Iterable[Any]]


def to_plain(column: Column, zone: ZoneInfo) -> Convert:
    """How the values of a column become cells of a CSV file. Numbers and days are written as they are."""
    if column.kind == "text":
        return guarded
    if column.kind == "moment":
        return lambda values: [each.astimezone(zone).isoformat("T", "seconds") if each else "" for each in values]
    if column.kind == "code":
        words = column.words
        return lambda values: [words.get(each, each) for each in values]
    return lambda values: values


def guarded(values: Iterable[Any]) -> list[str]:
    """With the apostrophe that keeps a spreadsheet from running them. What begins with a letter is never a formula."""
    return [each if not each or each[0].isalnum() else guard(each) for each in values]


def to_number(value: float | str) -> float | str:
    """Decimals without the noise of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value
