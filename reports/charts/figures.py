"""Charts of one figure each: for the cards of an overview and the key facts of a report."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString

from reports.charts.svg import bar, circle, el, figure, listed, nothing_yet, picture, rule, words

WIDE = 250
MOST_DOTS = 200
STEPS = (2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)

Tone = Literal["good", "going", "none", "warn", "risk"]
# A tone's fill, and the class of a figure printed on it (each pair is checked for contrast in tools/tokens.py).
TONES: dict[Tone, tuple[str, str]] = {
    "good": ("f-c1", "on"),
    "going": ("f-h2", "dk"),
    "none": ("f-h0", ""),
    "warn": ("f-warn", "on"),
    "risk": ("f-risk", "on"),
}


class Part(NamedTuple):
    """One part of a stacked bar: its name as it reads after the figure ("on the way"), how many, how it looks."""

    name: str
    number: int
    tone: Tone = "going"


def _one_dot_for(total: int) -> int:
    return 1 if total <= MOST_DOTS else next((s for s in STEPS if total / s <= MOST_DOTS), -(-total // MOST_DOTS))


def _filled(on: int, total: int, each: int, dots: int) -> int:
    """How many dots to fill: never none where there is something, never all where something is missing."""
    if on <= 0 or on >= total:
        return 0 if on <= 0 else dots
    return min(max(round(on / each), 1), max(dots - 1, 1))


def unit_dots(on: int, total: int, unit: str = "pairs") -> SafeString:
    """One dot for each of ``total``, ``on`` of them filled; above 200 a dot stands for several and says so."""
    if total <= 0:
        return nothing_yet(WIDE, 34)
    each = _one_dot_for(total)
    dots = -(-total // each)
    columns, pitch, high, radius = (24, 10.4, 14, 4.2) if dots <= 72 else (40, 6.2, 8, 2.5)
    filled = _filled(on, total, each, dots)
    marks = [
        circle(
            5 + (i % columns) * pitch,
            6 + (i // columns) * high,
            radius if i < filled else radius - 0.5,
            "f-c1" if i < filled else "f-surface s-ls",
            stroke_width=0 if i < filled else 1.2,
        )
        for i in range(dots)
    ]
    height = max(34, 8 + -(-dots // columns) * high)
    name = f"{on:,} of {total:,} {unit}"
    if each > 1:
        marks.append(words(0, height + 10, f"one dot: {each} {unit}"))
        return picture(WIDE, height + 14, marks, name=f"{name}. One dot stands for {each}.")
    return picture(WIDE, height, marks, name=name)


@lru_cache(maxsize=1_000)
def session_dots(held: int, planned: int) -> SafeString:
    """The way through one match: a dot for each planned session, those held filled; more than planned is drawn too."""
    total = max(held, planned)
    if total <= 0:
        return nothing_yet(320, 34, "No sessions planned yet")
    name = f"{held} of {planned} planned sessions held" if planned else f"{held} sessions held"
    if total > 40:
        track = bar(4, 14, 312, 12, "f-sunken", rx=6)
        return picture(320, 40, [track, bar(4, 14, 312 * held / total, 12, "f-c1", rx=6)], name=name)
    step = min(26.5, 292 / max(total - 1, 1))
    radius = min(9, step / 2 - 0.8)
    marks = [
        circle(14 + i * step, 20, radius if i < held else radius - 0.8, "f-c1" if i < held else "f-surface s-ls")
        for i in range(total)
    ]
    line = rule(14, 20, 14 + (total - 1) * step, 20, "s-line", stroke_width=2)
    return picture(320, 40, [line, *marks], name=name)


def bullet(value: float | None, plan: float | None = None, most: float | None = None, unit: str = "") -> SafeString:
    """A value as a bar against a plan as a stroke. ``most`` is the right end; without it there is room for both."""
    if value is None:
        return nothing_yet(WIDE, 34)
    end = most or max(value, plan or 0) * 1.25 or 1
    parts = [
        bar(0, 12, WIDE, 12, "f-sunken", rx=6),
        bar(0, 12, WIDE * min(value / end, 1), 12, "f-c1", rx=6),
    ]
    name = " ".join(part for part in (figure(value), unit) if part)
    if plan is None:
        return picture(WIDE, 34, parts, name=name)
    x = WIDE * min(plan / end, 1)
    left = x > WIDE * 0.7
    parts.append(rule(x, 6, x, 30, "s-ink", stroke_width=2.5))
    parts.append(words(x - 5 if left else x + 5, 9, f"plan {figure(plan)}", anchor="end" if left else "start"))
    return picture(WIDE, 34, parts, name=f"{name}; the plan is {figure(plan)}")


def rating_histogram(counts: Sequence[int | None], lowest: int = 1) -> SafeString:
    """How many gave each rating from the ``lowest`` up: one bar a rating, its height in proportion. A number that may
    not be shown (None) has an empty frame of one height whatever it is."""
    shown = [count for count in counts if count is not None]
    if not sum(shown):
        return nothing_yet(WIDE, 47, "No ratings yet")
    step = WIDE / len(counts)
    parts: list[SafeString] = []
    for i, count in enumerate(counts):
        css = f"f-d{i + 1}" if len(counts) == 5 else "f-c1"
        parts.append(_rating(i * step + 4, step - 8, count, max(shown), css))
        parts.append(words(i * step + step / 2, 45, str(i + lowest), anchor="middle"))
    said = [f"{'not shown' if count is None else count} gave {i + lowest}" for i, count in enumerate(counts)]
    return picture(WIDE, 47, parts, name=f"Ratings: {listed(said)}")


def _rating(x: float, width: float, count: int | None, tallest: int, css: str) -> SafeString:
    if count is None:
        return bar(x, 27, width, 5, "f-surface s-ls", rx=2, stroke_dasharray="3 3")
    height = max(30 * count / tallest, 1.5) if count else 0.8
    return bar(x, 32 - height, width, height, css, rx=min(3, height / 2))


def stacked_bar(parts: Sequence[Part | tuple[str, int, Tone]], width: float = WIDE) -> SafeString:
    """Parts of a whole in one bar. A figure is printed where it has room; the name says all of them."""
    given = [Part(*part) for part in parts]
    total = sum(part.number for part in given)
    if total <= 0:
        return nothing_yet(width, 34)
    drawn: list[SafeString] = []
    x = 0.0
    for part in given:
        room = width * part.number / total
        fill, ink = TONES[part.tone]
        if part.number:
            drawn.append(bar(x, 8, max(room - 2, 1), 16, fill, rx=3))
        if room > 10 + 8 * len(f"{part.number:,}"):
            drawn.append(words(x + room / 2 - 1, 20, f"{part.number:,}", ink, anchor="middle"))
        x += room
    return picture(width, 34, drawn, name=listed([f"{part.number:,} {part.name}" for part in given]))


def people_grid(on: int, of: int = 10) -> SafeString:
    """A share as people: ``on`` of ``of`` discs filled."""
    marks = [
        circle(14 + i * 28, 16, 10.5, "f-c1" if i < on else "f-surface s-ls", stroke_width=0 if i < on else 1.8)
        for i in range(of)
    ]
    return picture(28 * of + 4, 32, marks, name=f"{on} of {of}")


def growth_arrow(before: float | None, after: float | None, low: int = 1, high: int = 5) -> SafeString:
    """A mean before and after on a scale from ``low`` to ``high``, with an arrow from one to the other."""
    if before is None or after is None:
        return nothing_yet(284, 50, "No answers at both times yet")

    def x(value: float) -> float:
        return 10 + (value - low) / (high - low) * 264

    parts = [rule(10, 26, 274, 26, "s-ls")]
    for tick in range(low, high + 1):
        parts += [rule(x(tick), 21, x(tick), 31, "s-ls"), words(x(tick), 46, str(tick), anchor="middle")]
    start, end = x(before), x(after)
    way = 1 if end >= start else -1
    if abs(end - start) > 22:
        parts.append(rule(start, 26, end - way * 9, 26, "s-c1", stroke_width=4))
        parts.append(el("path", "f-c1", d=f"M{end - way * 14:.1f} 19l{way * 9} 7 {-way * 9} 7z"))
    parts += [circle(start, 26, 6.5, "f-surface s-c1", stroke_width=2.4), circle(end, 26, 7, "f-c1")]
    parts += _two_figures(start, end, before, after)
    return picture(284, 50, parts, name=f"Mean from {before:.1f} to {after:.1f} on a scale of {low} to {high}")


def _two_figures(start: float, end: float, before: float, after: float) -> list[SafeString]:
    """Both figures above their marks, moved apart where they would run into one another."""
    push = max(0.0, 26 - abs(end - start)) / 2 * (1 if end >= start else -1)
    return [
        words(start - push, 12, f"{before:.1f}", "t1", anchor="middle"),
        words(end + push, 12, f"{after:.1f}", "t1", anchor="middle"),
    ]


def share_bar(share: float | None, name: str = "") -> SafeString:
    """A share from 0 to 1 as one thick bar."""
    if share is None:
        return nothing_yet(284, 32)
    parts = [bar(0, 9, 284, 16, "f-sunken", rx=8), bar(0, 9, 284 * min(max(share, 0), 1), 16, "f-c1", rx=8)]
    return picture(284, 32, parts, name=name or f"{share:.0%}")
