"""An early end waits a quarter of an hour, so that it can be taken back: nobody else can know of it until then.

A row holds what was asked for. When its time has come it is done as if it were asked for at that moment, and the row
goes, in one transaction: a worker that dies has done nothing, and the next tick does it. Taking it back and taking
effect both need the lock of the match, so that one of the two happens. Whoever does not feel safe does not wait.
"""

import datetime as dt

from django.db import transaction

from matching.errors import MatchOver
from matching.models import Ending, EndingToCome, Match, Seat
from matching.services.finishing import SECOND_THOUGHTS
from matching.services.parting import check_words, end_match, leave_match, locked_match, wish_another
from participants.models import User
from participants.services import record

AT_ONCE = Ending.Reason.UNSAFE
"""Who gives this reason is not kept waiting in the match."""


@transaction.atomic
def end_soon(
    *,
    match: Match,
    by: User,
    now: dt.datetime,
    seat: Seat | None = None,
    reason: str = "",
    words: str = "",
    another: bool = False,
) -> EndingToCome | None:
    """End a match, or with `seat` one person's part in it, in a quarter of an hour; None where it has ended at once.

    Asking again changes nothing, unless somebody now says that they do not feel safe: then it ends at once. Raises as
    end_match() and leave_match().
    """
    check_words(reason, words)
    locked = locked_match(match.pk)
    if not _is_on(locked, seat):
        _end(locked, seat, by=by, now=now, reason=reason, words=words, another=another)
        return None
    said = {"reason": reason, "words": words.strip(), "another": another, "at": now, "due_at": now + SECOND_THOUGHTS}
    waiting, new = EndingToCome.objects.get_or_create(match=locked, seat=seat, by=by, defaults=said)
    if new:
        _recorded(locked, "ending begun", by, now)
    if reason != AT_ONCE:
        return waiting
    waiting.reason, waiting.words = reason, words.strip() or waiting.words
    _take_effect(waiting, now)
    return None


@transaction.atomic
def undo_ending(*, ending: EndingToCome, by: User, now: dt.datetime) -> Match:
    """Take an end back that still waits: nobody has been told, and nothing has changed. Returns the match.

    Raises MatchOver once its time has come, and where it has been taken back or has taken effect already.
    """
    match = locked_match(ending.match_id)
    if not EndingToCome.objects.filter(pk=ending.pk, due_at__gt=now).delete()[0]:
        raise MatchOver("It can no longer be taken back.")
    _recorded(match, "ending taken back", by, now)
    return match


@transaction.atomic
def hasten_ending(*, ending: EndingToCome, now: dt.datetime) -> bool:
    """Let an end that waits take effect now; whether there was one. Twice is once."""
    locked_match(ending.match_id)
    return _take(ending.pk, now)


def end_due(*, now: dt.datetime) -> int:
    """Let the ends take effect whose time has come. Returns how many. Safe to run twice, or twice at once."""
    due = EndingToCome.objects.filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", "match")
    return sum(_end_due(pk, match, now) for pk, match in due)


@transaction.atomic
def _end_due(pk: int, match_id: int, now: dt.datetime) -> bool:
    locked_match(match_id)
    return _take(pk, now)


def _take(pk: int, now: dt.datetime) -> bool:
    """Called with the match locked: the row is looked for again, as it may have been taken back."""
    found = EndingToCome.objects.select_related("match", "seat", "by").filter(pk=pk).first()
    if found is None:
        return False
    _take_effect(found, now)
    return True


def _take_effect(found: EndingToCome, now: dt.datetime) -> None:
    facts = {"by": found.by, "now": now, "reason": found.reason, "words": found.words}
    found.delete()
    try:
        _end(found.match, found.seat, another=found.another, **facts)
    except MatchOver:
        # It has ended otherwise meanwhile; what was said about it is kept all the same.
        said = {"reason": found.reason, "words": found.words, "by": found.by, "at": now}
        Ending.objects.get_or_create(match=found.match, seat=found.seat, defaults=said)
        if found.seat is not None and found.another:
            wish_another(seat=found.seat, another=True, by=found.by, now=now)


def _end(
    match: Match, seat: Seat | None, *, by: User, now: dt.datetime, reason: str, words: str, another: bool
) -> None:
    if seat is None:
        end_match(match=match, by=by, now=now, reason=reason, words=words)
    else:
        leave_match(seat=seat, by=by, now=now, reason=reason, words=words, another=another)


def _is_on(match: Match, seat: Seat | None) -> bool:
    if match.state != Match.State.ACTIVE:
        return False
    in_it = Seat.Answer.ACCEPTED
    return seat is None or Seat.objects.filter(pk=seat.pk, match=match, left_at=None, answer=in_it).exists()


def _recorded(match: Match, verb: str, by: User, now: dt.datetime) -> None:
    """In the program's history only what somebody outside the match does: see matching.services.parting."""
    in_it = match.seats.filter(enrolment__user=by).exists()
    record(by=by, verb=verb, now=now, program_id=None if in_it else match.track.program_id, subject=match)
