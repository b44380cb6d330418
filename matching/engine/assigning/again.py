"""Solving once more after a small change, from the prices and pairs that were best before it."""

from dataclasses import dataclass

import numpy as np

from matching.engine.assigning.problem import AssignProblem
from matching.engine.assigning.transport import Prices
from matching.engine.numbers import Ints
from matching.engine.results import Assignment


@dataclass(frozen=True)
class Start:
    """The earlier prices, and the earlier pairs, in the numbers of the problem to be solved."""

    prices: Prices
    pairs: Ints


def start_of(problem: AssignProblem, earlier: Assignment) -> Start:
    """What an earlier solution says about the people it has in common with a problem (known by their ids).

    Whoever is new starts without a price: the solver raises it to what they are worth to others.
    """
    row, column = problem.known(earlier.problem)
    unit = earlier.problem.grid.unit / problem.grid.unit
    prices = earlier.prices.prices
    return Start(
        Prices(
            _moved(prices.row, row, problem.takers, unit),
            _moved(prices.column, column, problem.givers, unit),
            round(prices.seat * unit),
        ),
        problem.translated(earlier.problem, earlier.pairs),
    )


def _moved(price: Ints, place: Ints, size: int, unit: float) -> Ints:
    there = np.zeros(size, dtype=np.int64)
    there[place[place >= 0]] = np.rint(price[place >= 0] * unit).astype(np.int64)
    return there


def seatless(prices: Prices) -> Prices:
    """The same prices where seats are free: takers pay for them."""
    return Prices(np.maximum(prices.row + prices.seat, 0), prices.column, 0)
