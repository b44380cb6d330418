"""Goals: set by the person who wants to reach them, read by everybody in the match, counted by coordinators."""

from datetime import datetime

from django.db import transaction

from matching.models import Match
from participants.models import User
from participants.services import record
from sessions.errors import NotInMatch, SessionError
from sessions.models import Goal
from sessions.permissions import may_change
from sessions.services.guards import lock_match

LONGEST_GOAL = 300
MOST_GOALS = 20


@transaction.atomic
def add_goal(*, match: Match, text: str, by: User, now: datetime) -> Goal:
    """Set oneself a goal. The same words again give the goal that is there.

    Raises SessionError for an empty or overlong text or too many goals, NotInMatch, NotActive.
    """
    locked = lock_match(match.pk, by)
    words = _words(text)
    mine = list(Goal.objects.filter(match=locked, owner=by, dropped_at=None))
    same = next((goal for goal in mine if goal.text == words), None)
    if same:
        return same
    if len(mine) >= MOST_GOALS:
        raise SessionError(f"{MOST_GOALS} goals are the most. Drop one first.", field="text")
    goal = Goal.objects.create(match=locked, owner=by, text=words, created_at=now)
    _recorded(goal, locked, "goal set", by, now)
    return goal


@transaction.atomic
def rename_goal(*, goal: Goal, text: str, by: User, now: datetime) -> Goal:
    """Say one's goal in other words."""
    locked, match = _lock(goal, by)
    words = _words(text)
    if locked.text != words:
        locked.text = words
        locked.save(update_fields=["text"])
        _recorded(locked, match, "goal reworded", by, now)
    return locked


@transaction.atomic
def set_goal_level(*, goal: Goal, level: int | None, by: User, now: datetime) -> Goal:
    """Say how far one is: −2 much less than expected, 0 as expected, +2 much more; None takes the judgement back.

    Raises SessionError for another number.
    """
    locked, match = _lock(goal, by)
    if level is not None and not -2 <= level <= 2:
        raise SessionError("Choose one of the five steps.", field="level")
    if locked.level != level:
        locked.level = level
        locked.save(update_fields=["level"])
        _recorded(locked, match, "goal level set", by, now)
    return locked


@transaction.atomic
def change_goal(*, goal: Goal, text: str, level: int | None, by: User, now: datetime) -> Goal:
    """Words and level at once, or neither."""
    rename_goal(goal=goal, text=text, by=by, now=now)
    return set_goal_level(goal=goal, level=level, by=by, now=now)


@transaction.atomic
def reach_goal(*, goal: Goal, by: User, now: datetime) -> Goal:
    """The goal is reached. Twice is once."""
    return _close(goal, "reached_at", "goal reached", by, now)


@transaction.atomic
def drop_goal(*, goal: Goal, by: User, now: datetime) -> Goal:
    """The goal is not pursued any more. Twice is once."""
    return _close(goal, "dropped_at", "goal dropped", by, now)


@transaction.atomic
def reopen_goal(*, goal: Goal, by: User, now: datetime) -> Goal:
    """Take back that it was reached or dropped."""
    locked, match = _lock(goal, by)
    if locked.reached_at or locked.dropped_at:
        locked.reached_at = locked.dropped_at = None
        locked.save(update_fields=["reached_at", "dropped_at"])
        _recorded(locked, match, "goal reopened", by, now)
    return locked


def _close(goal: Goal, how: str, verb: str, by: User, now: datetime) -> Goal:
    locked, match = _lock(goal, by)
    if getattr(locked, how) is None:
        locked.reached_at = locked.dropped_at = None
        setattr(locked, how, now)
        locked.save(update_fields=["reached_at", "dropped_at"])
        _recorded(locked, match, verb, by, now)
    return locked


def _lock(goal: Goal, by: User) -> tuple[Goal, Match]:
    match = lock_match(goal.match_id, by)
    locked = Goal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
    if not may_change(locked, by):
        raise NotInMatch("Only the person whose goal it is can change it.")
    return locked, match


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise SessionError("Say what you want to reach.", field="text")
    if len(words) > LONGEST_GOAL:
        raise SessionError(f"Say it in at most {LONGEST_GOAL} characters.", field="text")
    return words


def _recorded(goal: Goal, match: Match, verb: str, by: User, now: datetime) -> None:
    """Never with its words."""
    # Without the program: coordinators read its history, and of goals they may know counts only.
    record(by=by, verb=verb, now=now, subject=goal, match=match.pk)
