"""People and rules to exact integer scores, block by block.

The points of a pair are the sum of what each rule gives. A pair is allowed if no rule forbids it and the two seats
belong to two humans. Every number is an integer, so the answer does not depend on the size of the blocks or the
order of the people.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.criteria.compiled import CompiledRule, Index, compile_rules
from matching.criteria.kinds import ALL_KINDS
from matching.criteria.kinds.base import Outcome
from matching.criteria.model import BoolArray, Field, IntArray, Person, Rule, Scores
from matching.criteria.validation import checked

_PAIRS_AT_ONCE = 1_000_000
TWO_WAY = ("each_rule", "weaker_total")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The scores of takers[start : start + len(points)] with all givers."""

    start: int
    points: IntArray
    allowed: BoolArray


def max_points(rules: Rule | Iterable[Rule]) -> int:
    """The most points a pair can earn by a rule, or by all of these rules together."""
    listed = [rules] if isinstance(rules, Rule) else rules
    return sum(ALL_KINDS[rule.kind].most(rule) for rule in listed)


def score_two_sided(
    takers: Sequence[Person],
    givers: Sequence[Person],
    fields: Iterable[Field],
    rules: Sequence[Rule],
    *,
    block_rows: int | None = None,
) -> Scores:
    """Takers × givers: int64 points and a bool mask. Raises InvalidRulesError if the rules cannot be used."""
    return _assembled(score_blocks(takers, givers, fields, rules, block_rows=block_rows), (len(takers), len(givers)))


def score_blocks(
    takers: Sequence[Person],
    givers: Sequence[Person],
    fields: Iterable[Field],
    rules: Sequence[Rule],
    *,
    block_rows: int | None = None,
) -> Iterator[Block]:
    """The same scores a few takers at a time, for programs whose whole matrix would not fit into memory."""
    compiled = compile_rules(takers, givers, checked(fields, rules), rules)
    everyone = np.arange(len(givers))
    for rows in _row_blocks(len(takers), len(givers), block_rows):
        points, allowed = _summed(compiled, rows, everyone)
        yield Block(int(rows[0]), points, allowed & _two_humans(takers, givers, rows, everyone))


def score_peers(
    people: Sequence[Person],
    fields: Iterable[Field],
    rules: Sequence[Rule],
    two_way: str = "each_rule",
    *,
    block_rows: int | None = None,
) -> Scores:
    """Symmetric n × n. A pair is allowed only if it is allowed both ways.

    two_way "each_rule": every rule counts with the smaller of its two directions. "weaker_total": the direction
    with the smaller total counts as a whole, so that give and take are both worth it (co-mentoring). Raises
    ValueError for any other word, and InvalidRulesError if the rules cannot be used.
    """
    if two_way not in TWO_WAY:
        message = f"two_way is one of {', '.join(TWO_WAY)}, not {two_way!r}"
        raise ValueError(message)
    compiled = compile_rules(people, people, checked(fields, rules), rules)
    return _assembled(_peer_blocks(people, compiled, two_way, block_rows), (len(people), len(people)))


def _peer_blocks(
    people: Sequence[Person], compiled: Sequence[CompiledRule], two_way: str, block_rows: int | None
) -> Iterator[Block]:
    everyone = np.arange(len(people))
    weaker = _each_rule if two_way == "each_rule" else _weaker_total
    for rows in _row_blocks(len(people), len(people), block_rows):
        points, allowed = weaker(compiled, rows, everyone)
        yield Block(int(rows[0]), points, allowed & _two_humans(people, people, rows, everyone))


def _each_rule(compiled: Sequence[CompiledRule], rows: Index, everyone: Index) -> tuple[IntArray, BoolArray]:
    points, allowed = _nothing_yet(rows, everyone)
    for rule in compiled:
        there, back = rule.outcome(rows, everyone), rule.outcome(everyone, rows)
        points += np.minimum(there.points, back.points.T)
        allowed &= there.met & back.met.T
    return points, allowed


def _weaker_total(compiled: Sequence[CompiledRule], rows: Index, everyone: Index) -> tuple[IntArray, BoolArray]:
    there, there_allowed = _summed(compiled, rows, everyone)
    back, back_allowed = _summed(compiled, everyone, rows)
    return np.minimum(there, back.T), there_allowed & back_allowed.T


def _summed(compiled: Sequence[CompiledRule], rows: Index, columns: Index) -> tuple[IntArray, BoolArray]:
    points, allowed = _nothing_yet(rows, columns)
    for rule in compiled:
        outcome: Outcome = rule.outcome(rows, columns)
        points += outcome.points
        if rule.rule.forbids:
            allowed &= outcome.met
    return points, allowed


def _nothing_yet(rows: Index, columns: Index) -> tuple[IntArray, BoolArray]:
    shape = (len(rows), len(columns))
    return np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=np.bool_)


def _row_blocks(rows: int, columns: int, block_rows: int | None) -> Iterator[Index]:
    step = block_rows or max(1, _PAIRS_AT_ONCE // max(columns, 1))
    if step < 1:
        message = f"block_rows has to be 1 or more, not {block_rows}"
        raise ValueError(message)
    for start in range(0, rows, step):
        yield np.arange(start, min(start + step, rows))


def _two_humans(takers: Sequence[Person], givers: Sequence[Person], rows: Index, columns: Index) -> BoolArray:
    """Never oneself, not under two roles either."""
    mine, theirs = [takers[row] for row in rows], [givers[column] for column in columns]
    same_seat = np.array([p.id for p in mine])[:, None] == np.array([p.id for p in theirs])[None, :]
    return np.asarray(~(same_seat | (_humans(mine, -1)[:, None] == _humans(theirs, -2)[None, :])), dtype=np.bool_)


def _humans(people: Sequence[Person], nobody: int) -> IntArray:
    return np.array([nobody if person.who is None else person.who for person in people], dtype=np.int64)


def _assembled(blocks: Iterable[Block], shape: tuple[int, int]) -> Scores:
    points, allowed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
    for block in blocks:
        here = slice(block.start, block.start + len(block.points))
        points[here], allowed[here] = block.points, block.allowed
    return Scores(points, allowed)
