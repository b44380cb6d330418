"""People without a group, network or session after publishing, and networks that lack a helper: the next best for each.

Nobody who has said yes moves. Somebody who has not answered may move, once, where that is better than any free place.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from matching.queries.booked import Booked, booked_in
from matching.queries.choices import Choice, choice_of, meetings_choice
from matching.queries.inputs import Entrant
from matching.queries.seating import PARTS, Seating, Sit, Table, seating_on
from matching.queries.unseated import free_helpers
from matching.queries.waiting_moves import (
    Candidate,
    GroupMoves,
    cheapest,
    first_meetings,
    fits,
    network_moves,
    network_of,
    session_moves,
)
from programs.catalogue.base import Shape
from programs.models import Track

# So many people are looked at on one page.
SHOWN = 30


@dataclass(frozen=True)
class WaitsForPlace:
    """Somebody, or a network that lacks a helper: the best that moves nobody, and a move where that is better."""

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
        return lambda person: _waits(person, _time(booked, person), session_moves(booked, person))
    if seating.networks:
        return lambda person: _waits(person, _network(seating, person), network_moves(seating, person))
    groups = GroupMoves(seating)
    return lambda person: _waits(person, _group(seating, person), groups.candidates(person))


def _waits(person: Entrant, without: Choice | None, moves: Iterable[Candidate]) -> WaitsForPlace:
    """The move is named where there is no place without one, and where it is better than that place."""
    return WaitsForPlace(person, without, cheapest(moves, without.gain if without else None))


def _best(choices: Iterable[Choice]) -> Choice | None:
    return min(filter(fits, choices), key=lambda each: each.order, default=None)


def _group(seating: Seating, person: Entrant) -> Choice | None:
    sits = ([Sit(person.enrolment_id, 0, table.pk)] for table in seating.tables)
    return _best(
        choice_of(seating, each, seating.name(seating.by_pk[each[0].joins]), "Offer this place") for each in sits
    )


def _network(seating: Seating, person: Entrant) -> Choice | None:
    helpers = free_helpers(seating, person)
    ids = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
    return _best([network_of(seating, person, helpers, [], ids)]) if helpers else None


def _time(booked: Booked, person: Entrant) -> Choice | None:
    return _best(
        meetings_choice(booked, [meeting], "Offer this session") for meeting in first_meetings(booked, person, set())
    )


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
