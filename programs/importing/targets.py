"""What a column of a file can be for one role in one track."""

from programs.catalogue import registry
from programs.models import ProfileField, Role, Track
from programs.reading import Table, Target, guess_columns

OWN_FACTS = (
    Target("email", "E-mail address", "email", required=True),
    Target("first_name", "First name", "first_name"),
    Target("last_name", "Last name", "last_name"),
    Target("name", "Whole name", "name"),
    Target("timezone", "Time zone", "timezone"),
    Target("manager", "Line manager’s e-mail", "manager"),
)
CAPACITY = Target("capacity", "Mentees at once", "capacity")
_TAKEN = frozenset({target.key for target in (*OWN_FACTS, CAPACITY)})
_PREFIX = "answer:"
_SAMPLE = 50


def roles_of(track: Track) -> list[Role]:
    """The roles people can have in this track, as its mentoring model says."""
    return [role for role in Role if role.value in registry.get(track.model).roles]


def targets_for(track: Track, role: str) -> list[Target]:
    """A person's own facts and the fields this role is asked. One query."""
    own = [*OWN_FACTS, *([CAPACITY] if role == Role.MENTOR else [])]
    fields = track.program.fields.all()
    return own + [_target(field) for field in fields if role in field.asked_of]


def _target(field: ProfileField) -> Target:
    # A required answer may also be one given earlier, so that it is asked of the person and not of the cell.
    return Target(target_key(field.slug), field.label, field.kind, tuple(field.options))  # type: ignore[arg-type]  # the kinds are the same


def target_key(slug: str) -> str:
    """The key of a profile field's target: its slug, unless one of a person's own facts is called so."""
    return f"{_PREFIX}{slug}" if slug in _TAKEN else slug


def field_slug(key: str) -> str:
    return key.removeprefix(_PREFIX)


def guess_for(table: Table, targets: list[Target], *, by_content: bool) -> dict[str, str | None]:
    """The proposal for this file's columns; by content only where a person looks at it before it counts."""
    sample = [row.values for row in table.rows[:_SAMPLE]]
    return guess_columns(table.headers, sample, targets, by_content=by_content)
