"""Charts of matching: scores, the link between two people, places taken, points of a criterion."""

from collections.abc import Sequence
from statistics import median

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.charts.svg import bar, circle, el, figure, nothing_yet, picture, rule, words

WIDE, BASE = 640, 70
BIN = 2
LOW, GOOD = 65, 75


def _tone(score: float) -> str:
    return "c2" if score < LOW else "c0" if score < GOOD else "c1"


def _counts(scores: Sequence[float], starts: Sequence[int]) -> list[int]:
    """How many scores fall into each bin of two points; 100 belongs to the last."""
    return [sum(1 for s in scores if start <= min(s, 99.999) < start + BIN) for start in starts]


def _outline(counts: Sequence[int], tallest: int, step: float) -> str:
    path = [f"M0 {BASE}"]
    path += [f"V{BASE - 60 * count / tallest:.1f}H{(i + 1) * step:.1f}" for i, count in enumerate(counts)]
    return "".join(path) + f"V{BASE}"


def score_histogram(scores: Sequence[float], saved: Sequence[float] | None = None) -> SafeString:
    """Scores from 0 to 100 in bins of two; ``saved`` is drawn as a dashed outline, to compare with what was."""
    if not scores:
        return nothing_yet(WIDE, 96, "No scores yet")
    lowest = min([*scores, *(saved or [])])
    floor = min(int(max(lowest, 0) // 10 * 10), 50)
    starts = range(floor, 100, BIN)
    counts, before = _counts(scores, starts), _counts(saved or [], starts)
    tallest = max(counts + before) or 1
    step = WIDE / len(starts)
    parts = [
        bar(i * step + 1.5, BASE - 60 * count / tallest, step - 3, 60 * count / tallest, f"f-{_tone(start)}", rx=2)
        for i, (start, count) in enumerate(zip(starts, counts, strict=True))
        if count
    ]
    if saved:
        outline = _outline(before, tallest, step)
        parts.append(el("path", "s-ink", d=outline, stroke_width=1.4, stroke_dasharray="3 3"))
    parts.append(rule(0, BASE, WIDE, BASE, "s-ls"))
    for value in range(floor, 100, 10):
        x = (value - floor) / (100 - floor) * WIDE
        parts.append(words(x, 86, str(value), anchor="start" if value == floor else "middle"))
    name = (
        f"{len(scores)} match scores: lowest {figure(min(scores), 0)}, median {figure(median(scores), 0)}, "
        f"highest {figure(max(scores), 0)}"
    )
    return picture(
        WIDE, 96, parts, name=f"{name}. Dashed: the saved weights." if saved else name, css="hist chart--wide"
    )


def score_link(score: float, after: float | str | None = None) -> SafeString:
    """The line that joins two people: the thicker, the better; dotted under 65; dashed with the score after a swap.

    ``after`` may be "", which is what a template gives for a value that is not there.
    """
    css = f"s-{_tone(score)}"
    dotted = {"stroke_dasharray": "2 5", "stroke_linecap": "round"} if score < LOW else {}
    line = rule(0, 22, 124, 22, css, stroke_width=1.5 + max(0, score - 50) / 50 * 6, **dotted)
    now = figure(score, 0)
    if after is None or isinstance(after, str):
        box = bar(40, 7, 44, 30, f"f-surface {css}", rx=15, stroke_width=2)
        parts = [line, box, words(62, 27, now, "t1 sc", anchor="middle")]
        return picture(124, 44, parts, name=f"Score {now} of 100")
    then = figure(after, 0)
    box = bar(13, 7, 98, 30, "f-surface s-c3", rx=15, stroke_width=2, stroke_dasharray="4 3")
    parts = [line, box, words(62, 27, f"{now} → {then}", "t1 sc", anchor="middle")]
    return picture(124, 44, parts, name=f"Score {now} of 100, {then} after the swap")


def capacity(taken: int, places: int) -> SafeString:
    """Places of a mentor as dots, those taken filled; beyond six the figures say it."""
    if places > 6:
        return format_html('<span class="cap fine">{}/{}<span class="vh"> places taken</span></span>', taken, places)
    marks = [
        circle(5 + i * 11, 5, 3.8, "f-c1" if i < taken else "f-surface s-c1", stroke_width=0 if i < taken else 1.5)
        for i in range(places)
    ]
    drawing = picture(max(places, 1) * 11, 10, marks, name="", fixed=True)
    return format_html(
        '<span class="cap">{}<span class="vh">{} of {} places taken</span></span>', drawing, taken, places
    )


def criterion_bar(points: float, most: float) -> SafeString:
    """Points of a criterion out of its most, orange under a quarter. Hidden: the figures stand beside it."""
    share = min(max(points / most, 0), 1) if most else 0
    parts = [
        bar(0, 0, 200, 8, "f-sunken", rx=4),
        bar(0, 0, 200 * share, 8, "f-c2" if share < 0.25 else "f-c1", rx=4),
    ]
    return picture(200, 8, parts, name="", aspect="none")


def fit_bar(fit: float) -> SafeString:
    """How well a model fits, 0 to 100. Hidden: the figure stands beside it."""
    parts = [bar(0, 0, 72, 8, "f-sunken", rx=4), bar(0, 0, 72 * min(max(fit, 0), 100) / 100, 8, "f-c1", rx=4)]
    return picture(72, 8, parts, name="")
