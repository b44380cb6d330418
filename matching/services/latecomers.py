"""A small proposal for people without a match: everybody else keeps what they have, or all but one."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from matching.criteria import max_points
from matching.errors import CannotMatch, SwapRefused
from matching.models import Match, Proposal, Seat
from matching.queries.inputs import ENGINE_VERSION, rules_as_data
from matching.queries.leftover import why_left_over
from matching.queries.others import points_of
from matching.queries.seated import Seated
from matching.queries.waiting import best_around, standing_draft
from matching.services.board_changes import Chair, Party, worth
from participants.models import User
from participants.services import record
from programs.models import Program, Track


@transaction.atomic
def propose_for_waiting(
    *, track: Track, pairs: Sequence[tuple[int, ...]] = (), by: User | None, now: dt.datetime
) -> Proposal:
    """A draft that holds every open offer of the track as it is, and new pairs for people who wait.

    `pairs` are enrolments, mentee first, or three peers; somebody among them who has an open offer moves. Without
    pairs as many as possible get a place, with nobody moving. Raises CannotMatch where nothing is published, or
    nobody can be placed, and SwapRefused where a rule or a full mentor stands against a pair.
    """
    program = Program.objects.select_for_update().get(pk=track.program_id)
    if program.state == Program.State.CLOSED:
        raise CannotMatch("The program is closed: nobody is matched in it any more.")
    seated = standing_draft(track)
    if seated is None:
        raise CannotMatch("Nothing is published in this track yet.")
    if not seated.small:
        raise CannotMatch("There are too many people here to place somebody while you wait. Run the matching again.")
    chosen: list[tuple[int, ...]] = list(pairs) or [*best_around(seated, seated.groups).pairs]
    if not chosen:
        raise CannotMatch("Nobody who waits can be placed without moving anybody.")
    moving = {person for pair in chosen for person in (pair if seated.inputs.peers else pair[:1])}
    kept = [group for group in seated.groups if not moving & set(group)]
    _room(seated, [*kept, *chosen])
    draft = _draft(seated, by, now)
    _copy(draft, kept, now)
    _add(draft, seated, chosen, now)
    _figures(draft, seated, kept, chosen)
    record(by=by, verb="proposal for people who wait", now=now, program_id=track.program_id, subject=draft)
    return draft


def _room(seated: Seated, groups: Sequence[Sequence[int]]) -> None:
    for person, entrant in seated.people.items():
        held = sum(person in group for group in groups)
        if held > entrant.free:
            raise SwapRefused(f"{entrant.name} has no free place left.")


def _draft(seated: Seated, by: User | None, now: dt.datetime) -> Proposal:
    published, inputs = seated.proposal, seated.inputs
    last = Proposal.objects.filter(program_id=published.program_id).aggregate(last=Max("number"))["last"] or 0
    return Proposal.objects.create(
        program_id=published.program_id,
        track_id=published.track_id,
        number=last + 1,
        state=Proposal.State.DRAFT,
        objective=published.objective,
        capacity=published.capacity,
        based_on=published,
        rules=rules_as_data(inputs.rules),
        input_hash=inputs.fingerprint,
        engine_version=ENGINE_VERSION,
        model_version=str(inputs.model.version),
        max_points=max_points(inputs.rules),
        progress=100,
        created_at=now,
        created_by=by,
    )


def _copy(draft: Proposal, kept: Sequence[Sequence[int]], now: dt.datetime) -> None:
    """The offers that stand, with the scores they were made with; locked, so that they stay."""
    ids = [person for group in kept for person in group]
    offers = Match.objects.filter(track=draft.track_id, state=Match.State.OFFERED, seats__enrolment__in=ids).distinct()
    wanted = {frozenset(group) for group in kept}
    for offer in offers.prefetch_related("seats").order_by("pk"):
        seats = list(offer.seats.all())
        if frozenset(seat.enrolment_id for seat in seats) not in wanted:
            continue
        copied = Match.objects.create(
            track_id=draft.track_id, proposal=draft, score=offer.score, most=offer.most, shares=offer.shares,
            number=offer.number, locked=True, created_at=now,
        )  # fmt: skip
        Seat.objects.bulk_create(
            Seat(match=copied, enrolment_id=seat.enrolment_id, role=seat.role, part=seat.part) for seat in seats
        )


def _add(draft: Proposal, seated: Seated, chosen: Sequence[tuple[int, ...]], now: dt.datetime) -> None:
    for pair in chosen:
        if not set(pair) <= set(seated.people):
            raise SwapRefused("One of these people does not take part any more.")
        party = Party(tuple(Chair(each, seated.people[each].role) for each in pair))
        score, most, shares = worth(seated.inputs, party)
        match = Match.objects.create(
            track_id=draft.track_id, proposal=draft, score=score, most=most, shares=shares, created_at=now
        )
        Seat.objects.bulk_create(
            Seat(match=match, enrolment_id=chair.enrolment, role=chair.role) for chair in party.chairs
        )


def _figures(
    draft: Proposal, seated: Seated, kept: Sequence[tuple[int, ...]], chosen: Sequence[tuple[int, ...]]
) -> None:
    """The bound is what could be had while the offers stay; they count with the scores they were made with."""
    inputs, groups, best = seated.inputs, [*kept, *chosen], best_around(seated, kept)
    rows = [[inputs.taker_row[each] for each in (group if inputs.peers else group[:1])] for group in groups]
    draft.placed = sum(len(row) for row in rows)
    draft.left_over = why_left_over(inputs, rows)
    draft.possible = max(best.possible, draft.placed)
    draft.total = sum(Match.objects.filter(proposal=draft).values_list("score", flat=True))
    draft.bound = best.bound + draft.total - sum(points_of(seated, group) for group in groups)
    draft.optimal = best.proven and draft.total == draft.bound and draft.placed == best.placed
    draft.save(update_fields=["placed", "left_over", "possible", "total", "bound", "optimal"])
