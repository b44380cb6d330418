"""The verdict of a comparison: which gates are open, and the sentences that follow."""

from dataclasses import dataclass

from reports.statistics import Estimate
from reports.verdicts import finding
from reports.verdicts.analysing import Analysis, similarity
from reports.verdicts.explaining import basis, cautions, method
from reports.verdicts.gates import Gate, gates_of
from reports.verdicts.plan import SHOWN, Kind, Look


@dataclass(frozen=True, slots=True)
class Verdict:
    """higher    the name of the arm that improved more, only for the kind HIGHER
    finding   the one sentence
    cautions  what has to stand beside it
    basis     of how many people, when and on what scale; empty where nothing is shown
    method    how it was worked out
    """

    kind: Kind
    higher: str
    finding: str
    cautions: tuple[str, ...]
    basis: str
    method: tuple[str, ...]
    gates: tuple[Gate, ...]

    @property
    def shown(self) -> bool:
        """Whether any figure of the comparison may be shown."""
        return self.kind in SHOWN

    @property
    def sentence(self) -> str:
        """The finding with all that has to be said with it."""
        return " ".join(filter(None, (self.finding, *self.cautions, self.basis)))


def decide(analysis: Analysis) -> Verdict:
    """What may be said of an analysis, and only that."""
    kind = _kind(analysis)
    shown = kind in SHOWN
    return Verdict(
        kind=kind,
        higher=finding.ahead(analysis) if kind is Kind.HIGHER else "",
        finding=_finding(kind, analysis),
        cautions=tuple(cautions(analysis, kind)),
        basis=basis(analysis) if shown else "",
        method=tuple(method(analysis)) if shown else (),
        gates=tuple(gates_of(analysis)),
    )


def _kind(analysis: Analysis) -> Kind:
    met = {each.slug: each.met for each in gates_of(analysis)}
    if analysis.plan.look is Look.BEFORE:
        return Kind.NOT_YET
    if met.get("uptake") is False:
        return Kind.REFUSED
    if not met["privacy"]:
        return Kind.SUPPRESSED
    if not met["show"]:
        return Kind.TOO_FEW
    if not met["verdict"]:
        return Kind.EARLY if met["response"] else Kind.TOO_FEW_ANSWERS
    return _verdict(analysis) if met["response"] else Kind.EARLY


def _verdict(analysis: Analysis) -> Kind:
    if analysis.dominated:
        return Kind.UNCLEAR
    one, other = _direction(analysis, analysis.primary), _direction(analysis, analysis.other)
    if not analysis.plan.assignment.by_lot and one != other:
        # At the mid-point nothing is final that a second look at the same answers does not bear out.
        return Kind.EARLY if analysis.plan.look is Look.MIDPOINT else Kind.INSEPARABLE
    return {"first": Kind.HIGHER, "second": Kind.HIGHER, "similar": Kind.SIMILAR}.get(one, Kind.UNCLEAR)


def _direction(analysis: Analysis, estimate: Estimate | None) -> str:
    if estimate is not None and estimate.excludes_none:
        return "first" if estimate.difference > 0 else "second"
    equivalence = similarity(estimate, analysis.margin, analysis.plan.look)
    return "similar" if equivalence and equivalence.passes else "unclear"


def _finding(kind: Kind, analysis: Analysis) -> str:
    match kind:
        case Kind.NOT_YET:
            return finding.progress(analysis)
        case Kind.REFUSED:
            return finding.weak_nudge(analysis)
        case Kind.SUPPRESSED | Kind.TOO_FEW | Kind.TOO_FEW_ANSWERS:
            return finding.too_few(analysis)
        case Kind.EARLY | Kind.UNCLEAR:
            return finding.interval("early" if kind is Kind.EARLY else "unclear", analysis)
        case Kind.SIMILAR:
            return finding.similar(analysis)
        case Kind.HIGHER:
            return finding.higher(analysis)
        case Kind.INSEPARABLE:
            one, other = (_direction(analysis, each) for each in (analysis.primary, analysis.other))
            return finding.inseparable(analysis, one, other)
