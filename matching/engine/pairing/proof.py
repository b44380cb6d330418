"""Prices that prove a matching in a general graph (Edmonds): one a person, and one for an odd set of people.

A set of 2k + 1 people holds at most k pairs. So for people's prices y and odd sets' prices z >= 0 with
y[i] + y[j] + (z of all sets that hold both) >= weight[i, j] on every pair, no matching weighs more than
sum of y + sum of k * z. All prices are whole multiples of 1 / scale, so that the bound is computed exactly; weights are
whole, so a bound below total + 1 proves the total.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from matching.engine.assigning.scores import Edges, Table
from matching.engine.numbers import Ints

ROUNDS = 60


@dataclass(frozen=True)
class PairPrices:
    """Prices in units of 1 / scale of a grid unit."""

    person: Ints
    scale: int
    sets: tuple[tuple[int, ...], ...] = ()
    set_price: tuple[int, ...] = ()

    def bound(self) -> int:
        """No matching weighs more, in whole units."""
        scaled = sum(self.person.tolist()) + sum(
            (len(group) // 2) * price for group, price in zip(self.sets, self.set_price, strict=True)
        )
        return scaled // self.scale

    def covers(self, table: Table) -> bool:
        """Whether every pair of the table is priced at its weight or more, and no price is negative."""
        if self.scale < 1 or (self.person < 0).any() or any(price < 0 for price in self.set_price):
            return False
        return not len(self.uncovered(table))

    def uncovered(self, table: Table) -> Edges:
        """The pairs (lower, higher) that weigh more than their prices."""
        # Whole parts pick a few pairs too many, which the exact comparison then drops; fractions could lose some.
        price = self.person // self.scale
        short = table.above(price, price)
        short = short[short.row < short.column]
        return short[self._gaps(short) > 0]

    def _gaps(self, edges: Edges) -> Ints:
        """By how much pairs exceed their prices, in units of 1 / scale."""
        gap = edges.weight * self.scale - self.person[edges.row] - self.person[edges.column]
        for group, price in zip(self.sets, self.set_price, strict=True):
            inside = np.zeros(len(self.person), dtype=bool)
            inside[list(group)] = True
            gap -= price * (inside[edges.row] & inside[edges.column])
        return gap

    def repaired(self, edges: Edges) -> "PairPrices":
        """Raise people's prices until every listed pair is covered (rounding leaves a unit or so open)."""
        person = self.person.copy()
        gap = self._gaps(edges)
        np.maximum.at(person, edges.row[gap > 0], self.person[edges.row[gap > 0]] + gap[gap > 0])
        return PairPrices(person, self.scale, self.sets, self.set_price)


def prove(edges: Edges, total: int, start: PairPrices, known: tuple[tuple[int, ...], ...] = ()) -> PairPrices:
    """Prices over the edges whose bound is `total`, by linear programming with odd sets added where they are violated.

    `start` holds prices without sets, `known` are sets that served for fewer edges; where cutting ends without a
    proof, the better of both comes back.
    """
    sets = list(known)
    best, people = start, len(start.person)
    for _ in range(ROUNDS):
        chosen, prices = _priced(edges, start, sets)
        prices = prices.repaired(edges)
        if prices.bound() < best.bound():
            best = prices
        found = [group for group in _violated(edges, people, chosen) if group not in sets]
        if best.bound() <= total or not found:
            return best
        sets += found
    return best


def _priced(edges: Edges, start: PairPrices, sets: list[tuple[int, ...]]) -> tuple[NDArray[np.float64], PairPrices]:
    """Solve the relaxation with these odd sets, in terms of what prices differ from `start`: that keeps numbers small.

    Staying single has a variable of its own, which costs a person's starting price; so changes d keep start + d >= 0.
    """
    people = len(start.person)
    price = start.person / start.scale
    worth = edges.weight - price[edges.row] - price[edges.column]
    solved = linprog(
        np.concatenate([-worth, price]),
        A_eq=_degrees(edges, people),
        b_eq=np.ones(people),
        A_ub=_held(edges, people, sets) if sets else None,
        b_ub=[len(group) // 2 for group in sets] if sets else None,
        method="highs-ds",
    )
    if solved.status != 0:
        raise ArithmeticError(f"HiGHS could not price the pairs: {solved.message}")
    change = np.rint(-solved.eqlin.marginals * start.scale).astype(np.int64)
    extra = (
        np.rint(np.maximum(-solved.ineqlin.marginals, 0) * start.scale).astype(np.int64) if sets else start.person[:0]
    )
    person = np.maximum(start.person + change, 0)
    return solved.x[: len(edges)], PairPrices(person, start.scale, tuple(sets), tuple(extra.tolist()))


def _degrees(edges: Edges, people: int) -> sparse.csr_array:
    arcs, each = np.arange(len(edges)), np.arange(people)
    rows, columns = np.concatenate([edges.row, edges.column, each]), np.concatenate([arcs, arcs, len(edges) + each])
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(people, len(edges) + people))


def _held(edges: Edges, people: int, sets: list[tuple[int, ...]]) -> sparse.csr_array:
    """Which edges lie within each set."""
    rows, columns = [], []
    for number, group in enumerate(sets):
        inside = np.zeros(people, dtype=bool)
        inside[list(group)] = True
        held = np.flatnonzero(inside[edges.row] & inside[edges.column])
        rows.append(np.full(len(held), number))
        columns.append(held)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(sets), len(edges) + people))


def _violated(edges: Edges, people: int, chosen: NDArray[np.float64]) -> list[tuple[int, ...]]:
    """Odd sets that hold more than their share: parts of the graph of the fractional pairs, at several strengths."""
    found: set[tuple[int, ...]] = set()
    for strength in (1e-6, 0.2, 0.35, 0.49):
        some = (chosen > strength) & (chosen < 1 - 1e-6)
        graph = sparse.coo_array(
            (np.ones(int(some.sum())), (edges.row[some], edges.column[some])), shape=(people, people)
        )
        parts = connected_components(graph, directed=False)[1]
        inside = parts[edges.row] == parts[edges.column]
        weight = np.bincount(parts[edges.row[inside]], chosen[inside], minlength=int(parts.max(initial=0)) + 1)
        size = np.bincount(parts)
        for part in np.flatnonzero((size % 2 == 1) & (size > 1) & (weight > size // 2 + 1e-6)).tolist():
            found.add(tuple(np.flatnonzero(parts == part).tolist()))
    return sorted(found)
