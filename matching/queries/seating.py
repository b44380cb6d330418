"""Matches of several people, or of two at a time, as they stand: who sits where, and what any change would give.

Of a draft that is what it holds; of a published track its offers and what is on. Pages and services ask the same
questions here, so that what is shown is what is done.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.db.models import Q, QuerySet

from matching.models import Match, Proposal, Seat
from matching.queries.around import Around
from matching.queries.board_steps import reason_of
from matching.queries.company import Company, in_order, pairs_within
from matching.queries.inputs import Entrant, Inputs, exceptions_among, inputs_for, inputs_of, with_the_one_before
from matching.queries.sizes import Sizes, sizes_of
from programs.catalogue.base import Shape
from programs.models import Role, Track

PARTS = {"mentor": "mentor", "near_peer": "near-peer", "peer": "peer"}
GONE = "One of these people does not take part any more. Run the matching again."


class Sit(NamedTuple):
    """Somebody (an enrolment) leaves one match and joins another; 0 is none."""

    person: int
    leaves: int
    joins: int


@dataclass(frozen=True)
class Table:
    """One match. `settled` are those in it who have said yes, `past` those who have left it; `strangers` counts people
    who do not take part any more, `excused` says that a coordinator gave a reason for going against the rules."""

    pk: int
    number: int
    score: int
    locked: bool
    members: tuple[Entrant, ...]
    settled: frozenset[int] = frozenset()
    past: frozenset[int] = frozenset()
    strangers: int = 0
    excused: bool = False
    starts_at: datetime | None = None
    minutes: int = 0
    on: bool = False

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(each.enrolment_id for each in self.members)

    @property
    def centre(self) -> Entrant:
        """Of a network: the person it is around."""
        return self.members[0]


@dataclass(frozen=True)
class Verdict:
    """What people together are worth; `hard` is what nobody may override, `rules` what a reason does."""

    score: int
    hard: str = ""
    rules: str = ""

    @property
    def problem(self) -> str:
        return self.hard or self.rules


@dataclass(frozen=True)
class After:
    """One match after a change, None where there is none before, and without members where it is no more."""

    table: Table | None
    members: tuple[Entrant, ...]
    verdict: Verdict

    @property
    def gain(self) -> int:
        return self.verdict.score - (self.table.score if self.table else 0)


@dataclass(frozen=True)
class Seating:
    """`published` is about offers and what is on; else this is a draft."""

    inputs: Inputs
    tables: tuple[Table, ...]
    published: Proposal | None = None
    around: Around = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "around", Around(self.inputs))

    @cached_property
    def company(self) -> Company:
        return Company(self.inputs)

    @cached_property
    def people(self) -> dict[int, Entrant]:
        return {each.enrolment_id: each for each in self.company.people}

    @cached_property
    def room(self) -> Sizes:
        return sizes_of(self.inputs)

    @cached_property
    def by_pk(self) -> dict[int, Table]:
        return {table.pk: table for table in self.tables}

    @cached_property
    def load(self) -> Counter[int]:
        return Counter(person for table in self.tables for person in table.ids)

    @property
    def shape(self) -> Shape:
        return self.inputs.model.shape

    @property
    def networks(self) -> bool:
        return self.shape == Shape.CONSTELLATION

    @property
    def one(self) -> str:
        return self.inputs.model.words.one

    def name(self, table: Table) -> str:
        if self.networks:
            return f"{table.centre.person.name}’s {self.one}"
        return f"{self.one.capitalize()} {table.number}" if self.shape == Shape.GROUPS else f"This {self.one}"

    def tables_of(self, person: int) -> list[Table]:
        return [table for table in self.tables if person in table.ids]

    def free(self, person: Entrant) -> int:
        """In how many more matches somebody could be: of a track that is published its open offers count, too."""
        places = person.places if self.published else person.free
        return places - self.load[person.enrolment_id]

    def part(self, centre: Entrant, helper: Entrant) -> str:
        """What a helper would be to somebody; "" where their levels make them nothing to each other."""
        row, column = self.inputs.taker_row[centre.enrolment_id], self.inputs.giver_column.get(helper.enrolment_id)
        if column is None:
            return ""
        gap, known = self.around.gap
        equal = not known[row, column] or -1000 <= gap[row, column] <= 0
        fits = self.around.mentors[column] or self.around.near[row, column] or equal
        return self.around.kinds[self.around.kind[row, column]] if fits else ""

    def parts(self, members: Sequence[Entrant]) -> dict[int, str]:
        """What each helper of a network is; nothing in other shapes."""
        if not self.networks or not members:
            return {}
        return {each.enrolment_id: self.part(members[0], each) for each in members[1:]}

    def score(self, members: Sequence[Entrant]) -> int:
        """The points of these people together, whatever forbids them."""
        row, points = self.company.row, self.company.scores.points
        cells = ((row[a.enrolment_id], row[b.enrolment_id]) for a, b in pairs_within(self.inputs, members))
        return sum(int(points[cell]) for cell in cells)

    # --- what stands against a match of these people -------------------------------------

    def verdict(self, table: Table | None, members: Sequence[Entrant]) -> Verdict:
        """Of these people, in order, in the place of `table`, or as a new match."""
        if not members:
            return Verdict(0)
        hard = self._size_problem(table, members) or self._twice(members) or self._apart(members)
        blocked, rules = self._between(table, members)
        return Verdict(self.score(members), hard or blocked, rules)

    def _twice(self, members: Sequence[Entrant]) -> str:
        humans = Counter(each.user_id for each in members)
        both = next((each for each in members if humans[each.user_id] > 1), None)
        return f"{both.name} cannot be matched with themselves." if both else ""

    def _apart(self, members: Sequence[Entrant]) -> str:
        """Two helpers of a network who are to be kept apart; elsewhere these are found pair by pair."""
        if not self.networks:
            return ""
        apart = self.inputs.apart
        pairs = ((a, b) for at, a in enumerate(members) for b in members[at + 1 :])
        found = next(((a, b) for a, b in pairs if frozenset({a.enrolment_id, b.enrolment_id}) in apart), None)
        return self.company.blocked(*found).hard if found else ""

    def _between(self, table: Table | None, members: Sequence[Entrant]) -> tuple[str, str]:
        """What stands between each two: on a draft everybody, elsewhere only those who come in."""
        known = table.ids if table and (self.published or table.excused) else frozenset()
        row, allowed = self.company.row, self.company.scores.allowed
        pairs = [
            (a, b)
            for a, b in pairs_within(self.inputs, members)
            if not allowed[row[a.enrolment_id], row[b.enrolment_id]] and not {a.enrolment_id, b.enrolment_id} <= known
        ]
        found = [(a, b, self.company.blocked(a, b)) for a, b in pairs]
        hard = next((blocked.hard for _, _, blocked in found if blocked.hard), "")
        return hard, self._in_words([(a, b, blocked.named) for a, b, blocked in found])

    def _in_words(self, found: Sequence[tuple[Entrant, Entrant, str]]) -> str:
        if not found:
            return ""
        one, other, rule = found[0]
        more = len(found) - 1
        also = f" The same goes for {more} more {'pair' if more == 1 else 'pairs'}." if more else ""
        keep = "keep" if "” and “" in rule else "keeps"
        return f"{rule or 'A rule'} {keep} {one.name} and {other.name} apart.{also}"

    def _size_problem(self, table: Table | None, members: Sequence[Entrant]) -> str:
        name = self.name(table) if table else f"A {self.one}"
        if self.networks:
            return self._network_problem(name, members)
        if self.shape == Shape.SLOTS:
            return ""
        mentors = sum(each.role == Role.MENTOR for each in members)
        count, room, before = len(members) - mentors, self.room, len(table.members) if table else 0
        if count > room.most:
            return f"{name} is full: at most {room.most}."
        if count < room.least and not (self.published and len(members) > before):
            return f"{name} would have {count}, and needs at least {room.least}."
        if mentors > room.leaders_most:
            return f"{name} has no seat for another mentor."
        if mentors < room.leaders_least:
            return f"{name} would be without the mentor it needs."
        return ""

    def _network_problem(self, name: str, members: Sequence[Entrant]) -> str:
        centre, helpers, size = members[0], members[1:], self.inputs.model.size
        network = self.inputs.model.network
        mix: Mapping[str, int] = network.mix if network else {}
        parts = self.parts(members)
        stray = next((each for each in helpers if not parts[each.enrolment_id]), None)
        if stray is not None:
            return f"{stray.name} is on no level from which to help {centre.name}."
        counted = Counter(parts.values())
        over = next((part for part in mix if counted[part] > mix[part]), None)
        if over is not None:
            return f"{name} has room for {mix[over]} {PARTS[over]}{'' if mix[over] == 1 else 's'}."
        if len(members) < size.least and (not self.published or len(members) <= len(self._before(centre))):
            return f"{name} would have {len(helpers)}, and needs at least {size.least - 1} around {centre.name}."
        mentors = sum(each.role == Role.MENTOR for each in helpers)
        return f"{name} would be without the mentor it needs." if mentors < size.mentors_least else ""

    def _before(self, centre: Entrant) -> tuple[Entrant, ...]:
        """The network around somebody as it stands: of a track that is published it may be small, but not shrink."""
        standing = (table.members for table in self.tables if table.centre is centre)
        return next(standing, (centre,) * self.inputs.model.size.least)

    # --- a change ------------------------------------------------------------------------

    def after(self, sits: Sequence[Sit], together: Sequence[int] = ()) -> list[After]:
        """The matches that a change touches, as they would be; `together` are people of a new match.

        Nothing is refused here: what stands against it is in the verdicts, the first of which also says what is wrong
        with the change as a whole.
        """
        named = {sit.person for sit in sits} | set(together)
        pks = list(dict.fromkeys(pk for sit in sits for pk in (sit.joins, sit.leaves) if pk))
        if not named <= set(self.people) or not set(pks) <= set(self.by_pk):
            return [After(None, (), Verdict(0, GONE))]
        wrong = self._wrong([self.by_pk[pk] for pk in pks], sits, together)
        found = [self._table_after(self.by_pk[pk], sits) for pk in pks]
        if together:
            members = in_order(self.people[each] for each in together)
            found.insert(0, After(None, members, self.verdict(None, members)))
        if wrong:
            first = found[0]
            found[0] = After(first.table, first.members, Verdict(first.verdict.score, wrong))
        return found

    def _table_after(self, table: Table, sits: Sequence[Sit]) -> After:
        left = {sit.person for sit in sits if sit.leaves == table.pk}
        joined = [self.people[sit.person] for sit in sits if sit.joins == table.pk]
        members = in_order([*(each for each in table.members if each.enrolment_id not in left), *joined])
        if self.networks and table.centre.enrolment_id in left:
            members = ()
        return After(table, members, self.verdict(table, members))

    def _wrong(self, tables: Sequence[Table], sits: Sequence[Sit], together: Sequence[int]) -> str:
        locked = next((table for table in tables if table.locked), None)
        if locked is not None:
            return f"{self.name(locked)} is locked. Unlock it first."
        if any(table.strangers for table in tables) and not self.published:
            return GONE
        return self._misplaced(sits) or self._crowded(sits, together)

    def _misplaced(self, sits: Sequence[Sit]) -> str:
        for sit in sits:
            name = self.people[sit.person].name
            if sit.leaves and sit.person not in self.by_pk[sit.leaves].ids:
                return f"{name} is not in {self.name(self.by_pk[sit.leaves])} any more."
            if sit.joins and sit.person in self.by_pk[sit.joins].ids:
                return f"{name} is in {self.name(self.by_pk[sit.joins])} already."
            if sit.joins and sit.person in self.by_pk[sit.joins].past:
                return f"{name} was in {self.name(self.by_pk[sit.joins])} and has left it."
            if sit.joins and self.networks and self.people[sit.person].role == Role.MENTEE:
                return f"{name} cannot be in somebody else’s {self.one}."
            if sit.leaves and sit.person in self.by_pk[sit.leaves].settled:
                return f"{name} has said yes and does not move."
        return ""

    def _crowded(self, sits: Iterable[Sit], together: Collection[int]) -> str:
        """Somebody who would be in more matches than they have places for."""
        more = Counter(sit.person for sit in sits if sit.joins)
        more.update(together)
        more.subtract(sit.person for sit in sits if sit.leaves)
        crowded = (self.people[each] for each, count in more.items() if count > max(0, self.free(self.people[each])))
        full = next(crowded, None)
        return f"{full.name} has no free place left." if full else ""


def seating_in(proposal: Proposal, inputs: Inputs | None = None) -> Seating:
    """The matches of a draft over the people as they are now; one query more than the inputs of a run."""
    seats = list(_seats(with_the_one_before(proposal)))
    before = [(seat.match_id, seat.enrolment_id, seat.match.shares) for seat in seats if not _is_of(seat, proposal)]
    inputs = inputs or inputs_for(proposal, made=exceptions_among(before))
    return Seating(inputs, _tables(inputs, [seat for seat in seats if _is_of(seat, proposal)]))


def _seats(which: Q) -> QuerySet[Seat]:
    return Seat.objects.filter(which).select_related("match").order_by("match__number", "match_id", "pk")


def _is_of(seat: Seat, proposal: Proposal) -> bool:
    return seat.match.proposal_id == proposal.pk


def seating_on(track: Track, now: datetime) -> Seating | None:
    """What is offered and on in a track. None where nothing is published yet; two queries more than the inputs."""
    published = (
        Proposal.objects.filter(track=track, state=Proposal.State.PUBLISHED).select_related("track__plan").first()
    )
    if published is None:
        return None
    published.track.program = track.program
    inputs = inputs_of(published.track, capacity=published.capacity, objective=published.objective, now=now)
    live = Q(match__track=track, match__state__in=Match.LIVE)
    return Seating(inputs, _tables(inputs, _seats(live)), published)


def _tables(inputs: Inputs, taken: Iterable[Seat]) -> tuple[Table, ...]:
    """A table for each match of these seats, which come match by match."""
    people = {each.enrolment_id: each for each in (*inputs.takers, *inputs.givers)}
    found = []
    for _, group in groupby(taken, key=lambda seat: seat.match_id):
        around = list(group)
        match = around[0].match
        seats = [seat for seat in around if seat.left_at is None]
        past = frozenset(seat.enrolment_id for seat in around if seat.left_at)
        members = in_order(people[seat.enrolment_id] for seat in seats if seat.enrolment_id in people)
        settled = frozenset(seat.enrolment_id for seat in seats if seat.answer == Seat.Answer.ACCEPTED)
        table = Table(
            match.pk, match.number, match.score, match.locked and match.state == Match.State.DRAFT, members, settled,
            past, len(seats) - len(members), bool(reason_of(match.shares)), match.starts_at, match.minutes or 0,
            match.state == Match.State.ACTIVE,
        )  # fmt: skip
        if members and (inputs.model.shape != Shape.CONSTELLATION or members[0].role == Role.MENTEE):
            found.append(table)
    return tuple(found)
