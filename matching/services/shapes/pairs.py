"""Matches of two: mentees with mentors, and peers with one another (with a triad for an odd one where allowed)."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, cast

import numpy as np

from matching.criteria import max_points
from matching.errors import CannotMatch
from matching.queries.inputs import Inputs
from matching.queries.leftover import why_left_over
from matching.services.shapes.aims import Outcome, aims, outcome_of
from matching.services.shapes.results import Found, Solved, most_of, shares_of

if TYPE_CHECKING:
    from matching.engine import Assignment, Pairing
    from matching.engine import Outcome as Compared
    from matching.engine.assigning.problem import Objective
    from matching.engine.pairing.problem import PairObjective

# The engine stands on scipy and solvers: two seconds and 80 MB that only a run needs, so each shape imports it itself.
Groups = Sequence[Sequence[int]]
TWO_SIDED_AIMS = ("floor", "cover", "score", "stable")
ONE_SIDED_AIMS = ("floor", "cover", "score")
BY_PRICES = "Prices for every person show that no other matching places as many people with more points."


def two_sided(inputs: Inputs, fixed: Groups, previous: Groups) -> Solved:
    """Mentees × mentors, with several places on the mentors' side. Raises CannotMatch."""
    result = _assigned(inputs, fixed, previous, inputs.objective)
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
        proof=BY_PRICES if result.optimal else "",
        aims=aims(
            inputs,
            _assigned_outcome(inputs, result),
            TWO_SIDED_AIMS,
            _each_aim(result),
            result.price,
        ),
    )


def _assigned(inputs: Inputs, fixed: Groups, previous: Groups, objective: str) -> "Assignment":
    from matching import engine  # noqa: PLC0415  see above

    before = [(inputs.taker_row[a], inputs.giver_column[b]) for a, b in _pairs(previous) if _both_in(inputs, a, b)]
    try:
        return engine.assign(
            inputs.scores.points,
            allowed=inputs.scores.allowed,
            giver_capacity=np.array([giver.free for giver in inputs.givers], dtype=np.int64),
            taker_demand=np.array([taker.free for taker in inputs.takers], dtype=np.int64),
            objective=cast("Objective", objective),
            fixed=[(inputs.taker_row[a], inputs.giver_column[b]) for a, b in _pairs(fixed)],
            previous=before or None,
            taker_ids=[taker.email for taker in inputs.takers],
            giver_ids=[giver.email for giver in inputs.givers],
        )
    except engine.Infeasible as error:
        raise CannotMatch(f"The locked pairs cannot all stay: {error}") from error


def _assigned_outcome(inputs: Inputs, result: "Assignment") -> Outcome:
    scores = [int(inputs.scores.points[row, column]) for row, column in result.pairs]
    return outcome_of(len(scores), result.total, scores, optimal=bool(result.optimal))


def _each_aim(result: "Assignment") -> Callable[[str], Outcome]:
    """What each aim gives, all solved at once from the prices of the one there is, and only if somebody asks."""

    @cache
    def compared() -> Mapping[str, "Compared"]:
        from matching import engine  # noqa: PLC0415  as above

        return {str(aim): each for aim, each in engine.compare(result.problem, result).items()}

    def outcome(aim: str) -> Outcome:
        one = compared()[aim]
        lowest = None if one.lowest is None else int(one.lowest)
        return Outcome(int(one.filled), int(one.total), lowest, bool(one.optimal))

    return outcome


def _pairs(groups: Groups) -> list[tuple[int, int]]:
    return [(group[0], group[1]) for group in groups if len(group) == 2]


def _both_in(inputs: Inputs, taker_id: int, giver_id: int) -> bool:
    return taker_id in inputs.taker_row and giver_id in inputs.giver_column


def _found_pair(inputs: Inputs, row: int, column: int) -> Found:
    taker, giver = inputs.takers[row], inputs.givers[column]
    score, most = int(inputs.scores.points[row, column]), most_of(inputs, taker, giver)
    return Found((taker, giver), score, shares_of(inputs, taker, giver), most)


def one_sided(inputs: Inputs, fixed: Groups, previous: Groups) -> Solved:
    """Peers with one another, somebody left over joining a pair where the model has triads. Raises CannotMatch.

    Places are people, so `possible` counts people; a triad's score is that of its three pairs together.
    """
    del previous  # the engine decides between equals by the addresses alone, so the same people meet again anyway
    result = _paired(inputs, fixed, inputs.objective)
    groups = _groups_of(result)
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
        proof=BY_PRICES if result.optimal else "",
        aims=aims(
            inputs,
            _paired_outcome(inputs, result),
            ONE_SIDED_AIMS,
            lambda aim: _paired_outcome(inputs, _paired(inputs, fixed, aim)),
            result.price,
        ),
    )


def _paired(inputs: Inputs, fixed: Groups, objective: str) -> "Pairing":
    from matching import engine  # noqa: PLC0415  see above

    taken = np.array([peer.free == 0 for peer in inputs.takers], dtype=np.bool_)
    try:
        return engine.pair(
            inputs.scores.points,
            allowed=inputs.scores.allowed & ~taken[:, None] & ~taken[None, :],
            triads=inputs.model.triads,
            objective=cast("PairObjective", objective),
            fixed=[(inputs.taker_row[a], inputs.taker_row[b]) for a, b in _pairs(fixed)],
            ids=[peer.email for peer in inputs.takers],
        )
    except engine.Infeasible as error:
        raise CannotMatch(f"The locked pairs cannot all stay: {error}") from error


def _groups_of(result: "Pairing") -> list[tuple[int, ...]]:
    return [tuple(int(row) for row in rows) for rows in (*result.pairs, *result.triads)]


def _paired_outcome(inputs: Inputs, result: "Pairing") -> Outcome:
    scores = [_worth(inputs, rows) for rows in _groups_of(result)]
    return outcome_of(int(result.filled), result.total, scores, optimal=bool(result.optimal))


def _worth(inputs: Inputs, rows: Sequence[int]) -> int:
    return sum(int(inputs.scores.points[a, b]) for a, b in combinations(rows, 2))


def _found_group(inputs: Inputs, rows: Sequence[int]) -> Found:
    members = tuple(inputs.takers[row] for row in rows)
    return Found(members, _worth(inputs, rows), shares_of(inputs, *members), most_of(inputs, *members))
