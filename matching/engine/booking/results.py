"""The result of booking."""

from dataclasses import dataclass, field

from matching.engine.booking.problem import BookProblem
from matching.engine.numbers import Ints


@dataclass(frozen=True)
class BookPrices:
    """Duals of sessions weighed as in matching.engine.booking.certify.weighing."""

    request: tuple[int, ...]
    slot: tuple[int, ...]
    share: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Booking:
    """Sessions booked.

    sessions    int[k, 2], rows (request, slot), sorted
    total       sum of their scores; filled: how many there are; possible: the most the prices leave room for
    lateness    sum of the starts' places among all starts: what "earlier" minimises
    optimal     true only if `certify` proves number, then score, then earliness; always so if nobody has two requests
                that could exclude one another
    bound       no booking of as many sessions has a higher total
    unfilled    requests without a session
    """

    problem: BookProblem = field(repr=False)
    sessions: Ints
    total: float
    filled: int
    possible: int
    lateness: int
    optimal: bool
    bound: float
    prices: BookPrices = field(repr=False)
    unfilled: Ints
