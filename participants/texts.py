"""Texts as people write them, without what cannot be seen. No Django here."""

import unicodedata

# Kept although invisible: they join emoji and shape Arabic, Persian and Indic letters.
_JOINERS = "\u200c\u200d"


def is_hidden(character: str) -> bool:
    """Control, direction and zero-width characters, and halves of characters, which no database stores."""
    if character in "\n\r\t" or character in _JOINERS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def first_hidden(text: str) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    return next((character for character in text if is_hidden(character)), None)


def visible(text: str) -> str:
    """The text without its hidden characters. Applying it twice changes nothing."""
    return text if first_hidden(text) is None else "".join(c for c in text if not is_hidden(c)).strip()


def one_line(text: str) -> str:
    """A name: visible, trimmed, with one space for each run of blanks and line ends."""
    return " ".join(visible(text).split())
