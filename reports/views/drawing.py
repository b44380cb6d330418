"""What charts and tables of a comparison take, from what a look has stored."""

from typing import Any

from reports.verdicts.wording import level, number

BEFORE_AFTER = ["", "At the start", "At the end", "People"]


def comparison_tables(comparison: dict[str, Any] | None, core: list[dict[str, Any]]) -> dict[str, Any]:
    """For the templates of reports: the drawn means, and every chart's table. `core` with names."""
    found = comparison or {}
    groups, interval = found.get("groups", []), found.get("interval")
    return {
        "slopes": [(each["name"], each["before"], each["after"]) for each in groups],
        "group_columns": [*BEFORE_AFTER, "Relationships"],
        "group_rows": [
            (each["name"], f"{each['before']:.1f}", f"{each['after']:.1f}", each["people"], each["units"])
            for each in groups
        ],
        "fits_none": interval is not None and interval["low"] <= 0 <= interval["high"],
        "interval_columns": ["Difference", "From", "To", "Interval"],
        "interval_rows": [_interval_row(interval)] if interval else [],
        "core_columns": ["Statements", *BEFORE_AFTER[1:]],
        "core_rows": [(each["name"], f"{each['before']:.1f}", f"{each['after']:.1f}", each["people"]) for each in core],
    }


def _interval_row(interval: dict[str, float]) -> tuple[str, ...]:
    return (
        number(interval["difference"]),
        number(interval["low"]),
        number(interval["high"]),
        level(interval["level"]),
    )
