"""Ways out for somebody who is left over: each one concrete change with its effect, worked out exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.queries.between import blocked_between, is_only
from matching.queries.inputs import Entrant
from matching.queries.others import Option, options_for
from matching.queries.seated import Seated

if TYPE_CHECKING:
    from matching.engine import Assignment, Change

MOST_WAYS = 3
# So many changes are looked at until a few are found that a coordinator may make.
LOOKED_AT = 60


@dataclass(frozen=True)
class Way:
    """One way to a match.

    kind    "place" (one more place for `partner`), "rule" (override `rules` for the two, or make them count less) or
            "exchange" (`option` is what has to move)
    points  what the points of all together change by; None where the change alone does not decide it
    placed  how many more people have a match then
    """

    kind: str
    partner: Entrant
    points: int | None
    placed: int
    places: int = 0
    rules: tuple[tuple[str, str], ...] = ()
    option: Option | None = None

    @property
    def rule_names(self) -> str:
        return " and ".join(f"“{label}”" for _, label in self.rules)


@dataclass(frozen=True)
class Ways:
    """Up to three ways, best first, and whether somebody moved things by hand, so that all others stay as they are."""

    person: Entrant
    found: list[Way]
    by_hand: bool = False
    exact: bool = True


def solved(seated: Seated) -> "tuple[Assignment, bool] | None":
    """The best matching around the draft, and whether the draft has been moved off it by hand; None between peers,
    and where there are too many people to wait for it. Raises engine.Infeasible.
    """
    if seated.inputs.peers or not seated.small:
        return None
    result = seated.assigned()
    if seated.is_best(result):
        return result, False
    return seated.assigned(fixed=seated.pairs), True


def ways_for(seated: Seated, person: int, best: "tuple[Assignment, bool] | None" = None) -> Ways | None:
    """Up to three different ways for a person without a match; None for anybody else. `best` is what `solved` says."""
    if person not in seated.inputs.taker_row or seated.with_whom(person):
        return None
    entrant = seated.people[person]
    moves = [_exchange(seated, option) for option in options_for(seated, person)]
    best = best or solved(seated)
    if best is None:
        return Ways(entrant, _different(moves), exact=False)
    result, by_hand = best
    changes = list(_relaxed(seated, result, person))
    return Ways(entrant, _different([*changes, *moves]), by_hand)


def _exchange(seated: Seated, option: Option) -> Way:
    return Way("exchange", seated.people[option.person], option.gain, 1 - len(option.out), option=option)


def _relaxed(seated: Seated, result: "Assignment", person: int) -> Iterator[Way]:
    """What the engine finds: permissions and places, each with what the best solution with it gains."""
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    row = seated.inputs.taker_row[person]
    if row not in result.unfilled.tolist():
        return
    for change in engine.relax(result.problem, result, row, most=LOOKED_AT):
        way = _place(seated, change) if change.kind == "capacity" else _rule(seated, change)
        if way is not None:
            yield way


def _place(seated: Seated, change: "Change") -> Way | None:
    giver = seated.inputs.givers[change.partner]
    if giver.places >= 50 or seated.room(giver.enrolment_id) > 0:
        return None
    return Way("place", giver, _points(change), change.seats, places=giver.places + 1)


def _points(change: "Change") -> int | None:
    return None if change.points is None else int(change.points)


def _rule(seated: Seated, change: "Change") -> Way | None:
    """Only what a coordinator may override: no earlier matches, reporting lines, exclusions or wishes."""
    taker, giver = seated.inputs.takers[change.person], seated.inputs.givers[change.partner]
    blocked = blocked_between(seated.inputs, taker, giver)
    if blocked.hard or not blocked.rules:
        return None
    found = [rule for rule in seated.inputs.rules if rule.label in blocked.rules and not is_only(rule.key)]
    return Way("rule", giver, _points(change), change.seats, rules=tuple((rule.key, rule.label) for rule in found))


def _different(ways: list[Way]) -> list[Way]:
    """The best of each kind first, then the next best; more people placed count before points, fewer rules before."""

    def worth(way: Way) -> tuple[int, int, int]:
        return -way.placed, len(way.rules), -(way.points or 0)

    ranked = sorted(ways, key=worth)
    first = [next(way for way in ranked if way.kind == kind) for kind in dict.fromkeys(way.kind for way in ranked)]
    rest = [way for way in ranked if way not in first]
    return sorted([*first, *rest][:MOST_WAYS], key=worth)
