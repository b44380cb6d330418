"""What was fixed before anybody answered: how people came to their model, when it is looked at, what matters;
and the kinds of things that may come of it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

# Half a standard deviation of the first answers, where nobody has said what would change a decision.
DEFAULT_MARGIN = 0.5


class Assignment(StrEnum):
    """How people came to their model."""

    CHOOSE = "choose"
    COORDINATOR = "coordinator"
    LOTTERY = "lottery"
    WAITLIST = "waitlist"
    NUDGE = "nudge"
    CROSSOVER = "crossover"

    @property
    def by_lot(self) -> bool:
        """Only chance makes groups of which a difference at the end can be said to come from the model."""
        return self not in {Assignment.CHOOSE, Assignment.COORDINATOR}


class Look(StrEnum):
    """The answers are looked at twice, at dates fixed beforehand, and in between shown as they were."""

    BEFORE = "before"
    MIDPOINT = "midpoint"
    CLOSE = "close"

    @property
    def alpha(self) -> float:
        """The error allowed at this look: Peto et al. (1976), Br J Cancer 34, 585–612, keep the last look's at 5 %."""
        return 0.001 if self is Look.MIDPOINT else 0.05


class Kind(StrEnum):
    """What may be said, from nothing to a verdict. The words stand in exports and JSON."""

    NOT_YET = "not yet"
    REFUSED = "not compared"
    SUPPRESSED = "suppressed"
    TOO_FEW = "too few relationships"
    TOO_FEW_ANSWERS = "too few answers"
    EARLY = "early"
    UNCLEAR = "can't tell yet"
    SIMILAR = "similar"
    HIGHER = "higher"
    INSEPARABLE = "cannot separate"


SHOWN = frozenset({Kind.EARLY, Kind.UNCLEAR, Kind.SIMILAR, Kind.HIGHER, Kind.INSEPARABLE})


@dataclass(frozen=True, slots=True)
class Plan:
    """margin  in scale points: a smaller difference would not change the decision; None for half a standard deviation
    scale   the lowest and the highest answer there is
    period  the days of the first and the last answer
    uptake  for a nudge: the shares of each arm who took part in the first arm's model
    """

    assignment: Assignment = Assignment.CHOOSE
    look: Look = Look.CLOSE
    margin: float | None = None
    scale: tuple[float, float] | None = None
    period: tuple[dt.date, dt.date] | None = None
    uptake: tuple[Fraction, Fraction] | None = None
