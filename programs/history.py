"""The record of who did what, in words a coordinator reads. Pure; participants.services keeps the record."""

from collections.abc import Callable, Mapping
from typing import Any

from programs.catalogue import registry

Detail = Mapping[str, Any]
Words = str | Callable[[Detail], str]

# Who does what no account does, or none that is still there.
NOBODY = "The system"
_AIMS = {
    "floor": "everybody placed, then the lowest score as high as it can be",
    "cover": "everybody placed, then the best total",
    "score": "the best total, even if fewer are placed",
    "stable": "everybody placed, then fewest pairs who would rather have each other",
}
_ENDS = {"held": "it took place", "missed": "it did not take place"}


def counted(number: object, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _quoted(words: str, key: str) -> Callable[[Detail], str]:
    """Old entries may lack the name; then the sentence does without."""
    return lambda detail: f"{words}: “{detail[key]}”" if detail.get(key) else words


def _track_added(detail: Detail) -> str:
    known = {model.slug: model.name for model in registry.all_models()}
    model = known.get(detail.get("model", ""))
    return f"Track added: {model}" if model else "Track added"


def _imported(detail: Detail) -> str:
    figures = ", ".join(f"{detail[key]} {key}" for key in ("new", "changed", "unchanged") if detail.get(key))
    people = f"{detail.get('role', 'people')}s" if detail.get("role") else "people"
    return f"File of {people} imported: {figures}" if figures else f"File of {people} imported"


def _published(detail: Detail) -> str:
    if "offers" not in detail:
        return "Proposal published"
    mails, withdrawn = detail.get("mails", 0), detail.get("withdrawn", 0)
    said = f"Proposal published: {counted(detail['offers'], 'offer', 'offers')}, {counted(mails, 'mail', 'mails')}"
    return f"{said}, {withdrawn} withdrawn" if withdrawn else said


def _logged(words: str) -> Callable[[Detail], str]:
    return lambda detail: f"{words}: {_ENDS[detail['state']]}" if detail.get("state") in _ENDS else words


def _exported(detail: Detail) -> str:
    if "rows" not in detail:
        return "Report exported"
    return f"Report exported: {counted(detail['rows'], 'row', 'rows')} as {str(detail.get('format', '')).upper()}"


def _table_exported(detail: Detail) -> str:
    if "rows" not in detail:
        return "Table exported"
    rows = counted(detail["rows"], "row", "rows")
    return f"Table “{detail.get('table', '')}” exported: {rows} as {str(detail.get('format', '')).upper()}"


def _aim(detail: Detail) -> str:
    aim = _AIMS.get(detail.get("objective", ""))
    return f"Aim of matching changed: {aim}" if aim else "Aim of matching changed"


_SENTENCES: Mapping[str, Words] = {
    "program created": "Program made",
    "program changed": "Dates, description or contact changed",
    "program started": "The first matches are out: the program runs",
    "program closed": "Program closed",
    "program file loaded": "Set up from a program file",
    "coordinator added": "Coordinator added",
    "coordinator removed": "Coordinator removed",
    "track added": _track_added,
    "track changed": "Track changed",
    "track removed": _quoted("Track removed", "name"),
    "field added": _quoted("Question added", "label"),
    "field changed": _quoted("Question changed", "label"),
    "field removed": _quoted("Question removed", "label"),
    "enrolled": lambda detail: f"Somebody enrolled as {detail['role']}" if detail.get("role") else "Somebody enrolled",
    "answers changed": "Somebody’s answers changed",
    "line manager set": "Somebody’s line manager set",
    "line manager removed": "Somebody’s line manager removed",
    "left": "Somebody left the program",
    "taken back": "Somebody who had left is back",
    "people imported": _imported,
    "import undone": lambda detail: f"Import undone: {counted(detail.get('removed', 0), 'person', 'people')} taken out",
    "matching set up": "Matching set up with the model’s rules",
    "rule added": _quoted("Rule added", "label"),
    "rule changed": _quoted("Rule changed", "label"),
    "rule moved": _quoted("Rule moved", "label"),
    "rule removed": _quoted("Rule removed", "label"),
    "matching aim changed": _aim,
    "matching asked for": "New proposal asked for",
    "proposal changed": "Proposal changed by hand",
    "matched by hand": _quoted("Matched by hand, for this reason", "reason"),
    "proposal for people who wait": "Proposal made for people who wait",
    "proposal discarded": "Proposal thrown away",
    "proposal published": _published,
    "offer accepted": "Offer accepted",
    "offer declined": "Offer declined",
    "offer withdrawn": "Offer withdrawn",
    "offer ran out": "Offer ran out without an answer",
    "match ended": lambda detail: "Match ended: somebody left" if detail.get("why") == "left" else "Match ended",
    "session planned": "Session planned",
    "session moved": "Session moved",
    "session cancelled": "Session cancelled",
    "session kept at its wall time": "Session kept at its time of day: a time zone’s rules changed",
    "session logged": _logged("Session logged"),
    "session log corrected": _logged("Log of a session corrected"),
    "session log undone": "Log of a session taken back",
    "survey changed": "Questions of a survey changed",
    "survey times changed": "Times of a survey changed",
    "scale licence confirmed": _quoted("Licence of a scale confirmed", "name"),
    "report exported": _exported,
    "table exported": _table_exported,
}


def verbs_with(word: str) -> list[str]:
    """Of the deeds that have a sentence here, those whose sentence has this word in it, before any name or number."""
    return [verb for verb in _SENTENCES if word.casefold() in in_words(verb, {}).casefold()]


def has_sentence() -> list[str]:
    """The deeds that are told by a sentence; all others by their verb."""
    return list(_SENTENCES)


def in_words(verb: str, detail: Detail) -> str:
    """One sentence for an entry. A deed without a sentence here is told by its verb, and by its name if it has one."""
    words = _SENTENCES.get(verb)
    if words is None:
        plain = f"{verb[:1].upper()}{verb[1:]}"
        key = next((each for each in ("label", "name") if isinstance(detail.get(each), str)), "")
        return _quoted(plain, key)(detail) if key else plain
    return words if isinstance(words, str) else words(detail)
