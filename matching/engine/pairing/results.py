"""The result of pairing."""

from dataclasses import dataclass, field

from matching.engine.numbers import Ints
from matching.engine.pairing.problem import PairProblem
from matching.engine.pairing.proof import PairPrices
from matching.engine.results import Assignment


@dataclass(frozen=True)
class PairProof:
    """Prices of the pairs' weights `score + shift`; where there is a floor, prices of all pairs above it at 1
    each; and where triads are allowed, the assignment of people left over to pairs.
    """

    prices: PairPrices
    shift: int
    floor: int | None = None
    floor_prices: PairPrices | None = None
    thirds: Assignment | None = None


@dataclass(frozen=True, eq=False)
class Pairing:
    """A one-sided solution.

    pairs       int[k, 2], rows (lower, higher number), sorted; fixed pairs among them
    triads      int[t, 3]: a pair, then the third who joined it (the pair does not stand in `pairs`)
    total       the scores of all pairs, those inside triads included
    filled      people in a pair or triad; possible: the most that any pairing without triads can place
    optimal     true only if `certify` proves it: pairs first, then the thirds to these pairs
    bound       no pairing without triads has a higher total (with as many pairs, except for "score")
    pair_total  the total before a third joined, which `bound` is about
    unfilled    people left over
    """

    problem: PairProblem = field(repr=False)
    pairs: Ints
    triads: Ints
    total: float
    pair_total: float
    filled: int
    possible: int | None
    optimal: bool
    bound: float
    prices: PairProof = field(repr=False)
    unfilled: Ints
    floor: float | None = None
    price: float | None = None
