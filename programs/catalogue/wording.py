"""A model's structured facts as the words of its page: shape, direction, signals, and how people are matched."""

from collections.abc import Mapping
from dataclasses import dataclass

from programs.catalogue.base import (
    HARD_FACTS,
    MENTEE,
    MENTOR,
    Booking,
    Direction,
    Family,
    MentoringModel,
    Network,
    Shape,
)

FAMILIES: Mapping[Family, str] = {Family.MENTOR_LED: "Led by mentors", Family.PEER: "Among equals"}

SHAPES: Mapping[Shape, str] = {
    Shape.TWO_SIDED: "Two sides: each mentee gets one mentor, a mentor as many mentees as they have places for",
    Shape.ONE_SIDED: "One side: people of one list are put together in pairs",
    Shape.GROUPS: "Groups: everybody is in one group of a size that works",
    Shape.SLOTS: "Slots: experts offer times, and whoever has a question takes one",
    Shape.CONSTELLATION: "A network: each person gets several helpers of different kinds",
}

DIRECTIONS: Mapping[Direction, str] = {
    Direction.DOWN: "From the more to the less experienced",
    Direction.UP: "From the junior to the senior person",
    Direction.BOTH_WAYS: "Both ways",
    Direction.MANY_TO_MANY: "From everybody to everybody",
}

SIGNALS: Mapping[str, str] = {
    "no_first_session": "No first session",
    "gone_quiet": "Gone quiet",
    "low_pulse": "Low check-ins",
    "one_sided_feedback": "One-sided feedback",
    "dominance": "One side talks most",
    "dependency": "Dependency",
    "lack_of_direction": "Lack of direction",
    "limited_expertise": "Limited expertise",
    "no_shows": "Missed sessions",
    "overload": "Overload",
    "group": "Attendance of the group",
    "safeguarding": "Somebody asks for help",
}
"""What each of base.HEALTH_SIGNALS is called."""

STRENGTHS: Mapping[str, str] = {
    "must": "Must be so",
    "high": "Counts much",
    "mid": "Counts",
    "low": "Counts a little",
    "points": "Counts by points",
    "off": "Off, ready to be switched on",
}

_TWO_WAY: Mapping[str, str] = {
    "each_rule": "Each rule counts by its weaker direction",
    "weaker_total": "The pair counts by its weaker direction as a whole",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    label: str
    strength: str


def rule_lines(model: MentoringModel) -> tuple[RuleLine, ...]:
    """The rules a new track starts with: what must be so first, what is off last."""
    order = list(STRENGTHS)
    rules = sorted(model.recipe.rules, key=lambda rule: order.index(rule.strength))
    return tuple(RuleLine(rule.label, STRENGTHS[rule.strength]) for rule in rules)


def always_true(model: MentoringModel) -> tuple[str, ...]:
    """What holds whatever the weights, and how two directions become one score where there are two."""
    facts = tuple(HARD_FACTS[fact] for fact in model.recipe.hard_facts)
    return (*facts, _TWO_WAY[model.recipe.two_way]) if model.shape is Shape.ONE_SIDED else facts


def arrangements(model: MentoringModel) -> tuple[str, ...]:
    """What only one-off sessions and networks have: caps, notice, and how an ask finds its helpers."""
    return (*(_booking(model.booking) if model.booking else ()), *(_network(model.network) if model.network else ()))


def _booking(booking: Booking) -> tuple[str, ...]:
    return (
        f"An expert gives at most {booking.monthly_cap} sessions a month",
        f"A session is booked at least {booking.notice_hours} hours ahead",
        f"A request that nobody takes ends after {booking.request_days} days",
        f"The same two do not meet again within {booking.no_repeat_days} days",
        f"{booking.follow_up_days} days later both are asked whether it helped",
    )


def _network(network: Network) -> tuple[str, ...]:
    *first, last = (_counted(role, number) for role, number in network.mix.items())
    return (
        f"Each person gets {', '.join(first)} and {last}" if first else f"Each person gets {last}",
        f"A question goes to {network.routed_least} to {network.routed_most} people who know about it",
        f"A helper is asked at most {network.weekly_cap} times a week",
        f"A question is answered within {network.answer_hours} hours",
    )


def _counted(role: str, number: int) -> str:
    word = {"near_peer": "near-peer"}.get(role, role)
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def who_begins(model: MentoringModel) -> str:
    """Who makes the first contact."""
    if MENTOR not in model.roles:
        return "Whoever is named first in the match writes first"
    return f"The {model.words.taker if model.first_contact == MENTEE else model.words.giver} writes first"
