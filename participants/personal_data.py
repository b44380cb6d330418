"""Which column says something about a person, and what becomes of it: read by the export, the erasure and the tests.

Each app declares every column of its tables in `personal.py`:

    DECLARED = declare({
        "programs.Enrolment": {
            "personal, export, erase": "answers",
            "pseudonymous, keep: statistics are counted from it": "id user state",
            "none": "track",
        },
    })

* personal      by itself says something about somebody
* pseudonymous  belongs to a person by the number of their account, which leads to nobody once they are erased
* none          is about no person
* export        stands in the file of own data; erase: is gone or "[removed]" after erasure; keep: stays, and why
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

REMOVED = "[removed]"
SORTS = ("personal", "pseudonymous", "none")


@dataclass(frozen=True)
class Fate:
    """What is declared of one column."""

    sort: str
    exported: bool
    erased: bool
    kept_because: str


Declared = dict[str, dict[str, Fate]]


def declare(told: Mapping[str, Mapping[str, str]]) -> Declared:
    """Columns by table and fate, as above, turned into fates by table ("app.Model") and column.

    Raises ValueError for a column named twice, an unknown word, or one about a person that neither goes nor says why
    it stays.
    """
    found: Declared = {}
    for table, by_fate in told.items():
        columns = found.setdefault(table, {})
        for words, names in by_fate.items():
            fate = _fate(words)
            for name in names.split():
                if name in columns:
                    raise ValueError(f"{table}.{name} is declared twice")
                columns[name] = fate
    return found


def _fate(words: str) -> Fate:
    said, _, reason = words.partition("keep:")
    sort, *rest = [word.strip() for word in said.split(",") if word.strip()]
    if sort not in SORTS or not set(rest) <= {"export", "erase"}:
        raise ValueError(f"Nothing is declared like this: {words}")
    if sort != "none" and ("erase" in rest) == bool(reason.strip()):
        raise ValueError(f"It is erased, or kept with a reason: {words}")
    return Fate(sort, "export" in rest, "erase" in rest, reason.strip())


@dataclass(frozen=True)
class Part:
    """One list in the file of own data.

    name      of its two files, such as "sessions" for sessions.json and sessions.csv
    declared  what its app has declared: the columns marked "export" of the model are written
    rows      the rows that a person gets; called with the person
    more      further columns, each made from a row
    """

    name: str
    title: str
    declared: Declared
    rows: Callable[[Any], QuerySet[Any]]
    more: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def read(self, person: Model) -> list[dict[str, Any]]:
        """The rows as plain columns: numbers, texts, moments and whatever JSON holds."""
        rows = self.rows(person)
        fates = self.declared[rows.model._meta.label]
        names = [name for name, fate in fates.items() if fate.exported and name not in self.without]
        return [
            {name: row.serializable_value(name) for name in names} | {key: make(row) for key, make in self.more.items()}
            for row in rows
        ]
