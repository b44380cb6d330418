"""What an import would do: who is new, who changes, who stays, and which rows have to be repaired first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from participants.models import User
from programs.errors import ProgramError
from programs.importing.targets import field_slug, targets_for
from programs.models import Enrolment, LineManager, ProfileField, Role, Track
from programs.reading import Checked, CleanRow, RowProblem, Table, Target, check_rows
from programs.services.enrolments import clean_answer

# Databases take only so many values in one query; SQLite 32,766.
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One person of the file, with what is here of them now and what will be. `user` and `enrolment` may be None."""

    row: CleanRow
    user: User | None
    enrolment: Enrolment | None
    answers: dict[str, Any]
    capacity: int | None
    # The line manager's address as it is here now; the row's own says nothing where it is None.
    manager: str | None = None

    @property
    def returns(self) -> bool:
        return self.enrolment is not None and self.enrolment.state == Enrolment.State.LEFT

    @property
    def changes(self) -> bool:
        found = self.enrolment
        if found is None:
            return False
        return self.returns or self.moves or (found.answers, found.capacity) != (self.answers, self.capacity)

    @property
    def moves(self) -> bool:
        """Whether the file names another line manager than is known."""
        return self.row.manager is not None and self.row.manager != self.manager


@dataclass(frozen=True, slots=True)
class Plan:
    """Each row of the table is in exactly one of new, changed, unchanged, or among the rows with problems."""

    new: list[Step] = field(default_factory=list)
    changed: list[Step] = field(default_factory=list)
    unchanged: list[Step] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    rows: int = 0

    @property
    def ready(self) -> int:
        return len(self.new) + len(self.changed) + len(self.unchanged)

    @property
    def bad_rows(self) -> list[int]:
        """Numbers of the rows that cannot be imported as they are."""
        return sorted({problem.row for problem in self.problems if problem.row is not None})

    @property
    def blocked(self) -> bool:
        """Something is wrong with the file as a whole, so that no row can be read."""
        return any(problem.row is None for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of a file as values, and what the columns could be when they were read."""

    targets: list[Target]
    checked: Checked
    rows: int


def plan_rows(*, track: Track, role: str, table: Table, mapping: Mapping[str, str | None]) -> Plan:
    """Compare the rows of a file with who is in the track. Nothing is written.

    A cell left empty keeps the answer given before; a row whose answers would not be complete is a problem.
    Queries: fields, addresses in the program, and users, enrolments and line managers in chunks of 10,000 addresses.
    """
    reading = read_rows(track=track, role=role, table=table, mapping=mapping)
    return compare(track=track, role=role, mapping=mapping, reading=reading)


def read_rows(
    *,
    track: Track,
    role: str,
    table: Table,
    mapping: Mapping[str, str | None],
    on_row: Callable[[int], None] | None = None,
) -> Reading:
    """The slow half of a plan, which asks only for the fields of the program and the addresses in it."""
    targets = targets_for(track, role)
    return Reading(targets, check_rows(table, mapping, targets, _addresses_in(track), on_row=on_row), len(table.rows))


def compare(
    *, track: Track, role: str, mapping: Mapping[str, str | None], reading: Reading, lock: bool = False
) -> Plan:
    """The other half: who is new, who changes. With `lock`, inside a transaction, those found stay as they are."""
    asked = {each.slug: each for each in track.program.fields.all() if role in each.asked_of}
    checked = reading.checked
    plan = Plan(problems=list(checked.problems), warnings=list(checked.warnings), rows=reading.rows)
    for step in _steps(track, role, checked, lock=lock):
        problems = list(_missing_or_bad(step, asked, mapping))
        if problems:
            plan.problems.extend(problems)
        elif step.enrolment is None:
            plan.new.append(step)
        else:
            (plan.changed if step.changes else plan.unchanged).append(step)
    return plan


def _addresses_in(track: Track) -> set[str]:
    people = Enrolment.objects.filter(track__program=track.program_id)
    return set(people.values_list("user__email", flat=True).distinct().order_by())


def _steps(track: Track, role: str, checked: Checked, *, lock: bool) -> Iterator[Step]:
    for rows in _chunks(checked.ready):
        users = {user.email: user for user in User.objects.filter(email__in=[row.email for row in rows])}
        found = Enrolment.objects.filter(track=track, role=role, user__in=users.values())
        if lock:
            found = found.select_for_update()
        enrolments = {enrolment.user_id: enrolment for enrolment in found}
        lines = LineManager.objects.filter(user__in=users.values())
        managers = dict((lines.select_for_update() if lock else lines).values_list("user_id", "email"))
        for row in rows:
            user = users.get(row.email)
            known = (enrolments.get(user.pk), managers.get(user.pk)) if user else (None, None)
            yield _step(row, track, role, user, *known)


def _chunks(rows: list[CleanRow]) -> Iterable[list[CleanRow]]:
    return (rows[at : at + _CHUNK] for at in range(0, len(rows), _CHUNK))


def _step(
    row: CleanRow, track: Track, role: str, user: User | None, enrolment: Enrolment | None, manager: str | None
) -> Step:
    zone = user.timezone if user else row.timezone or track.program.timezone
    given = {field_slug(key): _in_zone(value, zone) for key, value in row.answers.items()}
    before = enrolment.answers if enrolment else {}
    capacity = row.capacity
    if capacity is None and enrolment:
        capacity = enrolment.capacity
    return Step(row, user, enrolment, {**before, **given}, capacity if role == Role.MENTOR else None, manager)


def _in_zone(value: Any, zone: str) -> Any:  # noqa: ANN401 - a value of any kind of field
    """Weekly times are by the person's own clocks unless the cell says otherwise."""
    return {"zone": zone, **value} if isinstance(value, dict) and "times" in value else value


def _missing_or_bad(
    step: Step, asked: Mapping[str, ProfileField], mapping: Mapping[str, str | None]
) -> Iterator[RowProblem]:
    """Answers that the program's own rules refuse, brought to their stored form on the way."""
    for slug, each in asked.items():
        column = mapping.get(slug) or each.label
        value = step.answers.get(slug)
        try:
            cleaned = clean_answer(each, value)
        except ProgramError as error:
            fix = "Correct the answer, or the field."
            yield RowProblem(step.row.number, column, str(value)[:80], "bad_option", str(error), fix)
            continue
        if cleaned is None and each.required:
            message = f"“{each.label}” needs an answer"
            yield RowProblem(step.row.number, column, "", "no_answer", message, "Fill in the cell.")
        if slug in step.answers:
            step.answers[slug] = cleaned
