"""One person of a draft of groups, networks or sessions: ways out for who is left over, and why not with somebody."""

from dataclasses import dataclass
from datetime import datetime

from matching.models import Proposal
from matching.queries.booked import booked_in
from matching.queries.inputs import Entrant
from matching.queries.places import Places
from matching.queries.seating import Seating, seating_in
from matching.queries.ways_of_many import WayOut, looking, ways_out
from matching.queries.why_not_of_many import AnswerOfMany, people_beside, why_not_of_many
from programs.catalogue.base import Shape
from programs.models import Role


@dataclass(frozen=True)
class PersonOfMany:
    """`where` says in what somebody is, "" where they look for it; `one` is what a match is called."""

    person: Entrant
    where: str
    score: int
    looking: bool
    ways: list[WayOut]
    others: list[Entrant]
    answer: AnswerOfMany | None
    one: str
    places: Places | None = None


def person_of_many(proposal: Proposal, person: int, *, now: datetime, other: int | None = None) -> PersonOfMany | None:
    """As many queries as seating_in. None for somebody who does not take part in the track, as it is now."""
    seating = seating_in(proposal)
    found = seating.people.get(person)
    if found is None:
        return None
    booked = booked_in(seating, proposal.created_at, now) if seating.shape == Shape.SLOTS else None
    beside = seating.people.get(other) if other else None
    tables = seating.tables_of(person)
    return PersonOfMany(
        found,
        " and ".join(_name(seating, found, table.pk) for table in tables),
        sum(table.score for table in tables),
        looking(seating, found),
        ways_out(seating, found, booked),
        people_beside(seating, found),
        why_not_of_many(seating, found, beside, booked) if beside else None,
        seating.one,
        _places(seating, found),
    )


def _places(seating: Seating, person: Entrant) -> Places | None:
    if not seating.networks or person.role == Role.MENTEE:
        return None
    return Places(person.places - person.free + seating.load[person.enrolment_id], person.places)


def _name(seating: Seating, person: Entrant, table_id: int) -> str:
    table = seating.by_pk[table_id]
    if seating.shape != Shape.SLOTS:
        return seating.name(table)
    others = [each.name for each in table.members if each is not person]
    return f"a {seating.one} with {', '.join(others)}"
