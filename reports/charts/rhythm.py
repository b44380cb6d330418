"""When people met: one row a match, and all of them by weekday."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString

from reports.charts.svg import bar, circle, el, listed, picture, rule, words

MOST_WEEKS = 19
ROW = 264
CELL = 13
WEEKDAYS = ("M", "T", "W", "T", "F", "S", "S")

Kind = Literal["met", "planned", "cancelled"]


class Mark(NamedTuple):
    """One session: the week it fell into, counted from 0 at the program's start, and what became of it."""

    week: int
    kind: Kind


class Window(NamedTuple):
    """The weeks that are shown: the first, and how many."""

    first: int
    weeks: int


def window(total: int, now: int, most: int = MOST_WEEKS) -> Window:
    """All weeks of a short program; of a long one, those around week ``now``, two thirds of them before it."""
    if total <= most:
        return Window(0, max(total, 1))
    first = min(max(now - most * 2 // 3, 0), total - most)
    return Window(first, most)


def sentence(marks: Sequence[Mark], now: int) -> str:
    """The row in words: "Met in week 2 and 4; cancelled in week 9. Now week 11." Weeks are counted from 1."""

    def weeks(kind: Kind) -> str:
        return listed([str(mark.week + 1) for mark in sorted(marks) if mark.kind == kind])

    said = [f"Met in week {weeks('met')}" if weeks("met") else "No session held"]
    if weeks("cancelled"):
        said.append(f"cancelled in week {weeks('cancelled')}")
    if weeks("planned"):
        said.append(f"planned for week {weeks('planned')}")
    return f"{'; '.join(said)}. Now week {now + 1}."


def _mark(kind: Kind, x: float) -> SafeString:
    if kind == "met":
        return circle(x, 9, 5.2, "f-c1")
    if kind == "planned":
        return circle(x, 9, 4.4, "f-surface s-c1", stroke_width=1.8)
    return el("path", "s-risk", d=f"M{x - 3.6:.1f} 5.4l7.2 7.2m0-7.2-7.2 7.2", stroke_width=2)


def rhythm_row(marks: Sequence[Mark], shown: Window, now: int, quiet_since: int | None = None) -> SafeString:
    """One match: a mark for each session, a stroke for today; dotted red since ``quiet_since``, if it is at risk.

    ``now`` and ``quiet_since`` are weeks counted from 0, as in the marks.
    """
    step = ROW / shown.weeks

    def x(week: float) -> float:
        return (week - shown.first + 0.5) * step

    parts = [rule(0, 9, ROW, 9, "s-line", stroke_width=1)]
    if quiet_since is not None:
        start = max(x(quiet_since) + 6, 2)
        parts.append(rule(start, 9, x(now), 9, "s-risk", stroke_width=2, stroke_dasharray="2 3"))
    if shown.first <= now < shown.first + shown.weeks:
        parts.append(rule(x(now), 0, x(now), 18, "s-ink", stroke_width=1.2))
    parts += [_mark(mark.kind, x(mark.week)) for mark in marks if shown.first <= mark.week < shown.first + shown.weeks]
    return picture(ROW, 18, parts, name=sentence(marks, now), css="r", aspect="xMidYMid slice")


def rhythm_head(months: Sequence[tuple[int, str]], shown: Window) -> SafeString:
    """Names of months over the rows: ``months`` says in which week each begins. Hidden from screen readers."""
    step = ROW / shown.weeks
    parts: list[SafeString] = []
    free_from = 0.0
    for week, name in months:
        x = max(week - shown.first, 0) * step + 2
        inside = week < shown.first + shown.weeks
        if inside and x >= free_from and x + 6.5 * len(name) <= ROW + 8:
            parts.append(words(x, 13, name))
            free_from = x + 6.5 * len(name) + 8
    return picture(ROW, 18, parts, name="", css="r", aspect="xMidYMid slice")


def _step(count: int) -> int:
    return 0 if count == 0 else 1 if count < 3 else 2 if count < 6 else 3 if count < 9 else 4


def heat_strip(
    weeks: Sequence[Sequence[int]], now: int, months: Sequence[tuple[int, str]] = (), finding: str = ""
) -> SafeString:
    """Sessions by weekday and week: each week is seven counts from Monday. Weeks after ``now`` are outlines."""
    width = 18 + max(len(weeks), 1) * CELL + 2
    parts = [words(0, 35 + day * CELL, letter) for day, letter in enumerate(WEEKDAYS)]
    for w, week in enumerate(weeks):
        for day, count in enumerate(week):
            css = f"f-h{_step(count)}" if w <= now else "f-surface s-line"
            parts.append(bar(18 + w * CELL, 26 + day * CELL, 11, 11, css, rx=2.5))
    free_from = 0.0
    for week_index, name in months:
        x = 18 + week_index * CELL
        if x >= free_from and week_index < len(weeks):
            parts.append(words(x, 18, name))
            free_from = x + 7 * len(name) + 4
    if 0 <= now < len(weeks):
        line = 18 + now * CELL + 12
        parts.append(rule(line, 22, line, 28 + 7 * CELL, "s-ink", stroke_width=1.2))
    total = sum(sum(week) for week in weeks)
    name = finding or f"{total} sessions by weekday and week"
    return picture(width, 30 + 7 * CELL, parts, name=name, fixed=True)
