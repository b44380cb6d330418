"""Texts as people and programs write them, made plain: what cannot be seen goes, what could deceive is refused."""

import re
import unicodedata

from participants.texts import is_hidden
from programs.reading.guard import unguard

# Accents on one letter that still fit on a line; more are a joke or an attack.
_MOST_MARKS = 6
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")


class BadText(ValueError):
    """Not a text that can be kept; str() says why."""


def plain_text(raw: str) -> tuple[str, bool]:
    """The text in NFC without control, direction and zero-width characters, trimmed; and whether any were removed.

    An apostrophe put on by an export is taken off. Raises BadText for lone surrogates, which no database stores,
    and for letters with more marks on them than a line can hold.
    """
    text = _LINE_ENDS.sub("\n", unguard(raw))
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text.strip()), False
    _refuse_halves(text)
    kept = "".join(c for c in text if not is_hidden(c))
    plain = unicodedata.normalize("NFC", kept).strip()
    _refuse_towers(plain)
    return _SPACES.sub(" ", plain), len(kept) < len(text)


def match_key(text: str) -> str:
    """Two texts with the same key are the same choice: case, width and the number of spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", unguard(text)).casefold().split())


def _refuse_halves(text: str) -> None:
    if any(unicodedata.category(c) == "Cs" for c in text):
        raise BadText("There is half a character, which cannot be stored")


def _refuse_towers(text: str) -> None:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks > _MOST_MARKS:
            raise BadText("There are too many marks on one letter")
