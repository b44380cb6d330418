"""How many ways out there are for each person left over, counted once, when a proposal is made."""

import datetime as dt
from typing import Any

from matching.models import Proposal
from matching.queries.booked import booked_in
from matching.queries.inputs import model_of
from matching.queries.seated import PAIRED, seated_in
from matching.queries.seating import seating_in
from matching.queries.ways import solved, ways_for
from matching.queries.ways_of_many import ways_out
from programs.catalogue.base import Shape

# So many are counted: as many as the board shows before somebody asks for all.
COUNTED = 20


def with_ways(proposal: Proposal, *, now: dt.datetime) -> list[dict[str, Any]]:
    """The people left over, the first with "ways", and with the version of the proposal of which that is true."""
    entries: list[dict[str, Any]] = proposal.left_over
    alone = [entry["enrolment"] for entry in entries[:COUNTED]]
    if not alone:
        return entries
    found = _of_pairs(proposal, alone) if model_of(proposal.track).shape in PAIRED else _of_many(proposal, alone, now)
    return [
        {**entry, "ways": found[entry["enrolment"]], "ways_at": proposal.version}
        if entry["enrolment"] in found
        else entry
        for entry in entries
    ]


def _of_pairs(proposal: Proposal, alone: list[int]) -> dict[int, int]:
    seated = seated_in(proposal)
    best = solved(seated)
    found = {person: ways_for(seated, person, best) for person in alone}
    return {person: len(ways.found) for person, ways in found.items() if ways}


def _of_many(proposal: Proposal, alone: list[int], now: dt.datetime) -> dict[int, int]:
    seating = seating_in(proposal)
    booked = booked_in(seating, proposal.created_at, now) if seating.shape == Shape.SLOTS else None
    return {each: len(ways_out(seating, seating.people[each], booked)) for each in alone if each in seating.people}
