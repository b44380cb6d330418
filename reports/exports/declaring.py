"""What a table for export is: its columns, each with type and definition, who may have it, and where rows come from."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from programs.models import Program
from programs.permissions import ADMIN, COORDINATOR, RIGHTS, Right

# code: one of our own words; moment: a time in a zone, written as the program's clocks show it.
Kind = Literal["text", "code", "number", "day", "moment"]
Values = Sequence[Any]
ALL = ""
READ_AT_ONCE = 2000
WHO = {COORDINATOR: "coordinators", ADMIN: "admins"}


@dataclass(frozen=True)
class Column:
    """One column.

    definition  what stands in it, as the page and the sheet of definitions say it
    words       for stored codes what is written instead
    """

    title: str
    kind: Kind
    definition: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """Of what a table is made: a program, or with none the organisation; which part; at which moment."""

    program: Program | None
    now: dt.datetime
    part: str = ALL

    @cached_property
    def zone(self) -> ZoneInfo:
        """In whose clocks times are written."""
        return ZoneInfo(self.program.timezone if self.program else settings.TIME_ZONE)

    @property
    def of(self) -> Program:
        """The program. Raises ValueError for the organisation."""
        if self.program is None:
            raise ValueError("The organisation is no program")
        return self.program


@dataclass(frozen=True)
class Reading:
    """A table as it can be read now.

    source  rows as the database or a query of reports gives them, in the order of the columns; asked for only when rows
            are wanted, so that the columns alone cost little
    cells   makes the values of the columns from such a row, where it is not them already
    """

    columns: Sequence[Column]
    source: QuerySet[Any, Any] | Callable[[], Sequence[Values]]
    cells: Callable[[Any], Values] | None = None

    @cached_property
    def _made(self) -> Sequence[Values]:
        return () if isinstance(self.source, QuerySet) else self.source()

    def count(self) -> int:
        return self.source.count() if isinstance(self.source, QuerySet) else len(self._made)

    def rows(self) -> Iterator[Values]:
        """Each row's values; from the database some thousand at a time, whatever the size."""
        rows = self.source.iterator(READ_AT_ONCE) if isinstance(self.source, QuerySet) else iter(self._made)
        return map(self.cells, rows) if self.cells else rows


@dataclass(frozen=True)
class Table:
    """One table that can be exported.

    holds  one sentence: what is in it, and what is not
    right  what it takes in the program; without one it is a table of the organisation, for admins
    parts  what else than all of it one can take, as (key, label)
    since  from when it can be had; None: at any time
    """

    slug: str
    title: str
    holds: str
    right: Right | None
    read: Callable[[Scope], Reading]
    parts: Callable[[Program], list[tuple[str, str]]] | None = None
    since: Callable[[Program], dt.datetime | None] | None = None

    @property
    def readers(self) -> str:
        """For whom it is, in words."""
        held = RIGHTS[self.right] if self.right else {ADMIN}
        return " and ".join(words for role, words in WHO.items() if role in held)

    def open_from(self, program: Program | None, now: dt.datetime) -> dt.datetime | None:
        """The moment from which it can be had, where that is still to come."""
        moment = self.since(program) if self.since and program else None
        return moment if moment and moment > now else None
