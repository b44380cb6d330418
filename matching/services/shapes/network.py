"""Networks: several helpers of different kinds around each person.

Who signed up as a mentor is a mentor to everybody. Who signed up as a peer is a near-peer to people one or two levels
below, and a peer to those on the same level or one above; to others they are nothing. Where levels are not asked,
they are peers. The engine fills as many places as it can; a person who would be left with fewer helpers than a network
needs gives them up to others, and is left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, cast

import numpy as np

from matching.criteria import max_points
from matching.criteria.answers import THOUSANDTHS, level, read
from matching.criteria.model import BoolArray, IntArray
from matching.errors import CannotMatch
from matching.models import Seat
from matching.queries.inputs import Entrant, Inputs
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
NEAR = (1, 2)
PROOF = "Prices for every person show that no other networks fill as many places with more points."
GAVE_UP = (
    "The bound is that of networks in which some have too few helpers, or meet somebody whom they are kept apart from."
)


@dataclass(frozen=True)
class Around:
    """Who may help whom, and as what. Rows are people who ask, columns helpers.

    `closed` has pairs that no rule forbids, but somebody else in the same network does.
    """

    inputs: Inputs
    closed: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        network = self.inputs.model.network
        return tuple(network.mix) if network else ()

    @cached_property
    def wanted(self) -> IntArray:
        """Helpers of each kind for each person; none for people who have a network already."""
        network = self.inputs.model.network
        mix = list(network.mix.values()) if network else []
        return np.array([[number * (each.free > 0) for number in mix] for each in self.inputs.takers], dtype=np.int64)

    @cached_property
    def gap(self) -> tuple[IntArray, BoolArray]:
        """By how many levels each helper is ahead, in thousandths, and where both levels are known."""
        ahead = [[self._level(each) for each in side] for side in (self.inputs.takers, self.inputs.givers)]
        known = [np.array([each is not None for each in side], dtype=np.bool_) for side in ahead]
        levels = [np.array([each or 0 for each in side], dtype=np.int64) for side in ahead]
        return levels[1][None, :] - levels[0][:, None], known[0][:, None] & known[1][None, :]

    def _level(self, entrant: Entrant) -> int | None:
        slug = next((rule.taker_field for rule in self.inputs.rules if rule.kind == "gap"), "level")
        asked = next((each for each in self.inputs.fields if each.slug == slug and each.kind == "ordered"), None)
        answer = read(asked, entrant.person.answers.get(slug)) if asked else None
        return None if asked is None or answer is None else level(asked, answer)

    @cached_property
    def near(self) -> BoolArray:
        """Who is one or two levels ahead, or as many as the track's own rule about levels says."""
        rule = next((each for each in self.inputs.rules if each.kind == "gap"), None)
        low, high = (rule.params.get(name) if rule else None for name in ("min_gap", "max_gap"))
        least = low if isinstance(low, int | float) else NEAR[0]
        most = high if isinstance(high, int | float) else NEAR[1]
        gap, known = self.gap
        return known & (gap >= least * THOUSANDTHS) & (gap <= most * THOUSANDTHS)

    @cached_property
    def mentors(self) -> BoolArray:
        return np.array([each.role == Role.MENTOR for each in self.inputs.givers], dtype=np.bool_)

    @cached_property
    def kind(self) -> IntArray:
        """The number of the kind that each helper is to each person."""
        number = {name: at for at, name in enumerate(self.kinds)}
        peers = np.where(self.near, number[Seat.Part.NEAR_PEER], number[Seat.Part.PEER])
        return np.where(self.mentors[None, :], number[Seat.Part.MENTOR], peers).astype(np.int64)

    @cached_property
    def allowed(self) -> BoolArray:
        """Who may help whom: by the rules, by levels, and nobody twice in one network."""
        gap, known = self.gap
        equal = ~known | ((gap <= 0) & (gap >= -THOUSANDTHS))
        fits = self.inputs.scores.allowed & (self.mentors[None, :] | self.near | equal)
        fits = fits & ~self._also_mentor(fits)
        for cell in self.closed:
            fits[cell] = False
        return fits

    def _also_mentor(self, fits: BoolArray) -> BoolArray:
        """Helpers who already may be this person's mentor under their other role."""
        twice = np.zeros_like(fits)
        by_user = {each.user_id: at for at, each in enumerate(self.inputs.givers) if each.role == Role.MENTOR}
        for column, each in enumerate(self.inputs.givers):
            if each.role != Role.MENTOR and each.user_id in by_user:
                twice[:, column] = fits[:, by_user[each.user_id]]
        return twice

    def stands(self, row: int, columns: Sequence[int]) -> bool:
        """Whether these helpers are enough for a network."""
        size = self.inputs.model.size
        mentors = sum(bool(self.mentors[column]) for column in columns)
        return len(columns) >= size.least - 1 and mentors >= size.mentors_least

    @cached_property
    def hopeful(self) -> list[int]:
        """People around whom a network could stand if all who fit were free for them."""
        free = np.array([each.free > 0 for each in self.inputs.givers], dtype=np.bool_)
        return [row for row in range(len(self.inputs.takers)) if self.wanted[row].any() and self._reach(row, free)]

    def _reach(self, row: int, free: BoolArray) -> bool:
        columns = np.flatnonzero(self.allowed[row] & free)
        some = [columns[self.kind[row, columns] == at][:most] for at, most in enumerate(self.wanted[row])]
        return self.stands(row, np.concatenate(some).tolist())


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
    scores = [_total(around, row, columns) for row, columns in places.items()]
    return outcome_of(len(places), result.assignment.total, scores, optimal=bool(result.assignment.optimal))
