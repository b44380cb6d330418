"""Changes to a draft: locks, swaps, moves, matches made by hand, and undoing and redoing them by name."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction

from matching.errors import MatchingError, SwapRefused
from matching.models import Match, Proposal
from matching.queries.board_groups import grouped_in
from matching.queries.board_steps import step_to_redo, step_to_undo
from matching.queries.inputs import Inputs, inputs_for
from matching.services.board_changes import (
    Change,
    Party,
    apply,
    changes_of,
    draft,
    locked_as,
    moved_on,
    reversed_changes,
    saved,
    step_of,
    still_optimal,
)
from matching.services.board_pairs import Pair, Wanted, changes_for_group, changes_for_pairs
from participants.models import User
from participants.services import record
from programs.models import Role

MOST_LETTERS = 300


class Named(NamedTuple):
    """What a step is called by: its verb and the people it was about."""

    verb: str
    people: Sequence[int]


@transaction.atomic
def set_lock(*, match: Match, locked: bool, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Keep the people of a match together in later runs, or let them go. Doing what is so already changes nothing.

    Raises NotADraft, and ChangedMeanwhile where the proposal has moved on from `version`.
    """
    proposal = draft(match.proposal_id, version)
    found = Match.objects.select_for_update().prefetch_related("seats").get(pk=match.pk, proposal=proposal)
    party = Party.of(found)
    if found.locked == locked:
        return proposal
    changes: list[Change] = [(party, locked_as(party, locked=locked))]
    found.locked = locked
    found.save(update_fields=["locked"])
    people = [chair.enrolment for chair in party.chairs]
    step = step_of("lock" if locked else "unlock", people, changes, optimal=proposal.optimal)
    return moved_on(proposal, step, by, now)


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
    proposal = draft(one.proposal_id, version)
    if other.proposal_id != proposal.pk or one.pk == other.pk:
        raise SwapRefused("A swap is between two matches of the same proposal.")
    inputs = inputs_for(proposal)
    if inputs.peers:
        raise SwapRefused("Swapping is for tracks with mentors and mentees.")
    (taker, giver), (second, other_giver) = (_taker_and_giver(match) for match in (one, other))
    if giver == other_giver:
        raise SwapRefused("Both are with the same mentor already.")
    wanted = Wanted([(taker, other_giver), (second, giver)])
    return _rearranged(proposal, inputs, Named("swap", [taker, second]), wanted, by, now)


def _taker_and_giver(match: Match) -> Pair:
    seats = {seat.role == Role.MENTOR: seat.enrolment_id for seat in match.seats.all()}
    if set(seats) != {True, False} or match.seats.count() != 2:
        raise SwapRefused("A swap is between two matches of a mentor and a mentee.")
    return seats[False], seats[True]


@transaction.atomic
def rearrange(
    *,
    proposal: Proposal,
    pairs: Sequence[Pair],
    out: Collection[int] = (),
    reason: str = "",
    version: int | None = None,
    by: User | None,
    now: dt.datetime,
) -> Proposal:
    """Put people together by hand, in one step: `pairs` of enrolments (mentee first), `out` who is without a match.

    The first pair is the one that is meant, the others make room for it. With a `reason` the first pair may be against
    the rules of the track, which is then shown beside it and kept in the history; nobody is ever matched with
    themselves, or with somebody who is kept apart from them. Raises SwapRefused with the rule or the lock that stands
    against it, NotADraft, and ChangedMeanwhile as swap does.
    """
    found = draft(proposal.pk, version)
    if not pairs and len(out) != 1:
        raise MatchingError("Say who is to be with whom.")
    if len(reason) > MOST_LETTERS:
        raise MatchingError(f"A reason has at most {MOST_LETTERS} letters.", field="reason")
    named = Named("match", pairs[0]) if pairs else Named("remove", list(out))
    return _rearranged(found, inputs_for(found), named, Wanted(pairs, out, reason.strip()), by, now)


def _rearranged(
    proposal: Proposal, inputs: Inputs, named: Named, wanted: Wanted, by: User | None, now: dt.datetime
) -> Proposal:
    before, optimal = proposal.placed, proposal.optimal
    changes = changes_for_pairs(proposal, inputs, wanted)
    apply(proposal, inputs, changes)
    step = step_of(named.verb, named.people, changes, optimal=optimal)
    proposal.optimal = still_optimal(proposal, changes, placed=before)
    if wanted.reason:
        program_id, reason = proposal.program_id, wanted.reason
        record(by=by, verb="matched by hand", now=now, program_id=program_id, subject=proposal, reason=reason)
    return moved_on(proposal, step, by, now)


@transaction.atomic
def move_to_group(
    *, proposal: Proposal, person: int, to: int, version: int | None = None, by: User | None, now: dt.datetime
) -> Proposal:
    """Put somebody (an enrolment) into another group of a draft: `to` is the number of its match.

    Raises SwapRefused where a rule, a lock or the size of one of the two groups stands against it, NotADraft, and
    ChangedMeanwhile as swap does.
    """
    found = draft(proposal.pk, version)
    before, optimal = found.placed, found.optimal
    grouped = grouped_in(found)
    changes = changes_for_group(found, grouped, person, to)
    apply(found, grouped.inputs, changes)
    step = step_of("move", [person], changes, optimal=optimal)
    found.optimal = still_optimal(found, changes, placed=before)
    return moved_on(found, step, by, now)


@transaction.atomic
def undo(*, proposal: Proposal, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Take the last step back; with nothing to undo nothing happens. Raises as swap and set_lock do."""
    found = draft(proposal.pk, version)
    step = step_to_undo(found.steps)
    if step is None:
        return found
    apply(found, inputs_for(found), reversed_changes(changes_of(step)))
    found.optimal, step["undone"] = step["optimal"], True
    return saved(found, by, now)


@transaction.atomic
def redo(*, proposal: Proposal, version: int | None = None, by: User | None, now: dt.datetime) -> Proposal:
    """Do again what was undone last; with nothing to redo nothing happens. Raises as swap and set_lock do."""
    found = draft(proposal.pk, version)
    step = step_to_redo(found.steps)
    if step is None:
        return found
    before, changes = found.placed, changes_of(step)
    apply(found, inputs_for(found), changes)
    found.optimal = still_optimal(found, changes, placed=before)
    step["undone"] = False
    return saved(found, by, now)
