"""What is asked at each moment, and when. Short items written for this product, CC0; not a validated scale.

No item names a role, so that the same items serve every mentoring model.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.models import Question, Survey

Kind, Construct = Survey.Kind, Question.Construct
CORE = (Construct.GROWTH, Construct.PROBLEM_SOLVING, Construct.CONNECTION)
RELATIONSHIP = (
    Construct.RELATIONSHIP,
    Construct.POWER,
    Construct.DEPENDENCY,
    Construct.DIRECTION,
    Construct.EXPERTISE,
)
# So many items of the outcome core must be answered for a mean.
CORE_LEAST = 4

VERY_MUCH = {"low_label": "Not at all", "high_label": "Very much"}
AGREE = {"points": 7, "low_label": "Not at all", "high_label": "Fully"}


def _item(slug: str, text: str, construct: str) -> dict[str, Any]:
    return {"slug": slug, "text": text, "kind": "scale", "construct": str(construct), **AGREE}


CORE_ITEMS = [
    _item("skills", "I have the skills my program goal needs.", Construct.GROWTH),
    _item("next-step", "I have a clear picture of my next career or study step.", Construct.GROWTH),
    _item("unstuck", "When I get stuck, I know how to get moving again.", Construct.PROBLEM_SOLVING),
    _item("progress", "I can tell whether I am making progress.", Construct.PROBLEM_SOLVING),
    _item("people", "I know people I can ask for help.", Construct.CONNECTION),
    _item("belong", "I feel that I belong here.", Construct.CONNECTION),
]
RELATIONSHIP_ITEMS = [
    _item("aim", "We agree on what we are working towards.", Construct.RELATIONSHIP),
    _item("time", "The way we use our time suits me.", Construct.RELATIONSHIP),
    _item("respect", "I feel respected.", Construct.RELATIONSHIP),
    _item("disagree", "I could disagree here without worrying.", Construct.POWER),
    _item("without", "I am becoming more able to handle this without these sessions.", Construct.DEPENDENCY),
    _item("direction", "Our sessions have a clear direction.", Construct.DIRECTION),
    _item("know-how", "There is enough know-how here for my goal.", Construct.EXPERTISE),
]

PULSE: dict[str, Any] = {
    "kind": Kind.PULSE.value,
    "name": "After a session",
    "questions": [
        {"slug": "useful", "text": "This session was useful for what I am working on.", "kind": "scale", **VERY_MUCH},
        {"slug": "heard", "text": "I could say what I needed to say.", "kind": "scale", **VERY_MUCH},
        {"slug": "next", "text": "I know what I will do next.", "kind": "scale", **VERY_MUCH},
        {
            "slug": "talk",
            "text": "Who talked more?",
            "kind": "scale",
            "low_label": "Mostly me",
            "high_label": "Mostly them",
            "scored": False,
        },
    ],
}
BASELINE: dict[str, Any] = {"kind": Kind.BASELINE.value, "name": "Before you start", "questions": CORE_ITEMS}
TWO_WEEKS: dict[str, Any] = {
    "kind": Kind.TWO_WEEKS.value,
    "name": "Two weeks in",
    "questions": [
        {"slug": "start", "text": "We have got off to a good start.", "kind": "scale", **VERY_MUCH},
        {
            "slug": "contact",
            "text": "Have you been in touch?",
            "kind": "choice",
            "options": ["We have met", "We have written or spoken, and not met yet", "Not yet"],
        },
        {"slug": "help", "text": "What would help you now?", "kind": "text"},
    ],
}
MIDPOINT: dict[str, Any] = {
    "kind": Kind.MIDPOINT.value,
    "name": "Half-way",
    "questions": [
        *CORE_ITEMS,
        *RELATIONSHIP_ITEMS,
        {
            "slug": "go-on",
            "text": "How should it go on?",
            "kind": "choice",
            "options": ["As it is", "With a change", "I would rather stop"],
        },
        {"slug": "change", "text": "What should change in the second half?", "kind": "text"},
    ],
}
CLOSING: dict[str, Any] = {
    "kind": Kind.CLOSING.value,
    "name": "At the end",
    "questions": [
        *CORE_ITEMS,
        *RELATIONSHIP_ITEMS,
        {
            "slug": "exit-reason",
            "text": "Why did it end before its time?",
            "kind": "choice",
            "construct": Construct.EXIT.value,
            "options": [
                "We had reached what we wanted",
                "Too little time",
                "We did not fit together",
                "It did not help with my goal",
                "Somebody left or moved",
                "Something else",
            ],
        },
        {
            "slug": "recommend",
            "text": "Would you recommend this program to a colleague or friend?",
            "kind": "scale",
            "lowest": 0,
            "points": 11,
            "low_label": "Certainly not",
            "high_label": "Certainly",
        },
        {
            "slug": "looking-back",
            "text": "Looking back: how do things stand for you now, compared with the start?",
            "kind": "scale",
            "points": 7,
            "low_label": "Much worse",
            "high_label": "Much better",
        },
        {"slug": "made-the-difference", "text": "What made a difference, or would have made one?", "kind": "text"},
    ],
}
STANDARD: Mapping[str, dict[str, Any]] = {
    item["kind"]: item for item in (BASELINE, PULSE, TWO_WEEKS, MIDPOINT, CLOSING)
}


@dataclass(frozen=True)
class Times:
    """after_days     days after the moment it counts from; None: half of the time, and day 90 of a longer one
    reminder_days  days after the first mail; only whoever has not answered is reminded
    open_days      how long it can be answered
    grace_days     how long after its day it may still be sent; later it would be stale
    """

    after_days: int | None
    reminder_days: tuple[int, ...]
    open_days: int
    grace_days: int


TIMES: Mapping[str, Times] = {
    Kind.BASELINE.value: Times(1, (4,), 60, 14),
    Kind.PULSE.value: Times(0, (), 14, 0),
    Kind.TWO_WEEKS.value: Times(14, (), 14, 7),
    Kind.MIDPOINT.value: Times(None, (4,), 21, 14),
    Kind.CLOSING.value: Times(0, (7, 14), 28, 14),
}
LATEST_HALF = 90
# After so long a survey of a program that is over reaches nobody.
STILL_ASKED = dt.timedelta(days=60)
