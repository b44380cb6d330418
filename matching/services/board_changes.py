"""How a draft changes: matches before and after, written in one go, so that every step can be taken back and redone."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Self

from django.db.models import Max, Sum

from matching.errors import ChangedMeanwhile, NotADraft, SwapRefused
from matching.models import Match, MatchingPlan, Proposal, Seat
from matching.queries.between import blocked_between, giver_of, points_regardless, taker_of, why_forbidden
from matching.queries.board_steps import by_hand_share, done_steps, reason_of
from matching.queries.company import Company, in_order, pairs_within
from matching.queries.inputs import Entrant, Inputs
from matching.queries.leftover import why_left_over
from matching.queries.seated import PAIRED
from matching.queries.seating import GONE, seating_in
from matching.queries.unseated import why_not_seated
from matching.services.shapes import most_of, shares_of
from participants.models import User
from participants.services import record
from programs.models import Role

# More steps than these are not kept.
MOST_STEPS = 200


@dataclass(frozen=True)
class Chair:
    """One person's place in a match."""

    enrolment: int
    role: str
    part: str = ""


@dataclass(frozen=True)
class Party:
    """A match of a draft as a step remembers it. `reason` is why a coordinator made it against the rules, if so."""

    chairs: tuple[Chair, ...]
    locked: bool = False
    reason: str = ""
    number: int = 0
    topic: str = ""
    minutes: int | None = None
    starts_at: str = ""

    @classmethod
    def of(cls, match: Match) -> Self:
        chairs = tuple(Chair(seat.enrolment_id, seat.role, seat.part) for seat in match.seats.all())
        start = match.starts_at.isoformat() if match.starts_at else ""
        return cls(
            chairs, match.locked, reason_of(match.shares), match.number, match.topic, match.minutes, starts_at=start
        )

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "chairs": tuple(Chair(*chair) for chair in data["chairs"])})

    def as_data(self) -> dict[str, Any]:
        return {**self.__dict__, "chairs": [[c.enrolment, c.role, c.part] for c in self.chairs]}

    @property
    def people(self) -> frozenset[int]:
        return frozenset(chair.enrolment for chair in self.chairs)


# A match that comes into being has no before, one that goes has no after.
Change = tuple[Party | None, Party | None]


def draft(proposal_id: int, version: int | None) -> Proposal:
    """The draft, locked. Raises NotADraft, and ChangedMeanwhile where it has moved on from `version`."""
    drafts = Proposal.objects.select_for_update(of=("self",)).select_related("track__program", "track__plan")
    found = drafts.get(pk=proposal_id)
    if found.state != Proposal.State.DRAFT:
        raise NotADraft(f"Proposal {found.number} is {found.get_state_display().lower()} and cannot be changed.")
    if version is not None and found.version != version:
        raise ChangedMeanwhile(f"Somebody else has changed proposal {found.number} meanwhile. Look at it as it is now.")
    return found


def apply(proposal: Proposal, inputs: Inputs, changes: Sequence[Change]) -> None:
    """Bring the matches from before to after, with scores and reasons, and the proposal's figures with them.

    Saves matches and seats, not the proposal. Raises SwapRefused naming the rule that forbids an after,
    ChangedMeanwhile where a before is not there.
    """
    present = _present(proposal, changes)
    for before, after in changes:
        match = None if before is None else present.get(before.people)
        if before is not None and match is None:
            raise ChangedMeanwhile(f"Proposal {proposal.number} has changed meanwhile. Look at it as it is now.")
        if match is not None and before is not None:
            proposal.placed -= _placed(before)
        if after is None:
            if match is not None:
                match.delete()
            continue
        _write(proposal, inputs, match, before, after)
        proposal.placed += _placed(after)
    proposal.total = Match.objects.filter(proposal=proposal).aggregate(total=Sum("score"))["total"] or 0
    proposal.left_over = _left_over(proposal, inputs)


def _present(proposal: Proposal, changes: Iterable[Change]) -> dict[frozenset[int], Match]:
    people = {person for before, _ in changes if before for person in before.people}
    ids = Seat.objects.filter(match__proposal=proposal, enrolment__in=people).values("match")
    found = Match.objects.select_for_update().filter(pk__in=ids).prefetch_related("seats")
    return {Party.of(match).people: match for match in found}


def _placed(party: Party) -> int:
    """How many of these looked for somebody: in a network only the person it is around."""
    mentees = sum(chair.role == Role.MENTEE for chair in party.chairs)
    return mentees or sum(chair.role == Role.PEER for chair in party.chairs)


def _write(proposal: Proposal, inputs: Inputs, match: Match | None, before: Party | None, after: Party) -> None:
    """A match of `after`: the one there was, or a new one. Its points are reckoned anew where the people are others."""
    new = match is None
    match = match or _new_match(proposal, after)
    match.locked, match.topic, match.minutes = after.locked, after.topic, after.minutes
    match.starts_at = dt.datetime.fromisoformat(after.starts_at) if after.starts_at else None
    if before is None or before.chairs != after.chairs or before.reason != after.reason:
        match.score, match.most, match.shares = worth(inputs, after)
    match.save()
    if new or before is None:
        Seat.objects.bulk_create(
            Seat(match=match, enrolment_id=chair.enrolment, role=chair.role, part=chair.part) for chair in after.chairs
        )
    else:
        _reseat(match, after)


def _new_match(proposal: Proposal, after: Party) -> Match:
    last = Match.objects.filter(proposal=proposal).aggregate(last=Max("number"))["last"] or 0
    return Match(
        track_id=proposal.track_id,
        proposal=proposal,
        number=after.number or (last and last + 1),
        created_at=proposal.created_at,
    )


def _reseat(match: Match, after: Party) -> None:
    """Who goes gives their chair to who comes in the same part, so that the order of a match stays."""
    wanted = {chair.enrolment: chair for chair in after.chairs}
    seats = {seat.enrolment_id: seat for seat in match.seats.all()}
    free = [seat for pk, seat in seats.items() if pk not in wanted]
    for pk, chair in wanted.items():
        if pk in seats:
            continue
        seat = next((each for each in free if (each.role, each.part) == (chair.role, chair.part)), None)
        if seat is None:
            Seat.objects.create(match=match, enrolment_id=pk, role=chair.role, part=chair.part)
        else:
            free.remove(seat)
            seat.enrolment_id = pk
            seat.save(update_fields=["enrolment"])
    Seat.objects.filter(pk__in=[seat.pk for seat in free]).delete()


def worth(inputs: Inputs, party: Party) -> tuple[int, int, list[dict[str, Any]]]:
    """Score, most points where they are kept, and shares of these people together.

    Raises SwapRefused naming what forbids it; where the party has a reason only what nobody may override does.
    """
    if inputs.model.shape not in PAIRED:
        return _worth_of_many(inputs, party)
    members = [_entrant(inputs, chair) for chair in party.chairs]
    if not inputs.peers:
        members.sort(key=lambda entrant: entrant.role == Role.MENTOR)
    score = sum(_points(inputs, one, other, party.reason) for one, other in combinations(members, 2))
    shares = shares_of(inputs, *members)
    return score, most_of(inputs, *members), [*shares, by_hand_share(party.reason)] if party.reason else shares


def _worth_of_many(inputs: Inputs, party: Party) -> tuple[int, int, list[dict[str, Any]]]:
    company = Company(inputs)
    if not party.people <= set(company.row):
        raise SwapRefused(GONE)
    members = in_order(company.people[company.row[each]] for each in party.people)
    score = 0
    for one, other in pairs_within(inputs, members):
        cell = company.row[one.enrolment_id], company.row[other.enrolment_id]
        if not company.scores.allowed[cell]:
            _excused(company, one, other, party.reason)
        score += int(company.scores.points[cell])
    shares = shares_of(inputs, *members)
    return score, most_of(inputs, *members), [*shares, by_hand_share(party.reason)] if party.reason else shares


def _excused(company: Company, one: Entrant, other: Entrant, reason: str) -> None:
    """Raises SwapRefused unless there is a reason, and nothing but rules against these two."""
    blocked = company.blocked(one, other)
    if blocked.hard:
        raise SwapRefused(blocked.hard)
    if not reason:
        word = company.inputs.model.words.one
        raise SwapRefused(f"{one.name} and {other.name} cannot be in one {word}: a rule keeps them apart.")


def _entrant(inputs: Inputs, chair: Chair) -> Entrant:
    found = giver_of(inputs, chair.enrolment) if chair.role == Role.MENTOR else taker_of(inputs, chair.enrolment)
    if found is None:
        raise SwapRefused(GONE)
    return found


def _points(inputs: Inputs, one: Entrant, other: Entrant, reason: str) -> int:
    blocked = blocked_between(inputs, one, other)
    if blocked.hard or (blocked.rules and not reason):
        raise SwapRefused(why_forbidden(inputs, one, other))
    return points_regardless(inputs, one, other)


def _left_over(proposal: Proposal, inputs: Inputs) -> list[dict[str, Any]]:
    """Who has no match now. Reasons that were known stay; only who is newly left over is looked at."""
    seated = set(Seat.objects.filter(match__proposal=proposal).values_list("enrolment_id", flat=True))
    known = [entry for entry in proposal.left_over if entry["enrolment"] not in seated]
    settled = seated | {entry["enrolment"] for entry in known}
    if inputs.model.shape in PAIRED:
        return known + why_left_over(
            inputs, [(row,) for row, taker in enumerate(inputs.takers) if taker.enrolment_id in settled]
        )
    return known + why_not_seated(seating_in(proposal, inputs), settled)


def moved_on(proposal: Proposal, step: dict[str, Any], by: User | None, now: dt.datetime) -> Proposal:
    """Keep a step; what was undone before it cannot be redone after it."""
    proposal.steps = [*done_steps(proposal.steps), step][-MOST_STEPS:]
    return saved(proposal, by, now)


def saved(proposal: Proposal, by: User | None, now: dt.datetime) -> Proposal:
    proposal.version += 1
    proposal.save(update_fields=["steps", "version", "total", "optimal", "placed", "left_over"])
    version, program_id = proposal.version, proposal.program_id
    record(by=by, verb="proposal changed", now=now, program_id=program_id, subject=proposal, version=version)
    return proposal


def step_of(verb: str, people: Sequence[int], changes: Sequence[Change], *, optimal: bool) -> dict[str, Any]:
    """A step as it is kept: what it is called by, and what it did. `optimal` is what the proposal was before it."""
    plain = [[party.as_data() if party else None for party in change] for change in changes]
    return {"verb": verb, "people": list(people), "changes": plain, "optimal": optimal}


def changes_of(step: dict[str, Any]) -> list[Change]:
    return [
        (Party.from_data(before) if before else None, Party.from_data(after) if after else None)
        for before, after in step["changes"]
    ]


def reversed_changes(changes: Sequence[Change]) -> list[Change]:
    return [(after, before) for before, after in reversed(changes)]


def still_optimal(proposal: Proposal, changes: Sequence[Change], *, placed: int) -> bool:
    """A hand-made change keeps the proof only where the total alone was the aim and neither it nor the places fell.

    `placed` is how many were placed before. What stands against the rules is no solution of theirs.
    """
    by_total = proposal.objective in (MatchingPlan.Objective.COVER, MatchingPlan.Objective.SCORE)
    overridden = any(after and after.reason for _, after in changes)
    same = proposal.total == proposal.bound and proposal.placed == placed
    return proposal.optimal and by_total and same and not overridden


def locked_as(party: Party, *, locked: bool) -> Party:
    return replace(party, locked=locked)
