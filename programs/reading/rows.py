"""Rows of texts to rows of values: those that are ready, and for the others every single thing to repair."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from participants.addresses import lookalike
from programs.reading.columns import Target
from programs.reading.table import Fault, Row, Table, shown
from programs.reading.values import BadValue, Value, read_value

_CHECK = {"cleaned": "Check that the text is still right.", "assumed": "Say it in the cell if something else is meant."}
_OWN_FACTS = frozenset({"email", "first_name", "last_name", "name", "capacity", "timezone", "manager"})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong (or worth a look) at one place. `row` is None where a whole column is missing."""

    row: int | None
    column: str
    value: str
    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class CleanRow:
    """A person as the file tells of them. None and a missing answer mean: the file says nothing about it."""

    number: int
    email: str
    first_name: str | None = None
    last_name: str | None = None
    capacity: int | None = None
    timezone: str | None = None
    manager: str | None = None
    answers: dict[str, Value] = field(default_factory=dict)
    known: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """Every row of the table is either among `ready` or named in `problems`; `warnings` hinder nothing."""

    ready: list[CleanRow]
    problems: list[RowProblem]
    warnings: list[RowProblem]


def check_rows(
    table: Table,
    mapping: Mapping[str, str | None],
    targets: Sequence[Target],
    known_emails: AbstractSet[str] = frozenset(),
    *,
    on_row: Callable[[int], None] | None = None,
) -> Checked:
    """Read every row. `mapping` gives for a target's key the header it is read from (None: not in this file).

    A row with any problem is not ready; a problem names row, column, value, what is wrong and what to do. The same
    address twice in a file is a problem of the second row. `known_emails` are canonical addresses already here:
    their rows are marked `known`, and addresses that only look like one of them are warned of. `on_row` is told how
    many rows have been read, after each.
    """
    missing = [_no_column(target) for target in targets if _lacks(mapping, target)]
    unknown = [_no_header(header) for header in mapping.values() if header and header not in table.headers]
    if missing or unknown:
        rows = [_without_column(row, target) for target in targets for row in table.rows if _lacks(mapping, target)]
        return Checked([], missing + unknown + rows, [])
    checker = _Checker(table, mapping, targets, known_emails)
    for count, row in enumerate(table.rows, start=1):
        checker.check(row)
        if on_row:
            on_row(count)
    return Checked(checker.ready, checker.problems, checker.warnings)


class _Checker:
    """Holds what one row needs to know of those before it."""

    def __init__(
        self, table: Table, mapping: Mapping[str, str | None], targets: Sequence[Target], known_emails: AbstractSet[str]
    ) -> None:
        self._headers = table.headers
        self._columns = [
            (target, table.headers.index(header)) for target in targets if (header := mapping.get(target.key))
        ]
        self._used = {column for _, column in self._columns}
        self._known = known_emails
        self._first_row: dict[str, int] = {}
        # What each address seems to read, and whose it is: a number of a row, or None for somebody already here.
        self._looks: dict[str, tuple[str, int | None]] = {lookalike(email): (email, None) for email in known_emails}
        self.ready: list[CleanRow] = []
        self.problems: list[RowProblem] = []
        self.warnings: list[RowProblem] = []

    def check(self, row: Row) -> None:
        before = len(self.problems)
        faulty = self._take_faults(row)
        facts: dict[str, Value] = {}
        answers: dict[str, Value] = {}
        for target, column in self._columns:
            if column not in faulty and (value := self._read(row, target, column)) is not None:
                # By kind, not by key: a field of the program may be called “email” too.
                if target.kind in _OWN_FACTS:
                    facts[target.kind] = value
                else:
                    answers[target.key] = value
        email = facts.get("email")
        if isinstance(email, str):
            self._check_email(row, email)
        if len(self.problems) == before and isinstance(email, str):
            self.ready.append(_clean(row.number, email, facts, answers, known=email in self._known))

    def _take_faults(self, row: Row) -> set[int]:
        """Faults of columns that are not imported do not matter; a ragged row has nothing in its right place."""
        faulty: set[int] = set()
        for fault in row.faults:
            if fault.column is None:
                faulty.update(range(len(self._headers)))
            elif fault.column not in self._used:
                continue
            else:
                faulty.add(fault.column)
            self.problems.append(self._problem_of(row, fault))
        return faulty

    def _problem_of(self, row: Row, fault: Fault) -> RowProblem:
        column = "" if fault.column is None or fault.column >= len(self._headers) else self._headers[fault.column]
        return RowProblem(row.number, column, fault.found, fault.code, fault.message, fault.fix)

    def _read(self, row: Row, target: Target, column: int) -> Value | None:
        raw = row.values[column]
        try:
            read = read_value(target, raw)
        except BadValue as bad:
            self.problems.append(self._at(row, column, bad.code, bad.message, bad.fix))
            return None
        if read.warning:
            self.warnings.append(self._at(row, column, read.code, read.warning, _CHECK[read.code]))
        return read.value

    def _at(self, row: Row, column: int, code: str, message: str, fix: str) -> RowProblem:
        return RowProblem(row.number, self._headers[column], shown(row.values[column]), code, message, fix)

    def _check_email(self, row: Row, email: str) -> None:
        column = next(column for target, column in self._columns if target.kind == "email")
        first = self._first_row.setdefault(email, row.number)
        if first != row.number:
            message = f"The same e-mail address stands in row {first}"
            fix = "Keep one of the two rows, or correct the address."
            self.problems.append(self._at(row, column, "duplicate", message, fix))
            return
        self._warn_of_lookalikes(row, column, email)

    def _warn_of_lookalikes(self, row: Row, column: int, email: str) -> None:
        other, number = self._looks.setdefault(lookalike(email), (email, row.number))
        if other != email:
            where = f"in row {number}" if number else "of a person already here"
            message = f"The address looks like {other} {where}, but is another one"
            self.warnings.append(self._at(row, column, "lookalike", message, "Check the letters one by one."))
        elif not email.isascii():
            message = "The address has letters outside a–z, which many mail servers refuse"
            self.warnings.append(self._at(row, column, "unusual_email", message, "Check the letters one by one."))


def _clean(number: int, email: str, facts: dict[str, Value], answers: dict[str, Value], *, known: bool) -> CleanRow:
    first, last = facts.get("first_name"), facts.get("last_name")
    whole, capacity, timezone = facts.get("name"), facts.get("capacity"), facts.get("timezone")
    manager = facts.get("manager")
    if isinstance(whole, str) and first is None and last is None:
        first, last = split_name(whole)
    return CleanRow(
        number=number,
        email=email,
        first_name=first if isinstance(first, str) else None,
        last_name=last if isinstance(last, str) else None,
        capacity=capacity if isinstance(capacity, int) else None,
        timezone=timezone if isinstance(timezone, str) else None,
        # Those at the top are often said to manage themselves.
        manager=manager if isinstance(manager, str) and manager != email else None,
        answers=answers,
        known=known,
    )


def split_name(whole: str) -> tuple[str | None, str | None]:
    """First and last name of a name in one cell: “Lovelace, Ada”, or else the last word is the last name."""
    last, comma, first = (part.strip() for part in whole.partition(","))
    if not comma:
        first, _, last = whole.rpartition(" ")
    return (first or last or None), (last if first else None) or None


def _lacks(mapping: Mapping[str, str | None], target: Target) -> bool:
    return target.required and not mapping.get(target.key)


def _without_column(row: Row, target: Target) -> RowProblem:
    """Each row is refused by itself too; the first thing in it shows which row is meant."""
    value = next((cell for cell in row.values if cell.strip()), "")
    what = "e-mail address" if target.kind == "email" else target.label
    fix = "Name the column, or add one."
    return RowProblem(row.number, "", shown(value), f"no_{target.kind}", f"There is no column for the {what}", fix)


def _no_column(target: Target) -> RowProblem:
    what = "e-mail addresses" if target.kind == "email" else f"“{target.label}”"
    fix = "Say which column it is, or add one with a header."
    return RowProblem(None, "", "", "no_column", f"No column of the file is known to hold {what}", fix)


def _no_header(header: str) -> RowProblem:
    fix = "Choose one of the file’s own headers."
    return RowProblem(None, header, "", "no_header", f"The file has no column “{shown(header)}”", fix)
