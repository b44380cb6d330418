"""How many ways out there are for each person left over, counted when a proposal is made and whenever it changes."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from matching.models import Proposal
from matching.queries.booked import booked_in
from matching.queries.inputs import model_of
from matching.queries.seated import PAIRED, seated_in
from matching.queries.seating import seating_in
from matching.queries.ways import solved, ways_for
from matching.queries.ways_of_many import ways_out
from programs.catalogue.base import Shape

# So many people are counted until what is known is shown.
PORTION = 10


def with_ways(proposal: Proposal, *, now: dt.datetime) -> Iterator[list[dict[str, Any]]]:
    """Again and again the people left over, of whom ever more have "ways", and with it the version of the proposal of
    which that is true; the last time everybody."""
    entries: list[dict[str, Any]] = list(proposal.left_over)
    if not entries:
        return
    count = _of_pairs(proposal) if model_of(proposal.track).shape in PAIRED else _of_many(proposal, now)
    for start in range(0, len(entries), PORTION):
        for at, entry in enumerate(entries[start : start + PORTION], start=start):
            ways = count(entry["enrolment"])
            if ways is not None:
                entries[at] = {**entry, "ways": ways, "ways_at": proposal.version}
        yield list(entries)


def _of_pairs(proposal: Proposal) -> Callable[[int], int | None]:
    seated = seated_in(proposal)
    best = solved(seated)

    def count(person: int) -> int | None:
        ways = ways_for(seated, person, best)
        return len(ways.found) if ways else None

    return count


def _of_many(proposal: Proposal, now: dt.datetime) -> Callable[[int], int | None]:
    seating = seating_in(proposal)
    booked = booked_in(seating, proposal.created_at, now) if seating.shape == Shape.SLOTS else None

    def count(person: int) -> int | None:
        return len(ways_out(seating, seating.people[person], booked)) if person in seating.people else None

    return count
