"""What a match costs over several programs: sums of those of which it is known, and of how many that is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from reports.figures import LEAST_PEOPLE, Figure
from reports.models import Price
from reports.verdicts.gates import LEAST_UNITS

MONEY = ("hours_cost", "match_cost")


@dataclass(frozen=True)
class Spent:
    """One program with a price: what its matches are counted from, and how many units and people are in them."""

    price: Price
    matches: int
    mentor_minutes: int
    people: frozenset[int]
    units: int

    @property
    def shown(self) -> bool:
        """As a program's own report shows its costs; so the sum less these leaves nothing over."""
        return len(self.people) >= LEAST_PEOPLE and self.units >= LEAST_UNITS


@dataclass(frozen=True)
class Costed:
    """programs    how many have a price and are large enough to be in the sums
    out_of      how many there are
    currency    of the sums; empty where there are none, or the programs are priced in several
    """

    programs: int
    out_of: int
    currency: str


def costs_of(spent: Sequence[Spent], out_of: int, group: str, now: dt.datetime) -> tuple[dict[str, Figure], Costed]:
    """A match's cost over these programs, as reports.figures defines it of one. No queries."""
    known = [each for each in spent if each.shown]
    currencies = {each.price.currency for each in known}
    if len(currencies) != 1:
        return {}, Costed(len(known), out_of, "")
    worth = sum(each.mentor_minutes / 60 * float(each.price.hour) for each in known)
    beside = sum(float(each.price.costs) for each in known)
    matches = sum(each.matches for each in known)
    people = len(frozenset().union(*(each.people for each in known)))
    sums = {"hours_cost": worth, "match_cost": worth + beside}
    figures = {slug: Figure(slug, group, round(sums[slug] / matches, 2), matches, people, now) for slug in MONEY}
    return figures, Costed(len(known), out_of, currencies.pop())
