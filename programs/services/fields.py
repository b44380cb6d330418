import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models, transaction

from participants.models import User
from participants.services import record
from participants.texts import one_line
from programs.catalogue import registry
from programs.catalogue.fields import STANDARD_FIELDS
from programs.errors import InUse, ProgramError
from programs.models import Enrolment, ProfileField, Program, Role
from programs.seen import check_seen

Kind = ProfileField.Kind
WITH_OPTIONS = frozenset({Kind.CHOICE, Kind.ORDERED, Kind.MULTI, Kind.SKILLS})
EVERYBODY = [Role.MENTOR.value, Role.MENTEE.value, Role.PEER.value]


@dataclass(frozen=True)
class FieldSpec:
    """A profile field as a form or a file describes it."""

    label: str
    kind: str
    options: Sequence[str] = ()
    asked_of: Sequence[str] = tuple(EVERYBODY)
    required: bool = False
    shared: bool = False
    help: str = ""


def field_slug(label: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "field"
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def clean_spec(spec: FieldSpec) -> FieldSpec:
    """The same with spaces trimmed. Raises ProgramError that names the form field concerned."""
    label, options = one_line(spec.label), [option for each in spec.options if (option := one_line(each))]
    if not label:
        raise ProgramError("Give the field a name", field="label")
    if spec.kind not in Kind.values:
        raise ProgramError(f"“{spec.kind}” is not a kind of field", field="kind")
    if spec.kind in WITH_OPTIONS and len(options) < 2:
        raise ProgramError("List at least two options, one a line", field="options")
    if spec.kind not in WITH_OPTIONS and options:
        raise ProgramError("Only lists and skills have options", field="options")
    folded = [option.casefold() for option in options]
    repeated = next((options[i] for i, each in enumerate(folded) if each in folded[:i]), None)
    if repeated:
        raise ProgramError(f"“{repeated}” is listed twice", field="options")
    if len(options) > 200 or any(len(option) > 120 for option in options):
        raise ProgramError("At most 200 options of 120 letters each", field="options")
    if not spec.asked_of or not set(spec.asked_of) <= set(Role.values):
        raise ProgramError("Say who is asked", field="asked_of")
    return FieldSpec(
        label=label,
        kind=spec.kind,
        options=options,
        asked_of=[role for role in Role.values if role in spec.asked_of],
        required=spec.required,
        shared=spec.shared,
        help=spec.help.strip(),
    )


@transaction.atomic
def add_field(*, program: Program, spec: FieldSpec, by: User | None, now: dt.datetime, slug: str = "") -> ProfileField:
    """Ask people one more thing. Raises ProgramError for a spec that makes no sense or a slug in use."""
    clean = clean_spec(spec)
    Program.objects.select_for_update().get(pk=program.pk)
    taken = {"new", *program.fields.values_list("slug", flat=True)}
    if slug in taken:
        raise ProgramError(f"The program has a field “{slug}” already", field="slug")
    field = ProfileField(program=program, slug=slug or field_slug(clean.label, taken), position=len(taken) - 1)
    _fill(field, clean)
    field.save()
    record(by=by, verb="field added", now=now, program_id=program.pk, subject=field, label=field.label)
    return field


@transaction.atomic
def change_field(
    *, field: ProfileField, spec: FieldSpec, by: User | None, now: dt.datetime, seen: str = ""
) -> ProfileField:
    """Change a field, as one has seen it (programs.seen). Raises Outdated if somebody has changed it since, and InUse
    when somebody has given an answer the change would make impossible.
    """
    clean = clean_spec(spec)
    locked = ProfileField.objects.select_for_update().get(pk=field.pk)
    check_seen(locked, seen)
    lost = sorted(set(locked.options) - set(clean.options))
    if clean.kind != locked.kind and _answered(locked).exists():
        raise InUse("People have answered this field, so its kind is fixed. Add a new field instead.", field="kind")
    for option in lost:
        count = sum(
            1
            for answer in _values(locked)
            if answer == option or (isinstance(answer, list | dict) and option in answer)
        )
        if count:
            raise InUse(f"{count} people answered “{option}”. Keep it, or change their answers first.", field="options")
    _fill(locked, clean)
    locked.save()
    record(by=by, verb="field changed", now=now, program_id=locked.program_id, subject=locked, label=locked.label)
    return locked


@transaction.atomic
def remove_field(*, field: ProfileField, by: User | None, now: dt.datetime) -> None:
    """Stop asking something. Raises InUse while a rule needs it or somebody has answered it."""
    locked = ProfileField.objects.select_for_update().get(pk=field.pk)
    answers = _answered(locked).count()
    if answers:
        raise InUse(f"{answers} people have answered “{locked.label}”. It stays, so that nothing is lost.")
    try:
        with transaction.atomic():
            locked.delete()
    except models.RestrictedError as error:
        rules = ", ".join(sorted({f"“{rule}”" for rule in error.restricted_objects}))
        raise InUse(f"Matching uses “{locked.label}” in {rules}. Remove that rule first.") from error
    record(by=by, verb="field removed", now=now, program_id=locked.program_id, label=locked.label)


@transaction.atomic
def move_field(*, field: ProfileField, up: bool) -> None:
    """Swap a field with the one above or below it; at the end of the list nothing happens.

    Raises ProfileField.DoesNotExist for a field that has been removed meanwhile.
    """
    order = list(ProfileField.objects.select_for_update().filter(program=field.program_id))
    here = next((i for i, each in enumerate(order) if each.pk == field.pk), None)
    if here is None:
        raise ProfileField.DoesNotExist
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        each.position = position
    ProfileField.objects.bulk_update(order, ["position"])


def add_standard_fields(*, program: Program, model: str) -> None:
    """The questions a model's matching recipe speaks of, unless the program asks them already.

    None of them must be answered: what an organisation really knows about its people comes with its own file.
    """
    recipe = registry.get(model)
    taken = set(program.fields.values_list("slug", flat=True))
    wanted = [STANDARD_FIELDS[purpose] for purpose in STANDARD_FIELDS if purpose in recipe.recipe.purposes]
    for standard in wanted:
        slug = standard.purpose.replace("_", "-")
        asked_of = [role for role in Role.values if role in standard.asked_of and role in recipe.roles]
        if slug in taken:
            field = program.fields.get(slug=slug)
            field.asked_of = [role for role in Role.values if role in {*field.asked_of, *asked_of}]
        else:
            spec = FieldSpec(
                standard.label,
                standard.kind,
                standard.options,
                asked_of,
                shared=standard.shared,
                help=standard.help,
            )
            field = ProfileField(program=program, slug=slug, position=len(taken))
            _fill(field, spec)
            taken.add(slug)
        field.save()


def _fill(field: ProfileField, spec: FieldSpec) -> None:
    field.label, field.kind, field.help = spec.label, spec.kind, spec.help
    field.options, field.asked_of = list(spec.options), list(spec.asked_of)
    field.required, field.shared = spec.required, spec.shared


def _answered(field: ProfileField) -> models.QuerySet[Enrolment]:
    return Enrolment.objects.filter(track__program=field.program_id, answers__has_key=field.slug)


def _values(field: ProfileField) -> list[object]:
    return [answers[field.slug] for answers in _answered(field).values_list("answers", flat=True)]
