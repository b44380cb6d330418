"""Others for one person of a draft: with whom else they could be, what it would cost, and who would move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from matching.queries.between import Scored, points_regardless, scores_between
from matching.queries.seated import Pair, Seated

# Only the best are looked at closely, and few of them shown.
LOOKED_AT = 12
SHOWN = 5


@dataclass(frozen=True)
class Option:
    """One change that brings a person together with somebody else.

    `gain` is what all the points together change by; `pairs` and `out` are what services.rearrange takes.
    """

    person: int
    name: str
    score: int
    gain: int
    effects: tuple[str, ...]
    pairs: tuple[Pair, ...]
    out: tuple[int, ...] = ()

    @property
    def swaps(self) -> bool:
        return len(self.pairs) > 1


def options_for(seated: Seated, person: int) -> list[Option]:
    """The best changes for a mentee (between peers: for anybody), those that leave nobody behind first.

    Each other person comes once, with the best single exchange that makes room for it. Exact for these exchanges;
    longer chains are looked for by `why_not`.
    """
    if person not in seated.inputs.taker_row or seated.with_whom(person) in seated.locked:
        return []
    near = (person, *seated.with_whom(person))
    scored = {other: score for other, score in scores_with(seated, person).items() if other not in near}
    best = sorted((score, -other) for other, score in scored.items() if score is not None)[::-1][:LOOKED_AT]
    changes = _Near(seated, person, {-other: score for score, other in best})
    found = [option for other in changes.scores if (option := changes.best_with(other))]
    return sorted(found, key=lambda each: (len(each.out), -each.gain, -each.score, each.name))[:SHOWN]


def scores_with(seated: Seated, person: int) -> dict[int, int | None]:
    """The points of a person with everybody on the other side, worked out once; None where something forbids it."""
    known, inputs = seated.known_scores, seated.inputs
    if person not in known and person in inputs.taker_row:
        here = [person]
        there = [each.enrolment_id for each in inputs.givers if each.enrolment_id != person]
        known[person] = {other: score for (_, other), score in scores_between(inputs, here, there).items()}
    elif person not in known:
        takers = [each.enrolment_id for each in inputs.takers]
        known[person] = {other: score for (other, _), score in scores_between(inputs, takers, [person]).items()}
    return known[person]


@dataclass(frozen=True)
class _Near:
    """A person, and the scores with the others who are looked at."""

    seated: Seated
    person: int
    scores: dict[int, int]

    def best_with(self, other: int) -> Option | None:
        return self._of_peers(other) if self.seated.inputs.peers else self._of_two_sides(other)

    def _of_two_sides(self, giver: int) -> Option | None:
        if self.seated.room(giver) > 0:
            return self._option(giver, [(self.person, giver)], [])
        theirs = [pair for pair in self.seated.pairs if pair[1] == giver and pair not in self.seated.locked]
        return _best([self._instead_of(pair[0], giver) for pair in theirs])

    def _instead_of(self, taker: int, giver: int) -> Option:
        """Whoever makes room takes the person's own place, or the best free one, or is left over."""
        mine = self.seated.with_whom(self.person)
        free = [g.enrolment_id for g in self.seated.inputs.givers if self.seated.room(g.enrolment_id) > 0]
        places = [*free, *(mine[1:] if mine else [])]
        scored: Scored = scores_between(self.seated.inputs, [taker], places)
        fitting = [(score, -place) for (_, place), score in scored.items() if score is not None]
        if not fitting:
            return self._option(giver, [(self.person, giver)], [taker])
        _, place = max(fitting)
        return self._option(giver, [(self.person, giver), (taker, -place)], [])

    def _of_peers(self, other: int) -> Option | None:
        theirs, mine = (tuple(p for p in self.seated.with_whom(each) if p != each) for each in (other, self.person))
        if self.seated.with_whom(other) in self.seated.locked or len(theirs) > 1 or len(mine) > 1:
            return None
        alone = [*theirs, *mine]
        if len(alone) == 2:
            score = scores_between(self.seated.inputs, alone[:1], alone[1:]).get((alone[0], alone[1]))
            if score is not None:
                return self._option(other, [(self.person, other), (alone[0], alone[1])], [])
        return self._option(other, [(self.person, other)], alone)

    def _option(self, other: int, pairs: Sequence[Pair], out: Sequence[int]) -> Option:
        gain, effects = effects_of(self.seated, pairs, out)
        said = tuple(effects[1:]) or ("Nobody else moves.",)
        name = self.seated.people[other].name
        return Option(other, name, self.scores[other], gain, said, tuple(pairs), tuple(out))


def _best(options: Iterable[Option]) -> Option | None:
    return min(options, key=lambda each: (len(each.out), -each.gain, each.pairs), default=None)


def effects_of(seated: Seated, pairs: Sequence[Pair], out: Iterable[int]) -> tuple[int, list[str]]:
    """What a change does to the points of all together, and a sentence for each pair and each person left over."""
    gain, said = 0, []
    moved = {person for pair in pairs for person in (pair if seated.inputs.peers else pair[:1])} | set(out)
    before = {group for person in moved if (group := seated.with_whom(person))}
    for group in before:
        gain -= points_of(seated, group)
    for taker, giver in pairs:
        score = points_of(seated, (taker, giver))
        gain += score
        said.append(_sentence(seated, taker, giver, score))
    said += [f"{seated.people[person].name} would be left over." for person in out]
    return gain, said


def points_of(seated: Seated, group: Sequence[int]) -> int:
    """The points of these people together, whatever the rules forbid: in a large track of these alone, as a page would
    wait for a table of everybody."""
    inputs, people = seated.inputs, seated.people
    if not seated.small:
        two = combinations(group, 2) if inputs.peers else ((group[0], each) for each in group[1:])
        return sum(points_regardless(inputs, people[one], people[other]) for one, other in two)
    rows = [inputs.taker_row[group[0]], *(inputs.giver_column[each] for each in group[1:])]
    if len(rows) == 2:
        return int(inputs.scores.points[rows[0], rows[1]])
    return sum(int(inputs.scores.points[a, b]) for i, a in enumerate(rows) for b in rows[i + 1 :])


def _sentence(seated: Seated, taker: int, giver: int, score: int) -> str:
    """“Ines Duarte would move to Amara Nwosu: 61 → 74.”"""
    group = seated.with_whom(taker)
    names = seated.people[taker].name, seated.people[giver].name
    if not group:
        return f"{names[0]} would be with {names[1]}: {score}."
    return f"{names[0]} would move to {names[1]}: {points_of(seated, group)} → {score}."
