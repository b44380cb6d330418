"""Skills with a level each in one cell: “Writing: 3; Budgets (expert); Public speaking 2”."""

import re
from collections.abc import Callable

LEVELS = ("Basics", "Working knowledge", "Advanced", "Expert")
"""What each level is called, from 1 on."""
UNSAID = 2
"""How a skill without a level is read; whoever imports the file is told."""
_WORDS = {
    **dict.fromkeys(("basic", "basics", "beginner", "novice", "low", "some"), 1),
    **dict.fromkeys(("working knowledge", "working", "intermediate", "medium", "competent", "good"), 2),
    **dict.fromkeys(("advanced", "high", "proficient", "experienced", "strong"), 3),
    **dict.fromkeys(("expert", "master", "very high"), 4),
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
# No two neighbours take the same blanks, and those taken are not given back: a cell of blanks is read in one go.
_LEVEL = re.compile(
    r"(?P<skill>.*?\S)(?:\s*+[:=–—-]\s*+|\s*+(?P<open>[(\[])\s*+|\s++)(?:level\s*+)?"
    rf"(?:(?P<number>[0-9]{{1,2}})(?:\s*+/\s*+{len(LEVELS)})?|(?P<stars>\*++|★++)|(?P<word>{_WORD}))"
    r"\s*+(?(open)[)\]]|)",
    re.IGNORECASE,
)


_LONGEST = 200


class BadLevel(ValueError):
    """The level named is none of ours."""


def split_level(text: str) -> tuple[str, int | None]:
    """The skill and its level; None where the text names none. Raises BadLevel for a level that does not exist."""
    found = _LEVEL.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return text.strip(" :=-–—"), None
    level = _WORDS[found["word"].casefold()] if found["word"] else int(found["number"] or len(found["stars"]))
    if not 1 <= level <= len(LEVELS):
        raise BadLevel(f"There is no level {level}")
    return found["skill"].strip(), level


def read_skills(text: str, option: Callable[[str], str | None]) -> tuple[dict[str, int], list[str], list[str]]:
    """Levels by skill, the skills whose level was not said, and the parts that name no skill.

    `option` gives the program's own spelling of a skill, or None. Parts are separated by semicolons, line breaks,
    bars or commas; a skill may itself contain commas and figures. Raises BadLevel. Of two levels of one skill the
    higher one counts.
    """
    levels: dict[str, int] = {}
    unsaid: list[str] = []
    unknown: list[str] = []
    for part in filter(None, map(str.strip, re.split(r"[;\n|]", text))):
        for piece in _pieces(part, option):
            skill, level = _skill(piece, option)
            if skill is None:
                unknown.append(piece)
                continue
            if level is None:
                unsaid.append(skill)
            levels[skill] = max(levels.get(skill, 0), level or UNSAID)
    return levels, unsaid, unknown


def _skill(text: str, option: Callable[[str], str | None]) -> tuple[str | None, int | None]:
    """The whole text first: a skill may be called “Excel 2”."""
    whole = option(text)
    if whole is not None:
        return whole, None
    name, level = split_level(text)
    return option(name), level


def _pieces(part: str, option: Callable[[str], str | None]) -> list[str]:
    """A part cut at commas so that each piece is a skill, the longest that fits at each place."""
    cut = part.split(",")
    pieces: list[str] = []
    at = 0
    while at < len(cut):
        fitting = (n for n in range(min(len(cut) - at, 5), 0, -1) if _names(",".join(cut[at : at + n]), option))
        length = next(fitting, 1)
        pieces.append(",".join(cut[at : at + length]).strip())
        at += length
    return list(filter(None, pieces))


def _names(text: str, option: Callable[[str], str | None]) -> bool:
    try:
        return _skill(text.strip(), option)[0] is not None
    except BadLevel:
        return True
