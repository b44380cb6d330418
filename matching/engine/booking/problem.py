"""The statement of a booking problem: who asks, who offers when, and the rules between them."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from matching.engine.numbers import Grid, Ints, counts, grid_of

Period = Callable[[datetime], Hashable]


def calendar_month(start: datetime) -> Hashable:
    """Caps count by the month in the slot's own time zone."""
    return start.year, start.month


@dataclass(frozen=True)
class Request:
    """Somebody asks for one session. `scores` holds the helpers who may answer it, and how well each fits.

    `until` is the latest start (None: any), `free` the starts the asker can make (None: all).
    """

    asker: Hashable
    asked: datetime
    scores: Mapping[Hashable, float]
    until: datetime | None = None
    free: frozenset[datetime] | None = None


@dataclass(frozen=True)
class Slot:
    """A helper offers a session; `places` people may come to it."""

    helper: Hashable
    start: datetime
    places: int = 1


@dataclass(frozen=True)
class Held:
    """A session that has been or will be held: it counts for caps and against repeats."""

    asker: Hashable
    helper: Hashable
    start: datetime


@dataclass(frozen=True, eq=False)
class BookProblem:
    """The arguments are those of `book`; see there."""

    requests: tuple[Request, ...]
    slots: tuple[Slot, ...]
    notice: timedelta
    cap: int | Mapping[Hashable, int]
    repeat: timedelta = timedelta(0)
    held: tuple[Held, ...] = ()
    period: Period = calendar_month
    grid: Grid = field(init=False)

    def __post_init__(self) -> None:
        if self.notice < timedelta(0) or self.repeat < timedelta(0):
            raise ValueError("notice and repeat must not be negative")
        counts([slot.places for slot in self.slots] or 0, len(self.slots), "places")
        for helper, cap in (self.cap if isinstance(self.cap, Mapping) else {"everybody": self.cap}).items():
            if cap < 0:
                raise ValueError(f"the cap of {helper} is {cap}: it must not be negative")
        seen: set[tuple[Hashable, datetime]] = set()
        for slot in self.slots:
            if (slot.helper, slot.start) in seen:
                raise ValueError(f"{slot.helper} offers {slot.start} twice: give the slot more places")
            seen.add((slot.helper, slot.start))
        values = [list(request.scores.values()) for request in self.requests]
        flat = np.array([value for some in values for value in some] or [0])
        object.__setattr__(self, "grid", grid_of(flat[:, None], max(1, len(self.requests)), "score"))

    def barrier(self, request: int, slot: int) -> str | None:
        """The first rule that stands between a request and a slot, in words; None if there is none."""
        asks, offer = self.requests[request], self.slots[slot]
        if offer.helper not in asks.scores:
            return f"{offer.helper} cannot answer this request"
        if offer.start < asks.asked + self.notice:
            return f"the slot starts less than {self.notice} after the request"
        if asks.until is not None and offer.start > asks.until:
            return "the slot starts after the request expires"
        if asks.free is not None and offer.start not in asks.free:
            return f"{asks.asker} is not free at that time"
        for past in self.held:
            if past.asker == asks.asker and past.start == offer.start:
                return f"{asks.asker} has another session at that time"
            if past.asker == asks.asker and past.helper == offer.helper and self.too_soon(past.start, offer.start):
                return f"{asks.asker} has a session with {offer.helper} less than {self.repeat} apart"
        return None

    def too_soon(self, one: datetime, other: datetime) -> bool:
        """Whether two sessions of the same two people would be a repeat."""
        return abs(one - other) < self.repeat

    def clash(self, one: tuple[int, int], other: tuple[int, int]) -> str | None:
        """Why two (request, slot) choices of one asker exclude one another; None if they do not."""
        first, second = self.slots[one[1]], self.slots[other[1]]
        if self.requests[one[0]].asker != self.requests[other[0]].asker:
            return None
        if first.start == second.start:
            return "the asker would be in two sessions at once"
        if first.helper == second.helper and self.too_soon(first.start, second.start):
            return f"the asker would meet {first.helper} twice within {self.repeat}"
        return None

    def choices(self) -> Ints:
        """All (request, slot) that no rule forbids."""
        by_helper: dict[Hashable, list[int]] = {}
        for number, slot in enumerate(self.slots):
            by_helper.setdefault(slot.helper, []).append(number)
        return np.array(list(self._choices(by_helper)), dtype=np.int64).reshape(-1, 2)

    def _choices(self, by_helper: Mapping[Hashable, Sequence[int]]) -> Iterator[tuple[int, int]]:
        for number, request in enumerate(self.requests):
            offers = sorted(slot for helper in request.scores for slot in by_helper.get(helper, ()))
            yield from ((number, slot) for slot in offers if self.barrier(number, slot) is None)

    def shares(self) -> tuple[Ints, Ints]:
        """The (helper, period) number of each slot, and how many more sessions each of these may hold."""
        numbers: dict[tuple[Hashable, Hashable], int] = {}
        share = [numbers.setdefault((slot.helper, self.period(slot.start)), len(numbers)) for slot in self.slots]
        left = [self.cap_of(helper) for helper, _ in numbers]
        for past in self.held:
            number = numbers.get((past.helper, self.period(past.start)))
            if number is not None:
                left[number] = max(0, left[number] - 1)
        return np.array(share, dtype=np.int64), np.array(left, dtype=np.int64)

    def cap_of(self, helper: Hashable) -> int:
        """How many sessions a helper holds in one period; without an entry, none."""
        return self.cap.get(helper, 0) if isinstance(self.cap, Mapping) else self.cap

    def worth(self, choices: Ints) -> Ints:
        """Scores of (request, slot) choices, in units of the grid."""
        values = [self.requests[request].scores[self.slots[slot].helper] for request, slot in choices.tolist()]
        return self.grid.units(np.array(values, dtype=float)).astype(np.int64)

    def lateness(self, choices: Ints) -> Ints:
        """The place of each choice's start among all starts."""
        order = {start: place for place, start in enumerate(sorted({slot.start for slot in self.slots}))}
        return np.array([order[self.slots[slot].start] for _, slot in choices.tolist()], dtype=np.int64)
