"""A verdict in words alone, where its numbers would tell what single people answered."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reports.verdicts.analysing import Analysis
from reports.verdicts.deciding import Verdict
from reports.verdicts.explaining import response, ways
from reports.verdicts.finding import improvement
from reports.verdicts.gates import FOR_A_VERDICT, Gate, units
from reports.verdicts.plan import Kind, Look
from reports.verdicts.wording import say, say_of

# What these gates have found are numbers made of answers.
_MEASURED = frozenset({"baseline", "plausibility"})


def in_words(analysis: Analysis, verdict: Verdict) -> dict[str, Any]:
    """What of a verdict reads otherwise without its numbers, for dataclasses.replace; the kind stays what it is."""
    return {
        "finding": _finding(analysis, verdict),
        "cautions": tuple(_cautions(analysis)),
        "method": (*ways(analysis), say("how_without")),
        "gates": tuple(_gate(each) for each in verdict.gates),
    }


def _finding(analysis: Analysis, verdict: Verdict) -> str:
    if verdict.kind is Kind.INSEPARABLE:
        return verdict.finding
    if verdict.kind is Kind.HIGHER:
        return say_of(analysis.plan.assignment.value, "higher_words", **improvement(analysis))
    return say_of(analysis.plan.assignment.value, f"{verdict.kind.name.lower()}_words")


def _cautions(analysis: Analysis) -> Iterator[str]:
    yield say("without_numbers")
    yield from response(analysis)
    if analysis.plan.look is Look.MIDPOINT:
        yield say("midpoint")
    if units(analysis) < FOR_A_VERDICT:
        yield say("units_few", n=FOR_A_VERDICT)


def _gate(gate: Gate) -> Gate:
    """Neither what was measured nor whether it was too much."""
    return replace(gate, found="", met=None) if gate.slug in _MEASURED else gate
