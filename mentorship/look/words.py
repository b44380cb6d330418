"""Figures in words: thin, correct, and never without their sign."""

from decimal import ROUND_HALF_UP, Decimal

Figure = int | float | Decimal


def fixed(value: Figure, places: int = 0) -> str:
    """ "1,204" or "3.4": thousands by comma, a true minus, halves rounded away from zero."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    # A figure that rounds to nothing has no sign.
    return f"{rounded + 0:,f}".replace("-", "−") if rounded else f"{abs(rounded):f}"


def signed(value: Figure, places: int = 0) -> str:
    """ "+0.9", "−3", "0"."""
    text = fixed(value, places)
    return f"+{text}" if value > 0 and any(c in "123456789" for c in text) else text


def percent(share: Figure, places: int = 0) -> str:
    """A share from 0 to 1 as "86%"."""
    return f"{fixed(Decimal(str(share)) * 100, places)}%"


def word_for(count: Figure, forms: str) -> str:
    """The form for that many: ``word_for(1, "pair,pairs")`` is "pair"."""
    singular, plural = (part.strip() for part in forms.split(","))
    return singular if count == 1 else plural


def counted(count: Figure, forms: str) -> str:
    """ "4 pairs", "1 pair", "1,204 people"."""
    return f"{fixed(count)} {word_for(count, forms)}"


def initials(name: str) -> str:
    """First letters of the first and the last word of a name, or the first of the only one: "Amara Nwosu" is "AN"."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()
