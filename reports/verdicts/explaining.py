"""What stands beside a finding: what to keep in mind, what it rests on, and how it was worked out."""

import math
from collections.abc import Iterator
from fractions import Fraction

from reports.statistics import NO_SPREAD, Estimate, tipping_point
from reports.verdicts.analysing import Analysis
from reports.verdicts.gates import FOR_A_VERDICT, LEAST_RESPONSE, MOST_APART, MOST_AT_START, MOST_PLAUSIBLE, units
from reports.verdicts.plan import SHOWN, Kind, Look
from reports.verdicts.wording import day, level, number, p_value, percent, plain, points, say, say_of


def cautions(analysis: Analysis, kind: Kind) -> Iterator[str]:
    """Where nothing is shown only a low response is named, and that only of arms that are large enough."""
    if kind in SHOWN or kind is Kind.TOO_FEW_ANSWERS:
        yield from response(analysis)
    if kind not in SHOWN:
        return
    if analysis.plan.look is Look.MIDPOINT:
        yield say("midpoint")
    if units(analysis) < FOR_A_VERDICT:
        yield say("units_few", n=FOR_A_VERDICT)
    yield from _data(analysis)
    if kind is Kind.HIGHER:
        yield from _small(analysis)
    yield from _carried(analysis)
    # Half a difference of two periods is no change that somebody who did not answer could have had.
    if kind in {Kind.HIGHER, Kind.SIMILAR} and analysis.order is None:
        yield from _tipping(analysis, kind)


def _way(analysis: Analysis) -> str:
    return analysis.plan.assignment.value


def response(analysis: Analysis) -> Iterator[str]:
    """Arms of which few answered, or one far fewer than the other."""
    one, two = analysis.arms
    for arm in analysis.arms:
        if arm.response < LEAST_RESPONSE:
            yield say_of(_way(analysis), "response_low", share=percent(arm.response), A=arm.name)
    if abs(one.response - two.response) > MOST_APART:
        yield say_of(
            _way(analysis), "response_apart", a=percent(one.response), A=one.name, b=percent(two.response), B=two.name
        )


def _data(analysis: Analysis) -> Iterator[str]:
    if analysis.baseline is not None and abs(analysis.baseline) > MOST_AT_START:
        far = math.isinf(analysis.baseline)
        yield say("baseline_far") if far else say("baseline", d=number(abs(analysis.baseline)))
    if analysis.g is None or abs(analysis.g) > MOST_PLAUSIBLE:
        yield say("plausibility")
    if analysis.dominated:
        yield say_of(_way(analysis), "dominated", A=analysis.dominated)
    elif analysis.primary is not None and analysis.primary.problem:
        yield say("constant" if analysis.primary.problem == NO_SPREAD else "no_overlap")


def _small(analysis: Analysis) -> Iterator[str]:
    if analysis.equivalence and analysis.equivalence.passes:
        yield say("small" if analysis.plan.margin is None else "small_set", margin=points(analysis.equivalence.margin))


def _carried(analysis: Analysis) -> Iterator[str]:
    """Of a crossover, that the order seems to have mattered; the difference stays as it is (Freeman 1989)."""
    order = analysis.order
    if order is None or order.low is None or order.high is None or analysis.dominated or not order.excludes_none:
        return
    one, two = analysis.arms if order.difference > 0 else reversed(analysis.arms)
    low, high = (order.low, order.high) if order.difference > 0 else (-order.high, -order.low)
    yield say("order", A=one.name, B=two.name, d=points(abs(order.difference)), lo=number(low), hi=number(high))


def _tipping(analysis: Analysis, kind: Kind) -> Iterator[str]:
    """Who did not answer and would change the verdict, where they could on the scale that was answered."""
    estimate = analysis.primary
    if estimate is None or estimate.problem:
        return
    below, above = (0.0, math.inf) if estimate.difference > 0 else (-math.inf, 0.0)
    if kind is Kind.SIMILAR:
        estimate = estimate.at(1 - 2 * analysis.plan.look.alpha)
        below, above = -(analysis.margin or 0), analysis.margin or 0
    # The verdict says that the interval is within; only rounding can put an end outside.
    low, high = max(estimate.low or 0, below), min(estimate.high or 0, above)
    one, two = (Fraction(1) - arm.response for arm in analysis.arms)
    tipping = tipping_point(low, high, (one, two), bounds=(below, above))
    scale = analysis.plan.scale
    if tipping is None or (scale and abs(tipping.shift) > 2 * (scale[1] - scale[0])):
        return
    words = "tipping_less" if tipping.shift < 0 else "tipping_more"
    yield say_of(_way(analysis), words, A=analysis.arms[tipping.arm].name, shift=points(abs(tipping.shift)))


def basis(analysis: Analysis) -> str:
    """Of how many people and relationships, when, on what scale."""
    one, two = analysis.arms
    parts = [
        say_of(
            _way(analysis),
            "basis",
            n=one.answered,
            of=one.learners,
            u=len(one.units),
            A=one.name,
            m=two.answered,
            among=two.learners,
            v=len(two.units),
            B=two.name,
        )
    ]
    if analysis.plan.period:
        parts.append(say("basis_period", first=day(analysis.plan.period[0]), last=day(analysis.plan.period[1])))
    if analysis.plan.scale:
        parts.append(say("basis_scale", low=plain(analysis.plan.scale[0]), high=plain(analysis.plan.scale[1])))
    return " ".join(parts)


def method(analysis: Analysis) -> Iterator[str]:
    """The drawer "how we worked this out"."""
    yield from ways(analysis)
    yield from _estimators(analysis)
    if analysis.outside:
        yield say("how_outside", n=analysis.outside)
    if analysis.g is not None:
        yield say("how_g", g=number(analysis.g))
    if analysis.equivalence and analysis.equivalence.p is not None and not analysis.dominated:
        yield say(
            "how_similar",
            level=level(1 - 2 * analysis.equivalence.alpha),
            margin=points(analysis.equivalence.margin),
            p=p_value(analysis.equivalence.p),
        )
    if analysis.margin:
        yield say("how_needed", margin=points(analysis.margin), n=analysis.needed)


def ways(analysis: Analysis) -> Iterator[str]:
    """What counts once, where, and who is left out."""
    yield say_of(_way(analysis), "how_units")
    if analysis.plan.assignment.by_lot:
        yield say_of(_way(analysis), "how_lot")
    yield say_of(_way(analysis), "how_missing")


def _estimators(analysis: Analysis) -> Iterator[str]:
    change = ("how_cohorts" if analysis.cohorts else "how_welch", analysis.change)
    by_lot = analysis.plan.assignment.by_lot
    ways = [("how_ancova", analysis.adjusted), change] if by_lot else [change, ("how_other", analysis.adjusted)]
    for words, estimate in ways:
        if estimate is not None:
            numbers = in_numbers(estimate, dominated=bool(analysis.dominated))
            yield say(words, numbers=numbers, cohorts=", ".join(analysis.cohorts))
    if analysis.order is not None:
        numbers = in_numbers(analysis.order, dominated=bool(analysis.dominated))
        yield say("how_order", A=analysis.arms[0].name, B=analysis.arms[1].name, numbers=numbers)


def in_numbers(estimate: Estimate, *, dominated: bool) -> str:
    """An estimate on one line; without an interval where it has none, or where one unit dominates an arm."""
    low, high, t, p = estimate.low, estimate.high, estimate.t, estimate.p
    if low is None or high is None or t is None or p is None or dominated:
        problem = "one relationship dominates" if dominated else estimate.problem
        return say("how_unusable", d=number(estimate.difference), problem=problem)
    return say(
        "how_numbers",
        d=number(estimate.difference),
        level=level(estimate.level),
        lo=number(low),
        hi=number(high),
        t=number(t),
        df=number(estimate.df),
        p=p_value(p),
    )
