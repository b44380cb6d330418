"""The few strokes all charts are drawn with."""

import html
from collections.abc import Iterable, Mapping, Sequence

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

Value = float | str
NOTHING = SafeString("")
# Mean width of a letter of 13 px, for room beside bars; a little generous, as names are often in capitals.
LETTER = 7.2


def figure(value: float, places: int = 1) -> str:
    """A number as short as it can be: 12, 3.4; with a true minus."""
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def _attribute(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def _attributes(named: Mapping[str, Value]) -> SafeString:
    """As they stand in a tag. A drawing has hundreds, which is why this is not left to `format_html_join`."""
    return SafeString("".join(f' {name}="{html.escape(_attribute(value))}"' for name, value in named.items()))


def el(tag: str, css: str = "", text: str | None = None, /, **attributes: Value) -> SafeString:
    """One element. ``stroke_width=2`` becomes ``stroke-width="2"``; numbers keep one decimal."""
    named = {"class": css, **attributes} if css else attributes
    inside = _attributes({name.replace("_", "-"): value for name, value in named.items()})
    if text is None:
        return format_html("<{}{}/>", tag, inside)
    return format_html("<{0}{1}>{2}</{0}>", tag, inside, text)


def join(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(map(conditional_escape, parts)))


def circle(x: float, y: float, r: float, css: str, **more: Value) -> SafeString:
    return el("circle", css, cx=x, cy=y, r=r, **more)


def bar(x: float, y: float, width: float, height: float, css: str, **more: Value) -> SafeString:
    return el("rect", css, x=x, y=y, width=max(width, 0), height=max(height, 0), **more)


def rule(x1: float, y1: float, x2: float, y2: float, css: str, **more: Value) -> SafeString:
    return el("line", css, x1=x1, y1=y1, x2=x2, y2=y2, **more)


def words(x: float, y: float, text: str, css: str = "", anchor: str = "start", **more: Value) -> SafeString:
    side: dict[str, Value] = {} if anchor == "start" else {"text_anchor": anchor}
    return el("text", css, text, x=x, y=y, **side, **more)


def short(text: str, most: int) -> str:
    """At most that many letters; the chart's name and its table carry the whole."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def picture(
    width: float,
    height: float,
    parts: Iterable[SafeString],
    *,
    name: str,
    css: str = "",
    fixed: bool = False,
    aspect: str = "",
) -> SafeString:
    """The drawing. ``name`` is the sentence a screen reader says; with "" the drawing is hidden from it.

    ``fixed`` gives it its own size in pixels (never wider than its place); otherwise it fills its place.
    """
    attributes: dict[str, Value] = {"viewBox": f"0 0 {_attribute(width)} {_attribute(height)}"}
    if fixed:
        attributes |= {"width": width, "height": height}
        css = f"chart {css}".strip()
    if aspect:
        attributes["preserveAspectRatio"] = aspect
    attributes |= {"role": "img"} if name else {"aria-hidden": "true"}
    named = el("title", "", name) if name else NOTHING
    inside = _attributes(attributes | {"class": css} if css else attributes)
    return format_html('<svg{} focusable="false">{}{}</svg>', inside, named, join(parts))


def nothing_yet(width: float, height: float, name: str = "No figures yet", *, fixed: bool = False) -> SafeString:
    """What stands in a chart's place before there is anything to draw."""
    line = rule(0, height - 1, width, height - 1, "s-line")
    return picture(width, height, [line, words(0, height - 8, "no figures yet")], name=name, fixed=fixed)
