"""A report as plain figures, to be kept as it stands, and back again. What is hidden in it was never written down."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from programs.models import Program, Track
from reports.figures import Figure
from reports.models import ComparisonLook, ComparisonPlan, Price
from reports.queries.across import Across, ProgramReport
from reports.queries.costing import Costed
from reports.queries.departments import Crossing
from reports.queries.opened import Fixed, Opened
from reports.queries.outcome import Outcome, PulseFigure, TrackReport
from surveys.models import Publication

Plain = dict[str, Any]
_OF_PROGRAM = ("slug", "name", "timezone", "by_lot", "is_sample")


def keep_outcome(report: Outcome) -> Plain:
    """A program's report as JSON takes it; of comparisons those its maker has opened."""
    look, plan, price = report.opened.look, report.fixed.plan, report.fixed.price
    return {
        "program": _program(report.program),
        "as_of": report.as_of.isoformat(),
        "figures": [_figure(each) for each in report.figures.values()],
        "tracks": [
            {"name": each.track.name, "model": each.track.model, "figures": [*map(_figure, each.figures.values())]}
            for each in report.tracks
        ],
        "pulse": [_said(each) for each in report.pulse],
        "relationship": [_said(each) for each in report.relationship],
        "published": [report.published.people, report.published.as_of.isoformat()] if report.published else None,
        "look": {"kind": look.kind, "as_of": look.as_of.isoformat(), "content": look.content} if look else None,
        "crossing": asdict(report.crossing),
        "plan": {"assignment": plan.assignment, "margin": plan.margin} if plan else None,
        "price": {"hour": str(price.hour), "costs": str(price.costs), "currency": price.currency} if price else None,
        "heading": report.heading,
        "lede": report.lede,
    }


def kept_outcome(content: Plain) -> Outcome:
    """The report that `keep_outcome` wrote down. Its program is not one of the database."""
    program, look = _of_program(content["program"]), content["look"]
    return Outcome(
        program=program,
        as_of=_moment(content["as_of"]),
        figures=_figures(content["figures"]),
        tracks=[
            TrackReport(Track(name=each["name"], model=each["model"]), _figures(each["figures"]))
            for each in content["tracks"]
        ],
        pulse=[_of_said(each) for each in content["pulse"]],
        relationship=[_of_said(each) for each in content["relationship"]],
        published=_publication(content["published"]),
        opened=Opened(program, ComparisonLook(**{**look, "as_of": _moment(look["as_of"])}) if look else None, "", None),
        crossing=_crossing(content["crossing"]),
        fixed=Fixed(
            ComparisonPlan(**content["plan"]) if content["plan"] else None,
            _price(content["price"]),
            {},
        ),
        heading=content["heading"],
        lede=content["lede"],
    )


def keep_across(report: Across) -> Plain:
    """The organisation's report, without what comparing its programs came to."""
    return {
        "as_of": report.as_of.isoformat(),
        "whole": [_figure(each) for each in report.whole.values()],
        "programs": [
            {"program": _program(each.program), "figures": [*map(_figure, each.figures.values())]}
            for each in report.programs
        ],
        "crossing": asdict(report.crossing),
        "costed": asdict(report.costed),
    }


def kept_across(content: Plain) -> Across:
    return Across(
        _moment(content["as_of"]),
        _figures(content["whole"]),
        [ProgramReport(_of_program(each["program"]), _figures(each["figures"]), None) for each in content["programs"]],
        _crossing(content["crossing"]),
        # A report that was shared before there were costs in it has none.
        Costed(**content["costed"]) if "costed" in content else Costed(0, len(content["programs"]), ""),
    )


# --- the parts ----------------------------------------------------------------------------


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _program(program: Program) -> Plain:
    days = {"starts_on": program.starts_on.isoformat(), "ends_on": program.ends_on.isoformat()}
    return {name: getattr(program, name) for name in _OF_PROGRAM} | days


def _of_program(content: Mapping[str, Any]) -> Program:
    days = {name: dt.date.fromisoformat(content[name]) for name in ("starts_on", "ends_on")}
    return Program(**{**content, **days})


def _figure(figure: Figure) -> Plain:
    return {**asdict(figure), "as_of": figure.as_of.isoformat()}


def _figures(content: list[Plain]) -> dict[str, Figure]:
    return {each["slug"]: _of_figure(each) for each in content}


def _of_figure(content: Plain) -> Figure:
    return Figure(**{**content, "as_of": _moment(content["as_of"])})


def _said(each: PulseFigure) -> Plain:
    return {"slug": each.slug, "text": each.text, "points": each.points, "figure": _figure(each.figure)}


def _of_said(content: Plain) -> PulseFigure:
    return PulseFigure(**{**content, "figure": _of_figure(content["figure"])})


def _publication(content: list[Any] | None) -> Publication | None:
    return Publication(people=content[0], as_of=_moment(content[1])) if content else None


def _crossing(content: Plain) -> Crossing:
    groups = [(name, people) for name, people in content["groups"]]
    links = [(one, other, matches) for one, other, matches in content["links"]]
    return Crossing(**{**content, "groups": groups, "links": links})


def _price(content: Plain | None) -> Price | None:
    if content is None:
        return None
    return Price(hour=Decimal(content["hour"]), costs=Decimal(content["costs"]), currency=content["currency"])
