"""What charts and tables of the reports take: on their pages, in files and behind links alike."""

from typing import Any

from reports.queries.across import Across
from reports.queries.departments import Crossing
from reports.queries.outcome import FUNNEL, Outcome
from reports.verdicts.wording import level, number
from surveys.coding import words_of

BEFORE_AFTER = ["", "At the start", "At the end", "People"]


def outcome_context(report: Outcome) -> dict[str, Any]:
    """For templates/reports/_outcome_body.html."""
    opened = report.opened
    return {
        "program": report.program,
        "report": report,
        "plan": report.fixed.plan,
        "funnel": _funnel(report),
        "funnel_columns": ["Stage", "People"],
        "found": opened.comparison,
        "core": opened.core,
        **comparison_tables(opened.comparison, opened.core),
        **_arcs(report.crossing),
    }


def across_context(report: Across) -> dict[str, Any]:
    """For templates/reports/_across_body.html, without the comparison."""
    return {"report": report, **_arcs(report.crossing)}


def _funnel(report: Outcome) -> list[tuple[str, int]]:
    labels = {"enrolled": "Enrolled", "matched_ever": "Matched", "met": "Met once", "met_3": "Met 3 times"}
    if report.figures["finished"].numerator:
        labels["finished"] = "Finished"
    shown = [slug for slug in FUNNEL if slug in labels and report.figures[slug].shown]
    return [(labels[slug], int(report.figures[slug].numerator or 0)) for slug in shown]


def _arcs(crossing: Crossing) -> dict[str, Any]:
    rows = [(f"{one} and {other}", matches) for one, other, matches in crossing.links]
    return {"arc_columns": ["Departments", "Matches"], "arc_rows": rows}


def comparison_tables(comparison: dict[str, Any] | None, core: list[dict[str, Any]]) -> dict[str, Any]:
    """For the templates of reports: the drawn means, and every chart's table. `core` with names."""
    found = comparison or {}
    groups, interval = found.get("groups", []), found.get("interval")
    crossed = found.get("assignment") == "crossover"
    return {
        # A line from the first to the last answer would leave out the day between them on which people changed over.
        "slopes": [] if crossed else [(each["name"], each["before"], each["after"]) for each in groups],
        "crossed": crossed,
        "order_columns": ["Order", "Before", "Change-over", "After", "People", "Relationships"],
        "order_rows": [
            (f"{each['name']} first", *_means(each, "before", "middle", "after"), each["people"], each["units"])
            for each in groups
            if crossed
        ],
        "group_columns": [*BEFORE_AFTER, "Relationships"],
        "group_rows": [(each["name"], *_means(each), each["people"], each["units"]) for each in groups],
        "fits_none": interval is not None and interval["low"] <= 0 <= interval["high"],
        "interval_columns": ["Difference", "From", "To", "Interval"],
        "interval_rows": [_interval_row(interval)] if interval else [],
        "core_columns": ["Statements", *BEFORE_AFTER[1:]],
        "core_rows": [(each["name"], *_means(each), each["people"]) for each in core],
        "bounded": any(each.get("ends") for each in [*groups, *core]),
    }


def _means(each: dict[str, Any], *words: str) -> tuple[str, ...]:
    """Before and after, with "or more" or "or less" where it is so."""
    ends = each.get("ends", {})
    times = words or ("before", "after")
    return tuple(f"{each[word]:.1f} {words_of(ends.get(word, ''))}".strip() for word in times)


def _interval_row(interval: dict[str, float]) -> tuple[str, ...]:
    return (
        number(interval["difference"]),
        number(interval["low"]),
        number(interval["high"]),
        level(interval["level"]),
    )
