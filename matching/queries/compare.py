"""Two proposals of one track side by side: their figures, and only what differs. Of groups these are the groups that
are made up otherwise; else the people who are with others, or meet at another time."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Self

from matching.models import Match, Proposal, Seat
from matching.queries.board_rows import most_of, percent_of
from matching.queries.counterparts import counterparts
from matching.queries.inputs import model_of
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Program, Role

READY = (Proposal.State.DRAFT, Proposal.State.PUBLISHED, Proposal.State.REPLACED, Proposal.State.DISCARDED)


@dataclass(frozen=True)
class Side:
    """With whom somebody is in one of the two, and the match's score; "" stands for nobody.

    Of a group: who is only in this one of the two, and what it is called here. A session has its start.
    """

    names: str
    score: int | None
    title: str = ""
    starts_at: dt.datetime | None = None


@dataclass(frozen=True)
class Difference:
    """Somebody who is with others in one of the two; or a group made up otherwise, of whom `stay` are in both."""

    name: str
    role: str
    one: Side
    other: Side
    stay: int = 0


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
    """`differences` are people, or in tracks of groups the groups themselves (`in_groups`)."""

    one: Sum
    other: Sum
    differences: list[Difference]
    model: MentoringModel

    @property
    def in_groups(self) -> bool:
        return self.model.shape == Shape.GROUPS

    @property
    def unit(self) -> str:
        """One and many of what is compared, for the filter “counted”."""
        words = self.model.words
        return f"{words.one} is,{words.many} are" if self.in_groups else "person is,people are"

    @property
    def timed(self) -> bool:
        return self.model.shape == Shape.SLOTS

    @property
    def many(self) -> str:
        return self.model.words.many if self.in_groups else "people"

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Label, and the figure of each."""
        one, other = self.one, self.other
        matches = (self.model.words.many.capitalize(), f"{len(one.scores):,}", f"{len(other.scores):,}")
        pairs = self.model.shape in (Shape.TWO_SIDED, Shape.ONE_SIDED)
        return [
            ("Placed", f"{one.proposal.placed:,}", f"{other.proposal.placed:,}"),
            ("Left over", f"{one.left:,}", f"{other.left:,}"),
            ("Points in all", f"{one.proposal.total:,}", f"{other.proposal.total:,}"),
            ("Mean score", f"{one.mean:.0f}%", f"{other.mean:.0f}%"),
            ("Lowest score", f"{one.lowest}%", f"{other.lowest}%"),
            *(() if pairs else (matches,)),
        ]


@dataclass(frozen=True)
class _Chair:
    match: int
    person: int
    name: str
    role: str
    score: int
    most: int
    number: int
    starts_at: dt.datetime | None


@dataclass(frozen=True)
class _Known:
    """One proposal by person: with whom each is, with how many points, when, and their names."""

    company: dict[int, frozenset[int]]
    scores: dict[int, int]
    starts: dict[int, dt.datetime | None]
    names: dict[int, str]

    @classmethod
    def of(cls, chairs: Sequence[_Chair]) -> Self:
        scores: dict[int, int] = {}
        for chair in chairs:
            scores[chair.person] = scores.get(chair.person, 0) + chair.score
        starts = {chair.person: chair.starts_at for chair in chairs}
        return cls(_company(chairs), scores, starts, {chair.person: chair.name for chair in chairs})

    def about(self, person: int) -> tuple[frozenset[int] | None, dt.datetime | None]:
        """What makes a difference to somebody."""
        return self.company.get(person), self.starts.get(person)


def ready_proposals(program: Program) -> list[Proposal]:
    """What can be compared: everything that came to matches, newest first."""
    return list(Proposal.objects.filter(program=program, state__in=READY).select_related("track").order_by("-number"))


def comparison(one: Proposal, other: Proposal) -> Comparison:
    """Two queries. The people who are told are those the matches are for: mentees; between peers everybody."""
    first, second, model = _chairs(one), _chairs(other), model_of(one.track)
    if model.shape == Shape.GROUPS:
        found = _groups_that_differ(first, second, model)
    else:
        found = _people_who_differ(first, second, model)
    return Comparison(_sum(one, first), _sum(other, second), found, model)


def _people_who_differ(first: Sequence[_Chair], second: Sequence[_Chair], model: MentoringModel) -> list[Difference]:
    before, after = _Known.of(first), _Known.of(second)
    people = {chair.person: chair for chair in (*first, *second)}
    # In a network peers help, as mentors do.
    helps = {Role.MENTOR, Role.PEER} if model.shape == Shape.CONSTELLATION else {Role.MENTOR}
    found = [
        Difference(chair.name, chair.role, _side(chair.person, before), _side(chair.person, after))
        for chair in people.values()
        if chair.role not in helps and before.about(chair.person) != after.about(chair.person)
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.one.names))


def _groups_that_differ(first: Sequence[_Chair], second: Sequence[_Chair], model: MentoringModel) -> list[Difference]:
    """Each group beside the one with which it shares most people; those only one of the two has come last."""
    before, after = (list(_by_match(chairs).values()) for chairs in (first, second))
    ids = [[{chair.person for chair in group} for group in groups] for groups in (before, after)]
    homes = counterparts(ids[0], ids[1])
    both = [(before[number], after[place]) for place, number in sorted(homes.items(), key=lambda each: each[1])]
    gone: list[tuple[list[_Chair], list[_Chair]]] = [
        (group, []) for number, group in enumerate(before) if number not in homes.values()
    ]
    new: list[tuple[list[_Chair], list[_Chair]]] = [
        ([], group) for place, group in enumerate(after) if place not in homes
    ]
    found = [_group(one, other, model) for one, other in (*both, *gone, *new)]
    return [each for each in found if each.one.names or each.other.names]


def _by_match(chairs: Iterable[_Chair]) -> dict[int, list[_Chair]]:
    groups: dict[int, list[_Chair]] = {}
    for chair in sorted(chairs, key=lambda chair: (chair.number, chair.match)):
        groups.setdefault(chair.match, []).append(chair)
    return groups


def _group(one: Sequence[_Chair], other: Sequence[_Chair], model: MentoringModel) -> Difference:
    here, there = _only(one, other, model), _only(other, one, model)
    stay = len({chair.person for chair in one} & {chair.person for chair in other})
    return Difference(here.title or there.title, "", here, there, stay)


def _only(group: Sequence[_Chair], besides: Sequence[_Chair], model: MentoringModel) -> Side:
    """Who is in a group and not in its counterpart."""
    if not group:
        return Side("", None)
    known = {chair.person for chair in besides}
    names = sorted((chair.name for chair in group if chair.person not in known), key=str.casefold)
    return Side(", ".join(names), group[0].score, f"{model.words.one.capitalize()} {group[0].number}")


def _chairs(proposal: Proposal) -> list[_Chair]:
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match", "enrolment__user").order_by("pk")
    light = seats.defer("match__shares", "enrolment__answers")
    return [_chair(seat, seat.match) for seat in light]


def _chair(seat: Seat, match: Match) -> _Chair:
    name, start = seat.enrolment.user.name, match.starts_at
    return _Chair(match.pk, seat.enrolment_id, name, seat.role, match.score, match.most, match.number, start)


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
    return Side(", ".join(names), known.scores.get(person), starts_at=known.starts.get(person))


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
