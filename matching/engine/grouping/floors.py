"""Raise the lowest group: exchanges of two people, first for the lowest group, then for the total above that floor.

A climb, not a proof: each exchange leaves the lowest group higher (or as high and the total better), so it ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.grouping.check import Groups, broken_rules
from matching.engine.grouping.problem import GroupProblem
from matching.engine.numbers import Ints, Mask

# Exchanges looked at in order of promise, until one keeps every rule.
TRIED = 60
ROUNDS = 2000
Values = NDArray[np.float64]


@dataclass
class _Groups:
    """Who is where (-1: nowhere), what each person is worth to each group, and each group's total and pairs."""

    problem: GroupProblem
    weight: Values
    place: Ints
    gain: Values
    worth: Values
    pairs: Values
    leads: Mask

    def groups(self) -> Groups:
        return tuple(tuple(np.flatnonzero(self.place == group).tolist()) for group in range(len(self.worth)))

    def means(self) -> Values:
        """Each group's score for each pair of its people; groups of one have none and count as endless."""
        return np.where(self.pairs > 0, self.worth / np.maximum(self.pairs, 1), np.inf)

    def after(self, one: Ints, other: Ints) -> tuple[Values, Values]:
        """The worth of both groups once these people have changed places."""
        here, there = self.place[one], self.place[other]
        both = self.weight[one, other]
        left = self.worth[here] - self.gain[one, here] + self.gain[other, here] - both
        return left, self.worth[there] - self.gain[other, there] + self.gain[one, there] - both

    def exchange(self, one: int, other: int) -> None:
        here, there = int(self.place[one]), int(self.place[other])
        left, right = self.after(np.array([one]), np.array([other]))
        self.worth[here], self.worth[there] = float(left[0]), float(right[0])
        change = self.weight[:, other] - self.weight[:, one]
        self.gain[:, here] += change
        self.gain[:, there] -= change
        self.place[one], self.place[other] = there, here


def raised(problem: GroupProblem, groups: Groups) -> Groups:
    """Groups whose lowest is as high as exchanges can make it. What breaks a rule already comes back as it is."""
    if len(groups) < 2 or broken_rules(problem, groups):
        return groups
    state = _state(problem, groups)
    for step in (_lift, _improve):
        for _ in range(ROUNDS):
            if not step(state):
                break
    return tuple(sorted(state.groups()))


def _state(problem: GroupProblem, groups: Groups) -> _Groups:
    weight = problem.grid.units(problem.score).copy()
    np.fill_diagonal(weight, 0)
    place = np.full(problem.people, -1, dtype=np.int64)
    for number, group in enumerate(groups):
        place[list(group)] = number
    gain = np.stack([weight[:, list(group)].sum(axis=1) for group in groups], axis=1)
    size = np.array([len(group) for group in groups], dtype=np.float64)
    worth = np.array([problem.worth(group) for group in groups], dtype=np.float64)
    leads = np.isin(np.arange(problem.people), problem.leaders)
    return _Groups(problem, weight, place, gain, worth, size * (size - 1) / 2, leads)


def _lift(state: _Groups) -> bool:
    """One exchange after which both groups are higher than the lowest was."""
    means = state.means()
    lowest = int(np.argmin(means))
    one, other = _candidates(state, state.place == lowest)
    left, right = state.after(one, other)
    low = np.minimum(left / state.pairs[lowest], _mean(state, right, other)) if state.pairs[lowest] else left * 0
    better = low > means[lowest]
    total = left + right - state.worth[lowest] - state.worth[state.place[other]]
    order = np.lexsort((-total, -low))
    return _first(state, one, other, order[better[order]])


def _improve(state: _Groups) -> bool:
    """The exchange that adds most to the total while both groups stay at the floor or above."""
    floor = state.means().min()
    one, other = _candidates(state, state.place >= 0)
    left, right = state.after(one, other)
    total = left + right - state.worth[state.place[one]] - state.worth[state.place[other]]
    fine = (total > 0) & (_mean(state, left, one) >= floor) & (_mean(state, right, other) >= floor)
    chosen = np.flatnonzero(fine)
    return _first(state, one, other, chosen[np.argsort(-total[chosen], kind="stable")])


def _mean(state: _Groups, worth: Values, people: Ints) -> Values:
    pairs = state.pairs[state.place[people]]
    return np.where(pairs > 0, worth / np.maximum(pairs, 1), np.inf)


def _candidates(state: _Groups, some: Mask) -> tuple[Ints, Ints]:
    """Pairs of people of one kind in different groups, the first of them among `some`."""
    first, others = np.flatnonzero(some), np.flatnonzero(state.place >= 0)
    one, other = np.repeat(first, len(others)), np.tile(others, len(first))
    fit = (state.place[one] != state.place[other]) & (state.leads[one] == state.leads[other])
    return one[fit], other[fit]


def _first(state: _Groups, one: Ints, other: Ints, order: Ints) -> bool:
    """Make the first exchange that keeps every rule."""
    for number in order[:TRIED].tolist():
        state.exchange(int(one[number]), int(other[number]))
        if not broken_rules(state.problem, state.groups()):
            return True
        state.exchange(int(one[number]), int(other[number]))
    return False
