"""People as one match sees them together: who may sit with whom, what each two are worth, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from matching.criteria import Rule, Scores, Share, explain, explain_peers, max_points, score_peers, validate_rules
from matching.criteria.model import BoolArray, IntArray
from matching.queries.between import Blocked, blocked_between
from matching.queries.inputs import Entrant, Inputs
from programs.catalogue.base import Shape
from programs.models import Role

Pair = tuple[Entrant, Entrant]


def equal_rules(inputs: Inputs) -> tuple[Rule, ...]:
    """The rules of a track with two sides that also work between two mentees, or two mentors: those about one and
    the same question to both, in which nobody stands above the other."""
    if inputs.peers:
        return inputs.rules
    same = [rule for rule in inputs.rules if rule.taker_field == rule.giver_field and rule.condition is None]
    return tuple(rule for rule in same if not validate_rules(inputs.fields, [rule], peers=True))


@dataclass(frozen=True)
class Company:
    """Everybody of a track in one square table, takers first. In tracks of peers it is their own table."""

    inputs: Inputs

    @cached_property
    def people(self) -> tuple[Entrant, ...]:
        return self.inputs.takers if self.inputs.peers else (*self.inputs.takers, *self.inputs.givers)

    @cached_property
    def row(self) -> dict[int, int]:
        return {entrant.enrolment_id: row for row, entrant in enumerate(self.people)}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return equal_rules(self.inputs)

    @cached_property
    def scores(self) -> Scores:
        """Symmetric points and permission of each two. Two mentors earn nothing together; what forbids, forbids."""
        if self.inputs.peers:
            return self.inputs.scores
        takers, size = len(self.inputs.takers), len(self.people)
        points, allowed = np.zeros((size, size), dtype=np.int64), np.zeros((size, size), dtype=np.bool_)
        self._put_sides(points, allowed, takers)
        for part in (slice(0, takers), slice(takers, size)):
            among = score_peers([each.person for each in self.people[part]], self.inputs.fields, self.rules)
            points[part, part] = among.points if part.start == 0 else 0
            allowed[part, part] = among.allowed
        self._bar(allowed)
        return Scores(points, allowed)

    def _put_sides(self, points: IntArray, allowed: BoolArray, takers: int) -> None:
        sides = self.inputs.scores
        points[:takers, takers:], points[takers:, :takers] = sides.points, sides.points.T
        allowed[:takers, takers:], allowed[takers:, :takers] = sides.allowed, sides.allowed.T

    def _bar(self, allowed: BoolArray) -> None:
        """What a coordinator has put together with a reason is allowed, unless more than a rule keeps it apart."""
        together = [(people, True) for people in self.inputs.made]
        separate = [(people, False) for people in (*self.inputs.barred, *self.inputs.apart)]
        for people, may in (*together, *separate):
            rows = [self.row[each] for each in people if each in self.row]
            for one, other in combinations(rows, 2):
                allowed[one, other] = allowed[other, one] = may

    def blocked(self, one: Entrant, other: Entrant) -> Blocked:
        """What stands between two people of one group, also where both are on the same side."""
        if not self.inputs.peers and one.role != other.role:
            taker, giver = sorted((one, other), key=lambda each: each.role != Role.MENTEE)
            return blocked_between(self.inputs, taker, giver)
        return blocked_between(self.inputs, one, other, rules=self.rules)

    def most(self, one: Entrant, other: Entrant) -> int:
        """The most points that two people of these roles can have together."""
        if self.inputs.peers or one.role != other.role:
            return max_points(self.inputs.rules)
        return 0 if one.role == Role.MENTOR else max_points(self.rules)

    def shares(self, one: Entrant, other: Entrant) -> list[Share]:
        """What each rule gives to these two; none for two mentors."""
        inputs = self.inputs
        people = one.person, other.person
        if inputs.peers:
            return explain_peers(*people, inputs.fields, inputs.rules, inputs.two_way, words=inputs.words)
        if one.role == Role.MENTEE and other.role == Role.MENTEE:
            return explain_peers(*people, inputs.fields, self.rules)
        return explain(*people, inputs.fields, inputs.rules, words=inputs.words) if one.role == Role.MENTEE else []


def pairs_within(inputs: Inputs, members: Sequence[Entrant]) -> list[Pair]:
    """The pairs a match's score is made of: each two, and in a network the person at its centre with each helper."""
    if inputs.model.shape == Shape.CONSTELLATION:
        centre = next(member for member in members if member.role == Role.MENTEE)
        return [(centre, member) for member in members if member is not centre]
    return list(combinations(members, 2))


def in_order(members: Iterable[Entrant]) -> tuple[Entrant, ...]:
    """Takers first, then by address: the order in which people sit."""
    return tuple(sorted(members, key=lambda each: (each.role != Role.MENTEE, each.role != Role.PEER, each.email)))


def worth_of(inputs: Inputs, enrolments: Iterable[int]) -> int | None:
    """The score these people would have as one match; None where a rule stands between two, or somebody is not in."""
    company = Company(inputs)
    ids = list(enrolments)
    if not all(each in company.row for each in ids):
        return None
    pairs = pairs_within(inputs, [company.people[company.row[each]] for each in ids])
    rows = [(company.row[one.enrolment_id], company.row[other.enrolment_id]) for one, other in pairs]
    if not all(company.scores.allowed[row] for row in rows):
        return None
    return sum(int(company.scores.points[row]) for row in rows)
