"""More people than places: lots decide who begins now, and everybody else has a place in the next round."""

import datetime as dt
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.lots import choose
from programs.models import Draw, Enrolment, Lot, ProfileField, Program, SetAside, Track
from programs.services.drawing import BEGINS, WAITS, keep, learners_role, lot_of, stratum_of, tell
from programs.services.enrolments import clean_answer

NEXT = "lot_next_round"
State = Enrolment.State


@dataclass(frozen=True)
class Places:
    """How many begin now in a track. `people` are enrolments of its learners, one a person, none of whom has a lot."""

    track: Track
    number: int
    field: ProfileField | None
    people: Collection[Enrolment]


@transaction.atomic
def draw_places(*, places: Places, seed: str, by: User, now: dt.datetime) -> Draw:
    """Let lots decide by `programs.lots.choose` who begins now; the others wait, are matched with nobody, and keep
    their place for the next round. Both are told.

    Raises ProgramError where there is a place for everybody, or none, and for somebody who is set aside.
    """
    _check(places)
    Program.objects.select_for_update().get(pk=places.track.program_id)
    people = {each.user_id: each for each in places.people}
    begin = choose(seed, {user: stratum_of(each, places.field) for user, each in people.items()}, places.number)
    draw = Draw(kind=Draw.Kind.WAITLIST, first=places.track, places=places.number, seed=seed, at=now, by=by)
    keep(draw, places.field)
    lots = Lot.objects.bulk_create(
        lot_of(draw, each, places.track, places.field, waits=user not in begin) for user, each in sorted(people.items())
    )
    waiting = [people[lot.user_id].pk for lot in lots if lot.waits]
    Enrolment.objects.filter(pk__in=waiting).update(state=State.WAITING)
    tell([(lot, WAITS if lot.waits else BEGINS) for lot in lots], draw.told_at, now)
    told = {"people": len(lots), "places": places.number, "seed": seed}
    record(by=by, verb="lots drawn", now=now, program_id=draw.program_id, subject=draw, **told)
    return draw


def _check(places: Places) -> None:
    if not 1 <= places.number < len(places.people):
        raise ProgramError("Lots decide where there are fewer places than people", field="places")
    users = {each.user_id for each in places.people}
    if SetAside.objects.filter(program=places.track.program_id, user__in=users).exists():
        raise ProgramError("Somebody has a place already, by a decision of the coordinator")


@transaction.atomic
def set_aside(*, enrolment: Enrolment, reason: str, by: User, now: dt.datetime) -> SetAside:
    """Give somebody a place now whatever the lots say. Twice changes nothing.

    Before a draw they are not in it, and so not in the comparison. After it they begin, and are still counted where
    their lot has put them: taking people out by how they fare would undo what chance has made even. Raises
    ProgramError for an unknown reason, for somebody who has left, and for an order that is drawn.
    """
    if reason not in SetAside.Reason.values:
        raise ProgramError("Choose a reason", field="reason")
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("track").get(pk=enrolment.pk)
    if locked.state == State.LEFT:
        raise ProgramError("They have left")
    program, waited = locked.track.program_id, locked.state == State.WAITING
    if Lot.objects.filter(program=program, user=locked.user_id, draw__kind=Draw.Kind.CROSSOVER).exists():
        raise ProgramError("Their order is drawn, and counts whatever they do")
    made, new = SetAside.objects.get_or_create(
        program_id=program, user_id=locked.user_id, defaults={"reason": reason, "at": now, "by": by}
    )
    if waited:
        locked.state = State.ACTIVE
        locked.save(update_fields=["state"])
        lot = Lot.objects.filter(program=program, user=locked.user_id).first()
        tell([(lot, BEGINS)] if lot else [], now, now)
    if new or waited:
        record(by=by, verb="begins without a lot", now=now, program_id=program, subject=locked, reason=reason)
    return made


@transaction.atomic
def begin_next_round(*, draw: Draw, track: Track, by: User, now: dt.datetime) -> list[Enrolment]:
    """Take everybody who still waits by this draw into a track of another program, with those of their answers it asks
    for too, and tell them. Who has a place there already keeps it. Returns the new places.

    Raises ProgramError for the program of the draw itself, and before its last day: until then they are compared with
    those who have begun.
    """
    locked = Draw.objects.select_for_update(of=("self",)).select_related("program").get(pk=draw.pk)
    if track.program_id == locked.program_id:
        raise ProgramError("The next round is another program", field="track")
    if now.date() <= locked.program.ends_on:
        raise ProgramError(f"The next round begins after {locked.program.ends_on:%d %B %Y}, the last day of this one")
    fields = list(track.program.fields.all())
    waiting = Enrolment.objects.filter(track=locked.first_id, state=State.WAITING).select_related("user")
    lots = {lot.user_id: lot for lot in locked.lots.filter(waits=True, next_place=None)}
    begun = [_begin(lots[each.user_id], each, track, fields, by, now) for each in waiting if each.user_id in lots]
    tell([(lot, NEXT) for lot in lots.values() if lot.next_place_id], now, now)
    record(by=by, verb="next round begun", now=now, program_id=locked.program_id, subject=locked, people=len(begun))
    return begun


def _begin(
    lot: Lot, waited: Enrolment, track: Track, fields: Collection[ProfileField], by: User, now: dt.datetime
) -> Enrolment:
    """Their place there. A question asked there alone is asked of them by the coordinator, as with a file."""
    role = learners_role(track)
    start = {"joined_at": now, "answers": _kept(waited.answers, role, fields)}
    there, new = Enrolment.objects.get_or_create(track=track, user=waited.user, role=role, defaults=start)
    if there.state == State.LEFT:
        there.state, there.left_at = State.ACTIVE, None
        there.save(update_fields=["state", "left_at"])
    if new:
        record(by=by, verb="enrolled", now=now, program_id=track.program_id, subject=there, role=role)
    lot.next_place = there
    lot.save(update_fields=["next_place"])
    return there


def _kept(answers: Mapping[str, Any], role: str, fields: Collection[ProfileField]) -> dict[str, Any]:
    """The answers to what is asked there too, where they are still possible ones."""
    kept: dict[str, Any] = {}
    for field in fields:
        if role in field.asked_of and field.slug in answers:
            with suppress(ProgramError):  # an option that the next round does not have
                kept[field.slug] = clean_answer(field, answers[field.slug])
    return {slug: answer for slug, answer in kept.items() if answer is not None}
