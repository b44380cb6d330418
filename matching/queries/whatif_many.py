"""What other weights would change where matches are groups, networks or sessions: figures, and who would move.

The matching itself is run by whoever asks, as only services know how; nothing is stored.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from matching.criteria import InvalidRulesError, validate_rules
from matching.errors import MatchingError
from matching.models import Proposal
from matching.queries.board_rows import percent_of
from matching.queries.company import Company, in_order, pairs_within
from matching.queries.counterparts import counterparts
from matching.queries.inputs import Entrant, Inputs
from matching.queries.seating import Seating, seating_in
from matching.queries.trials import Figures, Load, Moved, Trial, tried_rules
from programs.catalogue.base import Shape
from programs.models import Role

# A run that took longer than this is not waited for on a page; groups are looked at without a proof, up to so many.
MOST_SECONDS, MOST_IN_GROUPS = 6, 300
QUICK = "This was looked at in a few seconds. The run that follows looks longer, and may find {many} that are better."


class Party(Protocol):
    """One match of what was tried."""

    @property
    def members(self) -> tuple[Entrant, ...]: ...
    @property
    def starts_at(self) -> dt.datetime | None: ...


class Result(Protocol):
    @property
    def matches(self) -> Sequence[Party]: ...
    @property
    def optimal(self) -> bool: ...


# Inputs, the locked matches to keep, and those there are now, each as enrolments.
Solve = Callable[[Inputs, Sequence[Sequence[int]], Sequence[Sequence[int]]], Result]


@dataclass(frozen=True)
class Group:
    """One match, before or after. `number` is 0 for one that is new."""

    members: tuple[Entrant, ...]
    number: int = 0
    starts_at: dt.datetime | None = None

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(each.enrolment_id for each in self.members)


def trial_of_many(proposal: Proposal, strengths: Mapping[int, str], objective: str, solve: Solve) -> Trial:
    """Compare a draft with the best there is under other strengths and another aim; locked matches stay.

    `strengths` are of MatchRule.Strength by the rule's number; rules that are not named stay. Raises MatchingError
    where a run takes too long to wait for, with the seconds it took.
    """
    seating = seating_in(proposal)
    _soon_enough(proposal, seating)
    before = [Group(table.members, table.number, table.starts_at) for table in seating.tables]
    inputs = replace(seating.inputs, rules=tried_rules(seating.inputs, strengths), objective=objective, tried=True)
    changed = inputs.rules != seating.inputs.rules or objective != proposal.objective
    saved = _figures(seating.inputs, before)
    locked = [table for table in seating.tables if table.locked]
    nothing = Trial(saved, saved, [], 0, len(locked), changed, nobody=f"no {seating.one}")
    if problem := " ".join(validate_rules(inputs.fields, inputs.rules, peers=inputs.peers)) or _parted(inputs, seating):
        return replace(nothing, problem=problem)
    kept = [[each.enrolment_id for each in table.members] for table in locked]
    present = [[each.enrolment_id for each in group.members] for group in before]
    at = {tuple(each.enrolment_id for each in table.members): table.starts_at for table in locked if table.starts_at}
    try:
        result = solve(replace(inputs, kept_at=at), kept, present)
    except (InvalidRulesError, MatchingError) as error:
        return replace(nothing, problem=str(error))
    after = _named(before, result.matches)
    return replace(
        nothing,
        tried=_figures(inputs, after),
        moved=_moved(seating, before, after),
        people=len(_counted(inputs)),
        note=_note(inputs, result),
    )


def _soon_enough(proposal: Proposal, seating: Seating) -> None:
    people = len(seating.people)
    in_groups = seating.shape == Shape.GROUPS
    if people <= MOST_IN_GROUPS if in_groups else proposal.seconds <= MOST_SECONDS:
        return
    raise MatchingError(
        f"{people:,} people take too long to try this out while you wait: the last run took {proposal.seconds:,.0f} "
        "seconds. Change the rules, run the matching again, and lay the two proposals side by side."
    )


def _note(inputs: Inputs, result: Result) -> str:
    """A run over groups proves how good they are, and betters them by that: here nobody waits for it."""
    searched = inputs.model.shape == Shape.GROUPS and not result.optimal
    return QUICK.format(many=inputs.model.words.many) if searched else ""


def _parted(inputs: Inputs, seating: Seating) -> str:
    """The first locked match in which somebody may not be with somebody by the tried rules, or ""."""
    company = Company(inputs)
    for table in seating.tables:
        pairs = pairs_within(inputs, table.members) if table.locked else []
        if not all(company.scores.allowed[company.row[a.enrolment_id], company.row[b.enrolment_id]] for a, b in pairs):
            name = _name(inputs, Group(table.members, table.number))
            return f"With these weights a rule stands against {name}, which is locked. Unlock it first."
    return ""


def _named(before: Sequence[Group], found: Sequence[Party]) -> list[Group]:
    """The matches that were found, each with the number of the one with which it shares most people."""
    homes = counterparts([group.ids for group in before], [[m.enrolment_id for m in each.members] for each in found])
    return [
        Group(in_order(each.members), before[homes[at]].number if at in homes else 0, each.starts_at)
        for at, each in enumerate(found)
    ]


def _name(inputs: Inputs, group: Group) -> str:
    one = inputs.model.words.one
    if inputs.model.shape == Shape.GROUPS:
        return f"{one.capitalize()} {group.number}" if group.number else f"a new {one}"
    return f"{group.members[0].name}’s {one}"


def _counted(inputs: Inputs) -> list[Entrant]:
    """Who can move: in groups everybody, else those whom the matches are for."""
    return [*Company(inputs).people] if inputs.model.shape == Shape.GROUPS else [*inputs.takers]


def _figures(inputs: Inputs, groups: Sequence[Group]) -> Figures:
    company = Company(inputs)
    scores = tuple(percent_of(_points(company, group), _most(company, group)) for group in groups)
    served = {person for group in groups for person in _served(inputs, group)}
    left = sum(taker.enrolment_id not in served and taker.free > 0 for taker in inputs.takers)
    return Figures(scores, left, _load(inputs, groups))


def _served(inputs: Inputs, group: Group) -> Iterable[int]:
    if inputs.model.shape == Shape.GROUPS:
        return group.ids
    return [group.members[0].enrolment_id]


def _points(company: Company, group: Group) -> int:
    cells = (
        (company.row[one.enrolment_id], company.row[other.enrolment_id])
        for one, other in pairs_within(company.inputs, group.members)
    )
    return sum(int(company.scores.points[cell]) for cell in cells)


def _most(company: Company, group: Group) -> int:
    return sum(company.most(*pair) for pair in pairs_within(company.inputs, group.members))


def _load(inputs: Inputs, groups: Sequence[Group]) -> tuple[Load, ...]:
    """How the work is shared out: the sizes of groups; who of those that give has none, and the most that one has."""
    words, held = inputs.model.words, Counter(person for group in groups for person in group.ids)
    if inputs.model.shape == Shape.GROUPS:
        sizes = [len(group.members) for group in groups]
        least, most = min(sizes, default=0), max(sizes, default=0)
        of_groups = (Load(f"Smallest {words.one}", least), Load(f"Largest {words.one}", most))
        idle = Load(f"Mentors without a {words.one}", _idle(inputs, held), good=False)
        return of_groups if inputs.peers else (*of_groups, idle)
    networks = inputs.model.shape == Shape.CONSTELLATION
    who = "Helpers" if networks else "Mentors"
    most = max((held[giver.enrolment_id] for giver in inputs.givers), default=0)
    seats = (Load("Helpers in all", sum(held[g.enrolment_id] for g in inputs.givers), good=True),) if networks else ()
    return (
        *seats,
        Load(f"{who} without a {words.one}", _idle(inputs, held), good=False),
        Load(f"Most {words.many} with one {who[:-1].lower()}", most, good=False),
    )


def _idle(inputs: Inputs, held: Mapping[int, int]) -> int:
    return sum(not held.get(giver.enrolment_id) and giver.free > 0 for giver in inputs.givers)


def _moved(seating: Seating, before: Sequence[Group], after: Sequence[Group]) -> list[Moved]:
    told = {Shape.GROUPS: _to_groups, Shape.CONSTELLATION: _to_helpers}.get(seating.shape, _to_sessions)
    found = told(seating.inputs, before, after)
    return sorted(found, key=lambda each: each.name.casefold())


def _to_groups(inputs: Inputs, before: Sequence[Group], after: Sequence[Group]) -> list[Moved]:
    was = {person: group for group in before for person in group.ids}
    will = {person: group for group in after for person in group.ids}
    return [
        Moved(each.name, _where(inputs, was.get(each.enrolment_id)), _where(inputs, will.get(each.enrolment_id)))
        for each in _counted(inputs)
        if _number(was.get(each.enrolment_id)) != _number(will.get(each.enrolment_id))
    ]


def _where(inputs: Inputs, group: Group | None) -> str:
    return _name(inputs, group) if group else ""


def _number(group: Group | None) -> int | None:
    """None for nowhere; every new group is another place than any there was."""
    return group.number if group else None


def _to_helpers(inputs: Inputs, before: Sequence[Group], after: Sequence[Group]) -> list[Moved]:
    was, will = _helpers(before), _helpers(after)
    people = {each.enrolment_id: each.name for each in inputs.givers}
    return [
        Moved(
            each.name, _names(people, was.get(each.enrolment_id, ())), _names(people, will.get(each.enrolment_id, ()))
        )
        for each in inputs.takers
        if was.get(each.enrolment_id) != will.get(each.enrolment_id)
    ]


def _helpers(groups: Iterable[Group]) -> dict[int, frozenset[int]]:
    return {g.members[0].enrolment_id: g.ids - {g.members[0].enrolment_id} for g in groups}


def _names(people: Mapping[int, str], some: Iterable[int]) -> str:
    return ", ".join(sorted((people[each] for each in some), key=str.casefold))


def _to_sessions(inputs: Inputs, before: Sequence[Group], after: Sequence[Group]) -> list[Moved]:
    was, will = ({g.members[0].enrolment_id: g for g in groups} for groups in (before, after))
    found = []
    for each in inputs.takers:
        one, other = was.get(each.enrolment_id), will.get(each.enrolment_id)
        if _session(one) != _session(other):
            found.append(Moved(each.name, _helper(one), _helper(other), _start(one), _start(other)))
    return found


def _session(group: Group | None) -> tuple[frozenset[int], dt.datetime | None]:
    return (group.ids, group.starts_at) if group else (frozenset(), None)


def _helper(group: Group | None) -> str:
    return ", ".join(each.name for each in group.members if each.role == Role.MENTOR) if group else ""


def _start(group: Group | None) -> dt.datetime | None:
    return group.starts_at if group else None
