"""What is left to do once a match is over: how far one got, thanks to the others, and what becomes of one's notes."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from matching.models import GoesOn, Match, Seat, Thanks
from matching.queries import is_over_for, my_match
from participants.models import User
from participants.services import record
from sessions.errors import NotInMatch, SessionError
from sessions.models import Goal, Note

LONGEST_THANKS = 1000


def lock_closed(match_id: int, by: User) -> Match:
    """The match, locked, if it is over for this person. Raises NotInMatch."""
    match = Match.objects.select_for_update(of=("self",)).get(pk=match_id)
    mine = my_match(user=by, match_id=match_id)
    if mine is None or not is_over_for(mine):
        raise NotInMatch("You are not in this match, or it is still on.")
    return match


@transaction.atomic
def rate_goals(*, match: Match, levels: Mapping[int, int | None], by: User, now: datetime) -> None:
    """Say how far one got with one's own goals: −2 much less than expected to +2 much more, None for no judgement.

    Raises SessionError for another number or somebody else's goal, NotInMatch.
    """
    locked = lock_closed(match.pk, by)
    mine = {goal.pk: goal for goal in Goal.objects.select_for_update().filter(match=locked, owner=by)}
    if not set(levels) <= set(mine):
        raise SessionError("Only the person whose goal it is can say how far they got.")
    for pk, level in levels.items():
        if level is not None and not -2 <= level <= 2:
            raise SessionError("Choose one of the five steps.", field=f"goal_{pk}")
        if mine[pk].level != level:
            Goal.objects.filter(pk=pk).update(level=level)
            record(by=by, verb="goal level set", now=now, subject=mine[pk], match=locked.pk)


@transaction.atomic
def give_thanks(*, match: Match, words: str, by: User, now: datetime) -> None:
    """Thank the others of a match that has come to its planned end; empty words take it back.

    They read it on their closing page, and nobody else does. Raises SessionError for over 1,000 characters or a match
    that ended otherwise, NotInMatch.
    """
    locked, text = lock_closed(match.pk, by), words.strip()
    if locked.end_reason != Match.EndReason.FINISHED:
        raise SessionError("Thanks are for a match that has come to its planned end.", field="words")
    if len(text) > LONGEST_THANKS:
        raise SessionError(f"Say it in at most {LONGEST_THANKS:,} characters.", field="words")
    if text:
        Thanks.objects.update_or_create(match=locked, author=by, defaults={"words": text, "at": now})
    else:
        Thanks.objects.filter(match=locked, author=by).delete()
    # Without the program: what people thank each other for, and whether, is theirs.
    record(by=by, verb="thanks given" if text else "thanks taken back", now=now, subject=locked)


@transaction.atomic
def decide_on_notes(*, match: Match, keep: bool, by: User, now: datetime) -> int:
    """Keep what one wrote about the sessions of a match, or erase it for good; returns how many notes are gone.

    What the others wrote stays theirs. Raises NotInMatch.
    """
    locked = lock_closed(match.pk, by)
    Seat.objects.filter(match=locked, enrolment__user=by).update(keeps_notes=keep)
    own = Note.objects.filter(session__match=locked, author=by)
    gone = 0 if keep else own.delete()[0]
    record(by=by, verb="notes kept" if keep else "notes erased", now=now, subject=locked)
    return gone


def take_goals_along(match: Match, now: datetime) -> None:
    """A match goes on: who asked for it has their goals that are still to be reached in the new one, not judged yet.

    Called inside the transaction in which it begins.
    """
    if match.continues_id is None:
        return
    asked = GoesOn.objects.filter(seat__match=match.continues_id, wishes=True, with_goals=True)
    owners = list(asked.values_list("seat__enrolment__user", flat=True))
    goals = Goal.objects.filter(match=match.continues_id, owner__in=owners).order_by("created_at", "pk")
    fresh = [
        Goal(match=match, owner_id=goal.owner_id, text=goal.text, created_at=now) for goal in goals if goal.is_left
    ]
    Goal.objects.bulk_create(fresh)
