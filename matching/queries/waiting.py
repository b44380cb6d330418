"""People without a match after publishing: who came late or was declined, and the next best for each of them.

Nobody who has said yes moves. An offer that nobody has answered with yes may move, once, to make room; that is shown
before anything is done.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matching.models import Proposal
from matching.queries.between import scores_between
from matching.queries.inputs import Entrant, Inputs, inputs_of
from matching.queries.others import points_of
from matching.queries.seated import PAIRED, Pair, Seated
from programs.models import Track

if TYPE_CHECKING:
    from matching.engine import AssignProblem

# So many people are looked at on one page.
SHOWN = 30


@dataclass(frozen=True)
class Place:
    """One place for somebody who waits: `pairs` first theirs, then the offer that moves, if one does.

    `third` is who else is in it where somebody joins two people as a third; `score` is then what that adds.
    """

    partner: Entrant
    score: int
    pairs: tuple[tuple[int, ...], ...]
    third: Entrant | None = None
    moved: Entrant | None = None
    moved_from: Entrant | None = None
    moved_to: Entrant | None = None
    moved_before: int = 0
    moved_after: int = 0

    @property
    def gain(self) -> int:
        return self.score + self.moved_after - self.moved_before


@dataclass(frozen=True)
class Waits:
    """Somebody without a match: the best place that moves nobody, and one with a single move where that is better."""

    person: Entrant
    without: Place | None
    with_move: Place | None


@dataclass(frozen=True)
class WaitingList:
    """A track after publishing. `offers` are standing offers that nobody has said yes to."""

    published: Proposal
    waiting: list[Waits]
    count: int
    offers: int


def standing_draft(track: Track) -> Seated | None:
    """What is published in a track, as if it were a draft: its open offers. None where nothing is, or in groups."""
    found = Proposal.objects.filter(track=track, state=Proposal.State.PUBLISHED).select_related("track__plan").first()
    if found is None:
        return None
    inputs = inputs_of(found.track, capacity=found.capacity, objective=found.objective)
    if inputs.model.shape not in PAIRED:
        return None
    people = {*inputs.taker_row, *inputs.giver_column}
    offers = [offer.people for offer in inputs.offers if len(offer.people) > 1 and offer.people <= people]
    return Seated(found, inputs, tuple(_in_order(each, inputs) for each in offers), frozenset(), frozenset())


def _in_order(people: Iterable[int], inputs: Inputs) -> tuple[int, ...]:
    """Who takes first."""
    return tuple(sorted(people, key=lambda person: (person not in inputs.taker_row, person)))


def who_waits(seated: Seated) -> list[Entrant]:
    return [each for each in seated.inputs.takers if each.free > 0 and not seated.with_whom(each.enrolment_id)]


def waiting_list(track: Track) -> WaitingList | None:
    """None where nothing is published yet, and in tracks whose matches are no pairs."""
    seated = standing_draft(track)
    if seated is None:
        return None
    people = who_waits(seated)
    if seated.inputs.peers:
        shown = [_peer_waits(seated, person, people) for person in people[:SHOWN]]
    else:
        problem = _problem(seated) if seated.small else None
        shown = [_waits(seated, problem, person) for person in people[:SHOWN]]
    return WaitingList(seated.proposal, shown, len(people), len(seated.groups))


def _problem(seated: Seated) -> "AssignProblem":
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    inputs = seated.inputs
    return engine.AssignProblem(
        inputs.scores.points,
        allowed=seated.allowed(*_against_rules(seated)),
        giver_capacity=np.array([giver.free for giver in inputs.givers], dtype=np.int64),
        taker_demand=np.array([taker.free for taker in inputs.takers], dtype=np.int64),
        fixed=seated.numbers(_against_rules(seated)),
        taker_ids=[taker.email for taker in inputs.takers],
        giver_ids=[giver.email for giver in inputs.givers],
    )


def _against_rules(seated: Seated) -> list[Pair]:
    """Offers that the rules would not make any more: they stand, and never move."""
    allowed, cells = seated.inputs.scores.allowed, seated.numbers(seated.pairs)
    return [pair for pair, cell in zip(seated.pairs, cells, strict=True) if not allowed[cell]]


def _waits(seated: Seated, problem: "AssignProblem | None", person: Entrant) -> Waits:
    if problem is None:
        return Waits(person, _free_place(seated, person), None)
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    row = seated.inputs.taker_row[person.enrolment_id]
    found = engine.insert(problem, seated.numbers(seated.pairs), taker=row, most=200).placements
    places = [_place(seated, person, each.giver, each.move) for each in found]
    without = next((place for place in places if place.moved is None), None)
    moving = next((place for place in places if place.moved is not None), None)
    better = moving if moving and (without is None or moving.gain > without.gain) else None
    return Waits(person, without, better)


def _peer_waits(seated: Seated, person: Entrant, waiting: Sequence[Entrant]) -> Waits:
    """Somebody else who waits; or one of an open offer, whose partner goes to somebody who waits; or both of it, where
    the model has threes and nothing else places them."""
    without = _free_place(seated, person)
    if not seated.small:
        return Waits(person, without, None)
    moving = max(_peer_moves(seated, person, waiting), key=lambda place: place.gain, default=None)
    if moving is None and without is None and seated.inputs.model.triads:
        moving = max(_as_third(seated, person), key=lambda place: place.gain, default=None)
    better = moving if moving and (without is None or moving.gain > without.gain) else None
    return Waits(person, without, better)


def _open_pairs(seated: Seated) -> list[Pair]:
    fixed = set(_against_rules(seated))
    return [pair for pair in seated.pairs if pair not in fixed]


def _peer_moves(seated: Seated, person: Entrant, waiting: Sequence[Entrant]) -> Iterator[Place]:
    scores, row = seated.inputs.scores, seated.inputs.taker_row
    me = row[person.enrolment_id]
    others = [each for each in waiting if each is not person]
    for pair in _open_pairs(seated):
        for one, other in (pair, pair[::-1]):
            open_to = [each for each in others if scores.allowed[row[other], row[each.enrolment_id]]]
            if not open_to or not scores.allowed[me, row[one]]:
                continue
            to = max(open_to, key=lambda each: (int(scores.points[row[other], row[each.enrolment_id]]), each.email))
            yield Place(
                seated.people[one],
                int(scores.points[me, row[one]]),
                ((person.enrolment_id, one), (other, to.enrolment_id)),
                moved=seated.people[other],
                moved_from=seated.people[one],
                moved_to=to,
                moved_before=int(scores.points[row[other], row[one]]),
                moved_after=int(scores.points[row[other], row[to.enrolment_id]]),
            )


def _as_third(seated: Seated, person: Entrant) -> Iterator[Place]:
    scores, row = seated.inputs.scores, seated.inputs.taker_row
    me = row[person.enrolment_id]
    for one, other in _open_pairs(seated):
        if scores.allowed[me, row[one]] and scores.allowed[me, row[other]]:
            adds = int(scores.points[me, row[one]] + scores.points[me, row[other]])
            trio = (person.enrolment_id, one, other)
            yield Place(seated.people[one], adds, (trio,), third=seated.people[other])


def _free_place(seated: Seated, person: Entrant) -> Place | None:
    """Between peers somebody else who waits; in a very large track the best mentor with a free place."""
    me = person.enrolment_id
    open_to = who_waits(seated) if seated.inputs.peers else list(seated.inputs.givers)
    free = [each.enrolment_id for each in open_to if seated.room(each.enrolment_id) > 0 and each.enrolment_id != me]
    scored = scores_between(seated.inputs, [me], free)
    best = max(((score, -other) for (_, other), score in scored.items() if score is not None), default=None)
    return None if best is None else Place(seated.people[-best[1]], best[0], ((me, -best[1]),))


def _place(seated: Seated, person: Entrant, giver: int, move: object) -> Place:
    from matching import engine  # noqa: PLC0415 - the engine stands on scipy and solvers

    inputs, partner = seated.inputs, seated.inputs.givers[giver]
    pair = (person.enrolment_id, partner.enrolment_id)
    place = Place(partner, points_of(seated, pair), (pair,))
    if not isinstance(move, engine.Move) or move.before is None or move.after is None:
        return place
    moved, before, after = inputs.takers[move.person], inputs.givers[move.before], inputs.givers[move.after]
    other = (moved.enrolment_id, after.enrolment_id)
    return replace(
        place,
        pairs=(pair, other),
        moved=moved,
        moved_from=before,
        moved_to=after,
        moved_before=points_of(seated, (moved.enrolment_id, before.enrolment_id)),
        moved_after=points_of(seated, other),
    )


@dataclass(frozen=True)
class Best:
    """The best that can be had while these groups stay: new pairs, and the figures of all of it by today's scores."""

    pairs: list[Pair]
    placed: int
    possible: int
    bound: int
    proven: bool


def best_around(seated: Seated, kept: Sequence[tuple[int, ...]]) -> Best:
    """Places for as many who are free as can be, the best there are, while `kept` stays. Raises engine.Infeasible."""
    around = replace(seated, groups=tuple(kept), by_hand=frozenset(kept), locked=frozenset(kept))
    inputs = seated.inputs
    if inputs.peers:
        paired = around.paired()
        rows = [(inputs.takers[a].enrolment_id, inputs.takers[b].enrolment_id) for a, b in paired.pairs.tolist()]
        in_threes = {person for group in kept if len(group) > 2 for person in group}
        fresh = [pair for pair in rows if pair not in kept and not in_threes & set(pair)]
        placed = sum(map(len, kept)) + 2 * len(fresh)
        return Best(fresh, placed, max(placed, paired.possible or 0), int(paired.bound), bool(paired.optimal))
    result = around.assigned(objective="score" if inputs.objective == "score" else "cover")
    rows = [(inputs.takers[a].enrolment_id, inputs.givers[b].enrolment_id) for a, b in result.pairs.tolist()]
    fresh = [pair for pair in rows if pair not in kept]
    return Best(fresh, result.filled, result.possible, int(result.bound), bool(result.optimal))
