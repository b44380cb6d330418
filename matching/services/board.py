"""Changes to a draft: locks, swaps, moves, matches made by hand, and undoing and redoing them by name."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from matching.errors import MatchingError, SwapRefused
from matching.models import Match, Proposal
from matching.queries.board_steps import step_to_redo, step_to_undo
from matching.queries.booked import Meeting, booked_in
from matching.queries.inputs import Inputs, inputs_for
from matching.queries.seating import Sit, seating_in
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
from matching.services.board_pairs import Pair, Wanted, changes_for_pairs
from matching.services.board_seats import (
    Named,
    changes_for_meetings,
    changes_for_seats,
    name_of_meetings,
    name_of_seats,
)
from participants.models import User
from participants.services import record
from programs.catalogue.base import Shape
from programs.models import Role

MOST_LETTERS = 300


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
    told = _checked(reason)
    named = Named("match", pairs[0]) if pairs else Named("remove", list(out))
    return _rearranged(found, inputs_for(found), named, Wanted(pairs, out, told), by, now)


def _rearranged(
    proposal: Proposal, inputs: Inputs, named: Named, wanted: Wanted, by: User | None, now: dt.datetime
) -> Proposal:
    return _done(proposal, inputs, named, changes_for_pairs(proposal, inputs, wanted), (wanted.reason, by, now))


@transaction.atomic
def reseat(
    *,
    proposal: Proposal,
    sits: Sequence[Sit] = (),
    together: Sequence[int] = (),
    reason: str = "",
    version: int | None = None,
    by: User | None,
    now: dt.datetime,
) -> Proposal:
    """Move people of a draft of groups or networks, in one step: each leaves a match, joins one, or both.

    `together` are the people of a network that is not there yet, whoever it is around among them. With a `reason` rules
    of the track may be broken, as in rearrange; sizes, seats, places and what keeps people apart may not. Raises
    SwapRefused with what stands against it, NotADraft, and ChangedMeanwhile as swap does.
    """
    found, told = draft(proposal.pk, version), _checked(reason)
    seating = seating_in(found)
    if seating.shape not in (Shape.GROUPS, Shape.CONSTELLATION):
        raise SwapRefused("Seats are changed in tracks of groups and networks.")
    changes = changes_for_seats(found, seating, sits, together, told)
    return _done(found, seating.inputs, name_of_seats(seating, sits, together), changes, (told, by, now))


@transaction.atomic
def book(
    *,
    proposal: Proposal,
    meetings: Sequence[Meeting],
    out: Collection[int] = (),
    reason: str = "",
    version: int | None = None,
    by: User | None,
    now: dt.datetime,
) -> Proposal:
    """Book one-off sessions of a draft, in one step; who has one already has this one instead, `out` has none.

    The first session is the one that is meant: with a `reason` it may be against the rules of the track, as in
    rearrange. Nobody is booked when they have no time, twice at once, or above their cap. Raises as reseat does.
    """
    found, told = draft(proposal.pk, version), _checked(reason)
    seating = seating_in(found)
    if seating.shape != Shape.SLOTS:
        raise SwapRefused("Sessions are booked in tracks of one-off sessions.")
    booked = booked_in(seating, found.created_at, now)
    changes = changes_for_meetings(found, booked, meetings, out, told)
    return _done(found, seating.inputs, name_of_meetings(booked, meetings, out), changes, (told, by, now))


def _checked(reason: str) -> str:
    if len(reason) > MOST_LETTERS:
        raise MatchingError(f"A reason has at most {MOST_LETTERS} letters.", field="reason")
    return reason.strip()


def _done(
    proposal: Proposal,
    inputs: Inputs,
    named: Named,
    changes: Sequence[Change],
    told: tuple[str, User | None, dt.datetime],
) -> Proposal:
    """Apply changes, keep the step they are, and write the reason down where it was needed."""
    before, optimal = proposal.placed, proposal.optimal
    reason, by, now = told
    apply(proposal, inputs, changes)
    step = step_of(named.verb, named.people, changes, optimal=optimal)
    proposal.optimal = still_optimal(proposal, changes, placed=before)
    if reason and any(after and after.reason for _, after in changes):
        program_id = proposal.program_id
        record(by=by, verb="matched by hand", now=now, program_id=program_id, subject=proposal, reason=reason)
    return moved_on(proposal, step, by, now)


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
