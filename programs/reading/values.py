"""One cell's text to one value, for each kind of target. What has no single sure reading is refused with advice."""

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from participants.addresses import BadEmail, canonical_email
from programs.reading.columns import Target
from programs.reading.skills import LEVELS, UNSAID, BadLevel, read_skills
from programs.reading.table import shown
from programs.reading.text import BadText, match_key, plain_text
from programs.reading.weeks import BadTimes, read_times

Week = dict[str, str | list[str]]
Value = str | int | float | bool | list[str] | Week | dict[str, int]

LONGEST_NAME = 100
LONGEST_TEXT = 2_000
MOST_CAPACITY = 50
MOST_ITEMS = 200
_YES = frozenset({"yes", "y", "true", "1", "on", "x", "✓", "ja", "oui", "si", "sí"})
_NO = frozenset({"no", "n", "false", "0", "off", "-", "nein", "non"})
_CAPACITY = re.compile(r"[0-9]{1,4}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,6})?")
# 1,500 is one and a half thousand to some and one and a half to others.
_THOUSANDS = re.compile(r"-?[0-9]{1,3},[0-9]{3}")
_MEDDLED = "Invisible or control characters were removed"


class BadValue(ValueError):
    """A cell that cannot become a value: a code for the repair, what is wrong, and what to do."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Read:
    """A value, or None for an empty cell, and what a person should know about how it was read.

    `code` says which of the two it is: "cleaned" of signs nobody sees, or "assumed" where something was not said.
    """

    value: Value | None
    warning: str = ""
    code: str = "cleaned"


def read_value(target: Target, raw: str) -> Read:
    """The value of a cell. Raises BadValue. An empty cell is None, or BadValue where the target is required."""
    try:
        text, meddled = plain_text(raw)
    except BadText as error:
        raise BadValue("bad_text", str(error), "Type the text again.") from error
    if not text:
        if target.required:
            raise BadValue(f"no_{_code(target)}", f"There is no {_label(target)}", "Fill in the cell.")
        return Read(None)
    if target.kind in _ADDRESSES:
        return Read(_email(target, raw))
    if target.kind in _ASSUMING:
        return _ASSUMING[target.kind](target, text)
    return Read(_READERS[target.kind](target, text), _MEDDLED if meddled else "")


def _week(target: Target, text: str) -> Read:
    """Times by the clocks of a zone; without one in the cell, the caller knows the person's own."""
    try:
        times, zone, guessed = read_times(_at_most(text, LONGEST_TEXT, "text"))
    except BadTimes as error:
        raise BadValue("bad_times", f"{error}, for {_label(target)}", error.fix) from error
    value: Week = {"times": times}
    if zone:
        value["zone"] = _timezone(target, zone)
    if not guessed:
        return Read(value)
    return Read(value, f"“{'” and “'.join(guessed)}” was read as: {'; '.join(times)}", "assumed")


def _skills(target: Target, text: str) -> Read:
    known = _options(target.options)
    try:
        levels, unsaid, unknown = read_skills(
            _at_most(text, LONGEST_TEXT, "text"), lambda skill: known.get(match_key(skill))
        )
    except BadLevel as error:
        listed = ", ".join(f"{number} ({word.lower()})" for number, word in enumerate(LEVELS, start=1))
        raise BadValue("bad_level", str(error), f"The levels are {listed}.") from error
    if unknown:
        raise _no_such_option(target, unknown[0])
    if not unsaid:
        return Read(levels)
    named = "; ".join(unsaid)
    return Read(levels, f"No level was given for {named}: read as {UNSAID} ({LEVELS[UNSAID - 1].lower()})", "assumed")


def _code(target: Target) -> str:
    return target.kind if target.kind in {"email", "first_name", "last_name", "name"} else "answer"


def _label(target: Target) -> str:
    return "e-mail address" if target.kind == "email" else target.label[:1].lower() + target.label[1:]


def _email(_: Target, text: str) -> str:
    try:
        return canonical_email(text.removeprefix("mailto:"))
    except BadEmail as error:
        fix = "Write one address such as name@example.org, and nothing else in the cell."
        raise BadValue("bad_email", str(error), fix) from error


def _name(_: Target, text: str) -> str:
    """A name on one line; width and ligatures are made plain, so that ｅｖｅ is Eve's own spelling."""
    if "\n" in text:
        raise BadValue("bad_name", "A name stands on one line", "Delete the line break in the cell.")
    return _at_most(_normal(text), LONGEST_NAME, "name")


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _text(_: Target, text: str) -> str:
    return _at_most(text, LONGEST_TEXT, "text")


def _at_most(text: str, most: int, what: str) -> str:
    if len(text) > most:
        message = f"The {what} has {len(text):,} characters; {most:,} is the most"
        raise BadValue("too_long", message, f"Shorten the {what}.")
    return text


def _capacity(_: Target, text: str) -> int:
    if not _CAPACITY.fullmatch(text) or int(text) > MOST_CAPACITY:
        message = f"“{shown(text)}” is not a number of places"
        raise BadValue("bad_capacity", message, f"Write a whole number from 0 to {MOST_CAPACITY} in the digits 0–9.")
    return int(text)


def _number(target: Target, text: str) -> int | float:
    if not _NUMBER.fullmatch(text) or _THOUSANDS.fullmatch(text):
        message = f"“{shown(text)}” is not a number for {_label(target)}"
        raise BadValue("bad_number", message, "Write digits 0–9, a point before decimals, and no other signs.")
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


def _yes_or_no(target: Target, text: str) -> bool:
    word = match_key(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise BadValue("bad_yesno", f"“{shown(text)}” is neither yes nor no for {_label(target)}", "Write yes or no.")


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _timezone(_: Target, text: str) -> str:
    known = _zones().get(text.replace(" ", "_").casefold())
    if known is None:
        message = f"“{shown(text)}” is not a time zone"
        raise BadValue("bad_timezone", message, "Write a name such as Europe/Berlin or America/New_York.")
    return known


@lru_cache(maxsize=256)
def _options(options: tuple[str, ...]) -> dict[str, str]:
    """Options by their key; of two that differ only in case the first is meant."""
    return {match_key(option): option for option in reversed(options)}


def _choice(target: Target, text: str) -> str:
    found = _options(target.options).get(match_key(text))
    if found is None:
        raise _no_such_option(target, text)
    return found


def _no_such_option(target: Target, text: str) -> BadValue:
    known = _options(target.options)
    near = difflib.get_close_matches(match_key(text)[:100], known, n=1, cutoff=0.6)
    if near:
        fix = f"Did you mean “{known[near[0]]}”?"
    else:
        listed = ", ".join(f"“{shown(option)}”" for option in target.options[:12])
        fix = f"Use one of: {listed}{' and others' if len(target.options) > 12 else ''}."
    return BadValue("bad_option", f"“{shown(text)}” is not an option of {_label(target)}", fix)


def _multi(target: Target, text: str) -> list[str]:
    """Options separated by semicolons, line breaks, bars or commas; an option may itself contain commas."""
    options = _options(target.options)
    whole = options.get(match_key(text))
    if whole is not None:
        return [whole]
    found: list[str] = []
    for part in filter(None, map(str.strip, re.split(r"[;\n|]", text, maxsplit=MOST_ITEMS))):
        found.extend(_split_at_commas(target, part))
    if len(found) > MOST_ITEMS:
        raise BadValue("too_many", f"There are more than {MOST_ITEMS} items", "Keep the most important ones.")
    return list(dict.fromkeys(found))


def _split_at_commas(target: Target, text: str) -> list[str]:
    """Split so that every piece is an option, taking the longest option that fits at each place."""
    options = _options(target.options)
    pieces = text.split(",", maxsplit=2 * MOST_ITEMS)
    longest = max((option.count(",") for option in options), default=0) + 1
    found: list[str] = []
    at = 0
    while at < len(pieces):
        for length in range(min(longest, len(pieces) - at), 0, -1):
            piece = ",".join(pieces[at : at + length])
            option = options.get(match_key(piece)) if options else piece.strip()
            if option is not None:
                break
        else:
            if pieces[at].strip():
                raise _no_such_option(target, pieces[at].strip())
            option, length = "", 1
        if option:
            found.append(option)
        at += length
    return found


_ADDRESSES = frozenset({"email", "manager"})
_ASSUMING: dict[str, Callable[[Target, str], Read]] = {"week": _week, "skills": _skills}
_READERS: dict[str, Callable[[Target, str], Value]] = {
    "first_name": _name,
    "last_name": _name,
    "name": _name,
    "capacity": _capacity,
    "timezone": _timezone,
    "choice": _choice,
    "ordered": _choice,
    "multi": _multi,
    "number": _number,
    "text": _text,
    "yesno": _yes_or_no,
}
