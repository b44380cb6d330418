"""Drawing lots: between two tracks, or to which of them somebody is invited; and taking a draw back."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from mail.models import Message
from mail.services import Draft, cancel, enqueue_many
from participants.models import User
from participants.services import record
from programs import hooks
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.lots import deal
from programs.models import Draw, Enrolment, Lot, ProfileField, Program, Role, SetAside, Track, Wishes
from programs.queries.drawing import standing

DRAWN, INVITED, BEGINS, WAITS = "lot_drawn", "lot_invited", "lot_begins", "lot_waits"
ORDER, CHANGED = "lot_order", "lot_changed_over"
SUBJECT = "programs.lot"
# What two tracks can be made even in: fields with few answers.
STRATA = (ProfileField.Kind.CHOICE, ProfileField.Kind.ORDERED, ProfileField.Kind.YESNO)
UNSAID = "no answer"
# So long whoever has drawn can see what came out, and take back a slip, before anybody is told.
UNTOLD = dt.timedelta(hours=1)
TOLD_WITHIN = dt.timedelta(days=14)
# In less time neither model could show anything, nor be asked about.
LEAST_HALF = dt.timedelta(days=28)
Kind = Draw.Kind


@dataclass(frozen=True)
class Pool:
    """Between what lots are drawn. `people` are enrolments of learners, one a person, none of whom has a lot."""

    first: Track
    second: Track
    field: ProfileField | None
    people: Collection[Enrolment]


def announce_lots(*, program: Program, by_lot: str) -> None:
    """Say where people apply what chance decides (a programs.models.Draw.Kind), or with "" that it does not.

    Raises ProgramError for another word once lots were drawn. Called inside a transaction.
    """
    if standing(program.pk) - {by_lot}:
        raise ProgramError("Lots were drawn. How people came to their model cannot be changed any more.")
    Program.objects.filter(pk=program.pk).update(by_lot=by_lot)


@transaction.atomic
def draw_lots(*, pool: Pool, seed: str, by: User, now: dt.datetime) -> Draw:
    """Give everybody of the pool one of its two tracks by `programs.lots.deal`, move them there and tell them.

    Who moves keeps their answers; whom they wished for in the other track is forgotten, as nobody of them is in this
    one. Raises ProgramError for two tracks of different programs or one track, fewer than two people, or somebody who
    is in the other track too.
    """
    draw, lots = _deal(pool, Draw(kind=Kind.LOTTERY, seed=seed, at=now, by=by))
    _place(pool, lots)
    _tell(draw, [(lot, DRAWN) for lot in lots], by, now)
    return draw


def _place(pool: Pool, lots: Collection[Lot]) -> None:
    people = {each.user_id: each for each in pool.people}
    for track in (pool.first, pool.second):
        move([people[lot.user_id] for lot in lots if lot.track_id == track.pk != lot.came_from_id], track)


@transaction.atomic
def draw_orders(*, pool: Pool, changes_on: dt.date, seed: str, by: User, now: dt.datetime) -> Draw:
    """Give everybody of the pool the track they begin in by `programs.lots.deal`, move them there and tell them, and
    that from a day on they are in the other one (matching.services.change_over).

    Raises as `draw_lots`, for a day that leaves one of the two times less than four weeks, somebody who is set aside,
    and a second draw of orders in the program.
    """
    program = Program.objects.select_for_update().get(pk=pool.first.program_id)
    _check_order(program, pool, changes_on, now)
    drawn = Draw(kind=Kind.CROSSOVER, changes_on=changes_on, seed=seed, at=now, by=by)
    draw, lots = _deal(pool, drawn)
    _place(pool, lots)
    _tell(draw, [(lot, ORDER) for lot in lots], by, now)
    return draw


def _check_order(program: Program, pool: Pool, changes_on: dt.date, now: dt.datetime) -> None:
    first, last = max(program.starts_on, now.date()) + LEAST_HALF, program.ends_on - LEAST_HALF
    if not first <= changes_on <= last:
        reach = (
            f"from {first:%d %B %Y} to {last:%d %B %Y}" if first <= last else "as there are in no part of this program"
        )
        raise ProgramError(f"Both times need four weeks: choose a day {reach}", field="changes_on")
    if Draw.objects.filter(program=program, kind=Kind.CROSSOVER, undone_at=None).exists():
        raise ProgramError("Orders were drawn here already, and all change over on one day")
    if SetAside.objects.filter(program=program, user__in=[each.user_id for each in pool.people]).exists():
        raise ProgramError("Somebody is outside the lots, by a decision of the coordinator")


@transaction.atomic
def draw_invitations(*, pool: Pool, seed: str, by: User, now: dt.datetime) -> Draw:
    """Give everybody of the pool one of its two tracks by `programs.lots.deal`, and invite them to it by one e-mail.

    Nobody is moved: they choose themselves, by `follow_invitation` or not at all. Raises as `draw_lots` does.
    """
    draw, lots = _deal(pool, Draw(kind=Kind.NUDGE, seed=seed, at=now, by=by))
    _tell(draw, [(lot, INVITED) for lot in lots], by, now)
    return draw


def _deal(pool: Pool, draw: Draw) -> tuple[Draw, list[Lot]]:
    _check(pool)
    Program.objects.select_for_update().get(pk=pool.first.program_id)
    people = {each.user_id: each for each in pool.people}
    sides = deal(draw.seed, {user: stratum_of(each, pool.field) for user, each in people.items()})
    draw.first, draw.second = pool.first, pool.second
    keep(draw, pool.field)
    tracks = (pool.first, pool.second)
    lots = [lot_of(draw, each, tracks[sides[user]], pool.field) for user, each in sorted(people.items())]
    return draw, Lot.objects.bulk_create(lots)


def keep(draw: Draw, field: ProfileField | None) -> Draw:
    """Write down a draw of which people hear a little later."""
    draw.program_id, draw.stratum = draw.first.program_id, field.slug if field else ""
    draw.told_at = draw.at + UNTOLD
    draw.save(force_insert=True)
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


def lot_of(draw: Draw, enrolment: Enrolment, track: Track, field: ProfileField | None, *, waits: bool = False) -> Lot:
    """What chance has given somebody, not written down yet."""
    return Lot(
        draw=draw,
        program_id=draw.program_id,
        user_id=enrolment.user_id,
        came_from_id=enrolment.track_id,
        track=track,
        waits=waits,
        stratum=stratum_of(enrolment, field),
    )


def learners_role(track: Track) -> str:
    """What somebody who learns is in this track."""
    return Role.MENTEE if Role.MENTEE in registry.get(track.model).roles else Role.PEER


def move(enrolments: Collection[Enrolment], track: Track) -> None:
    """Put learners into another track. Their answers stay; their wishes were about people of the one they leave."""
    moved = [each.pk for each in enrolments]
    Enrolment.objects.filter(pk__in=moved).update(track=track, role=learners_role(track), capacity=None)
    Wishes.objects.filter(enrolment__in=moved).delete()


def _tell(draw: Draw, lots: Collection[tuple[Lot, str]], by: User, now: dt.datetime) -> None:
    tell(lots, draw.told_at, now)
    told = {"people": len(lots), "seed": draw.seed}
    record(by=by, verb="lots drawn", now=now, program_id=draw.program_id, subject=draw, **told)


def tell(lots: Iterable[tuple[Lot, str]], at: dt.datetime, now: dt.datetime) -> None:
    """Write to everybody what their lot is, by the kind of e-mail beside it."""
    enqueue_many([_news(lot, kind, at) for lot, kind in lots], now=now)


def _news(lot: Lot, kind: str, at: dt.datetime) -> Draft:
    return Draft(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=lot.pk,
        recipient_id=lot.user_id,
        program_id=lot.program_id,
        not_before=at,
        expires_at=at + TOLD_WITHIN,
    )


@transaction.atomic
def undo_draw(*, draw: Draw, by: User, now: dt.datetime) -> Draw:
    """Take a draw back before anybody has been told: everybody is where they were. The draw stays, as one undone, with
    its seed, so that nobody can draw until the lots please them without its being seen.

    Raises ProgramError once somebody has been told. Undoing twice changes nothing.
    """
    locked = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    if locked.undone_at is not None:
        return locked
    lots = list(locked.lots.select_related("came_from"))
    if now >= locked.told_at or _is_told(lots):
        raise ProgramError("People have been told. A draw stands from then on.")
    for lot in lots:
        cancel(subject_type=SUBJECT, subject_id=lot.pk, now=now)
    _put_back(lots)
    locked.lots.all().delete()
    locked.undone_at, locked.undone_by = now, by
    locked.save(update_fields=["undone_at", "undone_by"])
    told = {"people": len(lots), "seed": locked.seed}
    record(by=by, verb="lots taken back", now=now, program_id=locked.program_id, subject=locked, **told)
    return locked


def _is_told(lots: Iterable[Lot]) -> bool:
    about = Message.objects.filter(subject_type=SUBJECT, subject_id__in=[lot.pk for lot in lots])
    return about.exclude(state__in=[Message.State.PENDING, Message.State.CANCELLED]).exists()


def _put_back(lots: Iterable[Lot]) -> None:
    """Where they came from, and in this round; whoever has left since stays away."""
    for lot in lots:
        here = Enrolment.objects.filter(user=lot.user_id, track=lot.track_id)
        if lot.track_id != lot.came_from_id:
            here.update(track=lot.came_from, role=learners_role(lot.came_from))
        here = Enrolment.objects.filter(user=lot.user_id, track=lot.came_from_id, state=Enrolment.State.WAITING)
        here.update(state=Enrolment.State.ACTIVE)


@transaction.atomic
def follow_invitation(*, lot: Lot, track: Track, by: User, now: dt.datetime) -> Enrolment:
    """Be in one of the two tracks somebody was invited to choose between, by their own choice; the same one changes
    nothing. Raises ProgramError for another track, for who is matched already, and who is in neither any more.
    """
    draw = Draw.objects.select_for_update(of=("self",)).get(pk=lot.draw_id)
    if draw.kind != Kind.NUDGE or track.pk not in {draw.first_id, draw.second_id}:
        raise ProgramError("Choose one of the two ways")
    tracks = (draw.first_id, draw.second_id)
    mine = Enrolment.objects.filter(user=lot.user_id, track__in=tracks, state=Enrolment.State.ACTIVE)
    enrolment = mine.exclude(role=Role.MENTOR).order_by("pk").first()
    if enrolment is None:
        raise ProgramError("You take part in neither any more")
    if enrolment.track_id != track.pk:
        if hooks.obstacles([enrolment.pk]):
            raise ProgramError("You have been matched already. Write to the person who runs the program.")
        if Enrolment.objects.filter(user=lot.user_id, track=track).exists():
            raise ProgramError("You are, or were, in the other one already")
        move([enrolment], track)
        record(by=by, verb="way chosen", now=now, program_id=lot.program_id, subject=enrolment, track=track.slug)
    return Enrolment.objects.get(pk=enrolment.pk)
