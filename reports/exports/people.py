"""Who takes part, in the columns and words of an import: the file can come back as it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from programs.importing.targets import CAPACITY, OWN_FACTS, roles_of
from programs.models import Enrolment, ProfileField, Program, Role
from programs.permissions import Right
from reports.exports.declaring import ALL, Column, Kind, Reading, Scope, Table, Values

_ADDED = {
    "email": "The address the account is known by.",
    "first_name": "As the account has it.",
    "last_name": "As the account has it.",
    "timezone": "In whose clocks this person reads and gives times.",
    "manager": "To whom they report; matching keeps the two apart.",
}
_OWN = {
    "email": "user__email",
    "first_name": "user__first_name",
    "last_name": "user__last_name",
    "timezone": "user__timezone",
    "manager": "user__line_manager__email",
}
ROLES = {role.value: role.label for role in Role}
_PLACES = "How many matches a mentor has at once; empty: as the track says."
STATES = {state.value: state.label for state in Enrolment.State}
_STANDING = (
    (Column("Track", "text", "The part of the program."), "track__name"),
    (Column("Role", "code", "In the track.", ROLES), "role"),
    (Column("State", "code", "Whether they take part.", STATES), "state"),
    (Column("Joined", "moment", "When they were enrolled."), "joined_at"),
    (Column("Left", "moment", "When they left; empty while they take part."), "left_at"),
)
_FIELD_KINDS: dict[str, Kind] = {"number": "number"}
Field = ProfileField.Kind


def read(scope: Scope) -> Reading:
    """Everybody ever enrolled; of a part those who take part in one role, ready to be imported again."""
    people, roles = _people(scope)
    facts = [(target.label, target.key) for target in OWN_FACTS if target.key in _OWN]
    columns = [Column(label, "text", _ADDED[key]) for label, key in facts]
    own = [_OWN[key] for _, key in facts]
    if Role.MENTOR in roles:
        columns.append(Column(CAPACITY.label, "number", _PLACES))
        own.append("capacity")
    asked = [each for each in scope.of.fields.all() if roles & set(each.asked_of)]
    standing = [column for column, _ in _STANDING]
    columns += [_question(each) for each in asked] + standing
    values = people.values_list(*own, "answers", *(name for _, name in _STANDING))
    return Reading(told_apart(columns), values, _cells(asked, len(own)))


def _people(scope: Scope) -> tuple[QuerySet[Enrolment], set[str]]:
    people = Enrolment.objects.filter(track__program=scope.of).order_by("pk")
    if scope.part == ALL:
        return people, set(Role.values)
    track, _, role = scope.part.rpartition("/")
    return people.filter(track__slug=track, role=role, state=Enrolment.State.ACTIVE), {role}


def _question(asked: ProfileField) -> Column:
    return Column(
        asked.label, _FIELD_KINDS.get(asked.kind, "text"), asked.help or "What they answered to this question."
    )


def _cells(asked: Sequence[ProfileField], own: int) -> Callable[[Sequence[Any]], Values]:
    writers = [(each.slug, _WRITERS.get(each.kind, str)) for each in asked]

    def cells(row: Sequence[Any]) -> Values:
        answers: Mapping[str, Any] = row[own]
        said = [None if answers.get(slug) is None else write(answers[slug]) for slug, write in writers]
        return [*row[:own], *said, *row[own + 1 :]]

    return cells


def _week(answer: Mapping[str, Any]) -> str:
    zone = f" ({answer['zone']})" if answer.get("zone") else ""
    return f"{'; '.join(answer['times'])}{zone}"


def _skills(answer: Mapping[str, int]) -> str:
    return "; ".join(f"{skill}: {answer[skill]}" for skill in sorted(answer))


_WRITERS: dict[str, Callable[[Any], Any]] = {
    Field.MULTI: "; ".join,
    Field.NUMBER: lambda answer: answer,
    Field.YESNO: lambda answer: "yes" if answer else "no",
    Field.WEEK: _week,
    Field.SKILLS: _skills,
}


def told_apart(columns: Sequence[Column]) -> list[Column]:
    """The columns with a number behind a title that stands there already: a program's questions are called anything."""
    seen: dict[str, int] = {}
    found = []
    for column in columns:
        seen[column.title.casefold()] = count = seen.get(column.title.casefold(), 0) + 1
        title = f"{column.title} ({count})" if count > 1 else column.title
        found.append(Column(title, column.kind, column.definition, column.words))
    return found


def parts(program: Program) -> list[tuple[str, str]]:
    """One role of one track, as an import takes it."""
    tracks = list(program.tracks.all())
    return [
        (f"{track.slug}/{role.value}", f"{role.label}s of {track.name}" if len(tracks) > 1 else f"{role.label}s")
        for track in tracks
        for role in roles_of(track)
    ]


PEOPLE = Table(
    "participants",
    "Participants",
    "Everybody who takes part or has left, with what they answered about themselves. Who is never to be matched with "
    "whom, and whom people wish for, is not in it. One role of a track can come back as an import, exactly as it is.",
    Right.PEOPLE,
    read,
    parts,
)
