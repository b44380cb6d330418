"""Which column of a file is what: a proposal by the headers' names and, where asked for, by what the cells hold."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from participants.addresses import BadEmail, canonical_email
from programs.reading.text import match_key
from programs.reading.weeks import BadTimes, read_times

Kind = Literal[
    "email",
    "first_name",
    "last_name",
    "name",
    "capacity",
    "timezone",
    "manager",
    "choice",
    "ordered",
    "multi",
    "number",
    "text",
    "yesno",
    "week",
    "skills",
]


@dataclass(frozen=True, slots=True)
class Target:
    """Something a column can be: one of a person's own facts, or a profile field of the program by its key."""

    key: str
    label: str
    kind: Kind
    options: tuple[str, ...] = ()
    required: bool = False


_SYNONYMS: dict[str, tuple[str, ...]] = {
    "email": (
        "email",
        "email address",
        "mail",
        "mail address",
        "work email",
        "work email address",
        "contact email",
        "email id",
        "user email",
    ),
    "first_name": ("first name", "firstname", "given name", "given names", "forename", "forenames", "first", "fname"),
    "last_name": ("last name", "lastname", "surname", "family name", "second name", "last", "lname"),
    "name": ("name", "full name", "fullname", "display name", "complete name"),
    "capacity": ("capacity", "places", "number of mentees", "max mentees", "maximum mentees", "how many mentees"),
    "timezone": ("time zone", "timezone", "tz", "zone"),
    "manager": tuple(
        f"{who}{what}"
        for who in ("manager", "line manager", "reports to", "supervisor", "boss", "reporting to", "reporting manager")
        for what in ("", " email", " s email", " email address", " mail")
    ),
}
_ROLE_WORDS = frozenset(
    {"mentor", "mentors", "mentee", "mentees", "peer", "participant", "person", "your", "my", "user"}
)
_WORD = re.compile(r"[^\W_]+")
_SEVERAL = re.compile(r"[;,|\n]")
_TOLD_BY_CONTENT = frozenset({"email", "choice", "ordered", "multi", "week"})
# The share of the sample that must fit before a column is proposed for what it holds.
_ENOUGH = 0.8


def guess_columns(
    headers: Sequence[str],
    sample_rows: Iterable[Sequence[str]],
    targets: Sequence[Target],
    *,
    by_content: bool = True,
) -> dict[str, str | None]:
    """For each target's key the header that is probably meant, or None. No header is proposed twice.

    Names decide first (case, spaces and punctuation do not count; the usual synonyms do); what is left is proposed
    by content, if `by_content`, where one column alone holds addresses, weekly times or the options of a field.
    """
    rows = list(sample_rows)
    proposal: dict[str, str | None] = {target.key: None for target in targets}
    words = {header: _words(header) for header in headers}
    for test in (_is_named, _is_known_as, _is_known_without_role):
        for target in targets:
            free = [h for h in headers if proposal[target.key] is None and h not in proposal.values()]
            found = next((h for h in free if test(target, words[h])), None)
            proposal[target.key] = found or proposal[target.key]
    _drop_names_of_managers(proposal, headers, rows, targets)
    if by_content:
        _propose_by_content(proposal, headers, rows, targets)
    if any(proposal.get(target.key) for target in targets if target.kind in {"first_name", "last_name"}):
        proposal.update({target.key: None for target in targets if target.kind == "name"})
    return proposal


def _drop_names_of_managers(
    proposal: dict[str, str | None], headers: Sequence[str], rows: list[Sequence[str]], targets: Sequence[Target]
) -> None:
    """A column of managers' names is of no use: only an address says who is meant."""
    for target in targets:
        header = proposal[target.key]
        if target.kind == "manager" and header is not None:
            column = headers.index(header)
            cells = [row[column] for row in rows if column < len(row)]
            if any(map(str.strip, cells)) and not _fits(target, cells):
                proposal[target.key] = None


def _words(text: str) -> str:
    words = " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    return re.sub(r"\be mail\b", "email", words)


def _is_named(target: Target, words: str) -> bool:
    return words in {_words(target.label), _words(target.key), target.key.casefold()}


def _is_known_as(target: Target, words: str) -> bool:
    return words in _SYNONYMS.get(target.kind, ())


def _is_known_without_role(target: Target, words: str) -> bool:
    """“Mentor's e-mail” is an e-mail address, “mentee first name” a first name."""
    bare = " ".join(word for word in words.split() if word not in _ROLE_WORDS and word != "s")
    return bare in {*_SYNONYMS.get(target.kind, ()), _words(target.label)}


def _propose_by_content(
    proposal: dict[str, str | None],
    headers: Sequence[str],
    sample_rows: list[Sequence[str]],
    targets: Sequence[Target],
) -> None:
    for target in targets:
        if proposal[target.key] is None and target.kind in _TOLD_BY_CONTENT:
            taken = set(proposal.values())
            fitting = [
                header
                for column, header in enumerate(headers)
                if header not in taken and _fits(target, [row[column] for row in sample_rows if column < len(row)])
            ]
            # Two columns that both fit are no proposal but a coin toss.
            proposal[target.key] = fitting[0] if len(fitting) == 1 else None


def _fits(target: Target, cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return False
    if target.kind in {"email", "manager"}:
        return sum(map(_is_email, filled)) >= _ENOUGH * len(filled)
    fits = _is_week if target.kind == "week" else _is_choice_of(target)
    return sum(map(fits, filled)) >= _ENOUGH * len(filled)


def _is_choice_of(target: Target) -> Callable[[str], bool]:
    """Whether a cell is one option, or several where several may be chosen."""
    options = {match_key(option) for option in target.options}

    def fits(cell: str) -> bool:
        parts = _SEVERAL.split(cell) if target.kind == "multi" else [cell]
        return match_key(cell) in options or options.issuperset(match_key(part) for part in parts if part.strip())

    return fits


def _is_week(text: str) -> bool:
    try:
        return bool(read_times(text)[0])
    except BadTimes:
        return False


def _is_email(text: str) -> bool:
    try:
        canonical_email(text)
    except BadEmail:
        return False
    return True
