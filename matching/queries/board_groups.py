"""Moving one person of a draft to another group: what every group would score then, and which have room."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from matching.models import Match, Proposal, Seat
from matching.queries.company import Company, in_order, pairs_within
from matching.queries.inputs import Entrant, Inputs, inputs_for
from matching.queries.sizes import Sizes, sizes_of
from programs.catalogue.base import Shape
from programs.models import Role


@dataclass(frozen=True)
class Group:
    match_id: int
    number: int
    score: int
    locked: bool
    members: tuple[Entrant, ...]


@dataclass(frozen=True)
class GroupOption:
    """One group to go to. `after` and `left` are the scores of that group and of the one left behind; None where a
    rule or the size stands against it, which `problem` says.
    """

    group: Group
    name: str
    after: int | None
    left: int | None
    gain: int
    problem: str = ""


@dataclass(frozen=True)
class Grouped:
    """The groups of a draft over the people as they are now."""

    inputs: Inputs
    groups: tuple[Group, ...]

    @cached_property
    def company(self) -> Company:
        return Company(self.inputs)

    @cached_property
    def room(self) -> Sizes:
        return sizes_of(self.inputs)

    @property
    def one(self) -> str:
        return self.inputs.model.words.one

    def name(self, group: Group) -> str:
        return f"{self.one.capitalize()} {group.number}"

    def group_of(self, person: int) -> Group | None:
        return next((g for g in self.groups if any(m.enrolment_id == person for m in g.members)), None)

    def worth(self, members: Iterable[Entrant]) -> int | None:
        """The points of these people together; None where somebody is kept apart from somebody."""
        rows = [
            (self.company.row[a.enrolment_id], self.company.row[b.enrolment_id])
            for a, b in pairs_within(self.inputs, in_order(members))
        ]
        if not all(self.company.scores.allowed[row] for row in rows):
            return None
        return sum(int(self.company.scores.points[row]) for row in rows)

    def size_problem(self, group: Group, members: Iterable[Entrant]) -> str:
        """Why a group of these people would be too large or too small, or ""."""
        here = list(members)
        mentors = sum(each.role == Role.MENTOR for each in here)
        count, room, name = len(here) - mentors, self.room, self.name(group)
        if count > room.most:
            return f"{name} is full: at most {room.most}."
        if count < room.least:
            return f"{name} would have {count}, and needs at least {room.least}."
        if mentors > room.leaders_most:
            return f"{name} has no seat for another mentor."
        if mentors < room.leaders_least:
            return f"{name} would be without the mentor it needs."
        return ""


def grouped_in(proposal: Proposal) -> Grouped:
    """One query more than the inputs of a run."""
    inputs = inputs_for(proposal)
    people = {each.enrolment_id: each for each in (*inputs.takers, *inputs.givers)}
    members: dict[int, list[Entrant]] = {}
    matches: dict[int, Match] = {}
    for seat in Seat.objects.filter(match__proposal=proposal).select_related("match").order_by("pk"):
        matches[seat.match_id] = seat.match
        if seat.enrolment_id in people:
            members.setdefault(seat.match_id, []).append(people[seat.enrolment_id])
    found = (Group(pk, m.number, m.score, m.locked, tuple(members.get(pk, ()))) for pk, m in matches.items())
    return Grouped(inputs, tuple(sorted(found, key=lambda group: (group.number, group.match_id))))


@dataclass(frozen=True)
class GroupPage:
    """One person of a track of groups: where they are, and every other group with the scores after a move."""

    person: Entrant
    here: Group | None
    here_name: str
    options: list[GroupOption]
    one: str


def group_page(proposal: Proposal, person: int) -> GroupPage | None:
    """None for somebody who does not take part, and in tracks whose matches are no groups."""
    grouped = grouped_in(proposal)
    if grouped.inputs.model.shape != Shape.GROUPS or person not in grouped.company.row:
        return None
    entrant = grouped.company.people[grouped.company.row[person]]
    here = grouped.group_of(person)
    others = [_option(grouped, entrant, here, group) for group in grouped.groups if group is not here]
    ranked = sorted(others, key=lambda each: (each.after is None, bool(each.problem), -each.gain, each.group.number))
    return GroupPage(entrant, here, grouped.name(here) if here else "", ranked, grouped.one)


def _option(grouped: Grouped, person: Entrant, here: Group | None, there: Group) -> GroupOption:
    rest = [each for each in here.members if each is not person] if here else []
    joined = (*there.members, person)
    after, left = grouped.worth(joined), grouped.worth(rest) if rest else 0
    problem = _problem(grouped, here, there, rest, joined, allowed=after is not None)
    gain = (after or 0) + (left or 0) - there.score - (here.score if here else 0)
    return GroupOption(there, grouped.name(there), after, left, gain, problem)


def _kept_apart(grouped: Grouped, members: tuple[Entrant, ...]) -> str:
    """The first two, and how many pairs more."""
    rows = [(a, b) for a, b in pairs_within(grouped.inputs, in_order(members)) if grouped.worth((a, b)) is None]
    first = f"{rows[0][0].name} and {rows[0][1].name}"
    more = len(rows) - 1
    return first if not more else f"{first}, and {more} more {'pair' if more == 1 else 'pairs'},"


def _problem(
    grouped: Grouped,
    here: Group | None,
    there: Group,
    rest: list[Entrant],
    joined: tuple[Entrant, ...],
    *,
    allowed: bool,
) -> str:
    if there.locked or (here and here.locked):
        locked = there if there.locked or here is None else here
        return f"{grouped.name(locked)} is locked."
    if not allowed:
        return f"The rules keep {_kept_apart(grouped, joined)} apart."
    too_small = grouped.size_problem(here, rest) if here else ""
    return grouped.size_problem(there, joined) or too_small
