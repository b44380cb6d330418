"""Reading answers: whatever was stored becomes a tidy, hashable value, or None for "not answered"."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from matching.criteria.model import Field
from matching.criteria.weeks import Week, read_week


@dataclass(frozen=True, slots=True)
class Levels:
    """Items with a level each, in the order given; the names as they are compared."""

    given: tuple[tuple[str, int], ...]


Answer = str | bool | int | tuple[str, ...] | Levels | Week
THOUSANDTHS = 1000
MOST_LEVELS = 10
_LARGEST = 10**12


def tidy(text: str) -> str:
    """Surrounding and doubled spaces are never part of an answer."""
    return " ".join(text.split())


def same_key(answer: Answer) -> Answer:
    """Two answers are equal if these are: capital letters make no difference."""
    return answer.casefold() if isinstance(answer, str) else answer


def _text(_field: Field, answer: object) -> str | None:
    return (tidy(answer) or None) if isinstance(answer, str) else None


def _ordered(field: Field, answer: object) -> str | None:
    text = _text(field, answer)
    if text is None:
        return None
    return next((option for option in field.options if same_key(tidy(option)) == same_key(text)), None)


def _multi(_field: Field, answer: object) -> tuple[str, ...] | None:
    items = [answer] if isinstance(answer, str) else answer if isinstance(answer, Iterable) else []
    kept: dict[Answer, str] = {}
    for item in items:
        if isinstance(item, str) and tidy(item):
            kept.setdefault(same_key(tidy(item)), tidy(item))
    return tuple(kept.values()) or None


def _number(_field: Field, answer: object) -> int | None:
    """Numbers are held in thousandths, so that differences are exact."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return None
    if not math.isfinite(answer) or abs(answer) > _LARGEST:
        return None
    return round(answer * THOUSANDTHS)


def _yesno(_field: Field, answer: object) -> bool | None:
    return answer if isinstance(answer, bool) else None


def _levels(_field: Field, answer: object) -> Levels | None:
    if not isinstance(answer, Mapping):
        return None
    kept = {tidy(item): rank for item, rank in answer.items() if isinstance(item, str) and tidy(item) and _level(rank)}
    return Levels(tuple(kept.items())) if kept else None


def _level(rank: object) -> bool:
    return isinstance(rank, int) and not isinstance(rank, bool) and 1 <= rank <= MOST_LEVELS


def _weekly(_field: Field, answer: object) -> Week | None:
    return read_week(answer) if isinstance(answer, Mapping) else None


def _person(_field: Field, answer: object) -> str | None:
    return str(answer) if isinstance(answer, int) and not isinstance(answer, bool) else None


def _people(field: Field, answer: object) -> tuple[str, ...] | None:
    named = [_person(field, item) for item in answer] if isinstance(answer, list | tuple) else []
    return tuple(dict.fromkeys(name for name in named if name is not None)) or None


_READERS: Mapping[str, Callable[[Field, object], Answer | None]] = {
    "choice": _text,
    "ordered": _ordered,
    "multi": _multi,
    "number": _number,
    "text": _text,
    "yesno": _yesno,
    "week": _weekly,
    "skills": _levels,
    "person": _person,
    "people": _people,
}


def read(field: Field, answer: object) -> Answer | None:
    """The tidy answer. What cannot be read for the field's kind counts as not answered, never as some other answer."""
    return _READERS[field.kind](field, answer)


def level(field: Field, answer: Answer) -> int:
    """Where an answer stands on its scale, in thousandths of a step (ordered) or of a unit (number)."""
    if field.kind == "ordered":
        return field.options.index(str(answer)) * THOUSANDTHS
    return int(answer) if isinstance(answer, int) else 0


def items(answer: Answer) -> tuple[str, ...]:
    """A single choice is a list of one; of skills only the names count here."""
    if isinstance(answer, Levels):
        return tuple(item for item, _ in answer.given)
    return answer if isinstance(answer, tuple) else (str(answer),)


def in_words(values: Iterable[str], join: str = "and") -> str:
    """`A, B and C`."""
    listed = list(values)
    return f" {join} ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)


def shown(answer: Answer) -> str:
    """The answer as a person reads it (numbers come back from thousandths)."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, int):
        return f"{answer / THOUSANDTHS:g}" if abs(answer) < 10**8 else f"{answer / THOUSANDTHS:.10g}"
    if isinstance(answer, Levels):
        return in_words(f"{item} ({rank})" for item, rank in answer.given)
    if isinstance(answer, Week):
        return answer.zone
    return in_words(answer) if isinstance(answer, tuple) else answer


def as_set_up(value: object) -> str:
    """A condition's value as the person who set it up would say it."""
    if isinstance(value, bool):
        return shown(value)
    return in_words(map(str, value)) if isinstance(value, list | tuple) else str(value)


def small(label: str) -> str:
    """A label inside a sentence: `Grade` becomes `grade`, `HR unit` stays."""
    return label if len(label) > 1 and label[1].isupper() else label[:1].lower() + label[1:]
