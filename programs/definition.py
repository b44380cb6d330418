"""A program's own part of its JSON file: dates, fields and tracks. The floors above add theirs to each track."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from participants.models import User
from participants.services import record
from programs.errors import ProgramError
from programs.models import Coordinator, Intake, ProfileField, Program, Role, Track
from programs.queries.enrolling import intake_of
from programs.services import add_field, add_track, change_field, change_track, remove_field, remove_track
from programs.services.enrolling import IntakeSpec, set_intake
from programs.services.fields import FieldSpec
from programs.services.programs import RESERVED, Basics

TAKEN = "slug: a program of that address has just been made. Look at it, then load the file again."


def dump(program: Program, tracks: Iterable[Track]) -> dict[str, Any]:
    """The file's content without what matching and surveys add; `tracks` are the program's, with their intake. Queries:
    the fields."""
    return {
        "slug": program.slug,
        "version": program.version,
        "name": program.name,
        "description": program.description,
        "starts_on": program.starts_on.isoformat(),
        "ends_on": program.ends_on.isoformat(),
        "timezone": program.timezone,
        "contact": {"name": program.contact_name, "email": program.contact_email},
        "fields": [_dump_field(field) for field in program.fields.all()],
        "tracks": [dump_track(track) for track in tracks],
    }


def _dump_field(field: ProfileField) -> dict[str, Any]:
    content: dict[str, Any] = {
        "slug": field.slug,
        "label": field.label,
        "kind": field.kind,
        "asked_of": list(field.asked_of),
        "required": field.required,
        "shared": field.shared,
    }
    if field.options:
        content["options"] = list(field.options)
    if field.help:
        content["help"] = field.help
    return content


def dump_track(track: Track) -> dict[str, Any]:
    return {
        "slug": track.slug,
        "name": track.name,
        "model": track.model,
        "capacity": track.capacity,
        "cadence_days": track.cadence_days,
        "session_minutes": track.session_minutes,
        "enrolment": _dump_intake(intake_of(track)),
    }


def _dump_intake(intake: Intake) -> dict[str, Any]:
    return {
        "screened": intake.screened,
        "places": {role: places for role in Role.values if (places := intake.places(role)) is not None},
        "orientation": intake.orientation,
        "orientation_points": list(intake.orientation_points),
        "wishes": intake.wishes,
    }


@transaction.atomic
def load(data: Mapping[str, Any], *, by: User | None, now: dt.datetime, only_new: bool) -> tuple[Program, bool]:
    """Make the program of that slug as the file says, or bring an existing one to it; whether it is new.

    `data` has passed the file's schema. Raises ProgramError, with the place in the file, for what cannot be:
    dates that cross, a field removed that people have answered, a track removed that people are in, and with
    `only_new` a slug that is taken.
    """
    slug = data["slug"]
    if slug in RESERVED:
        raise ProgramError(f"slug: “{slug}” is the address of one of our pages; choose another")
    program = Program.objects.select_for_update().filter(slug=slug).first()
    new = program is None
    if program is None:
        program = Program(slug=slug, created_at=now, created_by=by)
    elif only_new:
        raise ProgramError(TAKEN)
    contact = data.get("contact", {})
    Basics(
        name=data["name"],
        starts_on=dt.date.fromisoformat(data["starts_on"]),
        ends_on=dt.date.fromisoformat(data["ends_on"]),
        timezone=data.get("timezone", "UTC"),
        description=data.get("description", ""),
        contact_name=contact.get("name", ""),
        contact_email=contact.get("email", ""),
    ).put_on(program)
    program.version = data["version"]
    try:
        program.save()
    except IntegrityError as error:  # there is no row to lock before the first of two has made it
        raise ProgramError(TAKEN) from error
    if new and by:
        Coordinator.objects.create(program=program, user=by, since=now)
    _load_tracks(program, data["tracks"], by, now)
    record(by=by, verb="program file loaded", now=now, program_id=program.pk, subject=program)
    return program, new


def load_fields(program: Program, items: list[Mapping[str, Any]], *, by: User | None, now: dt.datetime) -> None:
    """Bring the fields to the file's list, in its order, keeping those answered. Raises ProgramError with the place."""
    have = {field.slug: field for field in program.fields.all()}
    for position, item in enumerate(items):
        spec = FieldSpec(
            label=item["label"],
            kind=item["kind"],
            options=item.get("options", ()),
            asked_of=item["asked_of"],
            required=item.get("required", False),
            shared=item.get("shared", False),
            help=item.get("help", ""),
        )
        try:
            if item["slug"] in have:
                field = change_field(field=have.pop(item["slug"]), spec=spec, by=by, now=now)
            else:
                field = add_field(program=program, spec=spec, slug=item["slug"], by=by, now=now)
        except ProgramError as error:
            raise ProgramError(f"fields[{position}]: {error}") from error
        ProfileField.objects.filter(pk=field.pk).update(position=position)


def drop_fields(program: Program, items: list[Mapping[str, Any]], *, by: User | None, now: dt.datetime) -> None:
    """Remove the fields the file no longer has. Comes after the rules, which may have needed them."""
    kept = {item["slug"] for item in items}
    for field in program.fields.exclude(slug__in=kept):
        remove_field(field=field, by=by, now=now)


def _same_model(track: Track, model: str) -> None:
    if track.model != model:
        raise ProgramError(f"the model of “{track.name}” cannot change from {track.model}; add a track instead")


def _load_tracks(program: Program, items: list[Mapping[str, Any]], by: User | None, now: dt.datetime) -> None:
    have = {track.slug: track for track in program.tracks.all()}
    for position, item in enumerate(items):
        try:
            track = have.pop(item["slug"], None) or add_track(
                program=program, model=item["model"], slug=item["slug"], by=by, now=now
            )
            _same_model(track, item["model"])
            change_track(
                track=track,
                name=item["name"],
                capacity=item["capacity"],
                cadence_days=item["cadence_days"],
                session_minutes=item["session_minutes"],
                by=by,
                now=now,
            )
            if "enrolment" in item:
                _load_intake(track, item["enrolment"], by, now)
        except ProgramError as error:
            raise ProgramError(f"tracks[{position}]: {error}") from error
        Track.objects.filter(pk=track.pk).update(position=position)
    for track in have.values():
        remove_track(track=track, by=by, now=now)


def _load_intake(track: Track, item: Mapping[str, Any], by: User | None, now: dt.datetime) -> None:
    """Take people in as the file says; only where it says something else, as a change moves the waiting list."""
    if item == _dump_intake(intake_of(track)):
        return
    places = item.get("places", {})
    spec = IntakeSpec(
        screened=item.get("screened", True),
        mentor_places=places.get("mentor"),
        mentee_places=places.get("mentee"),
        peer_places=places.get("peer"),
        orientation=item.get("orientation", ""),
        orientation_points=item.get("orientation_points", ()),
        wishes=item.get("wishes", 3),
    )
    set_intake(track=track, spec=spec, by=by, now=now)
