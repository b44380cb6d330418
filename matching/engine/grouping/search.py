"""Large-neighbourhood search whose step is an assignment.

Every group has the same number of places; where there are fewer people, some places hold a dummy worth nothing. A step
takes one person out of each group and puts all of them back at once in the best possible way: of the G! ways to do so,
one exact assignment finds the best. A step never makes a solution worse. Broken rules count more than all scores.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from matching.engine.grouping.check import Groups, broken_rules
from matching.engine.grouping.problem import GroupProblem, Plan, Spread
from matching.engine.numbers import Ints

KICKS = 1000  # fewer for many groups, whose climbs take longer
AT_ONCE = 20_000  # exchanges weighed in one go: beyond, a table of all of them is mostly thrown away

Labels = list[tuple[Spread, Ints, int]]


@dataclass
class State:
    """Places [groups, width] hold people, dummies and, beyond the groups, the bench; `gain[p, g]` is p's worth to g."""

    weight: NDArray[np.float64]
    places: Ints
    bench: Ints
    gain: NDArray[np.float64]
    labels: Labels
    counts: list[Ints]
    penalty: float

    def copy(self) -> "State":
        """The same places, free to change; scores and labels never do."""
        counts = [table.copy() for table in self.counts]
        return replace(self, places=self.places.copy(), bench=self.bench.copy(), gain=self.gain.copy(), counts=counts)

    def value(self) -> float:
        """Scores less penalties."""
        pairs = sum(
            float(self.gain[self.places[:, column], np.arange(len(self.places))].sum()) for column in range(self.width)
        )
        return pairs / 2 - self.penalty * sum(float(self.broken(number).sum()) for number in range(len(self.labels)))

    @property
    def width(self) -> int:
        return int(self.places.shape[1])

    def broken(self, number: int, counts: Ints | None = None) -> Ints:
        """How far label counts [..., labels] of groups are from what a spread asks for."""
        spread, _, _ = self.labels[number]
        have = self.counts[number] if counts is None else counts
        total = self.counts[number].sum(axis=0)
        if spread.rule == "not_alone":
            return np.asarray((have == 1).sum(axis=-1), dtype=np.int64)
        low = total // len(self.places)
        high = -(-total // len(self.places))
        return np.asarray((np.maximum(low - have, 0) + np.maximum(have - high, 0)).sum(axis=-1), dtype=np.int64)

    def step(self, columns: Ints, *, bench: bool) -> bool:
        """Take out one place of each group (and the bench), put back the best way; whether anything changed."""
        groups = np.arange(len(self.places))
        out = self.places[groups, columns]
        who = np.concatenate([out, self.bench]) if bench else out
        # Whole rows first, then columns: three times as fast as picking cells one by one.
        worth = self.gain.take(who, axis=0) - self.weight.take(who, axis=0).take(out, axis=1)
        for number, (_, label, size) in enumerate(self.labels):
            worth -= self.penalty * self._breaks(number, label, size, who, out)
        stay = worth[groups, groups].sum()
        taken, group = linear_sum_assignment(worth, maximize=True)
        if worth[taken, group].sum() <= stay:
            return False
        chosen = np.empty(len(groups), dtype=np.int64)
        chosen[group] = who[taken]
        if bench:
            self.bench = np.setdiff1d(who, chosen)
        self.put(groups, columns, chosen)
        return True

    def _breaks(self, number: int, label: Ints, size: int, who: Ints, out: Ints) -> NDArray[np.float64]:
        """Broken counts of each group (column) with each person (row) in the place that was emptied."""
        base = self.counts[number].copy()
        lost = label[out]
        np.subtract.at(base, (np.flatnonzero(lost >= 0), lost[lost >= 0]), 1)
        # One more of a label: all labels of all groups at once. The last row is for whoever has none.
        more = base + np.eye(size + 1, size, dtype=np.int64)[:, None, :]
        return self.broken(number, more).astype(np.float64)[label[who]]

    def put(self, groups: Ints, columns: Ints, people: Ints) -> None:
        """Put these people into these places, one in each of the groups."""
        old = self.places[groups, columns]
        moved = old != people
        groups, columns, people, old = groups[moved], columns[moved], people[moved], old[moved]
        self.gain[:, groups] += self.weight[:, people] - self.weight[:, old]
        self.places[groups, columns] = people
        for number, (_, label, _) in enumerate(self.labels):
            for change, someone in ((-1, old), (1, people)):
                known = label[someone] >= 0
                np.add.at(self.counts[number], (groups[known], label[someone][known]), change)


def search(problem: GroupProblem, plan: Plan, effort: int, starts: int | None = None) -> list[tuple[int, ...]]:
    """The best groups found within a fixed number of steps; the same seed gives the same groups."""
    rng = np.random.default_rng(problem.seed)
    members, leaders = problem.members, problem.leaders
    members = members[np.argsort(problem.lots[members], kind="stable")]
    leaders = leaders[np.argsort(problem.lots[leaders], kind="stable")]
    best, best_value = None, -np.inf
    for _ in range(starts or max(1, min(4, 400 // max(problem.people, 1)))):
        state, width = _start(problem, plan, rng.permutation(members), rng.permutation(leaders))
        state = _improve(state, width, rng, effort)
        if state.value() > best_value:
            best, best_value = state.places.copy(), state.value()
    assert best is not None  # noqa: S101 - the loop runs at least once
    return sorted(tuple(sorted(one for one in group.tolist() if one < problem.people)) for group in best)


def search_freely(problem: GroupProblem, known: Groups) -> Groups:
    """Groups for "score", never worth less than those known: few, many or something between, then without what takes
    more away than it adds."""
    best = trimmed(problem, known)
    for plan in _plans(problem):
        found = trimmed(problem, tuple(search(problem, plan, problem.effort, 1)))
        kept = not broken_rules(problem, found) or broken_rules(problem, best)
        if kept and sum(map(problem.worth, found)) > sum(map(problem.worth, best)):
            best = found
    return best


def _plans(problem: GroupProblem) -> list[Plan]:
    """More groups than the fewest that place everybody; and fewer, all of the largest size."""
    members, leaders = len(problem.members), len(problem.leaders)
    few = problem.plan()
    most = members // problem.size[0]
    if problem.seats is not None and problem.seats.least:
        most = min(most, leaders // problem.seats.least)
    counts = {(few.groups + most) // 2, most, min(most, members // problem.size[1])} - {0, few.groups}
    seated = 0 if problem.seats is None else problem.seats.most
    return [Plan(one, min(members, one * problem.size[1]), min(leaders, one * seated)) for one in sorted(counts)]


def trimmed(problem: GroupProblem, groups: Groups) -> Groups:
    """Without groups, and without people, that take more away than they add, as far as rules and sizes allow."""
    groups = tuple(group for group in groups if problem.worth(group) > 0 or len(groups) == 1)
    bound = {one for cluster in problem.clusters() for one in cluster} | set(problem.leaders.tolist())
    while True:
        options = [
            (problem.worth(group) - problem.worth([one for one in group if one != person]), person)
            for group in groups
            if len(set(group) - set(problem.leaders.tolist())) > problem.size[0]
            for person in group
            if person not in bound
        ]
        if not options or min(options)[0] >= 0:
            return groups
        fewer = tuple(tuple(one for one in group if one != min(options)[1]) for group in groups)
        if len(broken_rules(problem, fewer)) > len(broken_rules(problem, groups)):
            return groups
        groups = fewer


def _improve(state: State, width: int, rng: np.random.Generator, effort: int) -> State:
    """Climb; then, again and again, shuffle a few groups, climb from there, and keep what is better."""
    _climb(state, width, rng, effort)
    best, value = state.copy(), state.value()
    for _ in range(effort * min(40, KICKS // max(1, len(state.places)))):
        _shake(state, width, rng)
        _climb(state, width, rng, 0)
        if state.value() > value:
            best, value = state.copy(), state.value()
        else:
            state = best.copy()
    return best


def _climb(state: State, width: int, rng: np.random.Generator, effort: int) -> None:
    """Steps at random places, members' and leaders' in turn, until many in a row have changed nothing."""
    groups, idle = len(state.places), 0
    patience = 400 * effort or 40
    _swap(state, width)
    for turn in range(max(1, effort) * max(1200, 6000 - 10 * groups)):
        leading = width < state.width and turn % 4 == 3
        low, high = (width, state.width) if leading else (0, width)
        changed = state.step(rng.integers(low, high, groups), bench=False)
        if len(state.bench) and turn % 3 == 0 and not leading:
            changed |= state.step(rng.integers(low, high, groups), bench=True)
        idle = 0 if changed else idle + 1
        if idle > patience:
            if not _swap(state, width):
                return
            idle = 0


def _shake(state: State, width: int, rng: np.random.Generator) -> None:
    """Deal the members of three groups out among these groups anew."""
    some = rng.permutation(len(state.places))[:3]
    for column in range(width):
        people = state.places[some, column]
        state.put(some, np.full(len(some), column), rng.permutation(people))


def _swap(state: State, width: int) -> bool:
    """Exchange two members wherever that helps, until it does not; with spreads the steps do all the work."""
    if state.labels:
        return False
    improved = False
    for _ in range(50):
        again = _exchange_all(state, width)
        improved |= again
        if not again:
            break
    return improved


def _exchange_all(state: State, width: int) -> bool:
    """Each member's best exchange in turn, place by place; whether there was any that helps.

    Looked for at many places at once: most have none, and those before one that has are as they were.
    """
    total, begin, again = len(state.places) * width, 0, False
    many = max(1, AT_ONCE // max(1, total))
    while begin < total:
        end = min(total, begin + many)
        found = _first_exchange(state, width, np.arange(begin, end))
        if found is None:
            begin = end
            continue
        place, with_whom = found
        people = state.places[:, :width].reshape(-1)
        one, other = people[[place]], people[[with_whom]]
        for spot, person in ((place, other), (with_whom, one)):
            group, column = divmod(spot, width)
            state.put(np.array([group]), np.array([column]), person)
        begin, again = place + 1, True
    return again


def _first_exchange(state: State, width: int, spots: Ints) -> tuple[int, int] | None:
    """The first of these places whose member does better in another's place, and the best such place."""
    people = state.places[:, :width].reshape(-1)
    groups = np.repeat(np.arange(len(state.places)), width)
    own = state.gain[people, groups]
    # What both are worth in each other's place, less what they are in their own, and what they are to one another.
    gain = state.gain.take(people[spots], axis=0).take(groups, axis=1) - own[spots, None]
    gain += state.gain.take(people, axis=0).take(groups[spots], axis=1).T - own
    gain -= 2 * state.weight.take(people[spots], axis=0).take(people, axis=1)
    gain[groups[spots, None] == groups] = 0
    best = gain.argmax(axis=1)
    better = np.flatnonzero(gain[np.arange(len(spots)), best] > 0)
    return (int(spots[better[0]]), int(best[better[0]])) if len(better) else None


def _start(problem: GroupProblem, plan: Plan, members: Ints, leaders: Ints) -> tuple[State, int]:
    """Deal people out to places, those who must be together first."""
    groups = plan.groups
    width, lead = -(-plan.members // groups), -(-plan.leaders // groups)
    dummies = groups * width - plan.members, groups * lead - plan.leaders
    total = problem.people + sum(dummies)
    weight, penalty = _weights(problem, total, dummies)
    order = _clustered(problem, members)
    places = np.full((groups, width + lead), -1, dtype=np.int64)
    # Dummies go into the last place of as many groups as needed, one each.
    fake = np.arange(problem.people, total)
    places[groups - dummies[0] :, width - 1] = fake[: dummies[0]]
    if lead:
        places[groups - dummies[1] :, width + lead - 1] = fake[dummies[0] :]
        _fill(places[:, width:], leaders[: plan.leaders])
    rest = _fill_clusters(places[:, :width], order)
    _fill(places[:, :width], rest[: int((places[:, :width] < 0).sum())])
    bench = np.setdiff1d(members, places)
    gain = np.stack([weight[:, row].sum(axis=1) for row in places], axis=1)
    labels = [_labelled(spread, total) for spread in problem.spread]
    counts = []
    for _, label, size in labels:
        table = np.zeros((groups, size), dtype=np.int64)
        row, column = np.nonzero(label[places] >= 0)
        np.add.at(table, (row, label[places[row, column]]), 1)
        counts.append(table)
    return State(weight, places, bench, gain, labels, counts, penalty), width


def _fill(places: Ints, people: Ints) -> None:
    row, column = np.nonzero(places.T < 0)
    places[column[: len(people)], row[: len(people)]] = people


def _clustered(problem: GroupProblem, members: Ints) -> list[list[int]]:
    """Members in their order, clusters first and whole."""
    clusters = [[one for one in cluster if one in set(members.tolist())] for cluster in problem.clusters()]
    inside = {one for cluster in clusters for one in cluster}
    clusters.sort(key=len, reverse=True)
    return [*(one for one in clusters if one), *([one] for one in members.tolist() if one not in inside)]


def _fill_clusters(places: Ints, order: list[list[int]]) -> Ints:
    """Put each cluster where there is room for all of it; whoever stands alone is returned in order."""
    for cluster in order:
        if len(cluster) < 2:
            continue
        room = (places < 0).sum(axis=1)
        group = int(np.argmax(room))
        free = np.flatnonzero(places[group] < 0)[: len(cluster)]
        places[group, free] = cluster[: len(free)]
    placed = set(places[places >= 0].tolist())
    return np.array([one for cluster in order for one in cluster if one not in placed], dtype=np.int64)


def _weights(problem: GroupProblem, total: int, dummies: tuple[int, int]) -> tuple[NDArray[np.float64], float]:
    """Scores, with penalties for who must be apart and rewards for who must be together; whole numbers throughout."""
    weight = np.zeros((total, total))
    people = problem.people
    weight[:people, :people] = problem.grid.units(problem.score)
    np.fill_diagonal(weight, 0)
    each = problem.size[1] + (problem.seats.most if problem.seats else 0)
    penalty = float(people * each * (int(problem.grid.largest) + 1))
    for sign, pairs in ((-1, problem.apart), (1, problem.together)):
        weight[pairs[:, 0], pairs[:, 1]] += sign * penalty
        weight[pairs[:, 1], pairs[:, 0]] += sign * penalty
    # Two dummies in one group would make it too small.
    for start, number in ((people, dummies[0]), (people + dummies[0], dummies[1])):
        fake = np.arange(start, start + number)
        weight[np.ix_(fake, fake)] = -penalty
    np.fill_diagonal(weight, 0)
    return weight, penalty


def _labelled(spread: Spread, total: int) -> tuple[Spread, Ints, int]:
    labels: dict[object, int] = {}
    for value in spread.values:
        if value is not None:
            labels.setdefault(value, len(labels))
    numbers = np.full(total, -1, dtype=np.int64)
    numbers[: len(spread.values)] = [labels.get(value, -1) for value in spread.values]
    return spread, numbers, len(labels)
