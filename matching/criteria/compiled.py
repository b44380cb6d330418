"""A rule made ready for numbers: every distinct answer is read and encoded once, then any block of pairs is a few
array steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.criteria.answers import Answer, read, same_key
from matching.criteria.kinds import ALL_KINDS
from matching.criteria.kinds.base import Bound, Encoded, Kind, Outcome
from matching.criteria.model import BoolArray, Condition, Field, Person, Rule

Index = NDArray[np.intp]
_Number = TypeVar("_Number", np.int64, np.bool_)
_UNANSWERED = -1
_FIRST: Index = np.zeros(1, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side's answers to one field: the distinct ones encoded, and for each person which of them is theirs (-1:
    none).
    """

    encoded: Encoded
    place: Index


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    bound: Bound
    kind: Kind
    takers: Side
    givers: Side
    applies: Callable[[Index, Index], BoolArray] | None
    condition_label: str

    @property
    def rule(self) -> Rule:
        return self.bound.rule

    def outcome(self, takers: Index, givers: Index) -> Outcome:
        """Points and permission for these takers × these givers, both given by their place in the lists.

        Where an answer is missing the rule gives nothing, and is not met unless it says that silence fits; where its
        condition does not hold, it neither gives nor forbids. `met` in the answer is the permission: it is true
        wherever the rule does not forbid.
        """
        raw = self._compared(takers, givers)
        points = np.zeros_like(raw.points) if self.rule.strength == "must" else raw.points
        allowed = raw.met if self.rule.forbids else np.ones_like(raw.met)
        if self.applies is None:
            return Outcome(points, allowed)
        applies = self.applies(takers, givers)
        return Outcome(points * applies, allowed | ~applies)

    def fits(self, taker: int, giver: int) -> bool:
        """Whether the two answers are known and fit, forbidden or not."""
        return bool(self._compared(np.array([taker]), np.array([giver])).met[0, 0])

    def counts_for(self, taker: int, giver: int) -> bool:
        """Whether the condition, if there is one, holds for the pair."""
        return self.applies is None or bool(self.applies(np.array([taker]), np.array([giver])).all())

    def _compared(self, takers: Index, givers: Index) -> Outcome:
        """Compare the distinct answers only, then spread the result over the people."""
        rows, row_of = _once_each(self.takers.place[takers])
        columns, column_of = _once_each(self.givers.place[givers])
        table = self._table(rows, columns)
        if len(rows) == len(takers) and len(columns) == len(givers) and _sorted(row_of) and _sorted(column_of):
            return table
        return Outcome(_spread(table.points, row_of, column_of), _spread(table.met, row_of, column_of))

    def _table(self, rows: Index, columns: Index) -> Outcome:
        known_rows, known_columns = rows[rows != _UNANSWERED], columns[columns != _UNANSWERED]
        known = self.kind.compare(self.bound, self.takers.encoded[known_rows], self.givers.encoded[known_columns])
        if len(known_rows) == len(rows) and len(known_columns) == len(columns):
            return known
        top, left = len(rows) - len(known_rows), len(columns) - len(known_columns)
        margin = ((top, 0), (left, 0))  # -1 sorts first: unanswered is the first row or column
        silent_fits = bool(self.bound.param("silent_fits", default=False))
        return Outcome(np.pad(known.points, margin), np.pad(known.met, margin, constant_values=silent_fits))


def compile_rules(
    takers: Sequence[Person], givers: Sequence[Person], fields: Mapping[str, Field], rules: Sequence[Rule]
) -> list[CompiledRule]:
    """The rules that count (those that are "off" are left out)."""
    return [_compiled(takers, givers, fields, rule) for rule in rules if rule.strength != "off"]


def _compiled(
    takers: Sequence[Person], givers: Sequence[Person], fields: Mapping[str, Field], rule: Rule
) -> CompiledRule:
    bound = Bound(rule, fields[rule.taker_field], fields[rule.giver_field])
    kind = ALL_KINDS[rule.kind]
    taker_answers, taker_place = _distinct(takers, bound.taker_field)
    giver_answers, giver_place = _distinct(givers, bound.giver_field)
    encoded = kind.encode(bound, taker_answers, giver_answers)
    return CompiledRule(
        bound,
        kind,
        Side(encoded[0], taker_place),
        Side(encoded[1], giver_place),
        _applies(rule.condition, takers, givers, fields),
        fields[rule.condition.field].label if rule.condition else "",
    )


def _distinct(people: Sequence[Person], field: Field) -> tuple[list[Answer], Index]:
    places: dict[Answer, int] = {}
    place = np.full(len(people), _UNANSWERED, dtype=np.intp)
    for number, person in enumerate(people):
        answer = read(field, person.answers.get(field.slug))
        if answer is not None:
            place[number] = places.setdefault(answer, len(places))
    return list(places), place


def _applies(
    condition: Condition | None, takers: Sequence[Person], givers: Sequence[Person], fields: Mapping[str, Field]
) -> Callable[[Index, Index], BoolArray] | None:
    if condition is None:
        return None
    people = takers if condition.side == "taker" else givers
    holds = np.array([condition_holds(condition, person, fields) for person in people], dtype=np.bool_)
    if condition.side == "taker":
        return lambda rows, columns: np.broadcast_to(holds[rows][:, None], (len(rows), len(columns)))
    return lambda rows, columns: np.broadcast_to(holds[columns][None, :], (len(rows), len(columns)))


def condition_holds(condition: Condition, person: Person, fields: Mapping[str, Field]) -> bool:
    """Whether the person gave the answer the condition asks for; an unanswered field never does."""
    field = fields[condition.field]
    given, wanted = read(field, person.answers.get(field.slug)), read(field, condition.equals)
    if given is None or wanted is None:
        return False
    if isinstance(given, tuple) and isinstance(wanted, tuple):
        return {same_key(item) for item in wanted} <= {same_key(item) for item in given}
    return same_key(given) == same_key(wanted)


def _once_each(places: Index) -> tuple[Index, Index]:
    """The distinct ones in order, and which of them each is. One alone is sorted: whoever explains a pair asks so."""
    if len(places) == 1:
        return places, _FIRST
    distinct, place = np.unique(places, return_inverse=True)
    return distinct, place


def _spread(table: NDArray[_Number], row_of: Index, column_of: Index) -> NDArray[_Number]:
    """From distinct answers to people, columns first: the rows are still few then."""
    return table.take(column_of, axis=1).take(row_of, axis=0)


def _sorted(order: Index) -> bool:
    return bool((order == np.arange(len(order))).all())
