"""What each aim would have given, so that a proposal states the price of the one that was chosen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matching.queries.inputs import Inputs

# Every aim is solved for so many people; beyond, only what the chosen run knows by itself is told.
SOLVED_UP_TO = 400


@dataclass(frozen=True)
class Outcome:
    """What one aim gives: how many are placed, with how many points in all, and the lowest score.

    `lowest_of` says of what where that is not a whole match: "pair in a group" (a group's points divided by its pairs)
    or "helper" (what one helper adds to a network).
    """

    placed: int
    total: int
    lowest: float | None
    optimal: bool
    lowest_of: str = ""


def outcome_of(placed: int, total: float, scores: Iterable[int], *, optimal: bool, lowest_of: str = "") -> Outcome:
    return Outcome(placed, int(total), min(scores, default=None), optimal, lowest_of)


def aims(
    inputs: Inputs, chosen: Outcome, others: Sequence[str], solve: Callable[[str], Outcome], price: float | None = None
) -> list[dict[str, Any]]:
    """One entry for each aim, the chosen one first: {"objective", "placed", "total", "lowest", "optimal", "chosen"},
    and "lowest_of" where the lowest score is not that of a whole match.

    `others` are the aims a run of this shape can have, `solve` runs one. Where there are too many people to run them
    all, `price` (points the chosen aim costs against "everybody placed, then the best total") says that one.
    """
    if inputs.tried:
        return []
    told = [_entry(inputs.objective, chosen, chosen=True)]
    wanted = [each for each in others if each != inputs.objective]
    if len(inputs.takers) + len(inputs.givers) <= SOLVED_UP_TO:
        return told + [_entry(each, solve(each), chosen=False) for each in wanted]
    if price is not None and inputs.objective in ("floor", "stable"):
        told.append(
            _entry("cover", Outcome(chosen.placed, chosen.total + int(price), None, chosen.optimal), chosen=False)
        )
    return told


def _entry(objective: str, outcome: Outcome, *, chosen: bool) -> dict[str, Any]:
    entry = {
        "objective": objective,
        "placed": outcome.placed,
        "total": outcome.total,
        "lowest": outcome.lowest,
        "optimal": outcome.optimal,
        "chosen": chosen,
    }
    return {**entry, "lowest_of": outcome.lowest_of} if outcome.lowest_of else entry
