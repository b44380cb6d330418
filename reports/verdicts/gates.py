"""What has to be so before a figure, a difference or a verdict is shown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from reports.figures import LEAST_PEOPLE
from reports.verdicts.analysing import Analysis, Arm
from reports.verdicts.plan import Assignment, Look
from reports.verdicts.wording import number, percent, say, say_of

LEAST_UNITS = 3
TO_SHOW = 4
FOR_A_VERDICT = 10
LEAST_RESPONSE = Fraction(60, 100)
MOST_APART = Fraction(15, 100)
MOST_AT_START = 0.25
MOST_PLAUSIBLE = 1.5
LEAST_UPTAKE = Fraction(20, 100)

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Gate:
    """met is None where the gate cannot be looked at, such as the start of arms without answers.

    rule, found  in words: what is asked for and what there is; `found` tells nothing of an arm too small to show
    otherwise    what follows where it is not met
    """

    slug: str
    met: bool | None
    rule: str
    found: str
    otherwise: str


def withheld(cells: Mapping[Key, tuple[int, int]]) -> set[Key]:
    """The cells not to be shown, of (distinct learners, units) each: those too small, and with them the next smallest,
    or what was left out would follow by subtraction. Of equal ones the first is taken.
    """
    small = {key for key, (people, units) in cells.items() if people < LEAST_PEOPLE or units < LEAST_UNITS}
    rest = [key for key in cells if key not in small]
    return small | {min(rest, key=lambda key: cells[key])} if small and rest else small


def gates_of(analysis: Analysis) -> list[Gate]:
    """Every gate of a comparison, in the order in which they are asked."""
    shown = is_private(analysis)
    gates = [
        _gate("privacy", shown, "" if not shown else _counts(analysis)),
        _gate("show", units(analysis) >= TO_SHOW, _counts(analysis) if shown else ""),
        _gate("verdict", _for_a_verdict(analysis), _counts(analysis) if shown else ""),
        _gate("response", _response(analysis), _responses(analysis), analysis.plan.assignment.value),
        _measured("baseline", analysis.baseline, MOST_AT_START, shown=shown),
        _measured("plausibility", _size_of_difference(analysis), MOST_PLAUSIBLE, shown=shown),
        _gate("independence", not analysis.dominated, ""),
    ]
    if analysis.plan.assignment is Assignment.NUDGE:
        gates.append(_uptake(analysis))
    return gates


def units(analysis: Analysis) -> int:
    """The units of the smaller arm."""
    return min(len(arm.units) for arm in analysis.arms)


def is_private(analysis: Analysis) -> bool:
    """Whether nobody can be made out in either arm."""
    return not withheld({arm.name: (arm.answered, len(arm.units)) for arm in analysis.arms})


def is_date_reached(analysis: Analysis) -> bool:
    """At the close; at the mid-point only for a difference that its far smaller error allows."""
    primary = analysis.primary
    early = analysis.plan.look is Look.MIDPOINT and primary is not None and primary.excludes_none
    return early or analysis.plan.look is Look.CLOSE


def _for_a_verdict(analysis: Analysis) -> bool:
    return units(analysis) >= FOR_A_VERDICT and is_date_reached(analysis)


def _response(analysis: Analysis) -> bool:
    one, two = (arm.response for arm in analysis.arms)
    return min(one, two) >= LEAST_RESPONSE and abs(one - two) <= MOST_APART


def _gate(slug: str, met: bool | None, found: str, way: str = "") -> Gate:  # noqa: FBT001 - what a gate is
    return Gate(slug, met, say_of(way, f"gate_{slug}_rule"), found, say(f"gate_{slug}_else"))


def _measured(slug: str, value: float | None, most: float, *, shown: bool) -> Gate:
    if value is None:
        return _gate(slug, None, "")
    return _gate(
        slug, abs(value) <= most, say("gate_found", value=number(value)) if shown and math.isfinite(value) else ""
    )


def _size_of_difference(analysis: Analysis) -> float | None:
    """g; infinite where the arms differ and nothing varies in them."""
    return math.inf if analysis.g is None and analysis.change is not None else analysis.g


def _counts(analysis: Analysis) -> str:
    one, two = analysis.arms
    return say("gate_counts", a=_size(one), A=one.name, b=_size(two), B=two.name)


def _size(arm: Arm) -> str:
    return say("gate_size", people=arm.answered, units=len(arm.units))


def _responses(analysis: Analysis) -> str:
    """Left out where an arm has so few people that a share would tell who answered."""
    one, two = analysis.arms
    if min(one.learners, two.learners) < LEAST_PEOPLE:
        return ""
    return say("gate_shares", a=percent(one.response), A=one.name, b=percent(two.response), B=two.name)


def _uptake(analysis: Analysis) -> Gate:
    one, two = analysis.plan.uptake or (Fraction(0), Fraction(0))
    first, second = analysis.arms
    found = say("gate_shares", a=percent(one), A=first.name, b=percent(two), B=second.name)
    small = min(first.learners, second.learners) < LEAST_PEOPLE
    return _gate("uptake", one - two >= LEAST_UPTAKE, "" if small else found)
