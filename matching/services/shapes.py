"""How each shape of mentoring model is matched: one function a shape, from inputs to matches with their reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import numpy as np

from matching import engine
from matching.criteria import explain, explain_peers, max_points
from matching.engine import Infeasible
from matching.engine.assigning.problem import Objective
from matching.errors import CannotMatch
from matching.queries.inputs import Entrant, Inputs
from matching.queries.leftover import why_left_over
from programs.catalogue.base import Shape

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Found:
    """One match of a result: the people in it, takers first, and what its score is made of."""

    members: tuple[Entrant, ...]
    score: int
    shares: list[dict[str, Any]]


@dataclass(frozen=True)
class Solved:
    """What came out of a run. `placed` and `possible` count people looking for somebody (in peer tracks: everybody)."""

    matches: list[Found]
    placed: int
    possible: int
    total: int
    bound: int
    optimal: bool
    max_points: int
    left_over: list[dict[str, Any]]


def two_sided(inputs: Inputs, fixed: Pairs, previous: Pairs) -> Solved:
    """Mentees × mentors, with several places on the mentors' side. Raises CannotMatch."""
    scores = inputs.scores
    rows = [(inputs.taker_row[a], inputs.giver_column[b]) for a, b in fixed]
    before = [(inputs.taker_row[a], inputs.giver_column[b]) for a, b in previous if _both_in(inputs, a, b)]
    try:
        result = engine.assign(
            scores.points,
            allowed=scores.allowed,
            giver_capacity=np.array([giver.free for giver in inputs.givers], dtype=np.int64),
            taker_demand=np.array([taker.free for taker in inputs.takers], dtype=np.int64),
            objective=cast(Objective, inputs.objective),
            fixed=rows,
            previous=before or None,
            taker_ids=[taker.email for taker in inputs.takers],
            giver_ids=[giver.email for giver in inputs.givers],
        )
    except Infeasible as error:
        raise CannotMatch(f"The locked pairs cannot all stay: {error}") from error
    pairs = [(int(row), int(column)) for row, column in result.pairs]
    return Solved(
        matches=[_found_pair(inputs, row, column) for row, column in pairs],
        placed=len(pairs),
        possible=int(result.possible),
        total=int(result.total),
        bound=int(result.bound),
        optimal=bool(result.optimal),
        max_points=max_points(inputs.rules),
        left_over=why_left_over(inputs, pairs),
    )


def _both_in(inputs: Inputs, taker_id: int, giver_id: int) -> bool:
    return taker_id in inputs.taker_row and giver_id in inputs.giver_column


def _found_pair(inputs: Inputs, row: int, column: int) -> Found:
    taker, giver = inputs.takers[row], inputs.givers[column]
    return Found((taker, giver), int(inputs.scores.points[row, column]), shares_of(inputs, taker, giver))


def shares_of(inputs: Inputs, taker: Entrant, giver: Entrant) -> list[dict[str, Any]]:
    """Each rule's part in a pair's score, as plain data; the points add up to the score."""
    if inputs.peers:
        shares = explain_peers(taker.person, giver.person, inputs.fields, inputs.rules, inputs.two_way)
    else:
        shares = explain(taker.person, giver.person, inputs.fields, inputs.rules, words=inputs.words)
    return [asdict(share) for share in shares]


SHAPES: Mapping[Shape, Callable[[Inputs, Pairs, Pairs], Solved]] = {
    Shape.TWO_SIDED: two_sided,
}
