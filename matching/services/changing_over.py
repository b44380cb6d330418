"""Changing over: who began in one of two tracks is in the other from now on, as lots and a day have fixed it."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction

from matching.errors import MatchingError
from matching.models import EndingToCome, Match, Proposal, Seat
from matching.queries.changing_over import Changing, changing_of, matches_to_end, offers_to_end
from matching.services.ending import end_offers
from matching.services.parting import close
from participants.models import User
from participants.services import record
from programs.models import Draw, Program
from programs.services.drawing import CHANGED, move, tell

OPEN = (Proposal.State.QUEUED, Proposal.State.RUNNING, Proposal.State.DRAFT)


@transaction.atomic
def change_over(*, draw: Draw, by: User, now: dt.datetime) -> Changing:
    """End the matches of those drawn as planned, take their open offers back, put each into their other track and tell
    them; all or nothing. Twice is once, and comes to nobody the second time.

    Who has left, or has been in the other track by themselves before, stays where they are. Raises MatchingError before
    the day, before people were told of it, while a proposal of one of the tracks is not out or a match is just being
    ended by somebody in it.
    """
    Program.objects.select_for_update().get(pk=draw.program_id)
    related = ("first", "second", "program")
    locked = Draw.objects.select_for_update(of=("self",)).select_related(*related).get(pk=draw.pk)
    if locked.changed_at is not None:
        return Changing(0, 0, 0, [], [])
    _check(locked, now)
    matches, offers = _held(matches_to_end(locked)), _held(offers_to_end(locked))
    if EndingToCome.objects.filter(match__in=matches).exists():
        raise MatchingError("Somebody is just ending a match. Wait a quarter of an hour, and change over then.")
    found = changing_of(locked)
    for match in matches:
        close(match, reason=Match.EndReason.FINISHED, by=None, now=now)
        record(by=by, verb="match ended", now=now, program_id=locked.program_id, subject=match, why="changed over")
    end_offers(offers, reason=Match.EndReason.WITHDRAWN, now=now)
    _move(locked, found)
    locked.changed_at = now
    locked.save(update_fields=["changed_at"])
    tell([(lot, CHANGED) for lot, _, _ in found.moves], now, now)
    told = {"people": found.people, "matches": found.matches}
    record(by=by, verb="changed over", now=now, program_id=locked.program_id, subject=locked, **told)
    return found


def _check(draw: Draw, now: dt.datetime) -> None:
    today = now.astimezone(ZoneInfo(draw.program.timezone)).date()
    if draw.kind != Draw.Kind.CROSSOVER or draw.undone_at is not None or now < draw.told_at:
        raise MatchingError("Nobody has been told to change over.")
    if draw.changes_on is None or today < draw.changes_on:
        raise MatchingError(f"People were told that they change over on {draw.changes_on:%d %B %Y}.")
    waiting = Proposal.objects.filter(track__in=(draw.first_id, draw.second_id), state__in=OPEN).select_related("track")
    if proposal := waiting.first():
        raise MatchingError(
            f"Discard proposal {proposal.number} of {proposal.track.name} first: its people change over."
        )


def _held(ids: Sequence[int]) -> list[Match]:
    rows = Match.objects.select_for_update(of=("self",)).filter(pk__in=ids, state__in=Match.LIVE).order_by("pk")
    return list(rows.select_related("track__program"))


def _move(draw: Draw, found: Changing) -> None:
    """Their seats of before do not rest: all of them are to be matched again in their new track."""
    for track in (draw.first, draw.second):
        if track is not None:
            move([enrolment for _, enrolment, to in found.moves if to == track.pk], track)
    Seat.objects.filter(enrolment__in=[each.pk for _, each, _ in found.moves], rests=True).update(rests=False)
