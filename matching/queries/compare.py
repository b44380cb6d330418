"""Two proposals of one track side by side: their figures, and only the people who are with others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Self

from matching.models import Proposal, Seat
from matching.queries.board_rows import most_of, percent_of
from programs.models import Program, Role

READY = (Proposal.State.DRAFT, Proposal.State.PUBLISHED, Proposal.State.REPLACED, Proposal.State.DISCARDED)


@dataclass(frozen=True)
class Side:
    """With whom somebody is in one of the two, and the match's score; "" stands for nobody."""

    names: str
    score: int | None


@dataclass(frozen=True)
class Difference:
    """Somebody who is with others in one proposal than in the other."""

    name: str
    role: str
    one: Side
    other: Side


@dataclass(frozen=True)
class Sum:
    """What one of the two comes to. Scores are in per cent of the most points possible by its own rules."""

    proposal: Proposal
    scores: tuple[int, ...]

    @property
    def mean(self) -> float:
        return fmean(self.scores) if self.scores else 0

    @property
    def lowest(self) -> int:
        return min(self.scores, default=0)

    @property
    def left(self) -> int:
        return len(self.proposal.left_over)


@dataclass(frozen=True)
class Comparison:
    one: Sum
    other: Sum
    differences: list[Difference]
    people: int

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Label, and the figure of each."""
        one, other = self.one, self.other
        return [
            ("Placed", f"{one.proposal.placed:,}", f"{other.proposal.placed:,}"),
            ("Left over", f"{one.left:,}", f"{other.left:,}"),
            ("Points in all", f"{one.proposal.total:,}", f"{other.proposal.total:,}"),
            ("Mean score", f"{one.mean:.0f}%", f"{other.mean:.0f}%"),
            ("Lowest score", f"{one.lowest}%", f"{other.lowest}%"),
        ]


@dataclass(frozen=True)
class _Chair:
    match: int
    person: int
    name: str
    role: str
    score: int
    most: int


@dataclass(frozen=True)
class _Known:
    """One proposal by person: with whom each is, with how many points, and their names."""

    company: dict[int, frozenset[int]]
    scores: dict[int, int]
    names: dict[int, str]

    @classmethod
    def of(cls, chairs: Sequence[_Chair]) -> Self:
        scores: dict[int, int] = {}
        for chair in chairs:
            scores[chair.person] = scores.get(chair.person, 0) + chair.score
        return cls(_company(chairs), scores, {chair.person: chair.name for chair in chairs})


def ready_proposals(program: Program) -> list[Proposal]:
    """What can be compared: everything that came to matches, newest first."""
    return list(Proposal.objects.filter(program=program, state__in=READY).select_related("track").order_by("-number"))


def comparison(one: Proposal, other: Proposal) -> Comparison:
    """Two queries. The people who are moved are told: mentees; between peers and in groups everybody."""
    first, second = _chairs(one), _chairs(other)
    before, after = _Known.of(first), _Known.of(second)
    people = {chair.person: chair for chair in (*first, *second)}
    counted = [chair for chair in people.values() if chair.role != Role.MENTOR]
    found = [
        Difference(chair.name, chair.role, _side(chair.person, before), _side(chair.person, after))
        for chair in counted
        if before.company.get(chair.person) != after.company.get(chair.person)
    ]
    ranked = sorted(found, key=lambda each: (each.name.casefold(), each.one.names))
    return Comparison(_sum(one, first), _sum(other, second), ranked, len(counted))


def _chairs(proposal: Proposal) -> list[_Chair]:
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match", "enrolment__user").order_by("pk")
    light = seats.defer("match__shares", "enrolment__answers")
    return [
        _Chair(s.match_id, s.enrolment_id, s.enrolment.user.name, s.role, s.match.score, s.match.most) for s in light
    ]


def _company(chairs: Iterable[_Chair]) -> dict[int, frozenset[int]]:
    """With whom each person is."""
    groups: dict[int, set[int]] = {}
    for chair in chairs:
        groups.setdefault(chair.match, set()).add(chair.person)
    company: dict[int, frozenset[int]] = {}
    for group in groups.values():
        for person in group:
            company[person] = company.get(person, frozenset()) | (group - {person})
    return company


def _side(person: int, known: "_Known") -> Side:
    names = sorted({known.names[each] for each in known.company.get(person, ())}, key=str.casefold)
    return Side(", ".join(names), known.scores.get(person))


def _sum(proposal: Proposal, chairs: Iterable[_Chair]) -> Sum:
    sizes: dict[int, int] = {}
    matches: dict[int, _Chair] = {}
    for chair in chairs:
        sizes[chair.match] = sizes.get(chair.match, 0) + 1
        matches[chair.match] = chair
    return Sum(
        proposal,
        tuple(percent_of(m.score, most_of(proposal, m.most, sizes[pk])) for pk, m in matches.items()),
    )
