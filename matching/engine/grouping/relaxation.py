"""The best prices: linear programming over the groups found so far, and new groups where the prices are exceeded.

Prices of a new round may leave those of the best round so far by no more than a step. Without this the first rounds,
which know few groups, would swing from one extreme to the other.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from matching.engine.grouping.pricing import worthwhile
from matching.engine.grouping.space import Columns, GroupPrices, Space, Worths, joined
from matching.engine.numbers import Ints

ROUNDS = 80
BEAM = 1500
LAYERS = 20
FRESH = 600
CLOSE = 1e-7


@dataclass(frozen=True)
class Model:
    """Whole prices over listed columns, how much of each column is taken, and the value."""

    prices: GroupPrices
    taken: Worths
    value: float


def model(
    space: Space,
    columns: Columns,
    low: Worths,
    high: Worths,
    triples: tuple[tuple[int, int, int], ...] = (),
) -> Model:
    """The lowest prices that no listed column exceeds, each item's between low and high."""
    # Numbers near 10,000 suit the solver's tolerances, whatever the unit.
    unit = max(1.0, float(np.abs(columns.worth).max(initial=0))) / 10_000
    rows = sparse.csr_array(_rows(space, columns, triples))
    cost = np.concatenate([np.ones(len(space)), space.size_times, space.seat_times, np.ones(len(triples))])
    solved = linprog(
        cost, A_ub=-rows, b_ub=-columns.worth / unit, bounds=_bounds(space, low / unit, high / unit, len(triples))
    )
    if solved.status != 0:
        raise ArithmeticError(f"HiGHS could not price the groups: {solved.message}")
    whole = np.rint(solved.x * unit).astype(np.int64)
    ends = np.cumsum([len(space), len(space.sizes), len(space.seats)])
    item, size, seat, triple = np.split(whole, ends)
    prices = GroupPrices(item, size, seat, triples, triple)
    return Model(prices, -solved.ineqlin.marginals, float(solved.fun) * unit)


def _rows(space: Space, columns: Columns, triples: tuple[tuple[int, int, int], ...]) -> Worths:
    held = np.zeros((len(columns), 0))
    if triples:
        one, two, three = (columns.holds[:, part] for part in np.array(triples).T)
        held = ((one & two) | (three & (one | two))).astype(float)
    sizes, seats = np.eye(len(space.sizes))[columns.size], np.eye(len(space.seats))[columns.seat]
    return np.concatenate([columns.holds, sizes, seats, held], axis=1)


def _bounds(space: Space, low: Worths, high: Worths, triples: int) -> Worths:
    low = np.where(space.optional, np.maximum(low, 0), low)
    lowest = 0 if space.free else -np.inf
    seats = np.inf if len(space.seats) > 1 and not space.free else 0
    bounds = [
        np.stack([low, np.maximum(high, low)], axis=1),
        np.tile([lowest, np.inf], (len(space.sizes), 1)),
        np.tile([-seats, seats], (len(space.seats), 1)),
        np.tile([0, np.inf], (triples, 1)),
    ]
    return np.concatenate(bounds)


@dataclass
class _Walk:
    """Where the prices are: the best so far, what they prove, and how far the next may go."""

    center: Worths
    bound: float
    step: float


def relaxed(space: Space, groups: tuple[tuple[int, ...], ...]) -> tuple[GroupPrices, Columns] | None:
    """Prices that (nearly) nothing exceeds, and the columns met on the way; None where pricing had to give up.

    `groups` is a known grouping: its people's own gains are the prices to begin with.
    """
    columns = space.columns_of(groups)
    if not len(columns):
        return None
    walk = _Walk(_gains(space, columns), np.inf, 0)
    walk.step = max(1.0, float(np.abs(walk.center).mean()) / 5)
    prices = _whole(space, walk.center)
    value = -np.inf
    best: GroupPrices | None = None
    lowest = np.inf
    for _ in range(ROUNDS):
        found = worthwhile(space, prices, 0, beam=BEAM)
        open_end = np.inf if found is None else space.bound(prices, found) - value
        settled = open_end < max(space.scale // 2, CLOSE * abs(value))
        if settled or (found is not None and not len(found)):
            found = worthwhile(space, prices, 0)
            settled = found is not None and space.bound(prices, found) - value < max(
                space.scale // 2, CLOSE * abs(value)
            )
            if found is not None and space.bound(prices, found) < lowest:
                best, lowest = prices, space.bound(prices, found)
        if found is None or settled:
            break
        _move(walk, prices, float(space.bound(prices, found)), value)
        if not len(found):
            walk.step *= 4
        columns = joined(space, [columns, found[_layered(found, prices.excess(found))]])
        solved = model(space, columns, walk.center - walk.step, walk.center + walk.step)
        prices, value = solved.prices, solved.value
    return None if best is None else (best, columns)


def _move(walk: _Walk, prices: GroupPrices, reached: float, value: float) -> None:
    """Go on from prices that prove clearly more than the best so far; otherwise take shorter steps."""
    if reached < walk.bound - 0.1 * max(0.0, walk.bound - value) or walk.bound == np.inf:
        walk.step *= 1.0 if walk.bound == np.inf else 1.5
        walk.center, walk.bound = prices.item.astype(float), reached
    else:
        walk.step *= 0.9


def _gains(space: Space, columns: Columns) -> Worths:
    """Half of what each item adds to its group; items that are in none cost nothing."""
    rows = columns.holds.astype(float)
    finite = np.where(np.isfinite(space.weight), space.weight, 0)
    gains = np.asarray((rows.T * (finite @ rows.T)).sum(axis=1) / 2 + space.inside * rows.any(axis=0))
    return np.where(space.optional, np.maximum(gains, 0), gains)


def _whole(space: Space, price: Worths) -> GroupPrices:
    none = np.zeros(len(space.sizes), dtype=np.int64), np.zeros(len(space.seats), dtype=np.int64)
    return GroupPrices(np.ceil(price).astype(np.int64), *none)


def _layered(columns: Columns, excess: Ints) -> Ints:
    """Columns worth most beyond their prices, no item in very many of them: so they can stand beside one another."""
    level = np.zeros(columns.holds.shape[1], dtype=np.int64)
    chosen: list[int] = []
    for number in np.argsort(-excess, kind="stable").tolist():
        people = columns.holds[number]
        if level[people].max() < LAYERS:
            level[people] += 1
            chosen.append(number)
            if len(chosen) == FRESH:
                break
    return np.array(chosen, dtype=np.int64)
