"""The difference of two means whose spreads need not be equal."""

import math

from reports.statistics.estimates import NO_SPREAD, Estimate, Summary, summary
from reports.statistics.numbers import Values, finite, share, vector


def welch(first: Values, second: Values, *, level: float = 0.95) -> Estimate:
    """Welch's t on two independent samples, first minus second.

    Welch, B. L. (1947), Biometrika 34, 28–35: t = (m1 − m2) / √(s1²/n1 + s2²/n2), with the degrees of freedom of
    `welch_of_summaries`. The values must be independent: unit means, not the learners in them.

    Raises ValueError for fewer than two values in an arm or a value that is not finite. Where neither arm varies the
    result has the problem "no spread".
    """
    return welch_of_summaries(summary(first, "first arm"), summary(second, "second arm"), level=level)


def welch_of_summaries(first: Summary, second: Summary, *, level: float = 0.95) -> Estimate:
    """The same from sizes, means and standard deviations, as papers print them.

    Satterthwaite, F. E. (1946), Biometrics Bulletin 2, 110–114:
    df = (v1 + v2)² / (v1²/(n1 − 1) + v2²/(n2 − 1)) with v = s²/n.
    Raises ValueError for fewer than two values, a negative deviation or what is not finite.
    """
    for arm, name in ((first, "first arm"), (second, "second arm")):
        if arm.n < 2 or finite(arm.sd, name) < 0:
            raise ValueError(f"{name}: two values and a standard deviation of 0 or more are needed")
    difference = finite(first.mean, "first mean") - finite(second.mean, "second mean")
    v1, v2 = first.sd**2 / first.n, second.sd**2 / second.n
    share(level, "level")
    if first.constant and second.constant:
        return Estimate(difference, 0.0, float(first.n + second.n - 2), level, NO_SPREAD)
    # By the greater of the two, so that tiny and huge units square without loss.
    most = max(v1, v2)
    a, b = v1 / most, v2 / most
    df = (a + b) ** 2 / (a**2 / (first.n - 1) + b**2 / (second.n - 1))
    return Estimate(difference, math.sqrt(v1 + v2), df, level)


def crossover(
    first_then_second: tuple[Values, Values], second_then_first: tuple[Values, Values], *, level: float = 0.95
) -> Estimate:
    """The difference of two models that each unit tries in random order, first model minus second.

    Each argument holds two lists of unit values of that order: the changes in the first period and in the second.
    Hills, M. & Armitage, P. (1979), Br J Clin Pharmacol 8, 7–20: the two orders' mean differences between periods
    are compared by a t test and halved, so that what all gain from one period to the next cancels. Welch's here,
    because the orders may differ in spread. Assumes that the first period leaves nothing behind for the second.

    Raises ValueError for lists of different lengths, fewer than two units an order or what is not finite.
    """
    halves = []
    for name, (earlier, later) in (("first order", first_then_second), ("second order", second_then_first)):
        one, two = vector(earlier, name, least=2), vector(later, name, least=2)
        if one.size != two.size:
            raise ValueError(f"{name}: both periods need the same units")
        halves.append((one - two) / 2)
    return welch(halves[0], halves[1], level=level)
