"""Why two people are not in one group, and how somebody who is left over could join one: by moves of single people."""

from dataclasses import replace

from matching.engine.errors import Infeasible
from matching.engine.explaining import Change, Move, Reason
from matching.engine.grouping.bound import enumerable
from matching.engine.grouping.check import Groups, broken_rules
from matching.engine.grouping.problem import GroupProblem, Seats
from matching.engine.grouping.results import Grouping
from matching.engine.grouping.solver import solve_grouping


def why_not_grouped(problem: GroupProblem, solution: Grouping, a: int, b: int) -> Reason:
    """What keeps a and b out of one group, or what it costs to put them into one.

    Where every grouping can be tried the loss is exact. Beyond, it is that of the best single move or exchange that
    brings one of them to the other while everybody else stays: the cost is at most that (`exact` is false, and the
    message says so). "locked": no such move keeps the rules. In moves, groups are named by their place in
    `solution.groups`. Raises ValueError for people who do not exist.
    """
    if a == b or not (0 <= a < problem.people and 0 <= b < problem.people):
        raise ValueError(f"({a}, {b}) is not a pair of {problem.people} people")
    if any(a in group and b in group for group in solution.groups):
        return Reason("chosen", f"{a} is in a group with {b}", loss=0)
    if sorted((a, b)) in problem.apart.tolist():
        return Reason("forbidden", f"a rule keeps {a} and {b} apart")
    if enumerable(problem, problem.plan()):
        return _tried(problem, solution, a, b)
    found = [(_worth(problem, groups), groups) for groups in _meetings(solution.groups, a, b)]
    kept = [one for one in found if len(broken_rules(problem, one[1])) <= len(solution.broken)]
    if not kept:
        return Reason("locked", f"no single move or exchange that keeps the rules brings {a} and {b} together")
    worth, groups = max(kept)
    loss = problem.grid.score(_worth(problem, solution.groups) - worth)
    moves = _moves(solution.groups, groups, problem.people)
    words = f"{a} with {b} would cost at most {loss} points; {len(moves)} people change groups"
    return Reason("cost", words, loss, moves=moves, exact=False)


def _tried(problem: GroupProblem, solution: Grouping, a: int, b: int) -> Reason:
    together = [*map(tuple, problem.together.tolist()), (a, b)]
    try:
        forced = solve_grouping(_restated(problem, together=together))
    except Infeasible as locked:
        return Reason("locked", str(locked))
    if not any(a in group and b in group for group in forced.groups):
        return Reason("locked", f"the best grouping with {a} and {b} in one place leaves both out")
    loss = solution.total - forced.total
    moves = _moves(solution.groups, forced.groups, problem.people)
    return Reason(
        "cost", f"{a} with {b} would cost {loss} points; {len(moves)} people change groups", loss, moves=moves
    )


def _restated(problem: GroupProblem, *, together: list[tuple[int, int]]) -> GroupProblem:
    ids = problem.lots.tolist()
    args = problem.score, problem.size, problem.seats, problem.apart.tolist(), together, problem.spread
    return GroupProblem(*args, problem.objective, (), problem.seed, problem.effort, ids)


def _meetings(groups: Groups, a: int, b: int) -> list[Groups]:
    """All groupings in which one of the two comes to the other, alone or in exchange for one of that group."""
    found = []
    for comer, host in ((a, b), (b, a)):
        target = next((number for number, group in enumerate(groups) if host in group), None)
        if target is None:
            continue
        source = next((number for number, group in enumerate(groups) if comer in group), None)
        found.append(_exchanged(groups, source, target, comer, None))
        found += [_exchanged(groups, source, target, comer, goes) for goes in groups[target] if goes != host]
    return [tuple(sorted(group for group in one if group)) for one in found]


def _exchanged(groups: Groups, source: int | None, target: int, comer: int, goes: int | None) -> Groups:
    changed = [set(group) for group in groups]
    changed[target] = (changed[target] | {comer}) - {goes}
    if source is not None:
        changed[source] = (changed[source] - {comer}) | (set() if goes is None else {goes})
    return tuple(tuple(sorted(group)) for group in changed)


def _worth(problem: GroupProblem, groups: Groups) -> int:
    return sum(problem.worth(group) for group in groups)


def _moves(before: Groups, after: Groups, people: int) -> tuple[Move, ...]:
    """Who changes groups; a group of `after` is the one of `before` with which it shares most people."""
    old = {person: number for number, group in enumerate(before) for person in group}
    new: dict[int, int] = {}
    free = set(range(len(before)))
    shared = sorted(
        (
            (len(set(one) & set(other)), -number, -place)
            for place, one in enumerate(after)
            for number, other in enumerate(before)
        ),
        reverse=True,
    )
    named: dict[int, int] = {}
    for _, number, place in shared:
        if -place not in named and -number in free:
            named[-place] = -number
            free.discard(-number)
    for place, group in enumerate(after):
        new |= dict.fromkeys(group, named.get(place, len(before) + place))
    return tuple(
        Move(person, old.get(person), new.get(person)) for person in range(people) if old.get(person) != new.get(person)
    )


def relax_grouped(problem: GroupProblem, solution: Grouping, person: int, *, most: int = 10) -> list[Change]:
    """For someone who is left over: groups they could join if the group took one more, best first.

    kind "capacity": one more place in the group of `partner` (its first person) is enough. kind "allow": besides, a
    rule that `rules` names ("apart", "together", "not_alone") must give way. Everybody else stays; so the total gains
    at least these points once the sizes allow it. Raises ValueError for somebody who is not left over.
    """
    if person not in solution.unfilled.tolist():
        raise ValueError(f"person {person} is not left over")
    roomy = _roomy(problem)
    before = {violation.message for violation in broken_rules(roomy, solution.groups)}
    changes = []
    for number, group in enumerate(solution.groups):
        joined = tuple(sorted((*group, person)))
        groups = (*solution.groups[:number], joined, *solution.groups[number + 1 :])
        broken = [one for one in broken_rules(roomy, groups) if one.message not in before and one.rule in NAMED]
        rules = tuple(sorted({one.rule for one in broken}))
        points = problem.grid.score(problem.worth(joined) - problem.worth(group))
        words = f"one more place in the group of {group[0]} adds at least {points} points"
        words += f", if {' and '.join(rules)} gives way" if rules else ""
        changes.append(Change("allow" if rules else "capacity", person, group[0], 1, points, rules, words))
    return sorted(changes, key=lambda one: (bool(one.rules), -(one.points or 0), one.partner))[:most]


NAMED = ("apart", "together", "not_alone")


def _roomy(problem: GroupProblem) -> GroupProblem:
    """The same with one more place of each kind in every group."""
    seats = problem.seats and Seats(problem.seats.people, problem.seats.least, problem.seats.most + 1)
    return replace(problem, size=(problem.size[0], problem.size[1] + 1), seats=seats, ids=problem.lots.tolist())
