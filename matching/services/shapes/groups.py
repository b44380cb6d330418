"""Groups of several: peers among themselves, and circles of mentees around one or two mentors.

People between whom a rule stands are never in one group. The engine divides everybody whom the sizes leave room for;
where rules make that impossible, the groups are mended: those who fit nowhere are left over, each with the reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from matching.criteria import max_points
from matching.errors import CannotMatch
from matching.queries.company import Company, in_order
from matching.queries.inputs import Inputs
from matching.queries.leftover import why_in_no_group
from matching.queries.sizes import Sizes
from matching.services.shapes.mending import mended
from matching.services.shapes.results import Found, Solved, most_of, shares_of
from matching.services.shapes.sizes import limits_of, sizes_for

if TYPE_CHECKING:
    from matching.engine import Grouping

Group = tuple[int, ...]
# How the bound is known, the weakest first.
PROOFS = {
    "mended": "Rules left no way to place everybody the sizes have room for; the bound is everybody with the people "
    "they would do best with.",
    "degrees": "The bound is everybody with the people they would do best with.",
    "prices": "The bound comes from prices for every person, over all groups that could be formed.",
    "all partitions": "Every way to divide these people was tried.",
}


@dataclass(frozen=True)
class Part:
    """The groups of people who have nothing to do with the rest: rules stand between them and everybody else."""

    groups: tuple[Group, ...]
    possible: int
    bound: int
    optimal: bool
    method: str


def groups(inputs: Inputs, fixed: Sequence[Sequence[int]], previous: Sequence[Sequence[int]]) -> Solved:
    """Divide everybody who is free into groups. Raises CannotMatch where there are too few, or locks cannot be kept."""
    del previous  # equal choices fall by the addresses, so the same people meet again anyway
    company, limits = Company(inputs), limits_of(inputs)
    free = [row for row, person in enumerate(company.people) if person.free > 0]
    _enough(company, free, limits)
    together = [tuple(company.row[each] for each in members) for members in fixed]
    parts = [_solved(company, people, together) for people in _parts(company, free)]
    made = [group for part in parts for group in part.groups]
    matches = [_found(company, group) for group in made]
    return Solved(
        matches=matches,
        placed=sum(_members(company, group) for group in made),
        possible=sum(part.possible for part in parts),
        total=sum(match.score for match in matches),
        bound=sum(part.bound for part in parts),
        optimal=all(part.optimal for part in parts),
        max_points=max_points(inputs.rules),
        left_over=why_in_no_group(company, made, (limits.least, limits.most)),
        proof=_proof(parts),
    )


def _enough(company: Company, free: Iterable[int], limits: Sizes) -> None:
    leads = _leads(company)
    members = sum(not leads[row] for row in free)
    if members < limits.least:
        one, who = company.inputs.model.words.one, "people" if company.inputs.peers else "mentees"
        raise CannotMatch(f"A {one} needs at least {limits.least} {who}; {members} {_have(members)} no place in one.")


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _leads(company: Company) -> list[bool]:
    """Who leads rather than takes part: everybody on the giving side."""
    takers = len(company.inputs.takers)
    return [row >= takers for row in range(len(company.people))]


def _members(company: Company, group: Group) -> int:
    return sum(not _leads(company)[row] for row in group)


def _parts(company: Company, free: Sequence[int]) -> list[list[int]]:
    """People whom rules connect, directly or through others."""
    allowed, left, found = company.scores.allowed, set(free), []
    for start in free:
        if start not in left:
            continue
        reached = {start}
        edge = reached
        while edge:
            near = np.flatnonzero(allowed[sorted(edge)].any(axis=0))
            edge = (set(near.tolist()) & left) - reached
            reached = reached | edge
        left -= reached
        found.append(sorted(reached))
    return found


def _solved(company: Company, people: Sequence[int], together: Sequence[Group]) -> Part:
    leads = _leads(company)
    members, leaders = [row for row in people if not leads[row]], [row for row in people if leads[row]]
    sizes = sizes_for(company.inputs, len(members), len(leaders))
    room = sizes.room(len(members), len(leaders))
    if not room:
        return Part((), 0, 0, True, "all partitions")
    inside = [group for group in together if set(group) <= set(people)]
    result = _asked(company, people, sizes, inside)
    if result is not None and not result.broken:
        made = tuple(tuple(people[at] for at in group) for group in result.groups)
        return Part(made, room, int(result.bound), bool(result.optimal), result.method)
    start = [tuple(people[at] for at in group) for group in result.groups] if result else []
    made = tuple(mended(company.scores, start, members, leaders, limits_of(company.inputs), inside))
    if not all(any(set(locked) <= set(group) for group in made) for locked in inside):
        raise CannotMatch("The locked groups cannot all stay. Unlock one of them first.")
    return Part(made, room, _best_partners(company, members, leaders, sizes), False, "mended")


def _asked(company: Company, people: Sequence[int], sizes: Sizes, together: Sequence[Group]) -> "Grouping | None":
    """The engine's groups; None where it knows that not everybody there is room for can be placed."""
    from matching import engine  # noqa: PLC0415  two seconds and 80 MB that only a run needs

    at = {row: number for number, row in enumerate(people)}
    leads = _leads(company)
    scores, allowed = (table[np.ix_(people, people)] for table in (company.scores.points, company.scores.allowed))
    leaders = tuple(number for number, row in enumerate(people) if leads[row])
    seats = engine.Seats(leaders, sizes.leaders_least, sizes.leaders_most) if sizes.leaders_least else None
    try:
        return engine.group(
            np.where(allowed, scores, 0),
            size=(sizes.least, sizes.most),
            seats=seats,
            apart=np.argwhere(np.triu(~allowed, 1)).tolist(),
            together=[(at[one], at[other]) for group in together for one, other in combinations(group, 2)],
            ids=[f"{company.people[row].email} {company.people[row].role}" for row in people],
        )
    except engine.Infeasible as error:
        if error.rule == "groups":
            return None
        raise CannotMatch(f"The locked groups cannot all stay: {error}") from error


def _best_partners(company: Company, members: Sequence[int], leaders: Sequence[int], sizes: Sizes) -> int:
    """A bound that always holds: everybody with as many of their best partners as a group has room for."""
    people = [*members, *leaders]
    scores, allowed = (table[np.ix_(people, people)] for table in (company.scores.points, company.scores.allowed))
    others = max(1, sizes.most + sizes.leaders_most - 1)
    best = -np.sort(-np.where(allowed, np.maximum(scores, 0), 0), axis=1)[:, :others]
    return int(best.sum()) // 2


def _found(company: Company, group: Group) -> Found:
    members = in_order(company.people[row] for row in group)
    score = sum(int(company.scores.points[a, b]) for a, b in combinations(group, 2))
    return Found(members, score, shares_of(company.inputs, *members), most_of(company.inputs, *members))


def _proof(parts: Sequence[Part]) -> str:
    methods = {part.method for part in parts if part.groups or part.possible}
    return next((words for method, words in PROOFS.items() if method in methods), "")
