"""Where a program stands between being set up and its report."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from participants.zones import zone
from programs.models import Program
from reports.models import ComparisonLook
from reports.queries.base import ProgramData
from reports.queries.looks import due_dates, half_way
from surveys.models import Survey

State = Literal["done", "now", "todo"]
NAMES = {
    "set_up": "Set up",
    "enrol": "Enrol",
    "match": "Match",
    "meet": "Meet",
    "half": "Mid-point",
    "close": "Close",
    "report": "Report",
}


@dataclass(frozen=True)
class Stage:
    """One step of a program: its name, a few words of when it is, and how it stands."""

    label: str
    when: str
    state: State


def stages_of(data: ProgramData, moved: Mapping[str, int | None], now: dt.datetime) -> list[Stage]:
    """Every stage in order; one is done once the next has begun. A program too short to be asked half-way has no
    mid-point. `moved` are the days after which surveys are sent, where they were changed."""
    program = data.program
    half = half_way(program, moved.get(Survey.Kind.MIDPOINT.value))
    day = now.astimezone(zone(program.timezone)).date()
    slugs = [slug for slug in NAMES if slug != "half" or half]
    at = slugs.index(_reached(data, half, day))
    when = _when(data, half, due_dates(program, moved)[ComparisonLook.Kind.CLOSE.value])
    return [
        Stage(NAMES[slug], when.get(slug, ""), "done" if i < at else "now" if i == at else "todo")
        for i, slug in enumerate(slugs)
    ]


def _reached(data: ProgramData, half: dt.date | None, day: dt.date) -> str:
    if data.program.state == Program.State.CLOSED:
        return "report"
    if not any(match.live or match.held for match in data.matches):
        return "match" if data.matches else "enrol" if data.people else "set_up"
    if day > data.program.ends_on:
        return "close"
    return "half" if half and day >= half else "meet"


def _when(data: ProgramData, half: dt.date | None, report: dt.datetime | None) -> dict[str, str]:
    people = len({each.user for each in data.people})
    found = {
        "enrol": f"{people} {'person' if people == 1 else 'people'}",
        "meet": f"from {data.program.starts_on:%-d %b}",
        "close": f"{data.program.ends_on:%-d %b}",
    }
    offered = [match.offered_at for match in data.matches if match.offered_at]
    if offered:
        found["match"] = f"{min(offered).astimezone(zone(data.program.timezone)):%-d %b}"
    if half:
        found["half"] = f"from {half:%-d %b}"
    if report:
        found["report"] = f"{report.astimezone(zone(data.program.timezone)):%-d %b}"
    return found
