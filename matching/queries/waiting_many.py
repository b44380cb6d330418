"""People without a group, network or session after publishing, and networks that lack a helper: the next best for each.

Nobody who has said yes moves. Where no place is free, somebody who has not answered may move, once, to make room.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from matching.queries.booked import Booked, Meeting, booked_in
from matching.queries.choices import Choice, choice_of, meetings_choice
from matching.queries.inputs import Entrant
from matching.queries.seating import PARTS, Seating, Sit, Table, seating_on
from matching.queries.unseated import free_helpers
from programs.catalogue.base import Shape
from programs.models import Track

# So many people are looked at on one page.
SHOWN = 30


@dataclass(frozen=True)
class WaitsForPlace:
    """Somebody, or a network that lacks a helper: the best that moves nobody, else the cheapest single move."""

    person: Entrant
    without: Choice | None
    with_move: Choice | None = None
    lacks: str = ""


@dataclass(frozen=True)
class PlacesToOffer:
    """A track after publishing; `gaps` are the networks that lack somebody."""

    waiting: list[WaitsForPlace]
    count: int
    gaps: list[WaitsForPlace]
    one: str


def places_to_offer(track: Track, now: datetime) -> PlacesToOffer | None:
    """As many queries as seating_on. None where nothing is published yet."""
    seating = seating_on(track, now)
    if seating is None:
        return None
    people = [each for each in seating.inputs.takers if not seating.load[each.enrolment_id] and each.free > 0]
    way = _way(seating, now)
    gaps = [gap for table in seating.tables for gap in _gaps(seating, table)] if seating.networks else []
    return PlacesToOffer([way(each) for each in people[:SHOWN]], len(people), gaps[:SHOWN], seating.one)


def _way(seating: Seating, now: datetime) -> Callable[[Entrant], WaitsForPlace]:
    if seating.shape == Shape.SLOTS:
        booked = booked_in(seating, now, now)
        return lambda person: _waits(person, _time(booked, person), _times_by_a_move(booked, person))
    if seating.networks:
        return lambda person: _waits(person, _network(seating, person), _networks_by_a_move(seating, person))
    return lambda person: _waits(person, _group(seating, person), _groups_by_a_move(seating, person))


def _waits(person: Entrant, without: Choice | None, moves: Iterator[Choice]) -> WaitsForPlace:
    """Moves are looked at only where there is no place without one."""
    return WaitsForPlace(person, without, None if without else _best(moves))


def _best(choices: Iterable[Choice]) -> Choice | None:
    fitting = (each for each in choices if not each.hard and not each.rules)
    return min(fitting, key=lambda each: each.order, default=None)


# --- groups ------------------------------------------------------------------------------


def _group(seating: Seating, person: Entrant) -> Choice | None:
    sits = ([Sit(person.enrolment_id, 0, table.pk)] for table in seating.tables)
    return _best(
        choice_of(seating, each, seating.name(seating.by_pk[each[0].joins]), "Offer this place") for each in sits
    )


def _groups_by_a_move(seating: Seating, person: Entrant) -> Iterator[Choice]:
    for table in seating.tables:
        for other in _movable(table):
            if other.role != person.role or not _fits(seating, person, table, other):
                continue
            for there in seating.tables:
                if there is not table and _fits(seating, other, there, None):
                    sits = [Sit(person.enrolment_id, 0, table.pk), Sit(other.enrolment_id, table.pk, there.pk)]
                    title = f"{seating.name(table)}, while {other.name} moves to {seating.name(there)}"
                    yield choice_of(seating, sits, title, "Offer both places")


def _movable(table: Table) -> list[Entrant]:
    return [each for each in table.members if each.enrolment_id not in table.settled]


def _fits(seating: Seating, person: Entrant, table: Table, without: Entrant | None) -> bool:
    """A quick look: whether somebody may sit with everybody there but one."""
    row, allowed = seating.company.row, seating.company.scores.allowed
    others = (each for each in table.members if each is not without)
    return all(allowed[row[person.enrolment_id], row[each.enrolment_id]] for each in others)


# --- networks ----------------------------------------------------------------------------


def _network(seating: Seating, person: Entrant) -> Choice | None:
    helpers = free_helpers(seating, person)
    ids = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
    return _best([_network_of(seating, person, helpers, [], ids)]) if helpers else None


def _network_of(seating: Seating, person: Entrant, helpers: list[Entrant], sits: list[Sit], ids: list[int]) -> Choice:
    told = ", ".join(f"{each.name} ({PARTS.get(seating.part(person, each), '')})" for each in helpers)
    button = "Offer all places" if sits else "Offer these places"
    return choice_of(seating, sits, told, button, together=ids)


def _networks_by_a_move(seating: Seating, person: Entrant) -> Iterator[Choice]:
    """A helper who has not answered comes to this person, and a free one of the same kind takes their chair."""
    row, allowed = seating.inputs.taker_row[person.enrolment_id], seating.around.allowed
    for table in seating.tables:
        for helper in _movable(table):
            column = seating.inputs.giver_column.get(helper.enrolment_id)
            if helper is table.centre or column is None or not allowed[row, column]:
                continue
            helpers = free_helpers(seating, person, also=helper)
            ids = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
            for spare in _spares(seating, table, helper, ids) if helper in helpers else ():
                sits = [Sit(helper.enrolment_id, table.pk, 0), Sit(spare.enrolment_id, 0, table.pk)]
                yield _network_of(seating, person, helpers, sits, ids)


def _spares(seating: Seating, table: Table, helper: Entrant, taken: list[int]) -> list[Entrant]:
    part = seating.part(table.centre, helper)
    return [
        each
        for each in seating.inputs.givers
        if each.enrolment_id not in table.ids
        and seating.free(each) > taken.count(each.enrolment_id)
        and seating.part(table.centre, each) == part
    ]


def _gaps(seating: Seating, table: Table) -> Iterator[WaitsForPlace]:
    """What a network has too few of, each with the best who is free."""
    network, parts = seating.inputs.model.network, list(seating.parts(table.members).values())
    for part, most in (network.mix if network else {}).items():
        if parts.count(part) < most:
            able = [
                each
                for each in seating.inputs.givers
                if each.enrolment_id not in table.ids
                and seating.free(each) > 0
                and seating.part(table.centre, each) == part
            ]
            sits = ([Sit(each.enrolment_id, 0, table.pk)] for each in able)
            found = (choice_of(seating, s, seating.people[s[0].person].name, "Offer this place") for s in sits)
            yield WaitsForPlace(table.centre, _best(found), lacks=PARTS[part])


# --- one-off sessions --------------------------------------------------------------------


def _time(booked: Booked, person: Entrant) -> Choice | None:
    return _best(
        meetings_choice(booked, [meeting], "Offer this session") for meeting in _meetings(booked, person, set())
    )


def _meetings(booked: Booked, person: Entrant, gone: set[int]) -> list[Meeting]:
    """The first time with each expert who fits."""
    inputs = booked.inputs
    row = inputs.taker_row[person.enrolment_id]
    fitting = [each for column, each in enumerate(inputs.givers) if inputs.scores.allowed[row, column]]
    return [
        Meeting(person.enrolment_id, each.enrolment_id, starts[0])
        for each in fitting
        if (starts := booked.times(person, each, gone))
    ]


def _times_by_a_move(booked: Booked, person: Entrant) -> Iterator[Choice]:
    """Somebody who has not answered has their session at another time, or with another expert."""
    for table in booked.seating.tables:
        if table.settled or table.starts_at is None:
            continue
        asker, helper = table.members
        mine = Meeting(person.enrolment_id, helper.enrolment_id, table.starts_at)
        if booked.after([mine], [asker.enrolment_id])[0].verdict.problem:
            continue
        for other in _others(booked, asker, helper, table):
            yield meetings_choice(booked, [mine, other], "Offer both sessions")


def _others(booked: Booked, asker: Entrant, helper: Entrant, table: Table) -> list[Meeting]:
    """Other times for somebody whose session goes to somebody else: one with each expert."""
    found = _meetings(booked, asker, set())
    return [each for each in found if (each.helper, each.start) != (helper.enrolment_id, table.starts_at)]
