import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from participants.models import User
from participants.services import record
from participants.zones import is_zone
from programs import hooks
from programs.errors import ProgramError
from programs.models import Enrolment, ProfileField, Track
from programs.queries import manager_of
from programs.reading.skills import LEVELS
from programs.reading.weeks import is_tidy
from programs.seen import check_seen
from programs.services.managers import set_manager

Kind = ProfileField.Kind
LARGEST = 1_000_000_000
LONGEST = 2000


Answer = str | int | float | bool | list[str] | dict[str, Any]


def clean_answer(field: ProfileField, value: object) -> Answer | None:
    """The stored form of one answer, or None for no answer. Raises ProgramError naming the field.

    choice and ordered: one of the options; multi: a list of options in the field's order; number: int or float;
    text: at most 2,000 letters; yesno: bool; week: {"zone": "Europe/Berlin", "times": ["Mon 09:00-12:30"]}, the times
    as programs.reading.weeks tidies them; skills: a level from 1 to 4 for each of some options.
    """
    if value is None or value in ("", [], {}):
        return None
    if field.kind == Kind.MULTI and isinstance(value, list) and set(value) <= set(field.options):
        return [option for option in field.options if option in value]
    if field.kind == Kind.YESNO and isinstance(value, bool):
        return value
    if field.kind == Kind.NUMBER and _is_number(value):
        return value  # type: ignore[return-value]  # an int or a float: _is_number
    if field.kind == Kind.WEEK and _is_week(value):
        return value  # type: ignore[return-value]  # a dict: _is_week
    if field.kind == Kind.SKILLS and _are_skills(field, value):
        return {option: value[option] for option in field.options if option in value}  # type: ignore[index,operator]
    if isinstance(value, str) and _is_text(field, value):
        return value
    said = "This" if isinstance(value, dict) else f"“{value}”"
    raise ProgramError(f"{said} is not an answer to “{field.label}”", field=field.slug)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and abs(value) <= LARGEST


def _is_week(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"zone", "times"}:
        return False
    times = value["times"]
    tidy = isinstance(times, list) and all(isinstance(time, str) for time in times) and is_tidy(times)
    return tidy and isinstance(value["zone"], str) and is_zone(value["zone"])


def _are_skills(field: ProfileField, value: object) -> bool:
    if not isinstance(value, dict) or not set(value) <= set(field.options):
        return False
    return all(type(level) is int and 1 <= level <= len(LEVELS) for level in value.values())


def _is_text(field: ProfileField, value: str) -> bool:
    if field.kind in (Kind.CHOICE, Kind.ORDERED):
        return value in field.options
    return field.kind == Kind.TEXT and len(value) <= LONGEST


def clean_answers(fields: Mapping[str, ProfileField], role: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """All answers of one person. Raises ProgramError for an unknown field or a required one left empty."""
    unknown = sorted(set(answers) - set(fields))
    if unknown:
        raise ProgramError(f"The program has no field “{unknown[0]}”", field=unknown[0])
    cleaned = {slug: clean_answer(fields[slug], value) for slug, value in answers.items()}
    for slug, field in fields.items():
        if field.required and role in field.asked_of and cleaned.get(slug) is None:
            raise ProgramError(f"“{field.label}” needs an answer", field=slug)
    return {slug: value for slug, value in cleaned.items() if value is not None}


@transaction.atomic
def enrol(
    *,
    track: Track,
    user: User,
    role: str,
    answers: Mapping[str, Any],
    by: User | None,
    now: dt.datetime,
    capacity: int | None = None,
) -> Enrolment:
    """Take a person into a track, or change their answers if they are in it already;
    somebody who left comes back, and whoever waits for the next round goes on waiting.

    Raises ProgramError for an answer the program's fields do not allow.
    """
    fields = {field.slug: field for field in track.program.fields.all()}
    # get_or_create, because two who enrol the same person at once find no row to lock.
    enrolment, _ = Enrolment.objects.select_for_update().get_or_create(
        track=track, user=user, role=role, defaults={"joined_at": now}
    )
    enrolment.answers = clean_answers(fields, role, answers)
    enrolment.capacity = capacity
    if enrolment.state == Enrolment.State.LEFT:
        enrolment.state, enrolment.left_at = Enrolment.State.ACTIVE, None
    enrolment.save()
    record(by=by, verb="enrolled", now=now, program_id=track.program_id, subject=enrolment, role=role)
    return enrolment


@transaction.atomic
def change_enrolment(
    *,
    enrolment: Enrolment,
    answers: Mapping[str, Any],
    capacity: int | None,
    by: User,
    now: dt.datetime,
    manager: str | None = None,
    seen: str = "",
) -> Enrolment:
    """Change answers or places, and the line manager's address unless that is None, as one has seen them
    (programs.seen). Raises Outdated if somebody has changed them since, and ProgramError as enrol and set_manager do.
    """
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("track").get(pk=enrolment.pk)
    check_seen(locked, seen, manager_of(locked.user_id) if seen else "")
    fields = {field.slug: field for field in locked.track.program.fields.all()}
    locked.answers = clean_answers(fields, locked.role, answers)
    locked.capacity = capacity
    locked.save()
    if manager is not None:
        set_manager(user=locked.user, email=manager, program_id=locked.track.program_id, by=by, now=now)
    record(by=by, verb="answers changed", now=now, program_id=locked.track.program_id, subject=locked)
    return locked


@transaction.atomic
def take_back(*, enrolment: Enrolment, by: User, now: dt.datetime) -> Enrolment:
    """Let somebody who left take part again with the answers they had; their old matches stay ended."""
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("track").get(pk=enrolment.pk)
    if locked.state != Enrolment.State.LEFT:
        return locked
    locked.state, locked.left_at = Enrolment.State.ACTIVE, None
    locked.save(update_fields=["state", "left_at"])
    record(by=by, verb="taken back", now=now, program_id=locked.track.program_id, subject=locked)
    return locked


@transaction.atomic
def leave(*, enrolment: Enrolment, by: User, now: dt.datetime) -> Enrolment:
    """End somebody's part in a track; their matches end with it. Leaving twice changes nothing."""
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("track").get(pk=enrolment.pk)
    if locked.state == Enrolment.State.LEFT:
        return locked
    locked.state, locked.left_at = Enrolment.State.LEFT, now
    locked.save(update_fields=["state", "left_at"])
    hooks.run(hooks.leaving, locked, now)
    record(by=by, verb="left", now=now, program_id=locked.track.program_id, subject=locked)
    return locked


def hold_people(track_id: int) -> None:
    """Lock everybody of a track in the order in which publishing does: otherwise the two could wait for each other."""
    people = Enrolment.objects.select_for_update().filter(track=track_id)
    list(people.order_by("pk").values_list("pk", flat=True))
