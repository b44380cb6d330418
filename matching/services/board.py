"""Changes to a draft: locks, swaps, and undoing the last of them by name."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Sum

from matching.criteria import blocked_by
from matching.errors import ChangedMeanwhile, MatchingError, NotADraft, SwapRefused
from matching.models import Match, MatchingPlan, Proposal, Seat
from matching.queries.inputs import Entrant, Inputs, inputs_of
from matching.services.shapes import shares_of
from participants.models import User
from participants.services import record
from programs.models import Role

# More steps than these are not kept.
MOST_STEPS = 200


@transaction.atomic
def set_lock(*, match: Match, locked: bool, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Keep a pair together in later runs, or let it go. Doing what is so already changes nothing.

    Raises NotADraft, and ChangedMeanwhile where the proposal has moved on from `version`.
    """
    proposal = _draft(match.proposal_id, version)
    found = Match.objects.select_for_update().get(pk=match.pk, proposal=proposal)
    if found.seats.count() != 2:
        raise MatchingError("Only pairs can be locked.")
    if found.locked == locked:
        return proposal
    found.locked = locked
    found.save(update_fields=["locked"])
    people = list(found.seats.values_list("enrolment_id", flat=True))
    return _moved_on(proposal, {"verb": "lock", "match": found.pk, "locked": locked, "people": people}, by, now)


def lock(*, match: Match, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Keep a pair together in later runs. Raises as set_lock does."""
    return set_lock(match=match, locked=True, version=version, by=by, now=now)


def unlock(*, match: Match, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Let a pair go again. Raises as set_lock does."""
    return set_lock(match=match, locked=False, version=version, by=by, now=now)


@transaction.atomic
def swap(*, one: Match, other: Match, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Exchange the mentees of two matches of a draft.

    Raises SwapRefused naming the rule that forbids it, NotADraft, and ChangedMeanwhile where the proposal has moved on
    from `version`.
    """
    proposal = _draft(one.proposal_id, version)
    if other.proposal_id != proposal.pk or one.pk == other.pk:
        raise SwapRefused("A swap is between two matches of the same proposal.")
    inputs = inputs_of(proposal.track, capacity=proposal.capacity, objective=proposal.objective)
    if inputs.peers:
        raise SwapRefused("Swapping is for tracks with mentors and mentees.")
    if Match.objects.filter(pk__in=[one.pk, other.pk], locked=True).exists():
        raise SwapRefused("One of the two pairs is locked. Unlock it first.")
    people = [_takers_seat(match).enrolment_id for match in (one, other)]
    step = {"verb": "swap", "matches": [one.pk, other.pk], "people": people, "optimal": proposal.optimal}
    _exchange(proposal, inputs, one, other)
    proposal.optimal = _still_optimal(proposal)
    return _moved_on(proposal, step, by, now)


def _draft(proposal_id: int, version: int | None) -> Proposal:
    found = Proposal.objects.select_for_update().select_related("track__program").get(pk=proposal_id)
    if found.state != Proposal.State.DRAFT:
        raise NotADraft(f"Proposal {found.number} is {found.get_state_display().lower()} and cannot be changed.")
    if version is not None and found.version != version:
        raise ChangedMeanwhile(f"Somebody else has changed proposal {found.number} meanwhile. Look at it as it is now.")
    return found


def _takers_seat(match: Match) -> Seat:
    return match.seats.select_related("enrolment__user").exclude(role=Role.MENTOR).get()


def _exchange(proposal: Proposal, inputs: Inputs, one: Match, other: Match) -> None:
    """Change the mentees over and write both scores and reasons anew."""
    first, second = _takers_seat(one), _takers_seat(other)
    givers = {match.pk: _giver(inputs, match) for match in (one, other)}
    if givers[one.pk] == givers[other.pk]:
        raise SwapRefused("Both are with the same mentor already.")
    for seat, match in ((second, one), (first, other)):
        _rewrite(inputs, match, seat, givers[match.pk])
    # Each takes the other's chair: the seats stay where they are, so that no match is ever empty.
    first.enrolment_id, second.enrolment_id = second.enrolment_id, first.enrolment_id
    for seat in (first, second):
        seat.save(update_fields=["enrolment"])
    proposal.total = Match.objects.filter(proposal=proposal).aggregate(total=Sum("score"))["total"] or 0


def _giver(inputs: Inputs, match: Match) -> Entrant:
    seat = match.seats.get(role=Role.MENTOR)
    column = inputs.giver_column.get(seat.enrolment_id)
    if column is None:
        raise SwapRefused("One of these people does not take part any more. Run the matching again.")
    return inputs.givers[column]


def _rewrite(inputs: Inputs, match: Match, seat: Seat, giver: Entrant) -> None:
    row = inputs.taker_row.get(seat.enrolment_id)
    if row is None:
        raise SwapRefused("One of these people does not take part any more. Run the matching again.")
    taker = inputs.takers[row]
    score = inputs.score_of(taker.enrolment_id, giver.enrolment_id)
    if score is None:
        raise SwapRefused(why_forbidden(inputs, taker, giver))
    match.score, match.shares = score, shares_of(inputs, taker, giver)
    match.save(update_fields=["score", "shares"])


def why_forbidden(inputs: Inputs, taker: Entrant, giver: Entrant) -> str:
    """One sentence: which rules keep these two apart."""
    labels = {rule.key: f"“{rule.label}”" for rule in inputs.rules}
    keys = blocked_by(taker.person, giver.person, inputs.fields, inputs.rules)
    names = [labels[key] for key in keys if key in labels]
    if names:
        return f"{taker.name} and {giver.name} cannot be matched: {', '.join(names)} forbids it."
    if keys:
        return f"{taker.name} cannot be matched with themselves."
    return f"{taker.name} and {giver.name} cannot be proposed again: they are matched, or one of them said no."


def _still_optimal(proposal: Proposal) -> bool:
    """A hand-made change keeps the proof only where the total alone was the aim and has not gone down."""
    by_total = proposal.objective in (MatchingPlan.Objective.COVER, MatchingPlan.Objective.SCORE)
    return proposal.optimal and by_total and proposal.total == proposal.bound


@transaction.atomic
def undo(*, proposal: Proposal, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Take the last step back; with nothing to undo nothing happens. Raises as swap and set_lock do."""
    found = _draft(proposal.pk, version)
    if not found.steps:
        return found
    step = found.steps.pop()
    if step["verb"] == "lock":
        Match.objects.filter(pk=step["match"], proposal=found).update(locked=not step["locked"])
    else:
        _unswap(found, step)
    return _saved(found, by, now)


def _unswap(proposal: Proposal, step: dict[str, Any]) -> None:
    one, other = (Match.objects.get(pk=pk, proposal=proposal) for pk in step["matches"])
    inputs = inputs_of(proposal.track, capacity=proposal.capacity, objective=proposal.objective)
    _exchange(proposal, inputs, one, other)
    proposal.optimal = step["optimal"]


def _moved_on(proposal: Proposal, step: dict[str, Any], by: User | None, now: dt.datetime) -> Proposal:
    proposal.steps = [*proposal.steps, step][-MOST_STEPS:]
    return _saved(proposal, by, now)


def _saved(proposal: Proposal, by: User | None, now: dt.datetime) -> Proposal:
    proposal.version += 1
    proposal.save(update_fields=["steps", "version", "total", "optimal"])
    version, program_id = proposal.version, proposal.program_id
    record(by=by, verb="proposal changed", now=now, program_id=program_id, subject=proposal, version=version)
    return proposal
