"""Means near an end of their scale: shown as "6.4 or more", as 7.0 would tell what everybody answered."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# The end at which a shown number is a bound: as much or more, as much or less, and what is put together of such.
MORE, LESS, ABOUT = "more", "less", "about"
WORDS = {MORE: "or more", LESS: "or less", ABOUT: "or about that"}
# Means have one decimal.
_ROUNDED = 0.05
_NOISE = 1e-9


@dataclass(frozen=True)
class Coded:
    """What is shown of a mean.

    value      to one decimal
    end        MORE or LESS where it is a bound, else ""
    low, high  between which means it lies, as far as it tells together with what was shown before
    """

    value: float
    end: str
    low: float
    high: float


def leeway(scale: tuple[float, float]) -> float:
    """How far a middling answer is from an end of its scale; more than one answer, or a rounding just at a half
    would leave it out.
    """
    return max(1.5, (scale[1] - scale[0]) / 2)


def coded(mean: float, span: tuple[float, float], slack: float, *, after: bool = False) -> Coded | None:
    """The mean to one decimal, or the last number before an end of its span that may be told; None if nothing may.

    span   the least and the highest mean that what is known already allows; of a first figure the ends of the scale
    slack  how far one person with middling answers (`leeway`) takes the mean from its end: leeway / n for n people
           with an answer each
    after  whether it comes after another figure of the same people, so that span and slack are those of `span_after`

    Guarantee, of a first figure of n >= 2 people with whole answers from lo to hi: for every person two different
    answers at the least fit what is shown. Let D = Σ (hi − answer) be what is missing to the end, so that the mean is
    hi − D/n, and d what is missing of one person; the others can make up any rest from 0 to (n − 1)(hi − lo).
      "T or more"  T is the highest number of one decimal with T − 0.05 <= hi − slack. Shown is it for every mean of
                   T − 0.05 or more, thus for every D <= leeway: d = 0 and d = 1 fit, with all others at the end.
      plain v      Only where v < T, or where nothing above T + 0.05 is possible. If v < T, some D > 0 fits, as the
                   whole of the rounding lies below the end, and likewise above the other end. For 0 < D < n(hi − lo)
                   the d that fit go from max(0, D − (n − 1)(hi − lo)) to min(D, hi − lo), which are two or more. If
                   v = T and nothing lies above, its rounding holds every D <= leeway, as above.
    Which of the two it is follows from n and the scale alone, and every mean beyond T is shown alike: that a figure is
    a bound is no further answer to anything. From about 60 people the rounding does it, and nothing is a bound.

    Of a figure after another (`span_after`) the ends are those that the one before allows, so that the new answers keep
    the same room: where nobody answers twice, with what was shown before at its highest any new person may be in the
    middle and "T or more" still holds, and likewise at the other end. Both sums are whole numbers, so that the figure
    before may stand for one sum alone: its rounding is no room, a mean near an end is a bound however many people there
    are, and the slack is one answer more. A plain v then lies so far from both ends that with no old sum all new
    answers are at one. That this leaves two answers to everybody is tested through (tests/reports/test_privacy.py).

    What remains:
      * Of "6.4 or more" of five people it is known that nobody is below 4, and that most are near the end.
      * People who put their own answers together can work out what is left of any mean, as ever.
      * Who answers check-ins again has a mean of their own; the room of the new answers is then that of means, and
        only the figure before is looked at, not those before that one.
      * A look beside published figures of the same answers: that no one person is left over is seen to by
        reports.privacy; that the several who answered in part do not all turn out to be at an end is not.
      * What was published before there were bounds, and sums of which answers have been erased since.
    """
    least, most = span
    if most - slack <= least + slack:
        return None
    top = math.floor((most - slack + _ROUNDED) * 10 + _NOISE) / 10
    bottom = math.ceil((least + slack - _ROUNDED) * 10 - _NOISE) / 10
    above, below = after or top + _ROUNDED < most - _NOISE, after or bottom - _ROUNDED > least + _NOISE
    if above and below and top <= bottom:
        return None
    value = round(mean, 1)
    if above and value >= top:
        return Coded(top, MORE, top - _ROUNDED, most)
    if below and value <= bottom:
        return Coded(bottom, LESS, least, bottom + _ROUNDED)
    return Coded(value, "", max(least, value - _ROUNDED), min(most, value + _ROUNDED))


def span_after(
    old: Sequence[float], scale: tuple[float, float], before: tuple[float, float] | None
) -> tuple[tuple[float, float], float]:
    """Span and slack of a mean over people, for `coded`, after a mean of some of their answers was shown.

    old     for each person which share of their answers was in the figure before; 0 of who is new
    before  between which means that figure lies; None if there was none

    Every old part is taken for the figure's mean itself, which it can have been; so the span is never too wide, and a
    bound comes rather too early. The slack is one person's whose answers since are middling, and after another figure
    one answer more, by which the whole sums within its rounding may fall short of its ends.
    """
    count = len(old)
    since = count - sum(old)
    (low, high), (least, most) = before or scale, scale
    span = (sum(old) * low + since * least) / count, (sum(old) * high + since * most) / count
    return span, (leeway(scale) * (1 - min(old)) + (before is not None)) / count


def known_range(figure: dict[str, Any]) -> tuple[float, float]:
    """Between which means a published figure lies."""
    low, high = figure.get("range") or (figure["mean"] - _ROUNDED, figure["mean"] + _ROUNDED)
    return low, high


def words_of(end: str) -> str:
    """What is said after a number; "" after one that is what it is."""
    return WORDS.get(end, "")


def sign_of(before: str, after: str) -> str:
    """The end of a change, by those of what it is between: what is at least so much after is at least so much up."""
    opposite = {MORE: LESS, LESS: MORE}.get(before, before)
    return together([opposite, after])


def together(ends: Sequence[str]) -> str:
    """The end of a mean of such means; ABOUT where they are bounds of both kinds."""
    found = {each for each in ends if each}
    return found.pop() if len(found) == 1 else ABOUT if found else ""
