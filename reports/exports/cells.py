"""One value to what stands in a cell, by the kind of its column."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from programs.reading import guard
from reports.exports.declaring import Column

Convert = Callable[[Any], Any]


def to_plain(columns: Sequence[Column], zone: ZoneInfo) -> list[tuple[int, Convert]]:
    """How values become texts of a CSV file, by place; what is not listed is written as it is."""

    def moment(value: dt.datetime | None) -> str:
        return value.astimezone(zone).isoformat(timespec="seconds") if value else ""

    makers: dict[str, Convert] = {"text": guarded, "moment": moment}
    found = []
    for place, column in enumerate(columns):
        if column.kind == "code":
            found.append((place, _word_of(column)))
        elif column.kind in makers:
            found.append((place, makers[column.kind]))
    return found


def _word_of(column: Column) -> Convert:
    words = column.words
    return lambda value: words.get(value, value)


def guarded(value: object) -> str:
    """With the apostrophe that keeps a spreadsheet from running it. What begins with a letter is never a formula."""
    if not value:
        return ""
    text = str(value)
    return text if text[0].isalnum() else guard(text)


def to_number(value: float | str) -> float | str:
    """Decimals without the noise of binary fractions."""
    return round(value, 6) if isinstance(value, float) else value
