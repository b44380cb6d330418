"""Ways out for somebody who is in no group, network or session: each one concrete change with what it gives.

Everybody else stays where they are; so where the matching runs again with the change, it gives at least this.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matching.queries.booked import Booked, Meeting
from matching.queries.inputs import Entrant
from matching.queries.seating import PARTS, Seating, Sit, Table
from matching.queries.steps import Step, booking, rule_keys, step
from programs.catalogue.base import Shape
from programs.models import Role

MOST_WAYS = 3


@dataclass(frozen=True)
class WayOut:
    """One way.

    kind    "step" (`step` does it), "rule" (the same against `rules`, with a reason), "place" (`giver` gets `places`),
            "size" (a group may have `places` members), "times" (`giver` has a time that the person has not named) or
            "people" (somebody has to join first)
    """

    kind: str
    title: str
    points: int
    placed: int
    step: Step | None = None
    rules: tuple[tuple[str, str], ...] = ()
    giver: Entrant | None = None
    places: int = 0

    @property
    def order(self) -> tuple[bool, int, int, int, str]:
        return self.kind == "people", -self.placed, len(self.rules), -self.points, self.title


def ways_out(seating: Seating, person: Entrant, booked: Booked | None = None) -> list[WayOut]:
    """Up to three different ways, best first; [] for who has a place or gives one. `booked` is for sessions."""
    if not looking(seating, person):
        return []
    if seating.shape == Shape.GROUPS:
        found = list(_of_groups(seating, person))
    elif seating.networks:
        found = list(_of_networks(seating, person))
    else:
        found = list(_of_sessions(booked, person)) if booked else []
    return _different(found)


def looking(seating: Seating, person: Entrant) -> bool:
    """Whether somebody looks for a match and has none."""
    if person.enrolment_id not in seating.inputs.taker_row or person.free < 1:
        return False
    return not any(
        person.enrolment_id == each.enrolment_id for table in seating.tables for each in _placed(seating, table)
    )


def _placed(seating: Seating, table: Table) -> Sequence[Entrant]:
    return table.members if seating.shape == Shape.GROUPS else table.members[:1]


def _different(ways: Sequence[WayOut]) -> list[WayOut]:
    """The best of each kind first, then the next best."""
    ranked = sorted(ways, key=lambda way: way.order)
    first = [next(way for way in ranked if way.kind == kind) for kind in dict.fromkeys(way.kind for way in ranked)]
    rest = [way for way in ranked if way not in first]
    return sorted([*first, *rest][:MOST_WAYS], key=lambda way: way.order)


def _as_way(seating: Seating, title: str, done: Step, pairs: Iterable[tuple[Entrant, Entrant]]) -> Iterator[WayOut]:
    """A step as a way, where nothing but rules of the track stands against it."""
    if done.hard:
        return
    if not done.rules:
        yield WayOut("step", title, done.gain, done.placed, done)
        return
    rules = rule_keys(seating, pairs)
    if rules:
        yield WayOut("rule", title, done.gain, done.placed, done, rules)


# --- groups ------------------------------------------------------------------------------


def _of_groups(seating: Seating, person: Entrant) -> Iterator[WayOut]:
    open_tables = [table for table in seating.tables if not table.locked]
    for table in open_tables:
        done = step(seating, [Sit(person.enrolment_id, 0, table.pk)])
        pairs = [(person, each) for each in table.members]
        yield from _as_way(seating, f"Join {seating.name(table)}", done, pairs)
        for member in (each for each in table.members if each.role == person.role):
            yield from _in_the_place_of(seating, person, table, member, open_tables)
    yield from _larger(seating, person, open_tables)
    yield from _more_people(seating)


def _in_the_place_of(
    seating: Seating, person: Entrant, table: Table, member: Entrant, tables: Sequence[Table]
) -> Iterator[WayOut]:
    """Somebody goes to another group that has room, or is left over instead."""
    rest = [each for each in table.members if each is not member]
    if not _goes_with(seating, person, rest):
        return
    comes = Sit(person.enrolment_id, 0, table.pk)
    name = f"Join {seating.name(table)} in the place of {member.name}"
    instead = step(seating, [comes, Sit(member.enrolment_id, table.pk, 0)])
    if instead.hard or instead.rules:
        return
    yield WayOut("step", name, instead.gain, instead.placed, instead)
    for other in tables:
        if other is table or not _goes_with(seating, member, other.members):
            continue
        moved = step(seating, [comes, Sit(member.enrolment_id, table.pk, other.pk)])
        if not moved.rules:
            yield from _as_way(seating, f"{name}, who moves to {seating.name(other)}", moved, ())


def _goes_with(seating: Seating, person: Entrant, others: Iterable[Entrant]) -> bool:
    """Whether nothing stands between somebody and any of these."""
    allowed, row = seating.company.scores.allowed, seating.company.row
    me = row[person.enrolment_id]
    return all(allowed[me, row[each.enrolment_id]] for each in others)


def _larger(seating: Seating, person: Entrant, tables: Sequence[Table]) -> Iterator[WayOut]:
    """Groups with one place more, where the model has room for that."""
    inputs = seating.inputs
    size = inputs.model.size
    if inputs.peers or inputs.capacity >= size.most - size.mentors_most:
        return
    gains = [
        seating.score((*table.members, person)) - seating.score(table.members)
        for table in tables
        if _goes_with(seating, person, table.members)
    ]
    if gains:
        places = inputs.capacity + 1
        title = f"Let a {seating.one} have {places} mentees instead of {inputs.capacity}"
        yield WayOut("size", title, max(gains), 1, places=places)


def _more_people(seating: Seating) -> Iterator[WayOut]:
    """One more to lead, or so many more to make another group together with those left over."""
    inputs, room = seating.inputs, seating.room
    alone = sum(looking(seating, each) for each in inputs.takers)
    one = seating.one
    if room.leaders_least:
        idle = sum(each.free > 0 and not seating.load[each.enrolment_id] for each in inputs.givers)
        if idle < room.leaders_least and alone >= room.least:
            placed = min(alone, room.most)
            yield WayOut("people", f"Ask one more mentor, for another {one}", 0, placed)
    elif (lacking := room.least - alone) > 0:
        who = "person" if lacking == 1 else "people"
        yield WayOut("people", f"Ask {lacking} more {who}, for another {one} with those left over", 0, alone)


# --- networks ----------------------------------------------------------------------------


def _of_networks(seating: Seating, person: Entrant) -> Iterator[WayOut]:
    free = [each for each in _fitting(seating, person) if seating.free(each) > 0]
    full = [each for each in _fitting(seating, person) if seating.free(each) < 1]
    yield from _put_together(seating, person, free, f"A {seating.one} of those who are free")
    for helper in full:
        yield from _one_more_place(seating, person, free, helper)
        for table in seating.tables_of(helper.enrolment_id):
            sits = [Sit(helper.enrolment_id, table.pk, 0)]
            title = f"{helper.name} moves here from {seating.name(table)}"
            yield from _put_together(seating, person, free, title, helper, sits)
    for table in seating.tables:
        yield from _instead_of(seating, person, free, table)
    yield from _by_exception(seating, person, free)


def _fitting(seating: Seating, person: Entrant) -> list[Entrant]:
    inputs = seating.inputs
    row = inputs.taker_row[person.enrolment_id]
    order = sorted(range(len(inputs.givers)), key=lambda at: (-inputs.scores.points[row, at], inputs.givers[at].email))
    return [inputs.givers[at] for at in order if seating.around.allowed[row, at]]


def _chosen(seating: Seating, person: Entrant, open_to: Sequence[Entrant], surely: Entrant | None) -> list[Entrant]:
    """The best helpers kind by kind, `surely` among them; may be too few."""
    network = seating.inputs.model.network
    room = dict(network.mix) if network else {}
    found: list[Entrant] = []
    for helper in [surely, *open_to] if surely else open_to:
        part = seating.part(person, helper)
        known = any(each.user_id == helper.user_id or _apart(seating, each, helper) for each in found)
        if room.get(part) and not known:
            room[part] -= 1
            found.append(helper)
    return found


def _apart(seating: Seating, one: Entrant, other: Entrant) -> bool:
    return frozenset({one.enrolment_id, other.enrolment_id}) in seating.inputs.apart


def _put_together(
    seating: Seating,
    person: Entrant,
    free: Sequence[Entrant],
    title: str,
    surely: Entrant | None = None,
    sits: Sequence[Sit] = (),
) -> Iterator[WayOut]:
    """A network of these helpers, if it could stand."""
    helpers = _chosen(seating, person, free, surely)
    if not _stands(seating, person, helpers):
        return
    together = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
    pairs = [(person, each) for each in helpers]
    yield from _as_way(seating, title, step(seating, sits, together), pairs)


def _stands(seating: Seating, person: Entrant, helpers: Sequence[Entrant]) -> bool:
    return bool(helpers) and not seating.verdict(None, (person, *helpers)).hard


def _one_more_place(seating: Seating, person: Entrant, free: Sequence[Entrant], helper: Entrant) -> Iterator[WayOut]:
    helpers = _chosen(seating, person, free, helper)
    if helper.role == Role.MENTOR and helper.places < MOST_PLACES and _stands(seating, person, helpers):
        points, places = seating.score((person, *helpers)), helper.places + 1
        title = f"Give {helper.name} {places} {seating.inputs.model.words.many} instead of {helper.places}"
        yield WayOut("place", title, points, 1, giver=helper, places=places)


MOST_PLACES = 50


def _instead_of(seating: Seating, person: Entrant, free: Sequence[Entrant], table: Table) -> Iterator[WayOut]:
    """Their helpers, and who is free, come here; they are left over."""
    if table.locked:
        return
    mine = _fitting(seating, person)
    theirs = [each for each in mine if each.enrolment_id in table.ids and each not in free]
    sits = [Sit(each.enrolment_id, table.pk, 0) for each in table.members]
    open_to = [each for each in mine if each in theirs or each in free]
    yield from _put_together(seating, person, open_to, f"In the place of {table.centre.name}", None, sits)


def _by_exception(seating: Seating, person: Entrant, free: Sequence[Entrant]) -> Iterator[WayOut]:
    """Somebody whom nothing but rules keeps away, and who has a free place."""
    row, allowed = seating.inputs.taker_row[person.enrolment_id], seating.inputs.scores.allowed
    for column, helper in enumerate(seating.inputs.givers):
        if allowed[row, column] or seating.free(helper) < 1 or not seating.part(person, helper):
            continue
        blocked = seating.company.blocked(person, helper)
        if not blocked.hard and blocked.rules:
            title = f"{helper.name} as {PARTS[seating.part(person, helper)]}"
            yield from _put_together(seating, person, free, title, helper)


# --- one-off sessions --------------------------------------------------------------------


def _of_sessions(booked: Booked, person: Entrant) -> Iterator[WayOut]:
    for helper in booked.inputs.givers:
        blocked = booked.seating.company.blocked(person, helper)
        if blocked.hard or helper.places < 1:
            continue
        times = booked.times(person, helper)
        if times:
            done = booking(booked, [Meeting(person.enrolment_id, helper.enrolment_id, times[0])])
            yield from _as_way(booked.seating, f"A session with {helper.name}", done, [(person, helper)])
        elif not blocked.rules:
            yield from _without_time(booked, person, helper)
    for table in booked.seating.tables:
        if not table.locked:
            yield from _in_somebodys_session(booked, person, table)


def _without_time(booked: Booked, person: Entrant, helper: Entrant) -> Iterator[WayOut]:
    """They fit, but either has no place or no time: what either could do about it."""
    score = booked.seating.score((person, helper))
    if helper.places < MOST_PLACES and booked.times(person, replace(helper, places=helper.places + 1)):
        places = helper.places + 1
        title = f"Give {helper.name} {places} sessions a month instead of {helper.places}"
        yield WayOut("place", title, score, 1, giver=helper, places=places)
    elif free := booked.starts(helper):
        done = Step((), score, 1, (), start=free[0])
        yield WayOut(
            "times", f"{helper.name} has a time that {person.name} has not named", score, 1, done, giver=helper
        )


def _in_somebodys_session(booked: Booked, person: Entrant, table: Table) -> Iterator[WayOut]:
    """Somebody else meets another expert instead, or is left over."""
    if table.starts_at is None or len(table.members) != 2:
        return
    other, helper = table.members
    if not _goes_with(booked.seating, person, [helper]):
        return
    mine = Meeting(person.enrolment_id, helper.enrolment_id, table.starts_at)
    instead = booking(booked, [mine], [other.enrolment_id])
    if instead.hard or instead.rules:
        return
    title = f"In the place of {other.name}, with {helper.name}"
    yield WayOut("step", title, instead.gain, instead.placed, instead)
    for giver in booked.inputs.givers:
        if giver is helper or not _goes_with(booked.seating, other, [giver]):
            continue
        for start in booked.times(other, giver, {table.pk})[:1]:
            moved = booking(booked, [mine, Meeting(other.enrolment_id, giver.enrolment_id, start)])
            yield from _as_way(booked.seating, f"{title}, who meets {giver.name} then", moved, ())
