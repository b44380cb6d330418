"""A comparison as one object for JSON, and as text for a terminal."""

import math
from collections.abc import Iterable
from typing import Any

from reports.statistics import Estimate
from reports.verdicts.analysing import Analysis, Arm
from reports.verdicts.deciding import Verdict
from reports.verdicts.explaining import in_numbers
from reports.verdicts.plan import Assignment
from reports.verdicts.wording import number


def as_object(analysis: Analysis, verdict: Verdict, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Every number of the comparison, first arm minus second, whether or not a gate lets it be shown in a report.

    For one who holds the answers themselves. t, df, p, difference and ci are those of the estimator named; null where
    they cannot be computed.
    """
    primary = analysis.primary
    return {
        "verdict": verdict.kind.value,
        "higher": verdict.higher or None,
        "sentence": verdict.sentence,
        "finding": verdict.finding,
        "cautions": list(verdict.cautions),
        "basis": verdict.basis,
        "estimator": _estimator(analysis),
        **_estimate(primary),
        "g": analysis.g,
        "units": {arm.name: len(arm.units) for arm in analysis.arms},
        "arms": [_arm(arm) for arm in analysis.arms],
        "gates": {
            gate.slug: {"met": gate.met, "rule": gate.rule, "found": gate.found, "otherwise": gate.otherwise}
            for gate in verdict.gates
        },
        "welch": _estimate(analysis.change),
        "ancova": _estimate(analysis.adjusted),
        "tost": {"margin": analysis.margin, "p": analysis.equivalence and analysis.equivalence.p},
        "baseline_difference": _finite(analysis.baseline),
        "needed_per_arm": analysis.needed,
        "cohorts": list(analysis.cohorts),
        "units_outside_cohorts": analysis.outside,
        "assignment": analysis.plan.assignment.value,
        "look": analysis.plan.look.value,
        "how": list(verdict.method),
        "notes": list(notes),
    }


def _estimator(analysis: Analysis) -> str:
    if analysis.plan.assignment is Assignment.CROSSOVER:
        return "crossover"
    if analysis.plan.assignment.by_lot:
        return "ancova"
    return "welch within cohorts" if analysis.cohorts else "welch"


def _estimate(estimate: Estimate | None) -> dict[str, Any]:
    if estimate is None:
        return dict.fromkeys(("t", "df", "p", "difference", "ci", "level", "se", "problem"))
    usable = not estimate.problem
    return {
        "t": estimate.t,
        "df": estimate.df if usable else None,
        "p": estimate.p,
        "difference": estimate.difference,
        "ci": [estimate.low, estimate.high] if usable else None,
        "level": estimate.level,
        "se": estimate.se if usable else None,
        "problem": estimate.problem or None,
    }


def _arm(arm: Arm) -> dict[str, Any]:
    return {
        "name": arm.name,
        "learners": arm.learners,
        "answered": arm.answered,
        "response": float(arm.response),
        "units": len(arm.units),
        "largest_unit": float(arm.largest),
        "mean_change": arm.mean_change if arm.units else None,
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def as_text(analysis: Analysis, verdict: Verdict, notes: Iterable[str] = ()) -> str:
    """The same for people: the sentence, the numbers if they may be shown, and the gates."""
    states = {True: "met", False: "not met", None: "cannot be said"}
    lines = [verdict.sentence, "", *(_numbers(analysis) if verdict.shown else ()), "Gates"]
    for gate in verdict.gates:
        lines.append(f"  {gate.slug}: {states[gate.met]}" + (f", {gate.otherwise}" if gate.met is False else ""))
        lines.append(f"    asked for: {gate.rule}" + (f"; found: {gate.found}" if gate.found else ""))
    if verdict.method:
        lines += ["", "How this was worked out", *(f"  {line}" for line in verdict.method)]
    rest = list(notes)
    return "\n".join([*lines, *(["", "Notes"] if rest else []), *(f"  {line}" for line in rest)])


def _numbers(analysis: Analysis) -> list[str]:
    one, two = analysis.arms
    if analysis.primary is None:
        return []
    numbers = in_numbers(analysis.primary, dominated=bool(analysis.dominated))
    lines = [f"Numbers ({_estimator(analysis)}, {one.name} minus {two.name}, over units)", f"  {numbers}"]
    return [*lines, *([f"  Hedges’ g {number(analysis.g)}"] if analysis.g is not None else []), ""]
