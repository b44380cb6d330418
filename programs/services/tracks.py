import datetime as dt

from django.db import transaction
from django.db.models import Q

from participants.models import User
from participants.services import record
from participants.texts import one_line
from programs.catalogue import registry
from programs.errors import InUse, ProgramError
from programs.models import Draw, Program, Track
from programs.seen import check_seen


@transaction.atomic
def add_track(
    *,
    program: Program,
    model: str,
    by: User | None,
    now: dt.datetime,
    name: str = "",
    slug: str = "",
) -> Track:
    """A track that follows a model of the catalogue, with that model's own capacity, cadence and length.

    Raises ProgramError for an unknown model or a slug the program has already.
    """
    known = {each.slug: each for each in registry.all_models()}
    if model not in known:
        raise ProgramError(f"“{model}” is not a mentoring model", field="model")
    recipe = known[model]
    Program.objects.select_for_update().get(pk=program.pk)
    taken = {"new", *program.tracks.values_list("slug", flat=True)}
    if slug in taken:
        raise ProgramError(f"The program has a track “{slug}” already", field="slug")
    base = slug or model.replace("_", "-")
    free = next(each for each in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    track = Track.objects.create(
        program=program,
        slug=free,
        name=one_line(name) or recipe.name,
        model=model,
        position=len(taken) - 1,
        capacity=recipe.capacity,
        cadence_days=recipe.cadence_days,
        session_minutes=recipe.session_minutes,
    )
    record(by=by, verb="track added", now=now, program_id=program.pk, subject=track, model=model)
    return track


@transaction.atomic
def change_track(
    *,
    track: Track,
    name: str,
    capacity: int,
    cadence_days: int,
    session_minutes: int,
    by: User | None,
    now: dt.datetime,
    seen: str = "",
) -> Track:
    """Change what a track promises, as one has seen it (programs.seen).

    Raises Outdated if somebody has changed it since, and ProgramError for a number outside its range.
    """
    for field, value, low, high in (
        ("capacity", capacity, 1, 50),
        ("cadence_days", cadence_days, 1, 180),
        ("session_minutes", session_minutes, 5, 480),
    ):
        if not low <= value <= high:
            raise ProgramError(f"Enter a number from {low} to {high}", field=field)
    locked = Track.objects.select_for_update().get(pk=track.pk)
    check_seen(locked, seen)
    locked.name = one_line(name) or locked.name
    locked.capacity, locked.cadence_days, locked.session_minutes = capacity, cadence_days, session_minutes
    locked.save()
    record(by=by, verb="track changed", now=now, program_id=locked.program_id, subject=locked)
    return locked


@transaction.atomic
def remove_track(*, track: Track, by: User | None, now: dt.datetime) -> None:
    """Remove a track nobody is in. Raises InUse otherwise, and ProgramError for a program's only track."""
    # The program first: of two who remove the last two tracks at once, one has to see what the other did.
    Program.objects.select_for_update().get(pk=track.program_id)
    if not Track.objects.filter(program=track.program_id).exclude(pk=track.pk).exists():
        raise ProgramError("A program needs a track. Add another one first.")
    locked = Track.objects.select_for_update().get(pk=track.pk)
    people = locked.enrolments.count()
    if people:
        raise InUse(f"{people} people are in this track. Move or remove them first.")
    if locked.applications.filter(sent_at__isnull=False).exists():
        raise InUse("People have applied for this track. It has to stay, so that they can be answered.")
    if Draw.objects.filter(Q(first=locked) | Q(second=locked)).exists():
        raise InUse("Lots were drawn for this track. It has to stay, so that the draw can be worked out again.")
    record(by=by, verb="track removed", now=now, program_id=locked.program_id, name=locked.name)
    locked.delete()
