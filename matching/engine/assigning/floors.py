"""The highest floor: the largest lowest score that still fills as many seats and keeps every minimum."""

from dataclasses import dataclass

from matching.engine.assigning.core import most_pairs
from matching.engine.assigning.scores import Edges, Table
from matching.engine.assigning.transport import Cut, Limits


@dataclass(frozen=True)
class Failure:
    """With only the pairs worth at least this much, the cut shows that seats stay empty, or a minimum is missed."""

    least: int
    cut: Cut
    by_minimum: bool


@dataclass
class FloorSearch:
    """Bisection over whole scores; every test starts from the core that earlier tests have completed."""

    table: Table
    limits: Limits
    core: Edges

    def highest(self, low: int) -> tuple[int, Failure]:
        """The highest floor, and what fails one unit above it; `low` is a floor that can be kept.

        One unit more is tried first, because often nothing can be gained.
        """
        high, middle = max(self._ceiling(), low), low + 1
        failure: Failure | None = None
        while failure is None or low < high:
            failed = self.failure(middle)
            if failed is None:
                low = middle
            else:
                failure, high = failed, middle - 1
            middle = (low + high + 1) // 2 if low < high else low + 1
        return low, failure

    def _ceiling(self) -> int:
        """No floor is higher: where a whole side is filled, everyone's best score."""
        highest = int(self.table.grid.largest)
        best = self.table.highest()
        for most, room in zip(best, (self.limits.row_high, self.limits.column_high), strict=True):
            if self.limits.total == int(room.sum()) and (room > 0).any():
                highest = min(highest, int(most[room > 0].min()))
        return highest

    def failure(self, least: int) -> Failure | None:
        """What goes wrong with only the pairs worth at least so much; None if nothing does."""
        needs = [(self.limits.column_high, self.limits.total or 0, False)]
        minimum = int(self.limits.column_low.sum())
        if minimum:
            needs.insert(0, (self.limits.column_low, minimum, True))
        for room, needed, by_minimum in needs:
            view, part = self.table.at_least(least), self.core[self.core.weight >= least]
            count, cut, part = most_pairs(view, part, self.limits.row_high, room, enough=needed)
            self.core = self.core.merged(part, self.limits.shape[1])
            if count < needed:
                return Failure(least, cut, by_minimum)
        return None
