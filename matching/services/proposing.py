"""From a wish for a proposal to a draft: queued, taken up by one worker, solved, stored."""

import datetime as dt
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from matching.criteria import InvalidRulesError
from matching.criteria.answers import in_words
from matching.errors import CannotMatch, MatchingError, NotADraft
from matching.models import Match, Proposal, Seat
from matching.queries.board_steps import by_hand_share
from matching.queries.company import worth_of
from matching.queries.inputs import ENGINE_VERSION, Inputs, exceptions_of, inputs_for, rules_as_data
from matching.queries.tracks import track_state
from matching.queries.ways_counted import with_ways
from matching.services.rules import aim_of, check_objective, ensure_plan
from matching.services.shapes import SHAPES, Found, Solved
from participants.models import User
from participants.services import record
from programs.models import Enrolment, Program, Role, Track

Clock = Callable[[], dt.datetime]
# A run takes seconds; after this long its worker is taken for dead.
STALE = dt.timedelta(minutes=15)
MOST_ATTEMPTS = 3
BROKEN = "The run broke off. Start it again; if it breaks off again, tell the people who look after this installation."


@transaction.atomic
def start_proposal(
    *,
    track: Track,
    by: User | None,
    now: dt.datetime,
    capacity: int | None = None,
    objective: str | None = None,
    based_on: Proposal | None = None,
) -> Proposal:
    """A queued proposal. `capacity` stands in for the track's own, `based_on` gives the locks to keep.

    Raises CannotMatch where the track's model or the people in it leave nothing to match, MatchingError (with the
    field) for a number or word out of range.
    """
    program = Program.objects.select_for_update().get(pk=track.program_id)
    if program.state == Program.State.CLOSED:
        raise CannotMatch("The program is closed: nobody is matched in it any more.")
    plan = ensure_plan(track=track, by=by, now=now)
    if capacity is not None and not 1 <= capacity <= 50:
        raise MatchingError("Enter a number of places from 1 to 50", field="capacity")
    aim = objective or aim_of(plan)
    check_objective(track, aim)
    if obstacle := track_state(track).obstacle:
        raise CannotMatch(obstacle)
    last = Proposal.objects.filter(program_id=track.program_id).aggregate(last=Max("number"))["last"]
    proposal = Proposal.objects.create(
        program_id=track.program_id,
        track=track,
        number=(last or 0) + 1,
        objective=aim,
        capacity=capacity,
        based_on=based_on,
        step="Waiting for a worker",
        created_at=now,
        created_by=by,
    )
    record(by=by, verb="matching asked for", now=now, program_id=track.program_id, subject=proposal)
    return proposal


def run_proposal(proposal_id: int, *, clock: Clock) -> Proposal | None:
    """Solve a queued proposal and store what came out, or why nothing could.

    Only one caller gets to run it; to any other this returns None. `clock` is read at each step.
    """
    if not _claim(proposal_id, clock()):
        return None
    proposal = Proposal.objects.select_related("track__program", "based_on").get(pk=proposal_id)
    try:
        inputs, solved, seconds = _solve(proposal)
    except (CannotMatch, InvalidRulesError) as error:
        _fail(proposal, str(error))
    except Exception:
        _fail(proposal, BROKEN)
        raise
    else:
        _store(proposal, inputs, solved, seconds=seconds, now=clock())
        count_ways(proposal.pk, now=clock())
    return Proposal.objects.select_related("track__program").get(pk=proposal_id)


def _claim(proposal_id: int, now: dt.datetime) -> bool:
    queued = Proposal.objects.filter(pk=proposal_id, state=Proposal.State.QUEUED)
    return bool(
        queued.update(
            state=Proposal.State.RUNNING, started_at=now, attempts=F("attempts") + 1, step="Reading people", progress=5
        )
    )


def _solve(proposal: Proposal) -> tuple[Inputs, Solved, float]:
    inputs = replace(inputs_for(proposal), kept_at=_locked_times(proposal.based_on_id))
    fixed, previous = _locked(proposal, inputs), _members(proposal.based_on_id)
    _progress(proposal, f"Comparing {len(inputs.takers)} people with {len(inputs.givers)}", 20)
    started = time.perf_counter()
    _ = inputs.scores
    _progress(proposal, "Finding the best matches and proving it", 50)
    solved = SHAPES[inputs.model.shape](inputs, fixed, previous)
    return inputs, solved, time.perf_counter() - started


def _progress(proposal: Proposal, step: str, percent: int) -> None:
    Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.RUNNING).update(step=step, progress=percent)


def _fail(proposal: Proposal, error: str) -> None:
    running = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.RUNNING, started_at=proposal.started_at)
    running.update(state=Proposal.State.FAILED, error=error[:500], step="")


def _members(proposal_id: int | None, **only: Any) -> list[tuple[int, ...]]:
    """Enrolments of an earlier proposal's matches, takers first."""
    if proposal_id is None:
        return []
    matches = Match.objects.filter(proposal=proposal_id, **only).prefetch_related("seats")
    return [_in_order(match.seats.all()) for match in matches]


def _in_order(seats: Iterable[Seat]) -> tuple[int, ...]:
    ordered = sorted(seats, key=lambda seat: (seat.role == Role.MENTOR, seat.pk))
    return tuple(seat.enrolment_id for seat in ordered)


def _locked(proposal: Proposal, inputs: Inputs) -> list[tuple[int, ...]]:
    """The locks to keep. Raises CannotMatch naming the people who can no longer stay together."""
    locked = _members(proposal.based_on_id, locked=True, state=Match.State.DRAFT)
    for members in locked:
        if worth_of(inputs, members) is None:
            people = Enrolment.objects.filter(pk__in=members).select_related("user")
            names = in_words([each.user.name for each in people])
            raise CannotMatch(f"{names} are locked, but a rule forbids them now or one has left. Unlock them first.")
    return locked


def _locked_times(proposal_id: int | None) -> dict[tuple[int, ...], dt.datetime]:
    """When the locked one-off sessions of an earlier proposal are, by their people."""
    if proposal_id is None:
        return {}
    timed = Match.objects.filter(proposal=proposal_id, locked=True, starts_at__isnull=False).prefetch_related("seats")
    return {_in_order(match.seats.all()): match.starts_at for match in timed if match.starts_at}


@transaction.atomic
def _store(proposal: Proposal, inputs: Inputs, solved: Solved, *, seconds: float, now: dt.datetime) -> None:
    running = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.RUNNING, started_at=proposal.started_at)
    mine = running.update(
        state=Proposal.State.DRAFT,
        rules=rules_as_data(inputs.rules),
        input_hash=inputs.fingerprint,
        engine_version=ENGINE_VERSION,
        model_version=str(inputs.model.version),
        placed=solved.placed,
        possible=solved.possible,
        total=solved.total,
        bound=solved.bound,
        optimal=solved.optimal,
        max_points=solved.max_points,
        left_over=solved.left_over,
        proof=solved.proof,
        aims=solved.aims,
        seconds=round(seconds, 3),
        step="",
        progress=100,
    )
    if mine:
        locked = {frozenset(members) for members in _members(proposal.based_on_id, locked=True)}
        _store_matches(proposal, _with_reasons(proposal, solved.matches), locked, now)


def count_ways(proposal_id: int, *, now: dt.datetime) -> None:
    """So that the board says how many ways out there are without looking for them. What is no draft stays as it is, and
    what is changed meanwhile is left to whoever counts after that change."""
    proposal = Proposal.objects.select_related("track__program", "track__plan").get(pk=proposal_id)
    if proposal.state != Proposal.State.DRAFT:
        return
    unchanged = Proposal.objects.filter(pk=proposal_id, version=proposal.version, state=Proposal.State.DRAFT)
    for counted in with_ways(proposal, now=now):
        if not unchanged.update(left_over=counted):
            return


def _with_reasons(proposal: Proposal, found: list[Found]) -> list[Found]:
    """Matches that stand against a rule keep the reason that a coordinator gave for them."""
    reasons = exceptions_of(proposal.based_on_id)
    people = [frozenset(member.enrolment_id for member in each.members) for each in found]
    return [
        replace(each, shares=[*each.shares, by_hand_share(reasons[who])]) if who in reasons else each
        for each, who in zip(found, people, strict=True)
    ]


def _store_matches(proposal: Proposal, found: list[Found], locked: set[frozenset[int]], now: dt.datetime) -> None:
    matches = Match.objects.bulk_create(
        Match(
            track=proposal.track,
            proposal=proposal,
            number=number,
            score=each.score,
            most=each.most,
            shares=each.shares,
            starts_at=each.starts_at,
            minutes=each.minutes,
            topic=each.topic,
            locked=any(lock <= {member.enrolment_id for member in each.members} for lock in locked),
            created_at=now,
        )
        for number, each in enumerate(found, start=1)
    )
    Seat.objects.bulk_create(
        Seat(
            match=match,
            enrolment_id=member.enrolment_id,
            role=member.role,
            part=each.parts.get(member.enrolment_id, ""),
        )
        for match, each in zip(matches, found, strict=True)
        for member in each.members
    )


def due(now: dt.datetime) -> list[int]:
    """Proposals a worker should take up: queued for a while, or left by a worker that is gone. Gives up after a few."""
    stale = Proposal.objects.filter(state=Proposal.State.RUNNING, started_at__lt=now - STALE)
    stale.filter(attempts__gte=MOST_ATTEMPTS).update(state=Proposal.State.FAILED, error=BROKEN, step="")
    stale.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=Proposal.State.QUEUED, step="Waiting for a worker", progress=0
    )
    waiting = Proposal.objects.filter(state=Proposal.State.QUEUED, created_at__lt=now - dt.timedelta(seconds=20))
    return list(waiting.values_list("pk", flat=True))


@transaction.atomic
def discard(*, proposal: Proposal, by: User | None, now: dt.datetime) -> Proposal:
    """Put a draft away; it stays in the list. Raises NotADraft once it is published."""
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state == Proposal.State.DISCARDED:
        return locked
    if locked.state not in (Proposal.State.DRAFT, Proposal.State.FAILED, Proposal.State.QUEUED):
        raise NotADraft(f"Proposal {locked.number} is {locked.get_state_display().lower()} and cannot be discarded.")
    locked.state = Proposal.State.DISCARDED
    locked.save(update_fields=["state"])
    record(by=by, verb="proposal discarded", now=now, program_id=locked.program_id, subject=locked)
    return locked
