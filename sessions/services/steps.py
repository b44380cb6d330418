"""Next steps: who of a match does what by when."""

import datetime as dt

from django.db import transaction

from matching.models import Match, Seat
from participants.models import User
from participants.services import record
from sessions.errors import NotInMatch, SessionError
from sessions.models import Goal, NextStep
from sessions.services.guards import lock_match

LONGEST_STEP = 300
MOST_OPEN_STEPS = 40
FARTHEST = dt.timedelta(days=2 * 366)


@transaction.atomic
def add_step(
    *,
    match: Match,
    text: str,
    owner_id: int,
    due_on: dt.date | None,
    goal: Goal | None,
    by: User,
    now: dt.datetime,
) -> NextStep:
    """Note what one of the match does next, towards a goal or without one. The same open step again is the one there.

    Raises SessionError naming the field (an empty or overlong text, a day that is over or far off, too many open
    steps), NotInMatch for an owner or goal of another match, NotActive.
    """
    locked = lock_match(match.pk, by)
    words = _words(text)
    _a_day(due_on, now)
    if not Seat.objects.filter(match=locked, left_at=None, answer="accepted", enrolment__user=owner_id).exists():
        raise NotInMatch("Choose somebody of this match.", field="owner")
    if goal is not None and goal.match_id != locked.pk:
        raise NotInMatch("Choose a goal of this match.", field="goal")
    open_steps = list(NextStep.objects.filter(match=locked, done_at=None))
    same = next((each for each in open_steps if (each.text, each.owner_id) == (words, owner_id)), None)
    if same:
        return same
    if len(open_steps) >= MOST_OPEN_STEPS:
        raise SessionError(f"{MOST_OPEN_STEPS} open steps are the most. Tick or remove one first.", field="text")
    step = NextStep.objects.create(
        match=locked, owner_id=owner_id, text=words, due_on=due_on, goal=goal, added_by=by, created_at=now
    )
    _recorded(step, "next step added", by, now)
    return step


@transaction.atomic
def tick_step(*, step: NextStep, done: bool, by: User, now: dt.datetime) -> NextStep:
    """Say that one has done one's step, or take that back. Twice is once. Raises NotInMatch for somebody else's."""
    locked = _lock(step, by)
    if locked.owner_id != by.pk:
        raise NotInMatch("Only the person whose step it is can tick it.")
    if (locked.done_at is not None) is not done:
        locked.done_at = now if done else None
        locked.save(update_fields=["done_at"])
        _recorded(locked, "next step done" if done else "next step reopened", by, now)
    return locked


@transaction.atomic
def remove_step(*, step: NextStep, by: User, now: dt.datetime) -> None:
    """Take a step away: whoever does it or has written it. Raises NotInMatch for anybody else."""
    locked = _lock(step, by)
    if by.pk not in {locked.owner_id, locked.added_by_id}:
        raise NotInMatch("Only the person whose step it is, or who wrote it, can remove it.")
    _recorded(locked, "next step removed", by, now)
    locked.delete()


def _lock(step: NextStep, by: User) -> NextStep:
    lock_match(step.match_id, by)
    return NextStep.objects.select_for_update(of=("self",)).get(pk=step.pk)


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise SessionError("Say what is to be done.", field="text")
    if len(words) > LONGEST_STEP:
        raise SessionError(f"Say it in at most {LONGEST_STEP} characters.", field="text")
    return words


def _a_day(due_on: dt.date | None, now: dt.datetime) -> None:
    # A day of slack, as it may still be yesterday where the reader is.
    if due_on and not now.date() - dt.timedelta(days=1) <= due_on <= now.date() + FARTHEST:
        raise SessionError("Choose a day from today to two years from now.", field="due_on")


def _recorded(step: NextStep, verb: str, by: User, now: dt.datetime) -> None:
    """Never with its words, and without the program, as its history is read by coordinators."""
    record(by=by, verb=verb, now=now, subject=step, match=step.match_id)
