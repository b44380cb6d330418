"""A stored answer as a person reads it. Pure."""

from collections.abc import Mapping
from typing import Any

from programs.reading.skills import LEVELS


def in_words(answer: Any) -> str:  # noqa: ANN401 - an answer is whatever its field's kind stores
    """`yes`; `A, B`; `Writing (advanced), Budgets (basics)`; `Mon 09:00–12:00, Tue 14:00–16:00 (Europe/Berlin)`."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, Mapping):
        return _week(answer) if "times" in answer else _skills(answer)
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def _week(answer: Mapping[str, Any]) -> str:
    times = ", ".join(time.replace("-", "–") for time in answer["times"])
    return f"{times} ({str(answer.get('zone', '')).replace('_', ' ')})"


def _skills(answer: Mapping[str, int]) -> str:
    """The best first: databases keep the keys of an object in orders of their own."""
    ordered = sorted(answer, key=lambda skill: (-answer[skill], skill))
    return ", ".join(f"{skill} ({_level(answer[skill])})" for skill in ordered)


def _level(level: int) -> str:
    return LEVELS[level - 1].lower() if 1 <= level <= len(LEVELS) else str(level)
