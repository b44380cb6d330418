"""The one sentence of a verdict."""

from reports.figures import LEAST_PEOPLE
from reports.statistics import units_for_interval
from reports.verdicts.analysing import Analysis
from reports.verdicts.gates import FOR_A_VERDICT, LEAST_UNITS, is_private
from reports.verdicts.plan import DEFAULT_MARGIN, Assignment
from reports.verdicts.wording import number, percent, points, say, say_of


def ahead(analysis: Analysis) -> str:
    """The arm with more improvement, whether or not that can be told from chance."""
    one, two = analysis.arms
    return one.name if analysis.primary is None or analysis.primary.difference >= 0 else two.name


def _way(analysis: Analysis) -> str:
    return analysis.plan.assignment.value


def progress(analysis: Analysis) -> str:
    """Before the first look nothing is shown but how many have answered."""
    one, two = analysis.arms
    done = [
        say("progress_share", n=arm.answered, of=arm.learners)
        if arm.learners >= LEAST_PEOPLE
        else say("progress_hidden")
        for arm in analysis.arms
    ]
    return say_of(_way(analysis), "progress", a=done[0], A=one.name, b=done[1], B=two.name)


def too_few(analysis: Analysis) -> str:
    """How many there are and how many more it takes. An arm too small to show counts as none."""
    one, two = analysis.arms
    have = [len(arm.units) if len(arm.units) >= LEAST_UNITS else 0 for arm in analysis.arms]
    seen = [
        str(count) if count else say(few, n=LEAST_UNITS) for count, few in zip(have, ("few_first", "few"), strict=True)
    ]
    needed = analysis.needed if is_private(analysis) else units_for_interval(DEFAULT_MARGIN) or 0
    more = [max(needed, FOR_A_VERDICT) - count for count in have]
    parts = [say_of(_way(analysis), "too_few", a=seen[0], A=one.name, b=seen[1], B=two.name)]
    if min(more) > 0:
        parts.append(say_of(_way(analysis), "more_both", x=more[0], A=one.name, y=more[1], B=two.name))
    elif max(more) > 0:
        parts.append(say_of(_way(analysis), "more_one", x=max(more), A=one.name if more[0] > 0 else two.name))
    return " ".join(parts)


def _oriented(analysis: Analysis) -> tuple[str, str, str]:
    """The difference as a number above 0 with the ends of its interval, empty where there is none."""
    primary = analysis.primary
    if primary is None:
        return "", "", ""
    low, high = primary.low, primary.high
    size = points(abs(primary.difference))
    if low is None or high is None or analysis.dominated:
        return size, "", ""
    low, high = (low, high) if primary.difference >= 0 else (-high, -low)
    return size, number(low), number(high)


def interval(words: str, analysis: Analysis) -> str:
    """ "early" or "unclear", with or without an interval."""
    size, low, high = _oriented(analysis)
    difference = say_of(_way(analysis), "towards", d=size, A=ahead(analysis))
    return say(words, d=difference, lo=low, hi=high) if low else say(f"{words}_without", d=difference)


def higher(analysis: Analysis) -> str:
    """Only by lot may the model be named as what led to it."""
    size, low, high = _oriented(analysis)
    return say_of(_way(analysis), "higher", d=size, lo=low, hi=high, **improvement(analysis))


def improvement(analysis: Analysis) -> dict[str, str]:
    """What improved more than what, and whether it improved at all."""
    first, second = analysis.arms
    leader, other = (first, second) if ahead(analysis) == first.name else (second, first)
    way = "up" if leader.mean_change > 0 else "down"
    return {
        "A": leader.name,
        "B": other.name,
        "improved": say(f"improved_{way}"),
        "improvement": say(f"improvement_{way}"),
    }


def similar(analysis: Analysis) -> str:
    words = "similar_default" if analysis.plan.margin is None else "similar_set"
    return say_of(_way(analysis), words, margin=points(analysis.margin or 0))


def weak_nudge(analysis: Analysis) -> str:
    """That too few followed their invitation; how many, where that tells of nobody."""
    one, two = analysis.arms
    uptake = analysis.plan.uptake
    parts = [say("weak_nudge", A=one.name)]
    if uptake and min(one.learners, two.learners) >= LEAST_PEOPLE:
        parts.append(say("weak_nudge_shares", a=percent(uptake[0]), b=percent(uptake[1])))
    return " ".join(parts)


def inseparable(analysis: Analysis, change: str, adjusted: str) -> str:
    """The change score says one thing and the analysis with first answers another."""
    names = {"first": analysis.arms[0].name, "second": analysis.arms[1].name}
    one, two = (
        say("direction_higher", A=names[each]) if each in names else say(f"direction_{each}")
        for each in (change, adjusted)
    )
    chosen = analysis.plan.assignment is Assignment.CHOOSE
    return say("inseparable" if chosen else "inseparable_coordinator", one=one, two=two)
