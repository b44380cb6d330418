"""A draft of pairs as the engine sees it: who is with whom, what is locked, and what the best would be."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from matching.criteria.model import BoolArray
from matching.models import MatchingPlan, Proposal, Seat
from matching.queries.board_steps import reason_of
from matching.queries.inputs import Entrant, Inputs, Shares, exceptions_among, inputs_for, with_the_one_before
from programs.catalogue.base import Shape
from programs.models import Role

if TYPE_CHECKING:
    from matching.engine import Assignment, Pairing
    from matching.engine.assigning.problem import Objective
    from matching.engine.pairing.problem import PairObjective

# Enrolments, who takes first; between peers in the order of their seats.
Pair = tuple[int, int]
# Beyond so many possible pairs a page does not wait for the engine.
MOST_CELLS = 1_000_000
Aim = MatchingPlan.Objective
# The shapes in which two people are put together.
PAIRED = frozenset({Shape.TWO_SIDED, Shape.ONE_SIDED})


@dataclass(frozen=True)
class Seated:
    """The matches of a draft over the people as they are now; whoever does not take part any more is left out."""

    proposal: Proposal
    inputs: Inputs
    groups: tuple[tuple[int, ...], ...]
    locked: frozenset[tuple[int, ...]]
    # Pairs that a coordinator made against the rules.
    by_hand: frozenset[tuple[int, ...]]

    @cached_property
    def pairs(self) -> list[Pair]:
        return [(group[0], group[1]) for group in self.groups if len(group) == 2]

    @cached_property
    def people(self) -> dict[int, Entrant]:
        return {each.enrolment_id: each for each in (*self.inputs.takers, *self.inputs.givers)}

    @cached_property
    def partners(self) -> dict[int, tuple[int, ...]]:
        """The first match each person is in."""
        found: dict[int, tuple[int, ...]] = {}
        for group in self.groups:
            for person in group:
                found.setdefault(person, group)
        return found

    @cached_property
    def known_scores(self) -> dict[int, dict[int, int | None]]:
        """What queries.others.scores_with has worked out for this page."""
        return {}

    @cached_property
    def load(self) -> Counter[int]:
        """How many matches of the draft each person is in."""
        return Counter(person for group in self.groups for person in group)

    def with_whom(self, person: int) -> tuple[int, ...]:
        """The first match this person is in, or ()."""
        return self.partners.get(person, ())

    def room(self, person: int) -> int:
        return self.people[person].free - self.load[person]

    @property
    def small(self) -> bool:
        """Whether a page can wait for an exact answer about all of it."""
        return len(self.inputs.takers) * len(self.inputs.givers) <= MOST_CELLS

    def fixed(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair in self.locked or pair in self.by_hand]

    def allowed(self, *also: Pair) -> BoolArray:
        """Who may be with whom: what the rules allow, and what a coordinator has allowed besides."""
        allowed = self.inputs.scores.allowed.copy()
        for one, other in (*(pair for pair in self.pairs if pair in self.by_hand), *also):
            row, column = self.inputs.taker_row[one], self.inputs.giver_column[other]
            allowed[row, column] = True
            if self.inputs.peers:
                allowed[column, row] = True
        return allowed

    def numbers(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Rows and columns instead of enrolments."""
        return [(self.inputs.taker_row[one], self.inputs.giver_column[other]) for one, other in pairs]

    def assigned(
        self, *, also: Sequence[Pair] = (), fixed: Collection[Pair] = (), objective: str | None = None
    ) -> "Assignment":
        """The best mentors for all mentees, as close to the draft as can be. Raises engine.Infeasible."""
        from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

        inputs = self.inputs
        previous = [pair for pair in self.pairs if pair[0] in inputs.taker_row and pair[1] in inputs.giver_column]
        return engine.assign(
            inputs.scores.points,
            allowed=self.allowed(*also),
            giver_capacity=np.array([giver.free for giver in inputs.givers], dtype=np.int64),
            taker_demand=np.array([taker.free for taker in inputs.takers], dtype=np.int64),
            objective=cast("Objective", objective or self.exact_aim),
            fixed=self.numbers({*self.fixed(), *fixed}),
            previous=self.numbers(previous),
            taker_ids=[taker.email for taker in inputs.takers],
            giver_ids=[giver.email for giver in inputs.givers],
        )

    def paired(self, *, also: Sequence[Pair] = (), fixed: Collection[Pair] = (), triads: bool = False) -> "Pairing":
        """The best pairs of peers, on request with somebody left over as a third. Raises engine.Infeasible."""
        from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

        inputs = self.inputs
        taken = np.array([peer.free == 0 for peer in inputs.takers], dtype=np.bool_)
        aim = Aim.SCORE if inputs.objective == Aim.SCORE else Aim.COVER
        return engine.pair(
            inputs.scores.points,
            allowed=self.allowed(*also) & ~taken[:, None] & ~taken[None, :],
            triads=triads,
            objective=cast("PairObjective", str(aim)),
            fixed=self.numbers({*self.fixed(), *fixed}),
            ids=[peer.email for peer in inputs.takers],
        )

    @property
    def exact_aim(self) -> str:
        """The aim whose prices are known: where fewest blocking pairs are asked for, that of everybody placed."""
        return Aim.COVER if self.inputs.objective == Aim.STABLE else self.inputs.objective

    def is_best(self, result: "Assignment") -> bool:
        """Whether the draft is exactly what the engine finds, so that its prices speak of the draft."""
        return bool(result.optimal) and sorted(self.numbers(self.pairs)) == [
            tuple(pair) for pair in result.pairs.tolist()
        ]


def seated_in(proposal: Proposal) -> Seated:
    """One query more than the inputs of a run."""
    groups: dict[int, list[tuple[bool, int]]] = {}
    marks: dict[int, tuple[bool, bool]] = {}
    before: list[tuple[int, int, Shares]] = []
    seats = Seat.objects.filter(with_the_one_before(proposal)).order_by("pk")
    for of, pk, role, person, locked, shares in seats.values_list(
        "match__proposal", "match", "role", "enrolment", "match__locked", "match__shares"
    ):
        if of != proposal.pk:
            before.append((pk, person, shares))
            continue
        groups.setdefault(pk, []).append((role == Role.MENTOR, person))
        marks[pk] = (locked, bool(reason_of(shares)))
    inputs = inputs_for(proposal, made=exceptions_among(before))
    people = {*inputs.taker_row, *inputs.giver_column}
    sitting = {pk: tuple(person for _, person in sorted(group, key=lambda s: s[0])) for pk, group in groups.items()}
    here = {pk: group for pk, group in sitting.items() if set(group) <= people}
    return Seated(
        proposal,
        inputs,
        tuple(here.values()),
        frozenset(group for pk, group in here.items() if marks[pk][0]),
        frozenset(group for pk, group in here.items() if marks[pk][1]),
    )
