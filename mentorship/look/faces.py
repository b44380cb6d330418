"""Five faces for a scale from 1 to 5. The word under each says the same."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

MOUTHS = {
    "1": "M8 21c2-3.4 14-3.4 16 0",
    "2": "M9 20.5c2-1.6 12-1.6 14 0",
    "3": "M9 20h14",
    "4": "M9 18.5c2 2.4 12 2.4 14 0",
    "5": "M8 17.5c2 5.6 14 5.6 16 0",
}


def face(value: object) -> SafeString:
    """The face for a value from 1 (sad) to 5 (glad); nothing for any other value, such as "no answer"."""
    return _drawn(str(value))


@lru_cache(maxsize=20)
def _drawn(value: str) -> SafeString:
    mouth = MOUTHS.get(value)
    if mouth is None:
        return SafeString("")
    return format_html(
        '<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><circle cx="16" cy="16" r="13"/>'
        '<circle class="dot" cx="11.5" cy="12.5" r="1.7"/><circle class="dot" cx="20.5" cy="12.5" r="1.7"/>'
        '<path d="{}"/></svg>',
        mouth,
    )
