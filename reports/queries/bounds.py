"""What may be shown of the means of a look, and of shares of what people said of themselves: bounds where they are near
an end, and no number that would bring such a mean or share back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from reports.verdicts import Analysis, Arm, Verdict, in_words
from surveys.coding import ABOUT, LESS, MORE, Coded, coded, leeway, together

SCALE = (1.0, 7.0)
# The T score of one goal that came out much worse, or much better, than expected; of several it goes further.
OF_ONE_GOAL = (30.0, 70.0)
Content = dict[str, Any]


def at_both(means: Mapping[str, float], share: float) -> Content:
    """{"before", "after", "ends"}: "ends" says of either whether it is "more" or "less", and is there only where one
    is.

    means  before and after
    share  the largest that one person has in them
    """
    shown = {word: shown_of(mean, SCALE, share) for word, mean in means.items()}
    return _with_ends({word: each.value for word, each in shown.items()}, {w: each.end for w, each in shown.items()})


def whole_of(means: Mapping[str, float], share: float, kinds: Sequence[Content]) -> Content:
    """The same of the whole core. Where one of its kinds is a bound, the whole is made of what is shown of the kinds,
    or that one would follow from the two others.
    """
    shown = {word: shown_of(mean, SCALE, share) for word, mean in means.items()}
    ends = {word: together([each.get("ends", {}).get(word, "") for each in kinds]) for word in means}
    values = {
        word: round(fmean(each[word] for each in kinds), 1) if ends[word] else shown[word].value for word in means
    }
    return _with_ends(values, {word: ends[word] or shown[word].end for word in means})


def _with_ends(values: Content, ends: Mapping[str, str]) -> Content:
    found = {word: end for word, end in ends.items() if end}
    return {**values, "ends": found} if found else values


def shown_of(mean: float, scale: tuple[float, float], share: float) -> Coded:
    """A mean beyond its scale counts as its end. Raises ValueError for fewer than two people."""
    shown = coded(min(max(mean, scale[0]), scale[1]), scale, leeway(scale) * share)
    if shown is None:
        raise ValueError("a mean of so few people leaves nothing to show")
    return shown


def part_of(count: int, whole: int, most: int = 1) -> Coded | None:
    """How many of so many said yes of themselves, as it may be shown: where all or all but one did, at least so many,
    and where nobody or one did, at most so many; None where these two would meet.

    most  how many of them one person has, at the most. Whoever has so many may have said yes, or no, to all of theirs
          whatever is shown: the others make up any rest.
    """
    if 2 * most >= whole:
        return None
    if count >= whole - most:
        return Coded(whole - most, MORE, whole - most, whole)
    return Coded(most, LESS, 0, most) if count <= most else Coded(count, "", count, count)


def whole_of_parts(count: int, whole: int, parts: Sequence[tuple[int, int]]) -> Coded | None:
    """The same of a whole of which parts are shown too, each with its own count and size.

    Where a part is a bound, or what is left beside them would be one, the whole is put together of what is shown, as
    of means (`whole_of`): the parts taken from the exact whole would tell what is behind the bound.
    """
    own = part_of(count, whole)
    if own is None or own.end:
        return own
    rest = (count - sum(part[0] for part in parts), whole - sum(part[1] for part in parts))
    told = [(each, part_of(*each)) for each in [*parts, rest] if each[1] > 0]
    # Of one or two who are left nothing may be said: they count as half.
    shown = [(each[0], found or Coded(each[1] / 2, ABOUT, 0, each[1])) for each, found in told]
    end = together([found.end for _, found in shown])
    value = count + sum(found.value - real for real, found in shown if found.end)
    return Coded(value, end, value, value) if end else own


def shown_parts(count: int, whole: int, parts: Sequence[tuple[int, int]]) -> list[Coded | None]:
    """What may be shown of parts (each with its count and size) beside their whole, which is shown by `part_of`: all of
    them as they are, or none where one would be a bound, or what the whole has beyond them: from the exact whole would
    follow what is behind it. Which of them it is is not told by leaving one out.
    """
    shown = [part_of(*each) for each in parts]
    own, together_ = part_of(count, whole), whole_of_parts(count, whole, parts)
    at_end = own is not None and together_ is not None and together_.end != own.end
    return [None for _ in parts] if at_end or any(each is None or each.end for each in shown) else shown


def said_of(analysis: Analysis, verdict: Verdict, groups: Sequence[Content]) -> tuple[Verdict, bool]:
    """The verdict, and whether its numbers may be shown.

    They are exact to two decimals, and from the difference and three of its means the fourth follows. So where a mean
    of a compared group is a bound, or everybody in an arm changed alike, or in both arms everybody began alike (a
    difference at the start that cannot be standardised says so, and the means then say where), all is said in words:
    which of these it was, and in which arm, is not said. The kind of the verdict remains, which rests on exact values.
    """
    compared = {arm.name for arm in analysis.arms}
    bounded = any(each.get("ends") for each in groups if each["name"] in compared)
    # A unit of several people has their mean, of which many changes can be made.
    single = [arm for arm in analysis.arms if len(arm.units) == arm.answered]
    alike = any(_is_alike(each) for arm in single for each in _known_of(arm, crossed=analysis.order is not None))
    began_alike = all(_is_alike(arm.starts) for arm in analysis.arms)
    if not verdict.shown or not (bounded or alike or began_alike):
        return verdict, True
    return replace(verdict, **in_words(analysis, verdict)), False


def _known_of(arm: Arm, *, crossed: bool) -> list[list[float]]:
    """What the numbers tell of each unit: its change; of a crossover also the gain of the first time and of both."""
    if not crossed:
        return [arm.changes]
    both = [2 * (unit.before - first) for unit, first in zip(arm.units, arm.firsts, strict=True)]
    return [arm.changes, both, [unit.after - first for unit, first in zip(arm.units, arm.firsts, strict=True)]]


def _is_alike(values: Sequence[float]) -> bool:
    return max(values, default=0.0) - min(values, default=0.0) < 1e-9
