"""Charts of the outcome report. Intervals, shares and means come from reports.statistics; here they are only drawn."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString

from reports.charts.svg import (
    LETTER,
    bar,
    circle,
    el,
    figure,
    listed,
    nothing_yet,
    picture,
    rule,
    short,
    words,
)

# Where more than this share of the stage before is lost, the loss is named in colour.
HEAVY_LOSS = 0.12


class Change(NamedTuple):
    """One line of a slope chart: whose, and the means at the two times."""

    name: str
    before: float
    after: float


class Stage(NamedTuple):
    """One bar of a funnel."""

    name: str
    people: int


class Group(NamedTuple):
    """One point of an arc diagram: a department and how many people it has."""

    name: str
    people: int


class Link(NamedTuple):
    """One arc: two departments and how many matches join them."""

    one: str
    other: str
    matches: int


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def pct_bar(share: float | None, n: int) -> SafeString:
    """A share from 0 to 1 of ``n`` as a bar with its figure."""
    if share is None or n <= 0:
        return nothing_yet(174, 28, fixed=True)
    parts = [
        bar(0, 8, 130, 12, "f-sunken", rx=6),
        bar(0, 8, 130 * min(max(share, 0), 1), 12, "f-c1", rx=6),
        words(138, 19, _percent(share), "t1 t14"),
    ]
    return picture(174, 28, parts, name=f"{_percent(share)} of {n:,}", fixed=True)


def dot_interval(share: float | None, low: float, high: float, what: str = "") -> SafeString:
    """A share as a dot with its 95% interval as a pale bar around it; all three from 0 to 1."""
    if share is None:
        return nothing_yet(194, 28, fixed=True)
    wide = 150
    parts = [
        rule(0, 14, wide, 14, "s-line"),
        rule(0.5, 10, 0.5, 18, "s-ls"),
        rule(wide - 0.5, 10, wide - 0.5, 18, "s-ls"),
        rule(wide * low, 14, wide * high, 14, "s-c1 pale", stroke_width=6, stroke_linecap="round"),
        circle(wide * share, 14, 5.5, "f-c1"),
        words(wide + 8, 19, _percent(share), "t1 t14"),
    ]
    said = f"{_percent(share)} {what}".strip()
    return picture(194, 28, parts, name=f"{said}, 95% interval {_percent(low)} to {_percent(high)}", fixed=True)


def difference(value: float, low: float, high: float, one: str, other: str) -> SafeString:
    """A difference in points as a dot with its interval as a pale bar, around a line at none.

    Above 0 is in favour of ``one`` and drawn to the right, below of ``other`` and drawn to the left.
    """
    reach = max(abs(low), abs(high), abs(value), 0.5) * 1.15

    def x(points: float) -> float:
        return 220 + points / reach * 200

    parts = [
        rule(20, 40, 420, 40, "s-line"),
        rule(220, 18, 220, 62, "s-ls"),
        rule(x(low), 40, x(high), 40, "s-c1 pale", stroke_width=12, stroke_linecap="round"),
        circle(x(value), 40, 7, "f-c1"),
        words(x(value), 26, figure(value, 2), "t1", anchor="middle"),
        words(x(low), 66, figure(low, 2), anchor="middle"),
        words(x(high), 66, figure(high, 2), anchor="middle"),
        words(20, 90, f"← {short(other, 20)}", "t1 t13"),
        words(220, 90, "no difference", anchor="middle"),
        words(420, 90, f"{short(one, 20)} →", "t1 t13", anchor="end"),
    ]
    said = f"Difference {figure(value, 2)} points, {one} minus {other}; from {figure(low, 2)} to {figure(high, 2)} fits"
    return picture(440, 96, parts, name=said, css="chart--wide")


def likert_bar(counts: Sequence[int]) -> SafeString:
    """Answers from 1 to 5 as one bar, brown to teal, with their mean."""
    total = sum(counts)
    if total <= 0:
        return nothing_yet(206, 28, "No answers yet", fixed=True)
    parts: list[SafeString] = []
    x = 0.0
    for i, count in enumerate(counts):
        room = 170 * count / total
        if count:
            parts.append(bar(x, 7, max(room - 1.5, 0.8), 14, f"f-d{i + 1}"))
        x += room
    mean = sum((i + 1) * count for i, count in enumerate(counts)) / total
    parts.append(words(178, 19, f"{mean:.1f}", "t1 t14"))
    said = listed([f"{count} gave {i + 1}" for i, count in enumerate(counts)])
    return picture(206, 28, parts, name=f"Mean {mean:.1f} of {len(counts)}. {said}", fixed=True)


def _disc(x: float, y: float, css: str) -> SafeString:
    return circle(x, y, 5.5, css)


def _square(x: float, y: float, css: str) -> SafeString:
    return bar(x - 5, y - 5, 10, 10, css)


def _triangle(x: float, y: float, css: str) -> SafeString:
    return el("path", css, d=f"M{x:.1f} {y - 6.5:.1f}l6.2 11h-12.4z")


def _diamond(x: float, y: float, css: str) -> SafeString:
    return el("path", css, d=f"M{x:.1f} {y - 6.5:.1f}l6.5 6.5-6.5 6.5-6.5-6.5z")


# Series differ in shape and in colour; from the fifth on they are context.
SERIES: tuple[tuple[Callable[[float, float, str], SafeString], str], ...] = (
    (_disc, "c1"),
    (_square, "c2"),
    (_triangle, "c3"),
    (_diamond, "c4"),
)


def _spread(heights: Sequence[float], least: float) -> list[float]:
    """The same heights moved apart until none is closer than ``least`` to the next; their order stays."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + least)
    overflow = sum(placed[i] - heights[i] for i in order) / max(len(order), 1)
    return [y - overflow for y in placed]


def slope(changes: Sequence[Change | tuple[str, float, float]]) -> SafeString:
    """Means at the start and at the end, one line a series, labelled directly with the change."""
    rows = [Change(*change) for change in changes]
    if not rows:
        return nothing_yet(440, 236, "No answers at both times yet")
    values = [value for row in rows for value in (row.before, row.after)]
    low = math.floor(min(values) * 2) / 2
    high = max(math.ceil(max(values) * 2) / 2, low + 0.5)

    def y(value: float) -> float:
        return 200 - (value - low) / (high - low) * 170

    parts: list[SafeString] = []
    for i in range(round((high - low) * 2) + 1):
        tick = low + i / 2
        parts += [rule(96, y(tick), 300, y(tick), "s-line"), words(86, y(tick) + 4, figure(tick), anchor="end")]
    parts += [
        words(110, 230, "At the start", anchor="middle"),
        words(288, 230, "At the end", anchor="middle"),
    ]
    labels = _spread([y(row.after) for row in rows], 15)
    for i, (row, label_y) in enumerate(zip(rows, labels, strict=True)):
        shape, colour = SERIES[i] if i < len(SERIES) else (_disc, "c0")
        parts += [
            rule(110, y(row.before), 288, y(row.after), f"s-{colour}", stroke_width=2.5),
            shape(110, y(row.before), f"f-{colour}"),
            shape(288, y(row.after), f"f-{colour}"),
            words(304, label_y + 4, _change_label(row), "t1 t13"),
        ]
    width = 308 + LETTER * max(len(_change_label(row)) for row in rows)
    said = "; ".join(f"{row.name} {row.before:.1f} to {row.after:.1f}" for row in rows)
    return picture(max(440, width), 236, parts, name=f"Means before and after: {said}", css="chart--wide")


def _change_label(row: Change) -> str:
    difference = round(row.after - row.before, 1)
    sign = "+" if difference > 0 else ""
    return f"{short(row.name, 26)} {sign}{figure(difference)}"


def funnel(stages: Sequence[Stage | tuple[str, int]]) -> SafeString:
    """How many are still there at each stage, and how many were lost since the one before."""
    rows = [Stage(*stage) for stage in stages]
    most = max((row.people for row in rows), default=0)
    if most <= 0:
        return nothing_yet(440, 60, "Nobody yet")
    left = max(60.0, 12 + LETTER * max(len(short(row.name, 24)) for row in rows))
    room = 440 - left - 70
    parts: list[SafeString] = []
    for i, row in enumerate(rows):
        y = 8 + i * 45
        width = room * row.people / most
        parts.append(words(0, y + 19, short(row.name, 24), "t1 t13"))
        if row.people:
            parts.append(bar(left, y, max(width, 2), 28, "f-c1", rx=min(4, max(width, 2) / 2)))
        inside = width > 16 + 8 * len(f"{row.people:,}")
        x = left + width - 8 if inside else left + width + 6
        parts.append(
            words(x, y + 19, f"{row.people:,}", "on t13" if inside else "t1 t13", anchor="end" if inside else "start")
        )
        if i:
            shift = 8 if inside else 14 + 8 * len(f"{row.people:,}")
            parts += _loss(rows[i - 1].people, row.people, left + width + shift, y + 18)
    height = 8 + len(rows) * 45
    return picture(440, height, parts, name="; ".join(f"{row.name}: {row.people:,}" for row in rows), css="chart--wide")


def _loss(before: int, now: int, x: float, y: float) -> list[SafeString]:
    lost = before - now
    if lost <= 0:
        return []
    heavy = lost / before > HEAVY_LOSS
    return [words(x, y, f"−{lost:,}{' left' if heavy else ''}", "hl" if heavy else "")]


def arcs(groups: Sequence[Group | tuple[str, int]], links: Sequence[Link | tuple[str, str, int]]) -> SafeString:
    """Departments in a row, an arc for the matches that join two of them; the thicker, the more.

    Links inside one department are not drawn. Raises KeyError for a link to a department that is not among them.
    """
    nodes = [Group(*group) for group in groups]
    crossing = sorted((Link(*link) for link in links if link[0] != link[1] and link[2] > 0), key=lambda k: k.matches)
    if not nodes:
        return nothing_yet(980, 60, "No departments known")
    wide = max(980, 120 + 84 * (len(nodes) - 1))
    gap = (wide - 120) / max(len(nodes) - 1, 1)
    place = {node.name: 60 + i * gap for i, node in enumerate(nodes)}
    most = max((link.matches for link in crossing), default=1)
    parts = [_arc(place[link.one], place[link.other], link.matches / most) for link in crossing]
    largest = max((node.people for node in nodes), default=1) or 1
    for node in nodes:
        parts += [
            circle(
                place[node.name], 196, 4 + 17 * math.sqrt(node.people / largest), "f-c1 s-surface", stroke_width=2.5
            ),
            words(place[node.name], 230, short(node.name, int(gap / LETTER)), "t1 t13", anchor="middle"),
            words(place[node.name], 246, f"{node.people:,} people", anchor="middle"),
        ]
    top = [f"{link.one} and {link.other} {link.matches}" for link in reversed(crossing[-3:])]
    name = f"Matches between departments: {listed(top)}" if top else "No match joins two departments"
    return picture(wide, 250, parts, name=f"{name}, and others" if len(crossing) > 3 else name, css="chart--wide")


def _arc(one: float, other: float, weight: float) -> SafeString:
    x1, x2 = sorted((one, other))
    radius = (x2 - x1) / 2
    path = f"M{x1:.1f} 196A{radius:.1f} {min(radius, 172):.1f} 0 0 1 {x2:.1f} 196"
    # Thin arcs are paler, so that thick ones stay readable where they cross.
    return el("path", "s-c1", d=path, stroke_width=0.8 + 6.4 * weight, opacity=f"{0.3 + 0.5 * weight:.2f}")
