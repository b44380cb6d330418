"""Networks: several helpers of different kinds around each person.

Who may be whose helper, and of which kind, is in queries.around. The engine fills as many places as it can; a person
who would be left with fewer helpers than a network needs gives them up to others, and is left over.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, cast

import numpy as np

from matching.criteria import max_points
from matching.errors import CannotMatch
from matching.queries.around import Around
from matching.queries.inputs import Inputs
from matching.queries.leftover import why_in_no_network
from matching.services.shapes.aims import Outcome, aims, outcome_of
from matching.services.shapes.results import Found, Solved, most_of, shares_of
from programs.models import Role

if TYPE_CHECKING:
    from matching.engine import Constellation
    from matching.engine.assigning.problem import Objective

Groups = Sequence[Sequence[int]]
Places = dict[int, list[int]]
AIMS = ("floor", "cover", "score")
PROOF = "Prices for every person show that no other networks fill as many places with more points."
GAVE_UP = (
    "The bound is that of networks in which some have too few helpers, or meet somebody whom they are kept apart from."
)


def network(inputs: Inputs, fixed: Groups, previous: Groups) -> Solved:
    """A network for as many people as there are helpers for. Raises CannotMatch where locks cannot be kept."""
    around = Around(inputs)
    first = _solved(around, around.hopeful, fixed, previous, inputs.objective)
    result, places = _standing(around, first, fixed, previous, inputs.objective)
    kept = [_found(around, row, columns) for row, columns in sorted(places.items())]
    optimal = bool(result.assignment.optimal) and result is first
    return Solved(
        matches=kept,
        placed=len(kept),
        possible=max(len(kept), min(len(around.hopeful), _room(inputs))),
        total=int(result.assignment.total),
        bound=int(first.assignment.bound),
        optimal=optimal,
        max_points=max_points(inputs.rules),
        left_over=why_in_no_network(inputs, [row for row in _looking(around) if row not in places], around.allowed),
        proof=PROOF if optimal else GAVE_UP,
        aims=aims(
            inputs,
            _outcome(around, result, places),
            AIMS,
            lambda aim: _outcome(around, *_standing(around, None, fixed, previous, aim)),
        ),
    )


def _room(inputs: Inputs) -> int:
    """For how many networks there are places, rules aside."""
    size = inputs.model.size
    mentors = sum(each.free for each in inputs.givers if each.role == Role.MENTOR)
    return min(sum(each.free for each in inputs.givers) // (size.least - 1), mentors // max(1, size.mentors_least))


def _looking(around: Around) -> list[int]:
    return [row for row, each in enumerate(around.inputs.takers) if each.free > 0]


def _solved(around: Around, rows: Sequence[int], fixed: Groups, previous: Groups, objective: str) -> "Constellation":
    from matching import engine  # noqa: PLC0415  two seconds and 80 MB that only a run needs

    inputs, wanted = around.inputs, np.zeros_like(around.wanted)
    wanted[list(rows)] = around.wanted[list(rows)]
    before = [pair for pair in _cells(inputs, previous) if around.allowed[pair] and wanted[pair[0]].any()]
    try:
        return engine.constellation(
            inputs.scores.points,
            kind=around.kind,
            wanted=wanted,
            allowed=around.allowed,
            giver_capacity=np.array([each.free for each in inputs.givers], dtype=np.int64),
            objective=cast("Objective", objective),
            fixed=_cells(inputs, fixed),
            previous=before or None,
            taker_ids=[each.email for each in inputs.takers],
            giver_ids=[f"{each.email} {each.role}" for each in inputs.givers],
        )
    except engine.Infeasible as error:
        raise CannotMatch(f"The locked networks cannot all stay: {error}") from error


def _cells(inputs: Inputs, networks: Groups) -> list[tuple[int, int]]:
    """Rows and columns of the centre with each helper; people who are gone are left out."""
    cells = []
    for members in networks:
        centres = [inputs.taker_row[each] for each in members if each in inputs.taker_row]
        helpers = [inputs.giver_column[each] for each in members if each in inputs.giver_column]
        cells += [(row, column) for row in centres[:1] for column in helpers]
    return cells


def _places(result: "Constellation") -> Places:
    places: Places = {}
    for row, column in result.pairs:
        places.setdefault(int(row), []).append(int(column))
    return places


def _standing(
    around: Around, first: "Constellation | None", fixed: Groups, previous: Groups, objective: str
) -> "tuple[Constellation, Places]":
    """Solve until nobody meets somebody in a network whom they are kept apart from, and every network has enough
    helpers: whoever lacks most gives theirs up, the later address first.
    """
    rows = list(around.hopeful)
    result = first or _solved(around, rows, fixed, previous, objective)
    while True:
        places = _places(result)
        if clashes := _clashes(around, places, set(_cells(around.inputs, fixed))):
            around = replace(around, closed=around.closed | clashes)
        elif weak := [row for row in rows if not around.stands(row, places.get(row, []))]:
            gone = _giving_up(around, places, weak)
            rows = [row for row in rows if row not in gone]
        else:
            return result, places
        result = _solved(around, rows, fixed, previous, objective)


def _clashes(around: Around, places: Places, locked: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Of two helpers in one network who are kept apart, the one who adds less: that pair is tried no more.

    Two who were locked into it stay: a person has decided that.
    """
    inputs = around.inputs
    found: set[tuple[int, int]] = set()
    for row, columns in places.items():
        for pair in combinations(columns, 2):
            if frozenset(inputs.givers[column].enrolment_id for column in pair) in inputs.apart:
                free = [column for column in pair if (row, column) not in locked]
                points = inputs.scores.points[row]
                found.update((row, column) for column in sorted(free, key=lambda column: (points[column], -column))[:1])
    return frozenset(found)


def _giving_up(around: Around, places: Places, weak: list[int]) -> set[int]:
    """Who of those with too few helpers has none at all from now on: never more than the others need."""
    least = around.inputs.model.size.least - 1
    lacking = sum(max(1, least - len(places.get(row, []))) for row in weak)
    last = sorted(weak, key=lambda row: (len(places.get(row, [])), _total(around, row, places.get(row, [])), -row))
    return set(last[: max(1, lacking // (2 * least))])


def _total(around: Around, row: int, columns: Sequence[int]) -> int:
    return sum(int(around.inputs.scores.points[row, column]) for column in columns)


def _found(around: Around, row: int, columns: Sequence[int]) -> Found:
    inputs = around.inputs
    ordered = sorted(columns, key=lambda column: (around.kind[row, column], inputs.givers[column].email))
    members = (inputs.takers[row], *(inputs.givers[column] for column in ordered))
    parts = {inputs.givers[column].enrolment_id: around.kinds[around.kind[row, column]] for column in ordered}
    return Found(
        members, _total(around, row, columns), shares_of(inputs, *members), most_of(inputs, *members), parts=parts
    )


def _outcome(around: Around, result: "Constellation", places: Places) -> Outcome:
    """The lowest is what the aim raises: one helper's points with the person at the centre."""
    points = around.inputs.scores.points
    scores = [int(points[row, column]) for row, columns in places.items() for column in columns]
    proven = bool(result.assignment.optimal)
    return outcome_of(len(places), result.assignment.total, scores, optimal=proven, lowest_of="helper")
