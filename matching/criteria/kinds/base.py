"""What every kind of rule offers. A new kind is one more file in this folder with a `KIND`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from matching.criteria.answers import Answer, items, same_key, shown
from matching.criteria.model import BoolArray, Field, IntArray, Person, Rule, Words

Encoded = NDArray[Any]
SINGLE_TEXT = frozenset({"choice", "ordered", "text"})
LISTS = frozenset({"choice", "ordered", "text", "multi", "skills"})
SCALES = frozenset({"ordered", "number"})


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule together with the two fields it speaks of."""

    rule: Rule
    taker_field: Field
    giver_field: Field

    @property
    def one_field(self) -> bool:
        return self.taker_field.slug == self.giver_field.slug

    def param(self, name: str, default: object) -> Any:  # noqa: ANN401 - the kind that asks has declared the type
        value = self.rule.params.get(name)
        return default if value is None else value


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Takers × givers under one rule: the points, and whether each pair fits (what "must" asks for)."""

    points: IntArray
    met: BoolArray


@dataclass(frozen=True, slots=True)
class Facts:
    """One pair under one rule, both answers known: all that a sentence needs."""

    bound: Bound
    taker: Person
    giver: Person
    taker_answer: Answer
    giver_answer: Answer
    met: bool
    words: Words

    @property
    def label(self) -> str:
        return self.bound.giver_field.label

    @property
    def named(self) -> bool:
        """Whether the answer is the name of something, unlike a number or a yes."""
        return isinstance(self.giver_answer, str)

    @property
    def taker_shown(self) -> str:
        return shown(self.taker_answer)

    @property
    def giver_shown(self) -> str:
        return shown(self.giver_answer)

    @property
    def taker_called(self) -> str:
        return self.taker.name or f"the {self.words.taker}"

    @property
    def giver_called(self) -> str:
        return self.giver.name or f"the {self.words.giver}"

    @property
    def shared(self) -> tuple[str, ...]:
        """What both lists hold, in the giver's spelling."""
        wanted = {same_key(item) for item in items(self.taker_answer)}
        return tuple(item for item in items(self.giver_answer) if same_key(item) in wanted)


@dataclass(frozen=True, slots=True)
class Param:
    """A setting of a kind: what it may be (types, or a tuple of allowed words) and what it does, for the set-up
    form.
    """

    allowed: tuple[type, ...] | tuple[str, ...]
    help: str

    def accepts(self, value: object) -> bool:
        if value is None:
            return True
        if isinstance(value, bool):
            return bool in self.allowed
        if isinstance(value, str) and str not in self.allowed:
            return value in self.allowed
        return isinstance(value, tuple(kind for kind in self.allowed if isinstance(kind, type)))


SILENT_FITS = Param((bool,), "Who has not answered is not kept from anybody by it, and earns nothing.")


class Kind(ABC):
    """One way of comparing two answers.

    `encode` turns the known answers of both sides into arrays with one row a person; `compare` compares any rows of
    them. Both see known answers only: whoever has not answered is dealt with outside.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    order: ClassVar[int]
    taker_kinds: ClassVar[frozenset[str]]
    giver_kinds: ClassVar[frozenset[str]]
    params: ClassVar[Mapping[str, Param]] = {}

    @abstractmethod
    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]: ...

    @abstractmethod
    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome: ...

    @abstractmethod
    def sentence(self, facts: Facts) -> str:
        """For the coordinator: names the values."""

    @abstractmethod
    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        """For the person who reads it as "you"; only asked for where the pair fits or earned points."""

    def most(self, rule: Rule) -> int:
        """The most points a pair can earn by the rule."""
        return 0 if rule.strength in {"off", "must"} else max(rule.full_points, 0)

    def problems(self, bound: Bound) -> list[str]:
        """What is wrong with the rule, beyond what is common to all kinds."""
        del bound
        return []


def all_or_nothing(rule: Rule, met: BoolArray) -> Outcome:
    """The whole points where it fits."""
    return Outcome(met * np.int64(rule.full_points), met)


def portion(full: int, part: IntArray, whole: IntArray | int) -> IntArray:
    """`full × part / whole`, rounded half away from zero, in exact integers. `whole` is above 0 and `part` not
    below.
    """
    size: IntArray = (2 * abs(full) * part + whole) // (2 * np.asarray(whole, dtype=np.int64))
    return size if full >= 0 else -size


def codes(takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
    """Equal answers get equal integers on both sides."""
    known: dict[Answer, int] = {}
    sides = [[known.setdefault(same_key(answer), len(known)) for answer in side] for side in (takers, givers)]
    return np.array(sides[0], dtype=np.int64), np.array(sides[1], dtype=np.int64)


def marks(takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
    """One row a person, one 0/1 column for each item that both sides name, and the person's number of items in front.

    Held as float32, because the product of two such blocks is then one fast matrix product, exact up to 2^24 items.
    """
    lists = [[{same_key(item) for item in items(answer)} for answer in side] for side in (takers, givers)]
    common = set().union(*lists[0]) & set().union(*lists[1])
    column = {item: number for number, item in enumerate(sorted(common, key=str), start=1)}
    return _filled(lists[0], column), _filled(lists[1], column)


def _filled(rows: Sequence[set[Answer]], column: Mapping[Answer, int]) -> Encoded:
    block = np.zeros((len(rows), len(column) + 1), dtype=np.float32)
    for number, row in enumerate(rows):
        block[number, 0] = len(row)
        block[number, [column[item] for item in row if item in column]] = 1
    return block


def shared_counts(takers: Encoded, givers: Encoded) -> IntArray:
    """How many items each pair of rows of `marks` has in common."""
    shared: IntArray = np.rint(takers[:, 1:] @ givers[:, 1:].T).astype(np.int64)
    return shared
