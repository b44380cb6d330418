"""Whether a grouping keeps the rules: reads the statement of the problem and the groups, nothing else."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import fsum

import numpy as np

from matching.engine.grouping.problem import GroupProblem, Spread
from matching.engine.grouping.results import Grouping
from matching.engine.results import Violation

Groups = tuple[tuple[int, ...], ...]


def total_of(problem: GroupProblem, groups: Iterable[tuple[int, ...]]) -> float:
    """The scores of all pairs within groups, as they were given."""
    if problem.grid.plain:
        return sum(problem.worth(group) for group in groups)
    pairs = [problem.score[one, other] for group in groups for one in group for other in group if one < other]
    return fsum(float(value) for value in pairs)


def lowest_mean(problem: GroupProblem, groups: Iterable[tuple[int, ...]]) -> Fraction | None:
    """The lowest group's score, per pair of its people so that larger ones are no better off; in grid units."""
    means = [Fraction(problem.worth(one), len(one) * (len(one) - 1) // 2) for one in groups if len(one) > 1]
    return min(means, default=None)


def floor_of(problem: GroupProblem, groups: Iterable[tuple[int, ...]]) -> float | None:
    """The same in points."""
    lowest = lowest_mean(problem, groups)
    return None if lowest is None else float(lowest * Fraction(2) ** problem.grid.exponent)


def check_grouping(problem: GroupProblem, solution: Grouping) -> list[Violation]:
    """Every rule that the solution breaks; empty if it is feasible and says the truth about itself."""
    groups = solution.groups
    people = [person for group in groups for person in group]
    found = [
        Violation("outside", f"person {one} does not exist", (one,)) for one in people if not 0 <= one < problem.people
    ]
    if found:
        return found
    found += [Violation("once", f"{one} is in {n} groups", (one,)) for one, n in Counter(people).items() if n > 1]
    found += broken_rules(problem, groups)
    if solution.filled != len(people):
        found.append(Violation("filled", f"{len(people)} people are placed, not {solution.filled}"))
    if not np.array_equal(np.setdiff1d(np.arange(problem.people), people), solution.unfilled):
        found.append(Violation("unfilled", "the list of people left over is wrong"))
    if floor_of(problem, groups) != solution.floor:
        found.append(Violation("floor", f"the lowest group scores {floor_of(problem, groups)}, not {solution.floor}"))
    if total_of(problem, groups) != solution.total:
        found.append(Violation("total", f"the groups are worth {total_of(problem, groups)}, not {solution.total}"))
    return found


def broken_rules(problem: GroupProblem, groups: Groups) -> list[Violation]:
    """What the groups themselves break."""
    return [*_sizes(problem, groups), *_company(problem, groups), *_spreads(problem, groups)]


def _sizes(problem: GroupProblem, groups: Groups) -> list[Violation]:
    found, leaders = [], set(problem.leaders.tolist())
    low, high = problem.size
    members = [len([one for one in group if one not in leaders]) for group in groups]
    leading = [len(group) - count for group, count in zip(groups, members, strict=True)]
    for group, count, led in zip(groups, members, leading, strict=True):
        if not low <= count <= high:
            found.append(Violation("size", f"group {group} has {count} members, not {low} to {high}", group))
        if problem.seats is not None and not problem.seats.least <= led <= problem.seats.most:
            found.append(Violation("seats", f"group {group} has {led} people to lead it", group))
    return found if problem.objective == "score" else [*found, *_evenness(problem, members, leading)]


def _evenness(problem: GroupProblem, members: list[int], leading: list[int]) -> list[Violation]:
    """Everybody for whom there is room is placed, and groups differ by one at most."""
    found = []
    for name, counts in (("members", members), ("seats", leading)):
        if counts and max(counts) - min(counts) > 1:
            found.append(Violation("balance", f"the groups' {name} number from {min(counts)} to {max(counts)}"))
    plan = problem.plan()
    if sum(members) != plan.members or sum(leading) != plan.leaders:
        words = f"{sum(members)} members and {sum(leading)} leaders are placed of {plan.members} and {plan.leaders}"
        found.append(Violation("cover", words))
    return found


def _company(problem: GroupProblem, groups: Groups) -> list[Violation]:
    place = {one: number for number, group in enumerate(groups) for one in group}
    found = []
    for one, other in problem.apart.tolist():
        if one in place and place[one] == place.get(other):
            found.append(Violation("apart", f"{one} and {other} must be apart", (one, other)))
    for one, other in problem.together.tolist():
        if place.get(one) != place.get(other):
            found.append(Violation("together", f"{one} and {other} must be together", (one, other)))
    return found


def _spreads(problem: GroupProblem, groups: Groups) -> list[Violation]:
    return [broken for spread in problem.spread for broken in _spread(spread, groups)]


def _spread(spread: Spread, groups: Groups) -> list[Violation]:
    placed = Counter(spread.values[one] for group in groups for one in group if spread.values[one] is not None)
    found = []
    for group in groups:
        counts = Counter(spread.values[one] for one in group)
        for label, total in placed.items():
            count = counts[label]
            low, high = total // len(groups), -(-total // len(groups))
            if spread.rule == "not_alone" and count == 1:
                alone = tuple(one for one in group if spread.values[one] == label)
                found.append(Violation("not_alone", f"{alone[0]} is alone with {spread.name} {label}", alone))
            if spread.rule == "balance" and not low <= count <= high:
                words = f"group {group} has {count} with {spread.name} {label}, not {low} to {high}"
                found.append(Violation("spread", words, group))
    return found
