"""The plain data of the criteria: what was asked, what was answered, and the rules a program puts over the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

STRENGTH_POINTS: Mapping[str, int] = {"low": 5, "mid": 10, "high": 20}
STRENGTHS = ("off", "low", "mid", "high", "must", "points")
FIELD_KINDS = ("choice", "ordered", "multi", "number", "text", "yesno", "week", "skills")
DERIVED_KINDS = ("person", "people")
"""Kinds of fields that no form asks as one question: what they hold comes from a person's wishes."""
POINTS_LIMIT = 1000
ONESELF = "oneself"
"""What `blocked_by` answers, instead of a rule's key, where both seats belong to one human."""

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a program. `options` are in ascending order for "ordered"; a private field's values never
    reach the other side.

    Answers: "choice", "ordered" and "text" a str; "multi" a list of str; "number" an int or float; "yesno" a bool;
    "skills" a mapping of skill to a whole level from 1; "week" {"zone": "Europe/Berlin", "times": ["Mon
    09:00-12:30"]}; "person" the number of a human (`Person.who`); "people" such numbers, the most wished for first.
    """

    slug: str
    label: str
    kind: str
    options: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One enrolment. `who` is the human behind it: two roles of one human share it. A missing answer and None are
    the same.
    """

    id: int
    answers: Mapping[str, object]
    who: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """The rule counts only where the person on `side` ("taker" or "giver") gave this answer; for a multi field,
    among others.
    """

    side: str
    field: str
    equals: object


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion over a taker's and a giver's answer.

    strength "off" is ignored, "must" forbids what does not fit and gives no points, "points" gives exactly
    `points`, the others give STRENGTH_POINTS. `by_gap` (kind "gap") gives its own points for each gap. With
    `others_forbidden` a rule gives points and forbids what does not fit. `params` belong to the kind (see
    RULE_KINDS).
    """

    key: str
    kind: str
    label: str
    taker_field: str
    giver_field: str
    strength: str
    points: int = 0
    by_gap: Mapping[int, int] = field(default_factory=dict)
    others_forbidden: bool = False
    params: Mapping[str, object] = field(default_factory=dict)
    condition: Condition | None = None

    @property
    def forbids(self) -> bool:
        """Whether a pair that does not fit is not allowed at all."""
        return self.strength == "must" or (self.others_forbidden and self.strength != "off")

    @property
    def full_points(self) -> int:
        """What a perfect fit is worth, before `by_gap`."""
        return self.points if self.strength == "points" else STRENGTH_POINTS.get(self.strength, 0)


@dataclass(frozen=True, slots=True)
class Words:
    """What the two sides are called in sentences; a person's own name goes before it."""

    taker: str = "mentee"
    giver: str = "mentor"


PEER_WORDS = Words(taker="first person", giver="second person")


@dataclass(frozen=True, slots=True)
class Share:
    """One rule's part in a pair's score. `sentence` is for the coordinator.

    `reason` and `reason_for_giver` are what the taker and the giver may be told: without points, and empty where
    the rule gave nothing or one of its fields is private.
    """

    key: str
    label: str
    points: int
    max_points: int
    met: bool
    kind: str
    sentence: str
    reason: str = ""
    reason_for_giver: str = ""
    applies: bool = True
    forbids: bool = False


Shares = list[Share]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Takers × givers: exact integer points, and whether the pair is allowed. A forbidden pair is never the same as
    a zero.
    """

    points: IntArray
    allowed: BoolArray


@dataclass(frozen=True, slots=True)
class Removed:
    """How many candidates a rule keeps away from somebody, and how many of them no other rule would keep away."""

    key: str
    label: str
    removed: int
    alone: int
