"""Matches that come to their planned end: on their last day, or when a coordinator closes a program's in one go."""

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from matching.errors import MatchingError, MatchOver
from matching.models import EndingToCome, Match
from matching.services.parting import close
from participants.models import User
from participants.services import record
from programs.models import Program

# So long a closing can be taken back: nobody has been told before it is over.
SECOND_THOUGHTS = dt.timedelta(minutes=15)


def running(program: Program) -> QuerySet[Match]:
    """The matches of a program that have an end to come to: one-off sessions close by themselves."""
    return Match.objects.filter(track__program=program, state=Match.State.ACTIVE, starts_at=None)


@transaction.atomic
def close_all(*, program: Program, tracks: Collection[int], by: User, now: dt.datetime) -> int:
    """Close the matches of these tracks in a quarter of an hour; until then it can be taken back. Returns how many.

    Asking again changes nothing for those that are closing already. Raises MatchingError where nothing is on.
    """
    chosen = running(program).filter(track__in=tracks).select_for_update(of=("self",)).order_by("pk")
    ids = list(chosen.values_list("pk", flat=True))
    if not ids:
        raise MatchingError("No match of these tracks is on.", field="tracks")
    fresh = Match.objects.filter(pk__in=ids, closes_at=None)
    count = fresh.update(closes_at=now + SECOND_THOUGHTS)
    if count:
        record(by=by, verb="closing begun", now=now, program_id=program.pk, subject=program, matches=count)
    return count


@transaction.atomic
def keep_open(*, program: Program, by: User, now: dt.datetime) -> int:
    """Take a closing back. Returns how many matches stay open; those that have closed by now stay closed."""
    closing = running(program).filter(closes_at__gt=now).select_for_update(of=("self",)).order_by("pk")
    ids = list(closing.values_list("pk", flat=True))
    count = Match.objects.filter(pk__in=ids).update(closes_at=None)
    if count:
        record(by=by, verb="closing taken back", now=now, program_id=program.pk, subject=program, matches=count)
    return count


@transaction.atomic
def set_last_day(*, match: Match, ends_on: dt.date | None, by: User, now: dt.datetime) -> Match:
    """Give a match another last day than its program; None is the program's again.

    Raises MatchOver unless it is on, MatchingError for a day that is over.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=match.pk)
    if locked.state != Match.State.ACTIVE:
        raise MatchOver("This match is not on any more.")
    if ends_on is not None and ends_on < _today(locked, now):
        raise MatchingError("Choose a day that is not over.", field="ends_on")
    if locked.ends_on != ends_on:
        locked.ends_on = ends_on
        locked.save(update_fields=["ends_on"])
        record(by=by, verb="last day set", now=now, program_id=locked.track.program_id, subject=locked)
    return locked


def finish_due(*, now: dt.datetime) -> int:
    """End the matches whose last day is over where their program is, or whose closing is due. Returns how many.

    Each in a transaction of its own; run twice, or twice at once, it ends each match once.
    """
    last = Coalesce("ends_on", "track__program__ends_on")
    # A day more than anywhere on earth; the exact day is looked at under the lock.
    near = Q(closes_at__lte=now) | Q(last__lt=now.date() + dt.timedelta(days=1))
    on = Match.objects.filter(state=Match.State.ACTIVE, starts_at=None).annotate(last=last).filter(near)
    return sum(_finish(pk, now) for pk in on.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _finish(pk: int, now: dt.datetime) -> bool:
    match = Match.objects.select_for_update(of=("self",)).select_related("track__program").get(pk=pk)
    if match.state != Match.State.ACTIVE or not _is_due(match, now):
        return False
    if EndingToCome.objects.filter(match=match).exists():
        # Somebody is ending it early at this moment: that comes first, or is taken back within minutes.
        return False
    close(match, reason=Match.EndReason.FINISHED, by=None, now=now)
    record(by=None, verb="match ended", now=now, program_id=match.track.program_id, subject=match, why="finished")
    return True


def _is_due(match: Match, now: dt.datetime) -> bool:
    if match.closes_at is not None and match.closes_at <= now:
        return True
    return _today(match, now) > (match.ends_on or match.track.program.ends_on)


def _today(match: Match, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(match.track.program.timezone)).date()
