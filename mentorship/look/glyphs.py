"""The twelve mentoring models as drawings.

A mentor is a disc, a mentee a ring, someone who is both a ring with a dot.
"""

import math
from collections.abc import Callable, Iterable
from functools import cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Point = tuple[float, float]


class UnknownModel(LookupError):
    """No mentoring model of that name has a drawing."""


def _shape(tag: str, css: str, **figures: float) -> SafeString:
    attributes = format_html_join("", ' {}="{}"', ((name, f"{value:g}") for name, value in figures.items()))
    return format_html('<{} class="{}"{}/>', tag, css, attributes)


def _mentor(x: float, y: float, r: float = 6) -> SafeString:
    return _shape("circle", "m", cx=x, cy=y, r=r)


def _mentee(x: float, y: float, r: float = 5.4) -> SafeString:
    return _shape("circle", "e", cx=x, cy=y, r=r)


def _both(x: float, y: float, r: float = 5.4) -> SafeString:
    return _shape("circle", "b", cx=x, cy=y, r=r) + _shape("circle", "bd", cx=x, cy=y, r=round(r * 0.43, 1))


def _line(start: Point, end: Point, extra: str = "") -> SafeString:
    return _shape("line", f"l {extra}".strip(), x1=start[0], y1=start[1], x2=end[0], y2=end[1])


def _path(d: str, css: str = "l") -> SafeString:
    return format_html('<path class="{}" d="{}"/>', css, d)


def _all(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _around(x: float, y: float, radius: float, count: int, first: float = -90) -> list[Point]:
    turns = (math.radians(first + 360 * i / count) for i in range(count))
    return [(round(x + radius * math.cos(t), 1), round(y + radius * math.sin(t), 1)) for t in turns]


def _web(points: list[Point]) -> SafeString:
    return _all(_line(a, b) for i, a in enumerate(points) for b in points[:i])


def _spokes(points: list[Point]) -> SafeString:
    return _all(_line((24, 24), point) for point in points)


def _traditional() -> SafeString:
    return _line((24, 12), (24, 36)) + _mentor(24, 11) + _mentee(24, 37)


def _peer() -> SafeString:
    return _line((12, 24), (36, 24)) + _both(11, 24) + _both(37, 24)


def _near_peer() -> SafeString:
    return _path("M6 40h12V29h24", "l d") + _line((13, 30), (34, 18)) + _mentee(12, 31) + _mentor(35, 17)


def _reverse() -> SafeString:
    return _line((24, 14), (24, 34)) + _path("M20.5 24.5 24 20.5l3.5 4") + _mentee(24, 10) + _mentor(24, 38)


def _lateral() -> SafeString:
    return _path("M5 37h38", "l d") + _line((13, 24), (35, 24)) + _mentor(12, 24) + _mentee(36, 24)


def _cross_functional() -> SafeString:
    return _path("M24 6v36", "l d") + _line((11, 24), (37, 24)) + _both(10, 24) + _both(38, 24)


def _co_mentoring() -> SafeString:
    arrows = "M15 17.5c5-5.5 13-5.5 18 0m-4.6-.4 4.6.4.5-4.6M33 30.5c-5 5.5-13 5.5-18 0m4.6.4-4.6-.4-.5 4.6"
    return _path(arrows) + _both(9, 24) + _both(39, 24)


def _group_peer() -> SafeString:
    corners: list[Point] = [(13, 13), (35, 13), (35, 35), (13, 35)]
    return _web(corners) + _all(_both(x, y, 5) for x, y in corners)


def _pod() -> SafeString:
    three = _around(24, 26, 12.5, 3)
    ground = _shape("rect", "blob", x=3, y=4, width=42, height=40, rx=13)
    return ground + _web(three) + _all(_both(x, y, 5) for x, y in three)


def _circle() -> SafeString:
    six = _around(24, 24, 16.5, 6)
    return _spokes(six) + _mentor(24, 24) + _all(_mentee(x, y, 4) for x, y in six)


def _flash() -> SafeString:
    bolt = _path("M39 12.5l-8 12.2h5l-1.8 10.8 8.3-13h-5.2z", "bolt")
    return _line((24, 13), (24, 35), "d") + _mentor(24, 9.5) + _mentee(24, 38.5) + bolt


def _distributed() -> SafeString:
    four = _around(24, 24, 16, 4, -45)
    return _spokes(four) + _mentee(24, 24, 6) + _all(_mentor(x, y, 5) for x, y in four)


DRAWINGS: dict[str, Callable[[], SafeString]] = {
    "traditional": _traditional,
    "peer": _peer,
    "near_peer": _near_peer,
    "reverse": _reverse,
    "lateral": _lateral,
    "cross_functional": _cross_functional,
    "co_mentoring": _co_mentoring,
    "group_peer": _group_peer,
    "pod": _pod,
    "circle": _circle,
    "flash": _flash,
    "distributed": _distributed,
}


def _frame(drawing: SafeString) -> SafeString:
    return format_html('<svg class="gl" viewBox="0 0 48 48" aria-hidden="true" focusable="false">{}</svg>', drawing)


@cache
def glyph(slug: str) -> SafeString:
    """The drawing of a mentoring model, hidden from screen readers: the model's name stands beside it."""
    if slug not in DRAWINGS:
        raise UnknownModel(f"The mentoring model “{slug}” has no drawing.")
    return _frame(DRAWINGS[slug]())


@cache
def mark() -> SafeString:
    """The product's own sign: two dots and a line."""
    return _frame(_line((14, 31), (33, 15)) + _mentor(34, 14, 9) + _mentee(14, 32, 8))
