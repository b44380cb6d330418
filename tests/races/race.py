"""What a race is: many at one thing at the same moment, what must be true afterwards, and what keeps it so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model

LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \S+)?")
WRITES = r"\s*(INSERT|UPDATE|DELETE)\b"


@dataclass(frozen=True)
class Said:
    """What a client came back with: a word, the name of a refusal, or an error, which begins with "!".

    `behind` is how many others were done with what must not happen between its look and its first write.
    """

    word: str
    behind: int = 0


@dataclass
class Round:
    """`jobs` are the arguments of each client's deed; `facts` is what broken() looks at afterwards."""

    jobs: list[tuple[Any, ...]]
    facts: Any = None


@dataclass(frozen=True)
class Gone:
    """A unique constraint that the control does without: of these columns of this table."""

    model: type[Model]
    columns: frozenset[str] = field(default_factory=frozenset)


def gone(model: type[Model], *columns: str) -> Gone:
    return Gone(model, frozenset(columns))


class Race:
    """One of the races of docs/trust.md. A class of its own says how it is set up, run and judged.

    Guarded and control run are the same, with the same pause between look and write; the control has no row locks
    (FOR UPDATE is taken out of every statement) if `locks`, and none of the constraints in `constraints`.
    """

    number: ClassVar[int]
    what: ClassVar[str]
    guard: ClassVar[str]
    # Refusals that are an answer; anything else raised is an error page, and the promise is broken.
    refused: ClassVar[tuple[type[Exception], ...]] = ()
    locks: ClassVar[bool] = True
    constraints: ClassVar[tuple[Gone, ...]] = ()
    # The statement before which a client waits until `quorum` of them are there or done, or `pause` is over.
    at: ClassVar[str] = WRITES
    pause: ClassVar[float] = 2.0
    # At which such statement of a deed, counted from one.
    nth: ClassVar[int] = 1
    # Whether this is the control; set by the client that runs it.
    off = False

    def leaders(self, clients: int) -> int:
        """So many clients look and write; the others come while one of those waits. 0: all do the same."""
        return 0

    def quorum(self, clients: int) -> int:
        """So many must have looked before anybody writes, for the promise to break where nothing guards it."""
        return 2

    def set_up(self, rounds: int, clients: int) -> list[Round]:
        raise NotImplementedError

    def deed(self, *job: Any) -> str:
        raise NotImplementedError

    def broken(self, was: Round, said: Sequence[Said]) -> bool:
        raise NotImplementedError

    def unguarded(self, sql: str) -> str:
        """The statement as the control sends it."""
        return LOCK.sub("", sql) if self.locks else sql

    @property
    def place(self) -> re.Pattern[str]:
        return re.compile(self.at)


def words(said: Sequence[Said]) -> list[str]:
    return [each.word for each in said]
