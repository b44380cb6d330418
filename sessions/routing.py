"""To whom an ask goes. Pure: the same people in any order give the same answer, with a reason for everybody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """Why somebody is not asked, in the order in which it is looked at. No page shows it to the one who asks."""

    ONESELF = "oneself"
    ASKED = "has got this ask already"
    APART = "reports to them, or is kept apart from them"
    AWAY = "pauses, or gives no help at present"
    RULES = "a rule of the track forbids it"
    SKILL = "does not offer the skill at that level"
    FULL = "has had as many asks this week as anybody gets"
    TWICE = "is listed in another role"


@dataclass(frozen=True)
class Helper:
    """One enrolment that could be asked.

    `level` is what they offer of the skill, 0 for nothing. `lately` and `this_week` count the asks that went to this
    human in four weeks and in seven days, `last_at` is the last of them.
    """

    enrolment_id: int
    user_id: int
    level: int = 0
    own: bool = False
    apart: bool = False
    allowed: bool = True
    here: bool = True
    lately: int = 0
    this_week: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True)
class Need:
    """What an ask needs: at least `level` of its skill (0 where it is about no one skill), from somebody new to it.

    `asked` are the users who have got it, `cap` is how many asks somebody gets in seven days.
    """

    user_id: int
    level: int
    cap: int
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Routing:
    """Who could be asked, the best first, and why each of the others is not."""

    order: tuple[Helper, ...]
    left_out: Mapping[int, Why]

    def first(self, least: int, most: int) -> tuple[Helper, ...]:
        """All of one's own network who qualify, up to `most`; others only as far as `least` people need them."""
        own = [each for each in self.order if each.own][:most]
        others = [each for each in self.order if not each.own]
        return (*own, *others[: max(0, least - len(own))])


def route(helpers: Iterable[Helper], need: Need) -> Routing:
    """One's own network first; then whoever got fewest asks in four weeks, waited longest, and knows most about it."""
    left_out: dict[int, Why] = {}
    fit: list[Helper] = []
    for each in helpers:
        why = _why_not(each, need)
        if why:
            left_out[each.enrolment_id] = why
        else:
            fit.append(each)
    order: list[Helper] = []
    for each in sorted(fit, key=_rank):
        if each.user_id in {other.user_id for other in order}:
            left_out[each.enrolment_id] = Why.TWICE
        else:
            order.append(each)
    return Routing(tuple(order), left_out)


def _why_not(helper: Helper, need: Need) -> Why | None:
    reasons = {
        Why.ONESELF: helper.user_id == need.user_id,
        Why.ASKED: helper.user_id in need.asked,
        Why.APART: helper.apart,
        Why.AWAY: not helper.here,
        Why.RULES: not helper.allowed,
        Why.SKILL: helper.level < need.level,
        Why.FULL: helper.this_week >= need.cap,
    }
    return next((why for why, holds in reasons.items() if holds), None)


def _rank(helper: Helper) -> tuple[bool, int, float, int, int]:
    last = helper.last_at.timestamp() if helper.last_at else 0.0
    return not helper.own, helper.lately, last, -helper.level, helper.enrolment_id
