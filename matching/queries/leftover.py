"""Why somebody is left over, in words: which rule kept how many away, or who of those that fit is full."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from matching.criteria import Removed, why_nobody
from matching.criteria.answers import in_words
from matching.queries.inputs import Entrant, Inputs

# More names than these would no longer be read.
MOST_NAMES = 5


def why_left_over(inputs: Inputs, matched: Iterable[Sequence[int]]) -> list[dict[str, Any]]:
    """One entry for each person without a match: {"enrolment", "reason", "details"}.

    `matched` has the numbers of the people in each match: of a taker and a giver, or, between peers, all of takers.
    """
    held = [taker.places - taker.free for taker in inputs.takers]
    for members in matched:
        for row in members if inputs.peers else members[:1]:
            held[row] += 1
    alone = [row for row, count in enumerate(held) if count == 0]
    return [_entry(inputs, row) for row in alone]


def _entry(inputs: Inputs, row: int) -> dict[str, Any]:
    fitting = [inputs.givers[column] for column in np.flatnonzero(inputs.scores.allowed[row])]
    others = [giver for giver in inputs.givers if giver.person.who != inputs.takers[row].person.who]
    reason = _nobody_free(inputs, fitting) if fitting else _nobody_fits(inputs, others)
    details = _kept_away_by(inputs, inputs.takers[row], others)
    return {"enrolment": inputs.takers[row].enrolment_id, "reason": reason, "details": details}


def _nobody_free(inputs: Inputs, fitting: list[Entrant]) -> str:
    who, names = inputs.words.giver, [giver.name for giver in fitting]
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} more"]
    if inputs.peers:
        return f"Everybody who fits is matched with somebody else: {in_words(names)}."
    if len(fitting) == 1:
        return f"The only {who} who fits has no free place: {names[0]}."
    return f"The {len(fitting)} {who}s who fit have no free place: {in_words(names)}."


def _nobody_fits(inputs: Inputs, others: list[Entrant]) -> str:
    who = inputs.words.giver
    return f"None of {_counted(len(others), who)} fits." if others else f"There is no {who} yet."


def _kept_away_by(inputs: Inputs, taker: Entrant, others: list[Entrant]) -> list[str]:
    who, side = inputs.words.giver, "peer" if inputs.peers else "taker"
    removed = why_nobody(taker.person, [o.person for o in others], inputs.fields, inputs.rules, side=side)
    details = [_kept_away(entry, len(others), who) for entry in removed]
    barred = sum(frozenset({taker.enrolment_id, other.enrolment_id}) in inputs.barred for other in others)
    if barred:
        details.append(f"{_counted(barred, who)} cannot be proposed again: they are matched, or said no.")
    return details


def _kept_away(entry: Removed, others: int, who: str) -> str:
    alone = f", {entry.alone} of them for no other reason" if entry.alone else ""
    return f"“{entry.label}” keeps {entry.removed} of {_counted(others, who)} away{alone}."


def _counted(number: int, who: str) -> str:
    return f"{number} {who}" if number == 1 else f"{number} {who}s"
