"""From people to independent units: a component of people and relationships counts once."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

from reports.statistics.numbers import finite

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Learner:
    """One person who learns, in one arm. `before` and `after` in scale points, None where they did not answer; `middle`
    lies between the two periods of a crossover, and is asked for only there.
    """

    unit: str
    arm: str
    before: float | None
    after: float | None
    cohort: str = ""
    middle: float | None = None

    @property
    def answered(self) -> bool:
        return self.before is not None and self.after is not None


@dataclass(frozen=True, slots=True)
class Unit:
    """A component's mean over its learners with both answers. `cohort` names all cohorts that it reaches into."""

    name: str
    cohort: str
    learners: int
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


def change(before: float | None, after: float | None) -> float | None:
    """A person's change score in scale points, None where an answer is missing. Raises ValueError for no number."""
    if before is None or after is None:
        return None
    return finite(after, "after") - finite(before, "before")


def components(relationships: Iterable[Sequence[Node]]) -> dict[Node, int]:
    """For every person the number of their component: people who share a relationship, directly or through others.

    relationships  the people of each; one person alone is a relationship too. Numbers count from 0 in the order in
    which components are met. A mentor with three mentees is one component, a circle is one, and two circles with one
    person in both are one.
    """
    parent: dict[Node, Node] = {}
    for people in relationships:
        for person in people:
            parent.setdefault(person, person)
            _join(parent, people[0], person)
    numbers: dict[Node, int] = {}
    return {person: numbers.setdefault(_root(parent, person), len(numbers)) for person in parent}


def _root(parent: dict[Node, Node], person: Node) -> Node:
    while parent[person] != person:
        parent[person] = parent[parent[person]]
        person = parent[person]
    return person


def _join(parent: dict[Node, Node], one: Node, other: Node) -> None:
    parent[_root(parent, other)] = _root(parent, one)


def units_of(learners: Iterable[Learner]) -> list[Unit]:
    """The units of one arm's learners, in the order of their names; learners without both answers do not count.

    Raises ValueError for learners of several arms or an answer that is not finite.
    """
    groups: Mapping[str, list[tuple[float, float]]] = defaultdict(list)
    cohorts: Mapping[str, set[str]] = defaultdict(set)
    arms = set()
    for learner in learners:
        arms.add(learner.arm)
        if learner.before is not None and learner.after is not None:
            groups[learner.unit].append((finite(learner.before, "before"), finite(learner.after, "after")))
            cohorts[learner.unit].add(learner.cohort)
    if len(arms) > 1:
        raise ValueError("learners of one arm are needed")
    return [
        Unit(name, " + ".join(sorted(cohorts[name])), len(groups[name]), *map(float, np.mean(groups[name], axis=0)))
        for name in sorted(groups)
    ]


def largest_share(units: Sequence[Unit]) -> Fraction:
    """The share of an arm's learners who are in its largest unit; 0 for an arm without any."""
    people = sum(unit.learners for unit in units)
    return Fraction(max(unit.learners for unit in units), people) if people else Fraction(0)
