"""Why two people are not a pair, and what would place somebody who is left over: exact, by pairing anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from matching.engine.errors import Infeasible
from matching.engine.explaining import Change, Move, Reason
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.results import Pairing
from matching.engine.pairing.solver import solve_pairing

# Forbidden partners that are tried for each change that is wanted.
TRIED = 3


def why_not_paired(problem: PairProblem, solution: Pairing, a: int, b: int) -> Reason:
    """What forbids a and b, or what forcing the pair costs and who would change: exact, by pairing with it fixed.

    Raises ValueError for people who do not exist.
    """
    if a == b or not (0 <= a < problem.people and 0 <= b < problem.people):
        raise ValueError(f"({a}, {b}) is not a pair of {problem.people} people")
    if any({a, b} <= set(group) for group in (*solution.pairs.tolist(), *solution.triads.tolist())):
        return Reason("chosen", f"{a} is with {b}", loss=0)
    if not problem.may(a, b):
        return Reason("forbidden", f"a rule forbids {a} and {b}")
    try:
        forced = solve_pairing(_with_fixed(problem, a, b))
    except Infeasible as locked:
        return Reason("locked", str(locked))
    loss, fewer = solution.total - forced.total, solution.filled - forced.filled
    moves = _moves(solution, forced, problem.people)
    words = f"{loss} points" if not fewer else f"places for {fewer} people, and {loss} points"
    exact = solution.optimal and forced.optimal
    message = f"{a} with {b} would cost {words}; {len(moves)} people change"
    return Reason("cost", message, loss, (fewer + 1) // 2, moves, exact)


def _with_fixed(problem: PairProblem, a: int, b: int) -> PairProblem:
    fixed = [*map(tuple, problem.fixed.tolist()), (min(a, b), max(a, b))]
    return replace(problem, fixed=fixed, ids=problem.lots.tolist())


def _moves(before: Pairing, after: Pairing, people: int) -> tuple[Move, ...]:
    old, new = _partners(before), _partners(after)
    return tuple(
        Move(person, min(old.get(person, ()), default=None), min(new.get(person, ()), default=None))
        for person in range(people)
        if old.get(person) != new.get(person)
    )


def _partners(solution: Pairing) -> dict[int, tuple[int, ...]]:
    groups = [*solution.pairs.tolist(), *solution.triads.tolist()]
    return {one: tuple(sorted(set(group) - {one})) for group in groups for one in group}


def relax_paired(
    problem: PairProblem,
    solution: Pairing,
    person: int,
    *,
    rules: Mapping[str, Any] | None = None,
    most: int = 10,
) -> list[Change]:
    """For someone left over: single changes that would place them, best first.

    kind "allow": the pair with partner, although rules forbid it; points are what the total changes by (exact: people
    are paired anew with it), seats how many more people find a partner, in pairs of two. kind "triad": joining the
    pair of partner as a third, where nothing forbids it and triads were not asked for; points are what that adds.
    Of the forbidden partners the `TRIED` times `most` with the highest scores are tried; a sparse score knows none.
    `rules` names what stands against pairs (bool people × people each). Raises ValueError for somebody who is placed.
    """
    if person not in solution.unfilled.tolist():
        raise ValueError(f"person {person} is not left over")
    changes = [*_thirds(problem, solution, person), *_permissions(problem, solution, person, rules or {}, most)]
    return sorted(changes, key=lambda one: (-one.seats, -(one.points or 0), one.kind, one.partner))[:most]


def _thirds(problem: PairProblem, solution: Pairing, person: int) -> list[Change]:
    if problem.triads:
        return []
    found = []
    for one, other in solution.pairs.tolist():
        if problem.may(person, one) and problem.may(person, other):
            both = np.array([[person, one], [person, other]])
            points = problem.grid.score(int(problem.value(both).sum()))
            found.append(Change("triad", person, one, 0, points, (), f"let {person} join {one} and {other}"))
    return found


def _permissions(
    problem: PairProblem, solution: Pairing, person: int, rules: Mapping[str, Any], most: int
) -> list[Change]:
    """Of the forbidden partners, those with the highest scores, each paired anew."""
    locked = {person, *problem.fixed.reshape(-1).tolist()}
    if sparse.issparse(problem.score):
        return []
    partners = [one for one in range(problem.people) if one not in locked and not problem.may(person, one)]
    partners.sort(key=lambda one: (-min(problem.score[person, one], problem.score[one, person]), one))
    found: list[Change] = []
    for partner in partners[: TRIED * most]:
        after = solve_pairing(_allowed(problem, person, partner))
        named = tuple(name for name, mask in rules.items() if bool(mask[person][partner]))
        words = f"allow {person} with {partner}" + (f", which {' and '.join(named)} forbids" if named else "")
        seats = (after.filled - solution.filled) // 2
        found.append(Change("allow", person, partner, seats, after.total - solution.total, named, words))
    return found


def _allowed(problem: PairProblem, person: int, partner: int) -> PairProblem:
    """The problem with the pair allowed and fixed. The two directions of its score may differ: the weaker counts."""
    allowed, score = problem.allowed.copy(), np.array(problem.score)
    allowed[person, partner] = allowed[partner, person] = True
    score[person, partner] = score[partner, person] = min(score[person, partner], score[partner, person])
    fixed = [*map(tuple, problem.fixed.tolist()), (min(person, partner), max(person, partner))]
    ids = problem.lots.tolist()
    return PairProblem(score, allowed, problem.triads, problem.objective, fixed, ids)
