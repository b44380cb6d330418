"""Drawing lots between two tracks."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from mail.services import Draft, enqueue_many
from participants.models import User
from participants.services import record
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.lots import deal
from programs.models import Draw, Enrolment, Lot, ProfileField, Program, Role, Track, Wishes

DRAWN = "lot_drawn"
SUBJECT = "programs.lot"
# What two tracks can be made even in: fields with few answers.
STRATA = (ProfileField.Kind.CHOICE, ProfileField.Kind.ORDERED, ProfileField.Kind.YESNO)
UNSAID = "no answer"
TOLD_WITHIN = dt.timedelta(days=14)


@dataclass(frozen=True)
class Pool:
    """Between what lots are drawn. `people` are enrolments of learners, one a person, none of whom has a lot."""

    first: Track
    second: Track
    field: ProfileField | None
    people: Collection[Enrolment]


def announce_lots(*, program: Program, by_lot: bool) -> None:
    """Say where people apply that chance decides between the program's models, or take that back.

    Raises ProgramError for taking it back once lots were drawn. Called inside a transaction.
    """
    if not by_lot and Draw.objects.filter(program=program).exists():
        raise ProgramError("Lots were drawn. How people came to their model cannot be changed any more.")
    Program.objects.filter(pk=program.pk).update(by_lot=by_lot)


@transaction.atomic
def draw_lots(*, pool: Pool, seed: str, by: User, now: dt.datetime) -> Draw:
    """Give everybody of the pool one of its two tracks by `programs.lots.deal`, move them there and tell them.

    Who moves keeps their answers; whom they wished for in the other track is forgotten, as nobody of them is in this
    one. Raises ProgramError for two tracks of different programs or one track, fewer than two people, or somebody who
    is in the other track too.
    """
    _check(pool)
    Program.objects.select_for_update().get(pk=pool.first.program_id)
    people = {each.user_id: each for each in pool.people}
    sides = deal(seed, {user: stratum_of(each, pool.field) for user, each in people.items()})
    draw = Draw.objects.create(
        program=pool.first.program,
        first=pool.first,
        second=pool.second,
        stratum=pool.field.slug if pool.field else "",
        seed=seed,
        at=now,
        by=by,
    )
    tracks = (pool.first, pool.second)
    lots = [_lot(draw, each, tracks[sides[user]], pool.field) for user, each in sorted(people.items())]
    Lot.objects.bulk_create(lots)
    for track in tracks:
        _move([people[lot.user_id] for lot in lots if lot.track_id == track.pk != lot.came_from_id], track)
    enqueue_many([_news(lot, now) for lot in lots], now=now)
    record(by=by, verb="lots drawn", now=now, program_id=draw.program_id, subject=draw, people=len(lots), seed=seed)
    return draw


def _check(pool: Pool) -> None:
    if pool.first.pk == pool.second.pk or pool.first.program_id != pool.second.program_id:
        raise ProgramError("Lots are drawn between two tracks of the program", field="second")
    if len(pool.people) < 2:
        raise ProgramError("There are fewer than two people to draw lots for")
    users = {each.user_id for each in pool.people}
    both = Enrolment.objects.filter(track__in=(pool.first, pool.second), user__in=users)
    if len(users) != len(pool.people) or both.exclude(pk__in=[each.pk for each in pool.people]).exists():
        raise ProgramError("Somebody is in both tracks, and cannot be moved from one to the other")


def stratum_of(enrolment: Enrolment, field: ProfileField | None) -> str:
    """The answer within which somebody's lot is drawn, as text."""
    answer = enrolment.answers.get(field.slug) if field else ""
    return UNSAID if answer is None else str(answer)[:200]


def _lot(draw: Draw, enrolment: Enrolment, track: Track, field: ProfileField | None) -> Lot:
    return Lot(
        draw=draw,
        program_id=draw.program_id,
        user_id=enrolment.user_id,
        came_from_id=enrolment.track_id,
        track=track,
        stratum=stratum_of(enrolment, field),
    )


def learners_role(track: Track) -> str:
    """What somebody who learns is in this track."""
    return Role.MENTEE if Role.MENTEE in registry.get(track.model).roles else Role.PEER


def _move(enrolments: Collection[Enrolment], track: Track) -> None:
    moved = [each.pk for each in enrolments]
    Enrolment.objects.filter(pk__in=moved).update(track=track, role=learners_role(track), capacity=None)
    Wishes.objects.filter(enrolment__in=moved).delete()


def _news(lot: Lot, now: dt.datetime) -> Draft:
    return Draft(
        kind=DRAWN,
        subject_type=SUBJECT,
        subject_id=lot.pk,
        recipient_id=lot.user_id,
        program_id=lot.program_id,
        not_before=now,
        expires_at=now + TOLD_WITHIN,
    )
