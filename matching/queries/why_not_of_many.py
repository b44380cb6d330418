"""Why not these two in one group, network or session? What they would score, what stands against it, what would
unblock it, and what the others would lose by the best single step that brings them together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from matching.queries.between import Blocked
from matching.queries.booked import Booked, Meeting
from matching.queries.inputs import Entrant
from matching.queries.seating import Seating, Sit, Table
from matching.queries.steps import Step, best_of, booking, rule_keys, step
from matching.queries.unseated import free_helpers
from programs.catalogue.base import Shape
from programs.models import Role


@dataclass(frozen=True)
class AnswerOfMany:
    """`step` is the best step that brings the two together, None where there is none; then `problems` say why.

    `rules` are those of the track that stand against the two, or against the step, as (number, name).
    """

    one: Entrant
    other: Entrant
    points: int
    most: int
    together: str = ""
    blocked: Blocked = field(default_factory=Blocked)
    rules: tuple[tuple[str, str], ...] = ()
    step: Step | None = None
    problems: tuple[str, ...] = ()
    room: str = ""
    # So many places would be one more than the mentor has, all of which are taken; 0 where that is not in the way.
    places: int = 0

    @property
    def cost(self) -> str:
        """What all others and these two lose, in one sentence."""
        if self.step is None:
            return ""
        gain, placed = self.step.gain, self.step.placed
        words = f"gain {gain}" if gain > 0 else f"lose at most {-gain}"
        said = f"All together would {words} points" if gain else "The points of all together would stay the same"
        if placed:
            count = f"{abs(placed)} {'person' if abs(placed) == 1 else 'people'} {'more' if placed > 0 else 'fewer'}"
            return f"{said}, and {count} would have a place."
        return f"{said}."


def people_beside(seating: Seating, person: Entrant) -> list[Entrant]:
    """Whom somebody could be with: in groups everybody else, elsewhere those on the other side."""
    inputs = seating.inputs
    if seating.shape == Shape.GROUPS:
        open_to: Iterable[Entrant] = seating.people.values()
    else:
        open_to = inputs.givers if person.enrolment_id in inputs.taker_row else inputs.takers
    others = [each for each in open_to if each.user_id != person.user_id]
    return sorted(others, key=lambda each: (each.name.casefold(), each.enrolment_id))


def why_not_of_many(seating: Seating, person: Entrant, other: Entrant, booked: Booked | None) -> AnswerOfMany | None:
    """None for two who could never be in one match, whatever the rules. `booked` is for one-off sessions."""
    if other not in people_beside(seating, person):
        return None
    one, two = (other, person) if seating.shape != Shape.GROUPS and _gives(seating, person) else (person, other)
    score, most = seating.score((one, two)), seating.company.most(one, two)
    shared = next(
        (table for table in seating.tables_of(one.enrolment_id) if _holds_both(seating, table, one, two)), None
    )
    if shared is not None:
        return AnswerOfMany(one, two, score, most, together=seating.name(shared))
    blocked = seating.company.blocked(one, two)
    if blocked.hard:
        return AnswerOfMany(one, two, score, most, blocked=blocked)
    steps = list(_steps(seating, one, two, booked))
    best = best_of(steps)
    problems = (
        () if best else tuple(dict.fromkeys(each.hard for each in steps)) or (_no_step(seating, one, two, booked),)
    )
    rules = rule_keys(seating, _pairs_of(seating, one, two, best))
    room, places = _room(seating, two, booked)
    return AnswerOfMany(one, two, score, most, "", blocked, rules, best, problems[:3], room, places)


def _room(seating: Seating, giver: Entrant, booked: Booked | None) -> tuple[str, int]:
    """How many places somebody who helps has left, and how many they would have with one more where none is."""
    if seating.shape == Shape.GROUPS:
        return "", 0
    if booked is not None:
        full = not booked.starts(giver)
        often = f"{giver.name} holds {giver.places} {'session' if giver.places == 1 else 'sessions'} a month at most."
        return often, giver.places + 1 if full else 0
    taken = giver.places - seating.free(giver)
    words = f"{giver.name} has {taken} of {giver.places} {'place' if giver.places == 1 else 'places'} taken."
    return words, giver.places + 1 if taken >= giver.places and giver.role == Role.MENTOR else 0


def _gives(seating: Seating, person: Entrant) -> bool:
    return person.enrolment_id not in seating.inputs.taker_row


def _holds_both(seating: Seating, table: Table, one: Entrant, two: Entrant) -> bool:
    """In a network and a session the one who asks has to be the one it is for."""
    return two.enrolment_id in table.ids and (seating.shape == Shape.GROUPS or table.members[0] == one)


def _pairs_of(seating: Seating, one: Entrant, two: Entrant, best: Step | None) -> list[tuple[Entrant, Entrant]]:
    """The two; in groups also the one who comes with everybody there, where that is what rules stand against."""
    pairs = [(one, two)]
    if best is None or not best.rules or seating.shape != Shape.GROUPS:
        return pairs
    moved = {int(sit.split("-")[0]): int(sit.split("-")[2]) for name, sit in best.fields if name == "sit"}
    for person, joins in moved.items():
        if joins:
            pairs += [
                (seating.people[person], each)
                for each in seating.by_pk[joins].members
                if each.enrolment_id not in moved
            ]
    return pairs


def _steps(seating: Seating, one: Entrant, two: Entrant, booked: Booked | None) -> Iterator[Step]:
    if seating.shape == Shape.GROUPS:
        for comer, host in ((one, two), (two, one)):
            yield from _to_their_group(seating, comer, host)
    elif seating.networks:
        yield from _into_the_network(seating, one, two)
    elif booked is not None:
        yield from _to_a_session(booked, one, two)


def _table_of(seating: Seating, person: Entrant) -> Table | None:
    return next(iter(seating.tables_of(person.enrolment_id)), None)


def _to_their_group(seating: Seating, comer: Entrant, host: Entrant) -> Iterator[Step]:
    """Alone, or in the place of somebody there, who goes where the one came from or is left over."""
    there, here = _table_of(seating, host), _table_of(seating, comer)
    if there is None:
        return
    comes = Sit(comer.enrolment_id, here.pk if here else 0, there.pk)
    yield step(seating, [comes])
    for member in there.members:
        if member is not host and member.role == comer.role:
            yield step(seating, [comes, Sit(member.enrolment_id, there.pk, here.pk if here else 0)])


def _into_the_network(seating: Seating, centre: Entrant, helper: Entrant) -> Iterator[Step]:
    """On a free chair, or instead of somebody of the same kind; who has no free place leaves another network."""
    table = next((each for each in seating.tables if each.centre is centre), None)
    leaves: list[Table | None] = [None] if seating.free(helper) > 0 else [*seating.tables_of(helper.enrolment_id)]
    for other in leaves:
        if table is None:
            sits = [Sit(helper.enrolment_id, other.pk, 0)] if other else []
            kept = [each for each in free_helpers(seating, centre) if each.user_id != helper.user_id]
            part = seating.part(centre, helper)
            for drop in [None, *(each for each in kept if seating.part(centre, each) == part)]:
                ids = [each.enrolment_id for each in (centre, helper, *kept) if each is not drop]
                yield step(seating, sits, ids)
            if other:
                yield from _instead_of(seating, centre, helper, other)
            continue
        comes = Sit(helper.enrolment_id, other.pk if other else 0, table.pk)
        yield step(seating, [comes])
        for member in table.members[1:]:
            if seating.part(centre, member) == seating.part(centre, helper):
                yield step(seating, [comes, Sit(member.enrolment_id, table.pk, 0)])
                if other:
                    yield step(seating, [comes, Sit(member.enrolment_id, table.pk, other.pk)])


def _instead_of(seating: Seating, centre: Entrant, helper: Entrant, table: Table) -> Iterator[Step]:
    """All helpers of another network come here with this one, as far as they fit; who it is around is left over."""
    row, allowed = seating.inputs.taker_row[centre.enrolment_id], seating.inputs.scores.allowed
    theirs = [
        each
        for each in table.members[1:]
        if each is helper
        or (allowed[row, seating.inputs.giver_column[each.enrolment_id]] and seating.part(centre, each))
    ]
    sits = [Sit(each.enrolment_id, table.pk, 0) for each in (table.centre, *theirs)]
    yield step(seating, sits, [centre.enrolment_id, *(each.enrolment_id for each in theirs)])


def _to_a_session(booked: Booked, asker: Entrant, helper: Entrant) -> Iterator[Step]:
    """At a time both have; else at that of somebody else, who takes the asker's own session or has none."""
    here = booked.table_of(asker.enrolment_id)
    gone = {here.pk} if here else set()
    for start in booked.times(asker, helper, gone)[:1]:
        yield booking(booked, [Meeting(asker.enrolment_id, helper.enrolment_id, start)])
    for table in booked.seating.tables_of(helper.enrolment_id):
        if table.starts_at is None or len(table.members) != 2 or table.members[1] != helper:
            continue
        other = table.centre.enrolment_id
        mine = Meeting(asker.enrolment_id, helper.enrolment_id, table.starts_at)
        yield booking(booked, [mine], [other])
        if here and here.starts_at:
            yield booking(booked, [mine, Meeting(other, here.members[1].enrolment_id, here.starts_at)])


def _no_step(seating: Seating, one: Entrant, two: Entrant, booked: Booked | None) -> str:
    """Why there is nothing to try."""
    if booked is not None:
        return f"{one.name} and {two.name} have no time in common in the next weeks."
    if seating.networks:
        return f"{two.name} has no place."
    return f"Neither is in a {seating.one}: two alone make none."
