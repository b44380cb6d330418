"""The cheapest single move that makes room for somebody who waits, in groups, networks and one-off sessions.

Nobody who has said yes moves. Every move that could be the best is looked at: those whose bound is below the best one
found, or below what there is without a move, are not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.criteria.model import BoolArray, IntArray
from matching.queries.booked import Booked, Meeting
from matching.queries.choices import Choice, choice_of, meetings_choice
from matching.queries.inputs import Entrant
from matching.queries.seating import PARTS, Seating, Sit, Table
from matching.queries.unseated import free_helpers
from programs.models import Role

# A bound of what a move could gain, and the move, worked out only where the bound is worth it.
Candidate = tuple[int, Callable[[], Iterable[Choice]]]


def fits(choice: Choice) -> bool:
    return not choice.hard and not choice.rules


def cheapest(candidates: Iterable[Candidate], floor: int | None) -> Choice | None:
    """The move that gains most, or costs least; None where none gains more than `floor`."""
    best, least = None, floor
    for bound, make in sorted(candidates, key=lambda each: -each[0]):
        if least is not None and bound <= least:
            break
        found = min(filter(fits, make()), key=lambda each: each.order, default=None)
        if found is not None and (least is None or found.gain > least):
            best, least = found, found.gain
    return best


def movable(table: Table) -> list[Entrant]:
    return [each for each in table.members if each.enrolment_id not in table.settled]


# --- groups ------------------------------------------------------------------------------


@dataclass(frozen=True)
class GroupMoves:
    """Somebody comes into a group while one of it, who has not answered, goes to another group with room."""

    seating: Seating

    @cached_property
    def rows(self) -> list[list[int]]:
        row = self.seating.company.row
        return [[row[each.enrolment_id] for each in table.members] for table in self.seating.tables]

    @cached_property
    def sums(self) -> IntArray:
        """What everybody would have together with all the people of each group."""
        points = self.seating.company.scores.points
        return np.array([points[rows].sum(axis=0) for rows in self.rows], dtype=np.int64)

    @cached_property
    def misfits(self) -> IntArray:
        """With how many people of each group everybody may not be."""
        allowed = self.seating.company.scores.allowed
        return np.array([(~allowed[rows]).sum(axis=0) for rows in self.rows], dtype=np.int64)

    @cached_property
    def drift(self) -> IntArray:
        """By how much each group is worth more now than when it was offered."""
        now = [self.seating.score(table.members) - table.score for table in self.seating.tables]
        return np.array(now, dtype=np.int64)

    @cached_property
    def has_room(self) -> BoolArray:
        most = self.seating.room.most
        counts = [sum(each.role != Role.MENTOR for each in table.members) for table in self.seating.tables]
        return np.array([count < most for count in counts], dtype=np.bool_)

    def candidates(self, person: Entrant) -> Iterator[Candidate]:
        company = self.seating.company
        points, allowed, me = company.scores.points, company.scores.allowed, company.row[person.enrolment_id]
        for at, table in enumerate(self.seating.tables):
            for other in (each for each in movable(table) if each.role == person.role):
                row = company.row[other.enrolment_id]
                if self.misfits[at, me] - (not allowed[row, me]):
                    continue
                stays = self.sums[at, me] - points[row, me] - (self.sums[at, row] - points[row, row]) + self.drift[at]
                gains = stays + self.sums[:, row] + self.drift
                open_to = self.has_room & (self.misfits[:, row] == 0)
                open_to[at] = False
                for there in np.flatnonzero(open_to).tolist():
                    yield int(gains[there]), self._move(person, table, other, self.seating.tables[there])

    def _move(self, person: Entrant, table: Table, other: Entrant, there: Table) -> Callable[[], list[Choice]]:
        seating = self.seating
        sits = [Sit(person.enrolment_id, 0, table.pk), Sit(other.enrolment_id, table.pk, there.pk)]
        title = f"{seating.name(table)}, while {other.name} moves to {seating.name(there)}"
        return lambda: [choice_of(seating, sits, title, "Offer both places")]


# --- networks ----------------------------------------------------------------------------


def network_of(seating: Seating, person: Entrant, helpers: list[Entrant], sits: list[Sit], ids: list[int]) -> Choice:
    told = ", ".join(f"{each.name} ({PARTS.get(seating.part(person, each), '')})" for each in helpers)
    button = "Offer all places" if sits else "Offer these places"
    return choice_of(seating, sits, told, button, together=ids)


def network_moves(seating: Seating, person: Entrant) -> Iterator[Candidate]:
    """A helper who has not answered comes to this person, and a free one of the same kind takes their chair."""
    points, columns = seating.inputs.scores.points, seating.inputs.giver_column
    row, allowed = seating.inputs.taker_row[person.enrolment_id], seating.around.allowed
    most = sum(int(points[row, columns[each.enrolment_id]]) for each in free_helpers(seating, person))
    for table in seating.tables:
        centre = seating.inputs.taker_row[table.centre.enrolment_id]
        for helper in movable(table):
            column = columns.get(helper.enrolment_id)
            if helper is table.centre or column is None or not allowed[row, column]:
                continue
            spares = _spares(seating, table, helper)
            best = max((int(points[centre, columns[each.enrolment_id]]) for each in spares), default=None)
            if best is not None:
                drift = seating.score(table.members) - table.score
                bound = most + int(points[row, column]) + best - int(points[centre, column]) + drift
                yield bound, _moves_of(seating, person, table, helper, spares)


def _moves_of(
    seating: Seating, person: Entrant, table: Table, helper: Entrant, spares: list[Entrant]
) -> Callable[[], Iterator[Choice]]:
    def moves() -> Iterator[Choice]:
        helpers = free_helpers(seating, person, also=helper)
        ids = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
        free = (each for each in spares if seating.free(each) > ids.count(each.enrolment_id))
        for spare in free if helper in helpers else ():
            sits = [Sit(helper.enrolment_id, table.pk, 0), Sit(spare.enrolment_id, 0, table.pk)]
            yield network_of(seating, person, helpers, sits, ids)

    return moves


def _spares(seating: Seating, table: Table, helper: Entrant) -> list[Entrant]:
    part = seating.part(table.centre, helper)
    others = (each for each in seating.inputs.givers if each.enrolment_id not in table.ids)
    return [each for each in others if seating.free(each) > 0 and seating.part(table.centre, each) == part]


# --- one-off sessions --------------------------------------------------------------------


def first_meetings(booked: Booked, person: Entrant, gone: set[int]) -> list[Meeting]:
    """The first time with each expert who fits."""
    inputs = booked.inputs
    row = inputs.taker_row[person.enrolment_id]
    fitting = [each for column, each in enumerate(inputs.givers) if inputs.scores.allowed[row, column]]
    return [
        Meeting(person.enrolment_id, each.enrolment_id, starts[0])
        for each in fitting
        if (starts := booked.times(person, each, gone))
    ]


def session_moves(booked: Booked, person: Entrant) -> Iterator[Candidate]:
    """Somebody who has not answered has their session at another time, or with another expert."""
    inputs = booked.inputs
    points, allowed, row = inputs.scores.points, inputs.scores.allowed, inputs.taker_row[person.enrolment_id]
    for table in booked.seating.tables:
        if table.settled or table.starts_at is None or len(table.members) != 2:
            continue
        asker, helper = table.members
        theirs, column = inputs.taker_row[asker.enrolment_id], inputs.giver_column[helper.enrolment_id]
        if allowed[row, column] and allowed[theirs].any():
            bound = int(points[row, column]) + int(points[theirs][allowed[theirs]].max()) - table.score
            yield bound, _in_place_of(booked, person, table)


def _in_place_of(booked: Booked, person: Entrant, table: Table) -> Callable[[], Iterator[Choice]]:
    def moves() -> Iterator[Choice]:
        asker, helper = table.members
        mine = Meeting(person.enrolment_id, helper.enrolment_id, table.starts_at or booked.now)
        if booked.after([mine], [asker.enrolment_id])[0].verdict.problem:
            return
        for other in first_meetings(booked, asker, set()):
            if (other.helper, other.start) != (helper.enrolment_id, table.starts_at):
                yield meetings_choice(booked, [mine, other], "Offer both sessions")

    return moves
