"""One side named people they wish for, most wished for first, and the other is among them."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from matching.criteria.answers import Answer, items
from matching.criteria.kinds.base import Bound, Encoded, Facts, Kind, Outcome, Param, portion
from matching.criteria.model import IntArray

_NAMES = frozenset({"person", "people"})
_RANKS = 3


class Wished(Kind):
    """Points = full × (ranks − place) ÷ ranks: all for the first named, one part less for each further, none after
    `ranks`.

    One field holds the wishes ("people"), the other says who a person is ("person"); as a must, only people named
    fit.
    """

    slug = "wished"
    title = "Wishes they named"
    help = "The first person named earns all the points, each further one a part less."
    order = 100
    taker_kinds = giver_kinds = _NAMES
    params: ClassVar[Mapping[str, Param]] = {
        "ranks": Param((int,), f"How many wishes earn points; {_RANKS} if not given."),
    }

    def encode(self, bound: Bound, takers: Sequence[Answer], givers: Sequence[Answer]) -> tuple[Encoded, Encoded]:
        """The wishing side: for each human on the other side the place + 1, or 0. The wished side: that human's
        column.
        """
        wishing, wished = (takers, givers) if bound.taker_field.kind == "people" else (givers, takers)
        column = {name: number for number, name in enumerate(dict.fromkeys(str(name) for name in wished))}
        places = np.zeros((len(wishing), max(len(column), 1)), dtype=np.int64)
        for row, answer in enumerate(wishing):
            for place, name in enumerate(items(answer)):
                if name in column:
                    places[row, column[name]] = place + 1
        columns = np.array([column[str(name)] for name in wished], dtype=np.int64)
        return (places, columns) if bound.taker_field.kind == "people" else (columns, places)

    def compare(self, bound: Bound, takers: Encoded, givers: Encoded) -> Outcome:
        place: IntArray = takers[:, givers] if bound.taker_field.kind == "people" else givers[:, takers].T
        ranks = bound.param("ranks", _RANKS)
        worth = np.where(place > 0, np.maximum(ranks + 1 - place, 0), 0)
        return Outcome(portion(bound.rule.full_points, worth, ranks), place > 0)

    def sentence(self, facts: Facts) -> str:
        by_taker = facts.bound.taker_field.kind == "people"
        who, whom = (facts.taker_called, facts.giver_called) if by_taker else (facts.giver_called, facts.taker_called)
        wishes = items(facts.taker_answer if by_taker else facts.giver_answer)
        name = str(facts.giver_answer if by_taker else facts.taker_answer)
        who = f"{who[:1].upper()}{who[1:]}"
        if name not in wishes:
            return f"{who} named others, not {whom}"
        return f"{who} named {whom}, at place {wishes.index(name) + 1} of {len(wishes)}"

    def reason(self, facts: Facts, *, to_giver: bool) -> str:
        """Only those who wished are told: whom others name is theirs to say."""
        by_giver = facts.bound.giver_field.kind == "people"
        return "One of the people you named" if to_giver is by_giver else ""

    def problems(self, bound: Bound) -> list[str]:
        found = []
        if bound.taker_field.kind == bound.giver_field.kind:
            found.append("One field has to hold the wishes, the other who a person is.")
        if bound.param("ranks", 1) < 1:
            found.append("At least one wish has to earn points.")
        return found


KIND = Wished()
