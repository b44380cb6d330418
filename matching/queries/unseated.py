"""Why somebody is in no group, network or session of a draft that a coordinator has changed, in words."""

from collections.abc import Collection
from typing import Any

from matching.queries.booked import Booked, booked_in
from matching.queries.inputs import Entrant
from matching.queries.leftover import why_in_no_group, why_in_no_network, why_not_booked
from matching.queries.seating import Seating, Sit
from programs.catalogue.base import Shape
from programs.models import Role

BY_HAND = "Left over by hand: "


def why_not_seated(seating: Seating, settled: Collection[int]) -> list[dict[str, Any]]:
    """One entry, as of leftover.why_left_over, for each person who looks for somebody and is not among `settled`.

    Where there is a place for them as things are, that is what is said.
    """
    alone = [each for each in seating.inputs.takers if each.free > 0 and each.enrolment_id not in settled]
    if not alone:
        return []
    entries = {entry["enrolment"]: entry for entry in _entries(seating, settled, alone)}
    for person in alone:
        place = free_place(seating, person)
        if place:
            entries[person.enrolment_id]["reason"] = BY_HAND + place
    return [entries[person.enrolment_id] for person in alone]


def _entries(seating: Seating, settled: Collection[int], alone: list[Entrant]) -> list[dict[str, Any]]:
    inputs = seating.inputs
    if seating.shape == Shape.GROUPS:
        rows = [[seating.company.row[each] for each in settled if each in seating.company.row]]
        return why_in_no_group(seating.company, rows, (seating.room.least, seating.room.most))
    if seating.networks:
        lonely = [inputs.taker_row[each.enrolment_id] for each in alone]
        return why_in_no_network(inputs, lonely, seating.around.allowed)
    everybody = {giver.enrolment_id for giver in inputs.givers}
    return why_not_booked(inputs, settled, {each.enrolment_id: everybody for each in alone})


def free_place(seating: Seating, person: Entrant) -> str:
    """A place that somebody without a match could have, with nobody moving; "" where there is none."""
    if seating.shape == Shape.GROUPS:
        return _group_with_room(seating, person)
    if seating.networks:
        helpers = free_helpers(seating, person)
        enough = not seating.verdict(None, (person, *helpers)).problem
        return f"{len(helpers)} helpers are free for a {seating.one} around them." if enough else ""
    return _time(seating, person)


def _group_with_room(seating: Seating, person: Entrant) -> str:
    for table in seating.tables:
        [after] = seating.after([Sit(person.enrolment_id, 0, table.pk)])
        if not table.locked and not after.verdict.problem:
            return f"{seating.name(table)} has room for them."
    return ""


def _time(seating: Seating, person: Entrant) -> str:
    if seating.inputs.now is None:
        return ""
    booked: Booked = booked_in(seating, seating.inputs.now, seating.inputs.now)
    row, scores = seating.inputs.taker_row[person.enrolment_id], seating.inputs.scores
    best = sorted(range(len(seating.inputs.givers)), key=lambda column: (-int(scores.points[row, column]), column))
    for column in best:
        helper = seating.inputs.givers[column]
        if scores.allowed[row, column] and booked.times(person, helper):
            return f"{helper.name} has a time free."
    return ""


def free_helpers(seating: Seating, person: Entrant, *, also: Entrant | None = None) -> list[Entrant]:
    """The best network around somebody of helpers who are free, and `also`, kind by kind; may be too few for one."""
    inputs, row = seating.inputs, seating.inputs.taker_row[person.enrolment_id]
    network = inputs.model.network
    open_to = [
        (int(inputs.scores.points[row, column]), helper)
        for column, helper in enumerate(inputs.givers)
        if seating.around.allowed[row, column] and (helper is also or seating.free(helper) > 0)
    ]
    best = [helper for _, helper in sorted(open_to, key=lambda each: (each[1] is not also, -each[0], each[1].email))]
    chosen: list[Entrant] = []
    for part, most in (network.mix if network else {}).items():
        of_kind = 0
        for helper in best:
            if of_kind < most and seating.part(person, helper) == part and _goes_with(seating, helper, chosen):
                chosen.append(helper)
                of_kind += 1
    return sorted(chosen, key=lambda each: (each.role != Role.PEER, each.email))


def _goes_with(seating: Seating, helper: Entrant, others: list[Entrant]) -> bool:
    apart = (frozenset({helper.enrolment_id, each.enrolment_id}) in seating.inputs.apart for each in others)
    return not any(apart) and all(each.user_id != helper.user_id for each in others)
