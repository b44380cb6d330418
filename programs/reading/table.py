"""What a file becomes once it is read: a table of texts, each row with its number and what is wrong with it."""

from dataclasses import dataclass, field
from typing import Literal

# The most characters of a file's own text that a message repeats.
_SHOWN = 80


class UnreadableFile(ValueError):
    """The file cannot be read as a table. str() says where, what is wrong, and how to repair it."""

    def __init__(self, message: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return " ".join(part for part in (f"{where}{self.message}.", self.fix) if part)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one cell (`column` counts from 0) or with the whole row (`column` is None)."""

    code: str
    column: int | None
    found: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header. `number` is the row's number as a spreadsheet shows it, the first row being 1."""

    number: int
    values: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and rows. Every row has exactly as many values as there are headers."""

    headers: tuple[str, ...]
    rows: list[Row]
    kind: Literal["csv", "xlsx"]
    encoding: str = ""
    delimiter: str = ""
    # The encoding is a guess: a person has to look at the names and say that they read well.
    needs_confirmation: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    rows: int = 50_000
    columns: int = 100
    cell: int = 10_000


def shown(text: str) -> str:
    """The beginning of a text as it may stand in a message: one line, nothing invisible, at most 80 characters."""
    plain = "".join(c if c.isprintable() else " " for c in text[: 2 * _SHOWN])
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
