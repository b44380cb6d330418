"""Icons, drawn inline: they take the colour of the text, print, and need no request of their own."""

import re
from functools import cache, lru_cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString

FOLDER = Path(__file__).parent / "svg"
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIcon(LookupError):
    """No icon of that name is kept in mentorship/look/svg."""


@cache
def names() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.svg"))


@cache
def _drawing(name: str) -> SafeString:
    if name not in names():
        raise UnknownIcon(f"There is no icon “{name}”. Those that exist are in {FOLDER.name}/.")
    found = _INNER.search((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    if found is None:
        raise UnknownIcon(f"The file of the icon “{name}” holds no drawing.")
    # The file is one of ours, vendored with its licence; nothing a person has typed is in it.
    return SafeString(re.sub(r"\n\s*", "", found.group(1)))


@lru_cache(maxsize=500)
def icon(name: str, extra_class: str = "") -> SafeString:
    """The icon as an svg hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        f"ic {extra_class}".strip(),
        _drawing(name),
    )
