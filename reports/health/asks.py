"""The rules about asks in a network. Pure: an ask's moments or a helper's load in, signals out, and nobody who asks."""

import datetime as dt
from collections.abc import Iterator

from reports.health.limits import DEFAULT, Limits
from reports.health.rules import ORDER, Level, Signal
from sessions.queries.ask_lines import AskLine, HelperLine
from sessions.queries.ask_routing import LATELY

HOUR = dt.timedelta(hours=1)


def signals_of_ask(ask: AskLine, now: dt.datetime, limits: Limits = DEFAULT) -> list[Signal]:
    """Of an open ask without a reply, the gravest first; [] for every other."""
    if not ask.open or ask.first is not None:
        return []
    return sorted([*_silent(ask, now, limits), *_nobody_left(ask, limits)], key=lambda each: ORDER[each.level])


def _silent(ask: AskLine, now: dt.datetime, limits: Limits) -> Iterator[Signal]:
    hours = (now - ask.created_at) // HOUR
    if hours < limits["ask_watch_hours"]:
        return
    level: Level = "risk" if hours >= limits["ask_risk_hours"] else "warn"
    yield Signal(level, "No answer yet", f"Open for {hours} hours without a reply.", "ask_silent")


def _nobody_left(ask: AskLine, limits: Limits) -> Iterator[Signal]:
    if ask.waiting >= limits["ask_people"]:
        return
    asked = f"{len(ask.routes)} {'person was' if len(ask.routes) == 1 else 'people were'} asked"
    if ask.waiting == 0:
        yield Signal("risk", "Nobody left", f"{asked}, and nobody has it any more.", "ask_nobody_left")
    else:
        reason = f"{asked}, and {ask.waiting} {'has' if ask.waiting == 1 else 'have'} it still."
        yield Signal("warn", "Few left", reason, "ask_nobody_left")


def signals_of_helper(helper: HelperLine, average: float, now: dt.datetime, limits: Limits = DEFAULT) -> list[Signal]:
    """Of a helper to whom far more went in four weeks than to helpers of the track on `average`."""
    lately = helper.since(now - LATELY)
    if lately < limits["ask_load_least"] or lately <= limits["ask_load_times"] * average:
        return []
    reason = f"{lately} asks went to {helper.first_name} in four weeks; helpers of the track got {average:.1f} each."
    return [Signal("warn", "Many asks", reason, "ask_load")]
