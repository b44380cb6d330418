"""How each shape of mentoring model is matched: one function a shape, from inputs to matches with their reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from matching.criteria import Share, explain, explain_peers, max_points
from matching.errors import CannotMatch
from matching.queries.inputs import Entrant, Inputs
from matching.queries.leftover import why_left_over
from programs.catalogue.base import Shape

if TYPE_CHECKING:
    from matching.engine.assigning.problem import Objective
    from matching.engine.pairing.problem import PairObjective

# The engine stands on scipy and solvers: two seconds and 80 MB that only a run needs, so each shape imports it itself.
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
    from matching import engine  # noqa: PLC0415  see above

    scores = inputs.scores
    rows = [(inputs.taker_row[a], inputs.giver_column[b]) for a, b in fixed]
    before = [(inputs.taker_row[a], inputs.giver_column[b]) for a, b in previous if _both_in(inputs, a, b)]
    try:
        result = engine.assign(
            scores.points,
            allowed=scores.allowed,
            giver_capacity=np.array([giver.free for giver in inputs.givers], dtype=np.int64),
            taker_demand=np.array([taker.free for taker in inputs.takers], dtype=np.int64),
            objective=cast("Objective", inputs.objective),
            fixed=rows,
            previous=before or None,
            taker_ids=[taker.email for taker in inputs.takers],
            giver_ids=[giver.email for giver in inputs.givers],
        )
    except engine.Infeasible as error:
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


def one_sided(inputs: Inputs, fixed: Pairs, previous: Pairs) -> Solved:
    """Peers with one another, somebody left over joining a pair where the model has triads. Raises CannotMatch.

    Places are people, so `possible` counts people; a triad's score is that of its three pairs together.
    """
    from matching import engine  # noqa: PLC0415  see above

    del previous  # the engine decides between equals by the addresses alone, so the same people meet again anyway
    scores, taken = inputs.scores, np.array([peer.free == 0 for peer in inputs.takers], dtype=np.bool_)
    try:
        result = engine.pair(
            scores.points,
            allowed=scores.allowed & ~taken[:, None] & ~taken[None, :],
            triads=inputs.model.triads,
            objective=cast("PairObjective", inputs.objective),
            fixed=[(inputs.taker_row[a], inputs.taker_row[b]) for a, b in fixed],
            ids=[peer.email for peer in inputs.takers],
        )
    except engine.Infeasible as error:
        raise CannotMatch(f"The locked pairs cannot all stay: {error}") from error
    groups = [tuple(int(row) for row in rows) for rows in (*result.pairs, *result.triads)]
    joined = int(result.total - result.pair_total)
    return Solved(
        matches=[_found_group(inputs, rows) for rows in groups],
        placed=int(result.filled),
        possible=max(int(result.possible or 0), int(result.filled)),
        total=int(result.total),
        bound=int(result.bound) + joined,
        optimal=bool(result.optimal),
        max_points=max_points(inputs.rules),
        left_over=why_left_over(inputs, groups),
    )


def _found_group(inputs: Inputs, rows: Sequence[int]) -> Found:
    members = tuple(inputs.takers[row] for row in rows)
    score = sum(int(inputs.scores.points[a, b]) for a, b in combinations(rows, 2))
    return Found(members, score, shares_of(inputs, *members))


def shares_of(inputs: Inputs, *members: Entrant) -> list[dict[str, Any]]:
    """Each rule's part in a match's score, as plain data; the points add up to the score.

    "told" has what each member may be told, by enrolment. In two-sided tracks the mentee comes first.
    """
    pairs = list(combinations(members, 2))
    by_rule = zip(*(_explained(inputs, one, other) for one, other in pairs), strict=True)
    return [_merged(pairs, shares) for shares in by_rule]


def _explained(inputs: Inputs, one: Entrant, other: Entrant) -> list[Share]:
    if inputs.peers:
        return explain_peers(one.person, other.person, inputs.fields, inputs.rules, inputs.two_way, words=inputs.words)
    return explain(one.person, other.person, inputs.fields, inputs.rules, words=inputs.words)


def _merged(pairs: Sequence[tuple[Entrant, Entrant]], shares: Sequence[Share]) -> dict[str, Any]:
    told: dict[str, list[str]] = {}
    for (one, other), share in zip(pairs, shares, strict=True):
        for entrant, reason in ((one, share.reason), (other, share.reason_for_giver)):
            if reason and reason not in told.setdefault(str(entrant.enrolment_id), []):
                told[str(entrant.enrolment_id)].append(reason)
    first = shares[0]
    return {
        "key": first.key,
        "label": first.label,
        "kind": first.kind,
        "points": sum(share.points for share in shares),
        "max_points": sum(share.max_points for share in shares),
        "met": all(share.met for share in shares),
        "forbids": first.forbids,
        "applies": any(share.applies for share in shares),
        "sentence": "; ".join(dict.fromkeys(share.sentence for share in shares)),
        "told": {enrolment: "; ".join(reasons) for enrolment, reasons in told.items() if reasons},
    }


SHAPES: Mapping[Shape, Callable[[Inputs, Pairs, Pairs], Solved]] = {
    Shape.TWO_SIDED: two_sided,
    Shape.ONE_SIDED: one_sided,
}
