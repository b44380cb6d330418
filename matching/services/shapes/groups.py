"""Groups of several: peers among themselves, and circles of mentees around one or two mentors.

People between whom a rule stands are never in one group. The engine divides everybody whom the sizes leave room for;
where rules make that impossible, the groups are mended: those who fit nowhere are left over, each with the reason.
Mended groups are the same for every aim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from matching.criteria import max_points
from matching.errors import CannotMatch
from matching.queries.company import Company, in_order
from matching.queries.inputs import Inputs
from matching.queries.leftover import why_in_no_group
from matching.queries.sizes import Sizes
from matching.services.shapes.aims import Outcome, aims
from matching.services.shapes.mending import mended
from matching.services.shapes.results import Found, Solved, most_of, shares_of
from matching.services.shapes.sizes import limits_of, sizes_for

if TYPE_CHECKING:
    from matching.engine import Grouping
    from matching.engine.grouping.problem import GroupObjective

Group = tuple[int, ...]
AIMS = ("floor", "cover", "score")
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
    """The groups of people who have nothing to do with the rest: rules stand between them and everybody else.

    `lowest` is the lowest group's score for each pair of its people; None where there is no group, or where it was
    mended and no aim could raise it.
    """

    groups: tuple[Group, ...]
    possible: int
    bound: int
    optimal: bool
    method: str
    lowest: float | None = None


@dataclass
class Section:
    """One such part of the people, and what each aim makes of it; "cover" is solved once for all of them."""

    company: Company
    people: Sequence[int]
    together: Sequence[Group]
    found: dict[str, Part] = field(default_factory=dict)

    def part(self, aim: str) -> Part:
        if aim not in self.found:
            self.found[aim] = self._part(aim)
        return self.found[aim]

    @cached_property
    def leads(self) -> list[bool]:
        return _leads(self.company)

    @cached_property
    def members(self) -> list[int]:
        return [row for row in self.people if not self.leads[row]]

    @cached_property
    def leaders(self) -> list[int]:
        return [row for row in self.people if self.leads[row]]

    @cached_property
    def sizes(self) -> Sizes:
        return sizes_for(self.company.inputs, len(self.members), len(self.leaders))

    @cached_property
    def inside(self) -> list[Group]:
        return [group for group in self.together if set(group) <= set(self.people)]

    @cached_property
    def best(self) -> "Grouping | None":
        """The groups of the best total; their bound is sharpened only where a run aims at them."""
        return _asked(self, "cover", prove=self.company.inputs.objective != "score")

    def _part(self, aim: str) -> Part:
        room = self.sizes.room(len(self.members), len(self.leaders))
        if not room:
            return Part((), 0, 0, True, "all partitions")
        result = self._result(aim)
        if result is None or result.broken:
            return self._mended(room)
        made = tuple(tuple(self.people[at] for at in group) for group in result.groups)
        return Part(made, room, int(result.bound), bool(result.optimal), result.method, result.floor)

    def _result(self, aim: str) -> "Grouping | None":
        from matching import engine  # noqa: PLC0415  two seconds and 80 MB that only a run needs

        if aim == "score" == self.company.inputs.objective:
            return _asked(self, "score", prove=True)
        if aim == "cover" or self.best is None or self.best.broken:
            return self.best
        return engine.raise_floor(self.best) if aim == "floor" else engine.loosen(self.best)

    def _mended(self, room: int) -> Part:
        if "mended" in self.found:
            return self.found["mended"]
        start = [tuple(self.people[at] for at in group) for group in self.best.groups] if self.best else []
        inputs = self.company.inputs
        made = mended(self.company.scores, start, self.members, self.leaders, limits_of(inputs), self.inside)
        if not all(any(set(locked) <= set(group) for group in made) for locked in self.inside):
            raise CannotMatch("The locked groups cannot all stay. Unlock one of them first.")
        bound = _best_partners(self.company, self.members, self.leaders, self.sizes)
        return self.found.setdefault("mended", Part(tuple(made), room, bound, False, "mended"))


def groups(inputs: Inputs, fixed: Sequence[Sequence[int]], previous: Sequence[Sequence[int]]) -> Solved:
    """Divide everybody who is free into groups. Raises CannotMatch where there are too few, or locks cannot be kept."""
    del previous  # equal choices fall by the addresses, so the same people meet again anyway
    company, limits = Company(inputs), limits_of(inputs)
    free = [row for row, person in enumerate(company.people) if person.free > 0]
    _enough(company, free, limits)
    together = [tuple(company.row[each] for each in members) for members in fixed]
    sections = [Section(company, people, together) for people in _sections(company, free)]
    parts = _parts(sections, inputs.objective)
    made = [group for part in parts for group in part.groups]
    chosen = _outcome(company, parts)
    return Solved(
        matches=[_found(company, group) for group in made],
        placed=chosen.placed,
        possible=sum(part.possible for part in parts),
        total=chosen.total,
        bound=sum(part.bound for part in parts),
        optimal=chosen.optimal,
        max_points=max_points(inputs.rules),
        left_over=why_in_no_group(company, made, (limits.least, limits.most)),
        proof=_proof(parts),
        aims=aims(inputs, chosen, AIMS, lambda aim: _outcome(company, _parts(sections, aim)), _price(sections, inputs)),
    )


def _parts(sections: Sequence[Section], aim: str) -> list[Part]:
    """What each part of the people comes to; for "floor" only those are raised that would be below the others."""
    parts = [section.part(aim) for section in sections]
    lowest = min((part.lowest for part in parts if part.lowest is not None), default=None)
    if aim != "floor" or lowest is None:
        return parts
    return [_above(part, section, lowest) for part, section in zip(parts, sections, strict=True)]


def _above(raised: Part, section: Section, lowest: float) -> Part:
    """The best total of a part that is not the lowest anyway; `raised` where its lowest group had to be raised."""
    if raised.lowest is None:
        return raised
    best = section.part("cover")
    if best.lowest is None or best.lowest < lowest:
        return replace(raised, optimal=raised.optimal and raised.lowest == lowest)
    proven = raised.optimal if raised.lowest == lowest else best.optimal
    return replace(best, optimal=proven and best.optimal)


def _price(sections: Sequence[Section], inputs: Inputs) -> float | None:
    """Points that the floor costs against the best total."""
    if inputs.objective != "floor":
        return None
    company = Company(inputs)
    return _outcome(company, _parts(sections, "cover")).total - _outcome(company, _parts(sections, "floor")).total


def _outcome(company: Company, parts: Sequence[Part]) -> Outcome:
    """Of groups of different sizes the lowest is that with the fewest points for each pair of its people."""
    made = [group for part in parts for group in part.groups]
    scores = [(_worth(company, group), len(group) * (len(group) - 1) // 2) for group in made]
    lowest = min((score / pairs for score, pairs in scores if pairs), default=None)
    return Outcome(
        placed=sum(_members(company, group) for group in made),
        total=sum(score for score, _ in scores),
        lowest=None if lowest is None else round(lowest, 1),
        optimal=all(part.optimal for part in parts),
        lowest_of="pair in a group",
    )


def _worth(company: Company, group: Group) -> int:
    return sum(int(company.scores.points[a, b]) for a, b in combinations(group, 2))


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


def _sections(company: Company, free: Sequence[int]) -> list[list[int]]:
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


def _asked(section: Section, aim: "GroupObjective", *, prove: bool) -> "Grouping | None":
    """The engine's groups; None where it knows that not everybody there is room for can be placed."""
    from matching import engine  # noqa: PLC0415  as above

    company, people, sizes = section.company, section.people, section.sizes
    at = {row: number for number, row in enumerate(people)}
    scores, allowed = (table[np.ix_(people, people)] for table in (company.scores.points, company.scores.allowed))
    leaders = tuple(number for number, row in enumerate(people) if section.leads[row])
    seats = engine.Seats(leaders, sizes.leaders_least, sizes.leaders_most) if sizes.leaders_least else None
    try:
        return engine.group(
            np.where(allowed, scores, 0),
            size=(sizes.least, sizes.most),
            seats=seats,
            apart=np.argwhere(np.triu(~allowed, 1)).tolist(),
            together=[(at[one], at[other]) for group in section.inside for one, other in combinations(group, 2)],
            objective=aim,
            prove=prove and not company.inputs.tried,
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
    score = _worth(company, group)
    return Found(members, score, shares_of(company.inputs, *members), most_of(company.inputs, *members))


def _proof(parts: Sequence[Part]) -> str:
    methods = {part.method for part in parts if part.groups or part.possible}
    return next((words for method, words in PROOFS.items() if method in methods), "")
